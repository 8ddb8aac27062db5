/**
 * Prints a mail by itself: its header and its text in a frame of our origin without scripts (`allow-modals` lets the print dialog open),
 * which goes when the dialog does.
 */
import type { MailView } from './mailView.svelte.ts';
import { frameDocument } from './frameDocument.ts';
import type { FrameOptions } from './frameDocument.ts';

export interface PrintedHeader {
  readonly subject: string;
  /** "From: …", in the order in which they stand. */
  readonly lines: readonly (readonly [label: string, text: string])[];
}

export function printMail(
  view: MailView,
  header: PrintedHeader,
  options: Omit<FrameOptions, 'look' | 'zoom'>,
): void {
  const page = document.implementation.createHTMLDocument('');
  const head = page.createElement('div');
  head.setAttribute('style', 'margin:0 0 16px;padding:0 0 12px;border-bottom:1px solid #999;color:#000');
  const title = page.createElement('h1');
  title.setAttribute('style', 'margin:0 0 8px;font:600 18px/1.3 sans-serif');
  title.textContent = header.subject;
  head.append(title);
  for (const [label, text] of header.lines) {
    const line = page.createElement('div');
    line.setAttribute('style', 'font:12px/1.5 sans-serif');
    line.textContent = `${label}: ${text}`;
    head.append(line);
  }
  const body = page.body;
  body.append(head, ...view.content.body.cloneNode(true).childNodes);
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals');
  frame.setAttribute('aria-hidden', 'true');
  frame.tabIndex = -1;
  Object.assign(frame.style, {
    position: 'fixed',
    left: '-100000px',
    width: '720px',
    height: '10px',
    border: '0',
  });
  frame.srcdoc = frameDocument({ ...view.content, body }, { ...options, look: 'light', zoom: 1 });
  frame.addEventListener(
    'load',
    () => {
      const { contentWindow } = frame;
      if (!contentWindow) return;
      contentWindow.addEventListener('afterprint', () => frame.remove(), { once: true });
      contentWindow.print();
      // A host without a print dialog never says that it is over.
      setTimeout(() => frame.remove(), 60_000);
    },
    { once: true },
  );
  document.body.append(frame);
}
