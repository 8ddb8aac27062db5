/** A part's bytes as they were sent: out of their transfer encoding, and out of their charset where it is text. */
import type { StoredTextPart } from '#engine/store/messageStructure.ts';
import { charsetLabel, decodeCharset } from './charset.ts';
import { decodeFlowed } from './flowed.ts';
import { decodeTransfer } from './transferDecoding.ts';

/** Of one text, in bytes as encoded. What is longer is cut: no reader reads it, and every reader would wait for it. */
export const maxTextBytes = 8 * 1024 * 1024;

export interface PartText {
  /** Lines end with LF; no NUL; flowed paragraphs on one line each. */
  readonly text: string;
  /** What the mail called its charset, where the bytes say otherwise or nobody knows it. */
  readonly wrongCharset: string | null;
  readonly truncated: boolean;
}

/** The bytes of an attachment. Never throws; what is broken yields what can be read of it. */
export function decodePart(bytes: Uint8Array, encoding: string | null): Uint8Array {
  return decodeTransfer(bytes, encoding);
}

/** Never throws. */
export function decodeTextPart(
  bytes: Uint8Array,
  part: Pick<StoredTextPart, 'contentType' | 'encoding' | 'parameters'>,
): PartText {
  const truncated = bytes.length > maxTextBytes;
  const plain = decodeTransfer(truncated ? bytes.subarray(0, maxTextBytes) : bytes, part.encoding);
  const html = part.contentType === 'text/html';
  const declared = part.parameters['charset'] ?? null;
  const label = declared === null && html ? metaCharset(plain) : declared;
  const decoded = decodeCharset(plain, label);
  let text = decoded.text;
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
  if (text.includes('\u0000')) text = text.replaceAll('\u0000', '');
  if (!html && (part.parameters['format'] ?? '').toLowerCase() === 'flowed')
    text = decodeFlowed(text, { delsp: (part.parameters['delsp'] ?? '').toLowerCase() === 'yes' });
  if (part.parameters['boundary'] !== undefined && isDivided(text, part.parameters['boundary'])) text = '';
  // A mail that says nothing, or ASCII, and is UTF-8 loses nothing and needs no words about it.
  const wrong =
    decoded.fallback && label !== null && decoded.charset !== 'us-ascii' && decoded.charset !== 'utf-8';
  const unknown = decoded.fallback && label !== null && text.includes('\ufffd');
  return { text, wrongCharset: wrong || unknown ? charsetLabel(label) : null, truncated };
}

/** Its boundary is there after all, and what it divides off is empty. */
function isDivided(text: string, boundary: string): boolean {
  return text.startsWith(`--${boundary}`) || text.includes(`\n--${boundary}`);
}

/** What an HTML part says of itself, where its Content-Type says nothing (HTML Standard, "prescan"). */
function metaCharset(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2048)).toString('latin1');
  const match = /<meta\b[^>]{0,200}?\bcharset\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})/i.exec(head);
  const label = match?.[1]?.toLowerCase() ?? null;
  // Bytes in which this could be read are not UTF-16.
  return label?.startsWith('utf-16') === true ? 'utf-8' : label;
}
