/**
 * Bytes to text, by what a mail says of its charset and by what the bytes are. The WHATWG decoders of the platform read the labels
 * as the web reads them (Latin-1 is windows-1252, GB2312 is GBK), libmime the rest (code pages, ISO-2022 variants, UTF-32).
 * UTF-7 is never decoded: it hides markup from everything that looks at bytes.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import libcharset from 'libmime/lib/charset.js';

export interface DecodedText {
  readonly text: string;
  /** The charset that was used, in lower case. */
  readonly charset: string;
  /** `fallback`: the label was missing, unknown or wrong, and the bytes decided. */
  readonly fallback: boolean;
}

/** Labels as mailers write them and the Encoding Standard does not know them. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['utf8mb4', 'utf-8'],
  ['utf_8', 'utf-8'],
  ['utf-8-strict', 'utf-8'],
  ['cp-65001', 'utf-8'],
  ['cp65001', 'utf-8'],
  ['65001', 'utf-8'],
  ['unicode', 'utf-16'],
  ['cp932', 'shift_jis'],
  ['windows-932', 'shift_jis'],
  ['shift-jisx0213', 'shift_jis'],
  ['cp936', 'gbk'],
  ['windows-936', 'gbk'],
  ['gb2312-80', 'gbk'],
  ['cp949', 'euc-kr'],
  ['ks_c_5601', 'euc-kr'],
  ['ks_c_5601_1987', 'euc-kr'],
  ['cp950', 'big5'],
  ['windows-950', 'big5'],
  ['cp874', 'windows-874'],
  ['latin-1', 'windows-1252'],
  ['latin_1', 'windows-1252'],
  ['iso8859_1', 'windows-1252'],
  ['8859-1', 'windows-1252'],
  ['latin9', 'iso-8859-15'],
  ['latin-9', 'iso-8859-15'],
  ['cp-1252', 'windows-1252'],
  ['win1252', 'windows-1252'],
  ['win-1252', 'windows-1252'],
  ['ansi', 'windows-1252'],
]);

/** What says nothing about bytes above 127. */
const asciiLabels = new Set([
  'us-ascii',
  'ascii',
  'us_ascii',
  'usascii',
  'ansi_x3.4-1968',
  'iso-ir-6',
  'iso646-us',
  '7bit',
  '8bit',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  'default',
  'default_charset',
  'none',
  'undefined',
  'x-user-defined',
  'user-defined',
  '_charset_',
]);

const utf8Labels = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode-1-1-utf8', 'x-unicode20utf8']);

/** A label without quotes, comment or language: `"ISO-8859-1*en"` is `iso-8859-1`. */
export function charsetLabel(raw: string): string {
  const end = raw.search(/[*;(]/);
  return (end < 0 ? raw : raw.slice(0, end))
    .slice(0, 100)
    .replace(/["'\s]/g, '')
    .toLowerCase();
}

/** Never throws. `label`: the charset parameter as it stands in the mail, or null. */
export function decodeCharset(bytes: Uint8Array, label: string | null): DecodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const given = label === null ? '' : charsetLabel(label);
  const name = aliases.get(given) ?? given;
  if (utf8Labels.has(name)) return decodeUtf8(buffer);
  if (name === '' || asciiLabels.has(name)) return decodeUnlabelled(buffer, name !== '');
  const stateful = name.startsWith('iso-2022') || name.startsWith('utf-') || name.startsWith('hz');
  if (!stateful && isAscii(buffer))
    return { text: buffer.toString('latin1'), charset: name, fallback: false };
  if (name === 'utf-16') return decodeUtf16(buffer);
  const text = decodeWhatwg(buffer, name) ?? decodeOther(buffer, name);
  return text === null ? decodeUnlabelled(buffer, true) : { text, charset: name, fallback: false };
}

function decodeUtf8(buffer: Buffer): DecodedText {
  if (isUtf8(buffer)) return { text: withoutBom(buffer.toString('utf8')), charset: 'utf-8', fallback: false };
  const text = withoutBom(buffer.toString('utf8'));
  // One good multi-byte character says that it is UTF-8 and damaged; none says that the label is wrong.
  if (/[\u0080-\ufffc]/.test(text)) return { text, charset: 'utf-8', fallback: false };
  return { text: windows1252(buffer), charset: 'windows-1252', fallback: true };
}

function decodeUnlabelled(buffer: Buffer, labelled: boolean): DecodedText {
  if (isAscii(buffer)) return { text: buffer.toString('latin1'), charset: 'us-ascii', fallback: labelled };
  if ((buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff))
    return { ...decodeUtf16(buffer), fallback: true };
  const utf8 = decodeUtf8(buffer);
  return { ...utf8, fallback: true };
}

/** RFC 2781: without a byte order mark it is big-endian; what Windows writes is not, so the blanks and line breaks decide. */
function decodeUtf16(buffer: Buffer): DecodedText {
  let order: 'utf-16le' | 'utf-16be' = 'utf-16be';
  if (buffer[0] === 0xff && buffer[1] === 0xfe) order = 'utf-16le';
  else if (!(buffer[0] === 0xfe && buffer[1] === 0xff)) {
    let little = 0;
    const end = Math.min(buffer.length - 1, 4096);
    for (let at = 0; at < end; at += 2) {
      if (buffer[at] === 0) little -= 1;
      if (buffer[at + 1] === 0) little += 1;
    }
    if (little > 0) order = 'utf-16le';
  }
  return { text: new TextDecoder(order).decode(buffer), charset: order, fallback: false };
}

function decodeWhatwg(buffer: Buffer, name: string): string | null {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(name);
  } catch {
    return null;
  }
  const text = decoder.decode(buffer);
  // JIS X 0212 and its kind are outside the web's ISO-2022-JP.
  if (name.startsWith('iso-2022-jp') && text.includes('\ufffd')) return decodeOther(buffer, name) ?? text;
  return text;
}

function decodeOther(buffer: Buffer, name: string): string | null {
  if (!/^[a-z0-9][a-z0-9._:-]*$/.test(name)) return null;
  const decoder = libcharset.createDecodeStream(name);
  decoder.destroy();
  if (!decoder.supported) return null;
  return libcharset.decode(buffer, name);
}

export function windows1252(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes);
}

function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Header bytes: UTF-8 (RFC 6532) where they are that, windows-1252 else. */
export function decodeHeaderBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : decodeUtf8(buffer).text;
}
