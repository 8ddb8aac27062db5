/**
 * What is quoted of a mail: what was visible of it, as it looked, without its style sheets and names. A text that is hidden here and shown by
 * a style sheet only once it is forwarded ("kobold letters", H15) does not get into an answer; nor do pictures from outside, which would
 * tell the sender of the answer (H19).
 */
import type { MessageContent } from '#shared/domain/message.ts';
import { frameDocument } from './frameDocument.ts';
import { withHiddenFrame } from './hiddenFrame.ts';
import { sanitising } from './sanitise.ts';
import { inSlices } from './slices.ts';

/** As wide as a reader's pane usually is: what a small screen hides is hidden, and the other way round. */
const widthPx = 720;
const maxElements = 8_000;

/** Of the looks that an element takes over from around it, those that a quote keeps. */
const inherited = [
  'color',
  'font-weight',
  'font-style',
  'font-size',
  'text-align',
  'white-space-collapse',
] as const;

/** null: there is no HTML that can be quoted; quote the text. */
export async function visibleHtml(message: MessageContent): Promise<string | null> {
  if (message.html === null) return null;
  const mail = await inSlices(sanitising(message.html, { leadsTo: () => '', leadsNowhere: '' }));
  if (!mail || mail.elements > maxElements) return null;
  // Marks beside links are ours, not the writer's.
  for (const mark of mail.body.querySelectorAll('a + span[style^="all:revert"]')) mark.remove();
  const srcdoc = frameDocument(
    { kind: 'html', body: mail.body, bodyStyle: mail.bodyStyle, sheet: mail.sheet },
    {
      look: 'light',
      language: 'en',
      fixedFont: false,
      remote: new Map(),
      parts: new Map(),
      words: { missingPicture: '', leadsTo: (url) => url },
      base: document.baseURI,
      zoom: 1,
      rem: 16,
      links: 'as-sent',
    },
  );
  return withHiddenFrame(srcdoc, widthPx, (page, view) => {
    const body = page.body;
    const copy = document.implementation.createHTMLDocument('').body;
    copyVisible(body, copy, view);
    return copy.innerHTML;
  });
}

/** Without recursion: how deep it goes is the sender's choice (bounded by the sanitiser, and still deep). */
function copyVisible(from: Element, to: Element, view: Window): void {
  const work: { from: Element; to: Element }[] = [{ from, to }];
  for (let next = work.pop(); next; next = work.pop()) {
    for (const child of next.from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) next.to.append(child.textContent ?? '');
      else if (child.nodeType === Node.ELEMENT_NODE) {
        const element = child as Element;
        const style = view.getComputedStyle(element);
        if (isHidden(style)) continue;
        const copy = copyElement(element, style, view.getComputedStyle(next.from), next.to.ownerDocument);
        if (!copy) continue;
        next.to.append(copy);
        work.push({ from: element, to: copy });
      }
    }
  }
}

function isHidden(style: CSSStyleDeclaration): boolean {
  return (
    style.display === 'none' ||
    style.visibility !== 'visible' ||
    Number(style.opacity) < 0.1 ||
    Number.parseFloat(style.fontSize) < 3 ||
    (style.overflow !== 'visible' &&
      (Number.parseFloat(style.maxHeight) === 0 || Number.parseFloat(style.height) === 0))
  );
}

const keptAttributes = [
  'href',
  'alt',
  'src',
  'width',
  'height',
  'colspan',
  'rowspan',
  'align',
  'valign',
  'dir',
  'lang',
  'start',
  'type',
];
/** Looks of the element itself, with the value that says nothing. */
const own: readonly (readonly [string, string])[] = [
  ['background-color', 'rgba(0, 0, 0, 0)'],
  ['text-decoration-line', 'none'],
  ['border-left-width', '0px'],
];

function copyElement(
  element: Element,
  style: CSSStyleDeclaration,
  around: CSSStyleDeclaration,
  page: Document,
): Element | null {
  // A picture that is not in the mail itself stays behind; its description is what was to be read.
  if (element.localName === 'img' && !element.getAttribute('src')?.startsWith('data:')) {
    const alt = element.getAttribute('alt') ?? '';
    if (alt === '') return null;
    const text = page.createElement('span');
    text.textContent = alt;
    return text;
  }
  const copy = page.createElement(element.localName);
  for (const name of keptAttributes) {
    const value = element.getAttribute(name);
    if (value !== null) copy.setAttribute(name, value);
  }
  const looks: string[] = [];
  for (const name of inherited) {
    const value = style.getPropertyValue(name);
    if (value !== around.getPropertyValue(name)) looks.push(`${name}: ${value}`);
  }
  for (const [name, nothing] of own) {
    const value = style.getPropertyValue(name);
    if (value === nothing) continue;
    if (name === 'border-left-width') {
      looks.push(
        `border-left: ${value} ${style.borderLeftStyle} ${style.borderLeftColor}`,
        `padding-left: ${style.paddingLeft}`,
      );
    } else looks.push(`${name}: ${value}`);
  }
  if (looks.length > 0) copy.setAttribute('style', looks.join('; '));
  return copy;
}
