/** The texts of a message from its parts, with what there is to say about them. */
import type { MessageStructure, StoredAttachment, StoredTextPart } from '#engine/store/messageStructure.ts';
import type { MessageText } from '#engine/store/texts.repo.ts';
import type { MessageWarning } from '#shared/domain/message.ts';
import { decodeTextPart, maxTextBytes } from './decodePart.ts';
import { readHeaderBlock } from './headers.ts';
import { htmlToText } from './htmlToText.ts';
import { distinctWarnings, headerWarnings, partWarnings } from './messageWarnings.ts';
import { snippetOf } from './snippet.ts';
import { embeddedNumber, takeUuencoded, type EmbeddedFile } from './uuencode.ts';

export interface ReadText {
  /** The plain text; of a mail that is HTML alone, its words. null: the mail has no text. */
  readonly text: string | null;
  /** As received and hostile. */
  readonly html: string | null;
  readonly snippet: string;
  /** Files that stood inside the plain texts, numbered as uuencode.ts says. */
  readonly embedded: readonly StoredAttachment[];
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
  const embedded: StoredAttachment[] = [];
  let html: string | null = null;
  let length = 0;
  for (const part of textParts) {
    const read = decodeTextPart(bytesOf(part.part), part);
    if (read.wrongCharset !== null) warnings.push({ code: 'charset-unknown', detail: read.wrongCharset });
    if (read.truncated) warnings.push({ code: 'text-truncated', detail: `${maxTextBytes / 1024 / 1024} MB` });
    if (part.contentType === 'text/html') html ??= read.text;
    else if (length < maxText) {
      const { text, files } = takeUuencoded(read.text);
      embedded.push(...files.map((file, index) => embeddedRow(part, file, index)));
      texts.push(text);
      length += text.length;
    }
  }
  const plain = joinTexts(texts);
  const text = plain ?? (html === null ? null : htmlToText(html, { links: true }));
  return { text, html, snippet: snippetOf({ text: plain, html }), embedded, warnings };
}

function embeddedRow(
  { part }: StoredTextPart,
  { filename, content }: EmbeddedFile,
  index: number,
): StoredAttachment {
  return {
    part: `${part}.0.${(index + 1).toString()}`,
    filename,
    contentType: 'application/octet-stream',
    encoding: 'x-uuencode',
    size: content.length,
    inline: false,
    contentId: null,
  };
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

/**
 * The file of an `embedded` row, from the text part that holds it (`bytes`: as on the server). null: `number` is an IMAP part number,
 * or there is no such file.
 */
export function readEmbedded(
  { textParts }: Pick<MessageStructure, 'textParts'>,
  number: string,
  bytesOf: (part: string) => Uint8Array,
): EmbeddedFile | null {
  const place = embeddedNumber(number);
  const part = textParts.find((text) => text.part === place?.textPart);
  if (place === null || part === undefined) return null;
  return takeUuencoded(decodeTextPart(bytesOf(part.part), part).text).files[place.index] ?? null;
}

/** What the store keeps of a message's texts. `header`: the fields `listFields` and `readerFields` of headers.ts. Never throws. */
export function readMessageText(
  structure: MessageStructure,
  bytesOf: (part: string) => Uint8Array,
  header: Uint8Array,
): MessageText {
  const { text, html, snippet, embedded, warnings } = readText(structure, bytesOf);
  const headers = readHeaderBlock(header);
  return {
    text,
    html,
    snippet,
    warnings: distinctWarnings([
      ...headerWarnings(headers),
      ...partWarnings(structure.attachments),
      ...warnings,
    ]),
    authenticationResults: [...headers.authenticationResults],
    listUnsubscribe: headers.listUnsubscribe,
    ...(embedded.length === 0 ? {} : { attachments: [...structure.attachments, ...embedded] }),
  };
}
