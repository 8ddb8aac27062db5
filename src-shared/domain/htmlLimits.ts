/** Which HTML is too much to be shown as sent (H16), as far as its text alone says so. Pure. */

/** Laying out more would take too long. */
export const maxElements = 25_000;
/** Of elements that must be closed: so many open at once keep even the parser busy. */
const maxOpen = 2_000;
const maxLength = 12_000_000;
/** Beside pictures that are written out: so much is cleaned soon enough, and then takes seconds and hundreds of megabytes to be laid out. */
const maxLengthBesidePictures = 2_000_000;
/** A picture that is written out is one address, however long it is. */
const pictureLength = 100;

const nesting =
  /<(\/?)(?:div|span|table|blockquote|font|b|i|u|em|strong|center|section|article|ul|ol|a|svg|math|g|small|big|sub|sup|q)\b/gi;

/** Not half of so many can stand in comments and scripts. */
const maxTags = 2 * maxElements;
/** Beside pictures: each attribute of a tag is looked for among those before it, by the parser already. */
const maxTagLength = 50_000;

/** A first look at the text alone: what is too much is not even parsed. */
export function isTooMuch(html: string): boolean {
  if (html.length > maxLength || lengthBesidePictures(html) > maxLengthBesidePictures) return true;
  return hasTooManyTags(html) || opensTooMuch(html);
}

function hasTooManyTags(html: string): boolean {
  let tags = 0;
  for (let at = html.indexOf('<'); at >= 0;) {
    const next = html.indexOf('<', at + 1);
    const end = next < 0 ? html.length : next;
    if (/[a-z]/i.test(html[at + 1] ?? '') && ++tags > maxTags) return true;
    if (end - at > maxTagLength) {
      const [tag = ''] = html.slice(at, end).split('>', 1);
      if (lengthBesidePictures(tag) > maxTagLength) return true;
    }
    at = next;
  }
  return false;
}

function opensTooMuch(html: string): boolean {
  let open = 0;
  for (const [, closing] of html.matchAll(nesting)) {
    if (closing === '/') open = Math.max(0, open - 1);
    else if (++open > maxOpen) return true;
  }
  return false;
}

/** Characters beside pictures that are written out. */
export function lengthBesidePictures(piece: string): number {
  let length = piece.length;
  for (const [picture] of piece.matchAll(/data:image\/[^"')\s>]*/gi))
    length -= Math.max(0, picture.length - pictureLength);
  return length;
}
