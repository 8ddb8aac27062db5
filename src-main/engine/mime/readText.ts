/** The texts of a message from its parts, with what there is to say about them. */
import type { MessageStructure } from '#engine/store/messageStructure.ts';
import type { MessageWarning } from '#shared/domain/message.ts';
import { decodeTextPart, maxTextBytes } from './decodePart.ts';
import { htmlToText } from './htmlToText.ts';
import { snippetOf } from './snippet.ts';

export interface ReadText {
  /** The plain text; of a mail that is HTML alone, its words. null: the mail has no text. */
  readonly text: string | null;
  /** As received and hostile. */
  readonly html: string | null;
  readonly snippet: string;
  readonly warnings: readonly MessageWarning[];
}

/** All texts of a mail together, in characters. */
const maxText = 8_000_000;

/** `bytesOf`: a part's bytes by its number, still in their transfer encoding. Never throws. */
export function readText(
  { textParts }: Pick<MessageStructure, 'textParts'>,
  bytesOf: (part: string) => Uint8Array,
): ReadText {
  const warnings: MessageWarning[] = [];
  const texts: string[] = [];
  let html: string | null = null;
  let length = 0;
  for (const part of textParts) {
    const read = decodeTextPart(bytesOf(part.part), part);
    if (read.wrongCharset !== null) warnings.push({ code: 'charset-unknown', detail: read.wrongCharset });
    if (read.truncated) warnings.push({ code: 'text-truncated', detail: `${maxTextBytes / 1024 / 1024} MB` });
    if (part.contentType === 'text/html') html ??= read.text;
    else if (length < maxText) {
      texts.push(read.text);
      length += read.text.length;
    }
  }
  const plain = joinTexts(texts);
  const text = plain ?? (html === null ? null : htmlToText(html, { links: true }));
  return { text, html, snippet: snippetOf({ text: plain, html }), warnings };
}

function joinTexts(texts: readonly string[]): string | null {
  const [first] = texts;
  if (first === undefined) return null;
  if (texts.length === 1) return first;
  return texts
    .filter((text) => text.trim() !== '')
    .map((text) => text.replace(/\n+$/, ''))
    .join('\n\n');
}
