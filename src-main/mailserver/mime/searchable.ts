/** A message as SEARCH looks at it: decoded, in lower case. */
import libmime from 'libmime';
import type { MailContent } from '../storage/StoredMail.ts';
import { fieldValue } from './headers.ts';
import type { MimePart } from './parseMime.ts';

/** The values of a field of the message's header. */
export function searchableHeader(content: MailContent, name: string): string[] {
  return content.structure.fields
    .filter((field) => field.name === name)
    .map((field) => decodeField(field.value));
}

/** All text parts, and with `headers` also every header field. */
export function searchableText(content: MailContent, headers: boolean): string {
  const texts: string[] = [];
  collect(content.raw, content.structure, headers, texts);
  return texts.join('\n');
}

function collect(raw: Buffer, part: MimePart, headers: boolean, texts: string[]): void {
  if (headers) for (const field of part.fields) texts.push(`${field.name}: ${decodeField(field.value)}`);
  for (const child of part.children) collect(raw, child, headers, texts);
  if (part.embedded !== null) collect(raw, part.embedded, headers, texts);
  else if (part.type === 'text' && part.children.length === 0) texts.push(decodeText(raw, part));
}

function decodeText(raw: Buffer, part: MimePart): string {
  const body = raw.subarray(part.bodyStart, part.end);
  const encoding = fieldValue(part.fields, 'content-transfer-encoding')?.trim().toLowerCase();
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body.toString('latin1'), 'base64')
      : encoding === 'quoted-printable'
        ? decodeQuotedPrintable(body.toString('latin1'))
        : body;
  const charset = part.parameters.find(([name]) => name === 'charset')?.[1] ?? 'utf-8';
  return decodeCharset(bytes, charset).toLowerCase();
}

function decodeQuotedPrintable(text: string): Buffer {
  const joined = text.replace(/=[ \t]*\r?\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-Fa-f]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}

function decodeCharset(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

function decodeField(value: string): string {
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  return libmime.decodeWords(utf8).toLowerCase();
}
