/** Values with parameters: Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2231), as they should be and as they come. */
import { decodeCharset } from './charset.ts';
import { decodeWords } from './encodedWords.ts';
import { hexValue } from './transferDecoding.ts';

export interface ParameterisedValue {
  /** Lower case, without comments: "text/plain". */
  readonly value: string;
  /** By lower-case name. Of two with one name the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Beyond these a header is made to tire readers. */
const maxParameters = 200;
const maxValue = 100_000;

interface Piece {
  readonly index: number;
  readonly encoded: boolean;
  readonly text: string;
}

/** `raw`: the unfolded field body. Never throws. */
export function readParameterised(raw: string): ParameterisedValue {
  const text = raw.length > maxValue ? raw.slice(0, maxValue) : raw;
  const semicolon = text.indexOf(';');
  const value = withoutComment(semicolon < 0 ? text : text.slice(0, semicolon)).toLowerCase();
  const parameters = new Map<string, string>();
  const split = new Map<string, Piece[]>();
  let count = 0;
  for (let at = semicolon; at >= 0 && at < text.length && count < maxParameters; count += 1) {
    const equals = text.indexOf('=', at + 1);
    if (equals < 0) break;
    const between = text.slice(at + 1, equals);
    // A lone word between semicolons is no parameter's beginning.
    const name = withoutComment(between.slice(between.lastIndexOf(';') + 1)).toLowerCase();
    const read = readValue(text, equals + 1);
    at = text.indexOf(';', read.end);
    if (name === '') continue;
    const star = name.indexOf('*');
    if (star < 0) {
      if (!parameters.has(name)) parameters.set(name, decodeWords(read.value));
    } else addPiece(split, name, star, read.value);
  }
  // The extended form is the better one where both are there (RFC 6266 section 4.3).
  for (const [name, pieces] of split) parameters.set(name, joinPieces(pieces));
  return { value, parameters };
}

/** The value at `from`, quoted or to the semicolon; `end`: where it was read to. */
function readValue(text: string, from: number): { value: string; end: number } {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  if (text.charCodeAt(at) !== 34) {
    const end = text.indexOf(';', at);
    const bare = end < 0 ? text.slice(at) : text.slice(at, end);
    return {
      value: bare.includes('(') ? withoutComment(bare) : bare.trim(),
      end: end < 0 ? text.length : end,
    };
  }
  at += 1;
  let value = '';
  let start = at;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) break;
    if (code !== 92) continue;
    // Only what needs it is taken for escaped: "C:\dir\new.txt" comes from mailers that know no escapes.
    const next = text.charCodeAt(at + 1);
    if (next !== 34 && next !== 92) continue;
    value += text.slice(start, at);
    start = at + 1;
    at += 1;
  }
  return { value: value + text.slice(start, at), end: Math.min(at + 1, text.length) };
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

function withoutComment(text: string): string {
  const open = text.indexOf('(');
  return (open < 0 ? text : text.slice(0, open)).trim();
}

function addPiece(split: Map<string, Piece[]>, key: string, star: number, text: string): void {
  const match = /^\*(?:(\d{1,4})(\*)?)?$/.exec(key.slice(star));
  if (match === null) return;
  const name = key.slice(0, star);
  const piece: Piece = {
    index: match[1] === undefined ? 0 : Number(match[1]),
    encoded: match[1] === undefined || match[2] !== undefined,
    text,
  };
  const pieces = split.get(name);
  if (pieces === undefined) split.set(name, [piece]);
  else if (!pieces.some(({ index }) => index === piece.index)) pieces.push(piece);
}

/** `name*0*=utf-8''a%20; name*1=b` is one value; its bytes are decoded together. */
function joinPieces(pieces: readonly Piece[]): string {
  const sorted = [...pieces].sort((a, b) => a.index - b.index);
  let charset: string | null = null;
  const bytes: Buffer[] = [];
  sorted.forEach(({ encoded, text }, position) => {
    let rest = text;
    if (position === 0 && encoded) {
      const match = /^([^']{0,80})'[^']{0,80}'/.exec(text);
      if (match !== null) {
        charset = match[1] ?? null;
        rest = text.slice(match[0].length);
      }
    }
    bytes.push(encoded ? percentDecoded(rest) : Buffer.from(rest, 'utf8'));
  });
  const { text } = decodeCharset(Buffer.concat(bytes), charset === '' ? null : charset);
  return sorted.some(({ encoded }) => encoded) ? text : decodeWords(text);
}

function percentDecoded(text: string): Buffer {
  const source = Buffer.from(text, 'utf8');
  let length = 0;
  for (let at = 0; at < source.length; at += 1) {
    const value = source[at] === 0x25 ? (hexValue(source[at + 1]) << 4) | hexValue(source[at + 2]) : -1;
    source[length] = value < 0 ? (source[at] ?? 0) : value;
    if (value >= 0) at += 2;
    length += 1;
  }
  return source.subarray(0, length);
}
