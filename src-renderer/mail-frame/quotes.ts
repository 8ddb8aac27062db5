/** Where the quote of an earlier mail begins that a mail ends with. */

const marks =
  '.gmail_quote, .gmail_quote_container, .postkorb-quote, .moz-cite-prefix, blockquote[type="cite"], .yahoo_quoted, ' +
  '.protonmail_quote, .tutanota_quote, .x_gmail_quote, .postkorb-quoted';
/** From these on everything is quoted, whatever follows. */
const toTheEnd = '.postkorb-quote, .moz-cite-prefix';
const forwarded = /^\s*-{3,}\s*(?:forwarded message|weitergeleitete nachricht|original-?nachricht)/i;

/** The first element of the quote; null: there is none, or something of the writer's own follows, or nothing but the quote is there. */
export function findTrailingQuote(body: HTMLElement): Element | null {
  for (const candidate of [...body.querySelectorAll(marks)].slice(0, 200)) {
    if (forwarded.test(candidate.textContent.slice(0, 200))) return null;
    if (!candidate.matches(toTheEnd) && textAfter(candidate, body)) continue;
    return textBefore(candidate, body) ? candidate : null;
  }
  return null;
}

/** The tree without its trailing quote; the given one stays as it is. */
export function withoutQuote(body: HTMLElement): HTMLElement {
  const copy = body.cloneNode(true) as HTMLElement;
  const quote = findTrailingQuote(copy);
  if (!quote || !copy.lastChild) return copy;
  const range = copy.ownerDocument.createRange();
  range.setStartBefore(quote);
  range.setEndAfter(copy.lastChild);
  range.deleteContents();
  return copy;
}

/** Is there something to be seen: a text, or a picture? Looked for until the first is found, and nothing is copied: there may be many quotes. */
function textAfter(element: Element, body: HTMLElement): boolean {
  const walker = body.ownerDocument.createTreeWalker(body, shownNodes);
  walker.currentNode = element;
  // Past all that is inside.
  while (!walker.nextSibling()) if (!walker.parentNode() || walker.currentNode === body) return false;
  for (let node: Node | null = walker.currentNode; node; node = walker.nextNode())
    if (isContent(node)) return true;
  return false;
}

function textBefore(element: Element, body: HTMLElement): boolean {
  const walker = body.ownerDocument.createTreeWalker(body, shownNodes);
  for (let node = walker.nextNode(); node && node !== element; node = walker.nextNode())
    if (isContent(node)) return true;
  return false;
}

const shownNodes = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT;

function isContent(node: Node): boolean {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? '').trim() !== '';
  return node instanceof Element && node.matches('img[src], img[data-remote], img[data-part]');
}
