/** Encoded words of headers (RFC 2047, with RFC 2231's language), as they should be and as they come. */
import { decodeCharset } from './charset.ts';
import { decodeBase64, hexValue } from './transferDecoding.ts';

/**
 * `=?charset?B or Q?text?=`. Blanks inside the text break the grammar and are common; a charset or encoding with blanks is none.
 * The text runs to the next "?=", so that a word found is a word consumed and no input makes it look twice.
 */
const word = /=\?([\w.:*+-]{1,80})\?([bq])\?([^?]*(?:\?(?!=)[^?]*)*)\?=/iy;
const wordStart = /=\?[\w.:*+-]{1,80}\?[bq]\?/iy;

interface Word {
  readonly charset: string;
  readonly bytes: Uint8Array;
}

/**
 * A header value with its encoded words decoded; everything else stays. Words beside each other are one text (the blanks between
 * them fall away), and those of one charset are decoded together, so that a character split over two words is whole again.
 */
export function decodeWords(value: string): string {
  let at = value.indexOf('=?');
  if (at < 0) return value;
  let out = '';
  /** Up to here everything is in `out` or in `run`. */
  let copied = 0;
  let run: Word[] = [];
  const lastEnd = value.lastIndexOf('?=');
  while (at >= 0 && at < lastEnd) {
    word.lastIndex = at;
    const match = word.exec(value);
    if (match === null) {
      at = value.indexOf('=?', at + 2);
      continue;
    }
    const [whole, charset = '', encoding = '', text = ''] = match;
    const within = lastWordStart(value, at + 2, at + whole.length - 2);
    if (within >= 0) {
      // The first one never ended.
      at = within;
      continue;
    }
    if (run.length === 0 || !isBlank(value, copied, at)) {
      out += decodeRun(run) + value.slice(copied, at);
      run = [];
    }
    run.push({
      charset: charset.toLowerCase(),
      bytes: encoding.toLowerCase() === 'b' ? decodeBase64(Buffer.from(text, 'latin1')) : decodeQ(text),
    });
    copied = at + whole.length;
    at = value.indexOf('=?', copied);
  }
  return out + decodeRun(run) + value.slice(copied);
}

function lastWordStart(value: string, from: number, to: number): number {
  for (let at = value.lastIndexOf('=?', to - 1); at >= from; at = value.lastIndexOf('=?', at - 1)) {
    wordStart.lastIndex = at;
    if (wordStart.test(value)) return at;
  }
  return -1;
}

function isBlank(value: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = value.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 13 && code !== 10) return false;
  }
  return true;
}

function decodeRun(run: readonly Word[]): string {
  let out = '';
  for (let at = 0; at < run.length;) {
    const charset = run[at]?.charset ?? '';
    const bytes: Uint8Array[] = [];
    for (let next = run[at]; next?.charset === charset; next = run[at]) {
      bytes.push(next.bytes);
      at += 1;
    }
    out += decodeCharset(bytes.length === 1 && bytes[0] ? bytes[0] : Buffer.concat(bytes), charset).text;
  }
  return out;
}

function decodeQ(text: string): Uint8Array {
  // Bytes above 127 have no place here; as UTF-8 they are at least what they were in the header.
  const source = Buffer.from(text, /[^\u0000-\u007f]/.test(text) ? 'utf8' : 'latin1');
  let length = 0;
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] ?? 0;
    if (byte === 0x5f) source[length] = 0x20;
    else if (byte === 0x3d) {
      const value = (hexValue(source[at + 1]) << 4) | hexValue(source[at + 2]);
      if (value < 0) source[length] = byte;
      else {
        source[length] = value;
        at += 2;
      }
    } else source[length] = byte;
    length += 1;
  }
  return source.subarray(0, length);
}
