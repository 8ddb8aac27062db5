/** How much of a mail's HTML is shown at once: handing over, cleaning and laying out all of a very long one would hold up the window (H16). */
import type { MessageContent } from './message.ts';

/** A newsletter has some thousand tags; each takes its time, a link the most. */
const maxTags = 6_000;
/** Characters beside pictures that are written out in the text. */
const maxLength = 600_000;
/** Such a picture is one address, however long it is. */
const pictureLength = 100;

/** The beginning that is shown of `html`, cut between tags where that is possible; null: all of it is. */
export function beginningOf(html: string): string | null {
  let tags = 0;
  let length = 0;
  for (let at = 0; at < html.length;) {
    const next = html.indexOf('<', at + 1);
    const end = next < 0 ? html.length : next;
    tags += 1;
    const room = maxLength - length;
    // Looked at only where it is long: copying each piece would take longer than the rest.
    length += end - at <= room ? end - at : lengthBesidePictures(html.slice(at, end));
    if (tags > maxTags) return html.slice(0, at);
    if (length > maxLength) {
      const text = html[at] === '<' ? html.indexOf('>', at) + 1 : at;
      const inText = text >= at && text < end;
      return html.slice(0, inText ? text + Math.max(0, room - (text - at)) : at);
    }
    at = end;
  }
  return null;
}

/** A message with no more of its HTML than is shown at once. */
export function withBeginning(message: MessageContent): MessageContent {
  const html = message.html === null ? null : beginningOf(message.html);
  return html === null ? message : { ...message, html, htmlGoesOn: true };
}

/** Characters beside pictures that are written out. */
export function lengthBesidePictures(piece: string): number {
  let length = piece.length;
  for (const [picture] of piece.matchAll(/data:image\/[^"')\s>]*/gi))
    length -= Math.max(0, picture.length - pictureLength);
  return length;
}
