/** Content-Transfer-Encodings to bytes (RFC 2045), best effort: what is broken yields what can still be read of it. */

/** The value of a hexadecimal digit's byte, or a negative number. */
export function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  if (byte >= 65 && byte <= 70) return byte - 55;
  if (byte >= 97 && byte <= 102) return byte - 87;
  return -1;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes `encoding` (any case); an unknown one leaves the bytes as they are. Never throws. */
export function decodeTransfer(bytes: Uint8Array, encoding: string | null): Uint8Array {
  switch ((encoding ?? '').trim().toLowerCase()) {
    case 'base64':
      return decodeBase64(bytes);
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes);
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return decodeUuencoded(bytes);
    default:
      return bytes;
  }
}

const EQUALS = 0x3d;

/** Foreign characters are skipped; padding in the middle (pieces encoded one by one) starts a new piece. */
export function decodeBase64(bytes: Uint8Array): Uint8Array {
  const source = asBuffer(bytes);
  const out = Buffer.allocUnsafe(Math.ceil((source.length * 3) / 4) + 3);
  let length = 0;
  for (let at = 0; at < source.length;) {
    let end = source.indexOf(EQUALS, at);
    if (end < 0) end = source.length;
    // One character is less than a byte.
    if (end - at > 1) length += out.write(source.toString('latin1', at, end), length, 'base64');
    at = end + 1;
  }
  return out.subarray(0, length);
}

/** Blanks at the end of a line are transport padding; a "=" that begins nothing stays. */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  /** Where the blanks begin that fall away if the line ends here; they count only after something that was not encoded. */
  let solid = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === EQUALS) {
      const value = (hexValue(bytes[at + 1]) << 4) | hexValue(bytes[at + 2]);
      if (value >= 0) {
        out[length++] = value;
        solid = length;
        at += 2;
        continue;
      }
      const end = softBreakEnd(bytes, at + 1);
      if (end > 0) {
        solid = length;
        at = end - 1;
        continue;
      }
      out[length++] = byte;
      solid = length;
    } else if (byte === 0x0a || (byte === 0x0d && bytes[at + 1] === 0x0a)) {
      length = solid;
      out[length++] = byte;
      if (byte === 0x0d) {
        out[length++] = 0x0a;
        at += 1;
      }
      solid = length;
    } else {
      out[length++] = byte;
      if (byte !== 0x20 && byte !== 0x09) solid = length;
    }
  }
  return out.subarray(0, length);
}

/** The position after `blanks line-break` at `from`, or after blanks that end the data; 0 where something else stands. */
function softBreakEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
  if (at >= bytes.length) return at;
  if (bytes[at] === 0x0a) return at + 1;
  if (bytes[at] === 0x0d) return bytes[at + 1] === 0x0a ? at + 2 : at + 1;
  return 0;
}

/** The lines between "begin" and "end" where they are there, all of them else. */
export function decodeUuencoded(bytes: Uint8Array): Uint8Array {
  const source = asBuffer(bytes);
  // A line of two characters may stand for three bytes.
  const out = Buffer.allocUnsafe(source.length + 3);
  let length = 0;
  for (let at = 0; at < source.length;) {
    let end = source.indexOf(0x0a, at);
    if (end < 0) end = source.length;
    const text = source.toString('latin1', at, Math.min(end, at + 10)).trimEnd();
    if (text === 'end' || text === '`') break;
    if (!/^begin \d/.test(text)) length += decodeUuLine(source, at, end, out, length);
    at = end + 1;
  }
  return out.subarray(0, length);
}

function decodeUuLine(source: Buffer, start: number, end: number, out: Buffer, at: number): number {
  const first = source[start] ?? 0x20;
  if (first < 0x20 || first > 0x60) return 0;
  const wanted = (first - 0x20) & 63;
  let written = 0;
  for (let from = start + 1; from < end && written < wanted; from += 4) {
    const value = (index: number): number =>
      from + index < end ? ((source[from + index] ?? 0x20) - 0x20) & 63 : 0;
    const bits = (value(0) << 18) | (value(1) << 12) | (value(2) << 6) | value(3);
    for (const shift of [16, 8, 0]) {
      if (written < wanted) out[at + written++] = (bits >> shift) & 255;
    }
  }
  return written;
}
