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

function hasContent(range: Range): boolean {
  const part = range.cloneContents();
  return (
    part.textContent.trim() !== '' ||
    part.querySelector('img[src], img[data-remote], img[data-part]') !== null
  );
}

function textAfter(element: Element, body: HTMLElement): boolean {
  if (!body.lastChild) return false;
  const range = body.ownerDocument.createRange();
  range.setStartAfter(element);
  range.setEndAfter(body.lastChild);
  return hasContent(range);
}

function textBefore(element: Element, body: HTMLElement): boolean {
  if (!body.firstChild) return false;
  const range = body.ownerDocument.createRange();
  range.setStartBefore(body.firstChild);
  range.setEndBefore(element);
  return hasContent(range);
}
