/**
 * The same document once more, for a moment, where its layout can be asked for: how high it is, how wide, what of it is visible. This frame
 * runs no scripts either (its sandbox does not allow them, nor does the page's policy or the document's own); it is of our origin, so that
 * it can be read, it is invisible, and it is gone before anything else happens.
 */

/** Longer, and the mail is shown without having been measured. */
const patienceMs = 2_000;

/** @param width in CSS pixels */
export async function withHiddenFrame<T>(
  srcdoc: string,
  width: number,
  read: (page: Document, view: Window) => T,
): Promise<T | null> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  frame.inert = true;
  Object.assign(frame.style, {
    position: 'fixed',
    left: '-100000px',
    top: '0',
    width: `${width}px`,
    height: '10px',
    border: '0',
    visibility: 'hidden',
  });
  frame.srcdoc = srcdoc;
  try {
    const loaded = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      frame.addEventListener(
        'load',
        () => {
          clearTimeout(timer);
          resolve(true);
        },
        { once: true },
      );
    });
    document.body.append(frame);
    if (!(await loaded) || !frame.contentDocument || !frame.contentWindow) return null;
    return read(frame.contentDocument, frame.contentWindow);
  } finally {
    frame.remove();
  }
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** How much room the document wants at this width. */
export function measureDocument(srcdoc: string, width: number): Promise<Extent | null> {
  return withHiddenFrame(srcdoc, width, (page) => ({
    width: page.documentElement.scrollWidth,
    // Not the frame's height, which is the least that scrollHeight can be: what the content itself takes.
    height: Math.ceil(page.documentElement.getBoundingClientRect().height),
  }));
}
