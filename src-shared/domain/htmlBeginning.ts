/** How much of a mail is shown at once: handing over, cleaning and laying out all of a very long one would hold up the window (H16). */
import { lengthBesidePictures, isTooMuch } from './htmlLimits.ts';
import type { MessageContent } from './message.ts';

/** A newsletter has some thousand tags; each takes its time, a link the most. */
const maxTags = 6_000;
/** Characters beside pictures that are written out in the text. */
const maxLength = 600_000;
/** Of the text that a mail has beside its HTML, which is shown where somebody asks for it. */
const maxLengthBesideHtml = 200_000;

/** A window is handed texts in pieces of at most so many characters. */
const pieceLength = 500_000;

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

/** A message with no more of its texts than is shown at once. */
export function withBeginning(message: MessageContent): MessageContent {
  const html = message.html === null ? null : beginningOf(message.html);
  const longest = message.html === null ? maxLength : maxLengthBesideHtml;
  const text = (message.text?.length ?? 0) > longest ? (message.text?.slice(0, longest) ?? null) : null;
  return {
    ...message,
    ...(html === null ? {} : { html, htmlGoesOn: true }),
    ...(html !== null && isTooMuch(message.html ?? '') ? { htmlTooMuch: true } : {}),
    ...(text === null ? {} : { text, textGoesOn: true }),
  };
}

/** What of a text follows `from`, and where the next piece begins. */
export function pieceFrom(
  message: Pick<MessageContent, 'text' | 'html'>,
  of: 'text' | 'html',
  from: number,
): { piece: string; next: number | null } {
  const text = message[of] ?? '';
  const to = from + pieceLength;
  return { piece: text.slice(from, to), next: to < text.length ? to : null };
}
