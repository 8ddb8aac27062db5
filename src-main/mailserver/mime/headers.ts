/** Header fields as they stand in the bytes; nothing is decoded, because IMAP hands them on as they are. */

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Unfolded, one character a byte, without the white space at its ends. */
  readonly value: string;
  /** Where the whole field stands, with its line breaks: [start, end). */
  readonly start: number;
  readonly end: number;
}

const LF = 10;
const CR = 13;
const COLON = 58;

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Behind the empty line, or `end` where there is none. */
  readonly bodyStart: number;
}

/** Reads the fields from `start` to the empty line or `end`. Lines that are no field are left out; nothing throws. */
export function readHeaders(raw: Buffer, start: number, end: number): HeaderBlock {
  const fields: HeaderField[] = [];
  let at = start;
  while (at < end) {
    const length = lineEnd(raw, at, end);
    if (isEmptyLine(raw, at, length)) return { fields, bodyStart: length };
    let stop = length;
    while (stop < end && isFold(raw[stop]) && !isEmptyLine(raw, stop, lineEnd(raw, stop, end))) {
      stop = lineEnd(raw, stop, end);
    }
    const colon = raw.indexOf(COLON, at);
    if (colon > at && colon < stop) {
      const name = raw.toString('latin1', at, colon).trimEnd().toLowerCase();
      if (/^[!-9;-~]+$/.test(name)) {
        const value = raw
          .toString('latin1', colon + 1, stop)
          .replace(/\r?\n[ \t]+/g, ' ')
          .trim();
        fields.push({ name, value, start: at, end: stop });
      }
    }
    at = stop;
  }
  return { fields, bodyStart: end };
}

/** Behind the line feed of the line that begins at `at`. */
function lineEnd(raw: Buffer, at: number, end: number): number {
  const feed = raw.indexOf(LF, at);
  return feed < 0 || feed >= end ? end : feed + 1;
}

function isEmptyLine(raw: Buffer, at: number, end: number): boolean {
  if (end - at === 1) return raw[at] === LF;
  return end - at === 2 && raw[at] === CR && raw[at + 1] === LF;
}

function isFold(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}

export function fieldValue(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

export interface ParameterisedValue {
  readonly value: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** `value; name=value; name="value"` with comments left out (RFC 2045 section 5.1). Names in lower case. */
export function readParameters(text: string): ParameterisedValue {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let comment = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\' && (quoted || comment > 0)) {
      if (quoted) piece += char + text.charAt(at + 1);
      at += 1;
    } else if (comment > 0) {
      if (char === '(') comment += 1;
      if (char === ')') comment -= 1;
    } else if (char === '"') {
      quoted = !quoted;
      piece += char;
    } else if (quoted) piece += char;
    else if (char === '(') comment = 1;
    else if (char === ';') {
      pieces.push(piece);
      piece = '';
    } else piece += char;
  }
  pieces.push(piece);
  const parameters: [string, string][] = [];
  for (const part of pieces.slice(1)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const name = part.slice(0, equals).trim().toLowerCase();
    const value = part.slice(equals + 1).trim();
    if (name === '') continue;
    parameters.push([name, value.startsWith('"') ? unquote(value) : (value.split(/\s/)[0] ?? '')]);
  }
  return { value: (pieces[0] ?? '').trim(), parameters };
}

function unquote(text: string): string {
  return text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}
