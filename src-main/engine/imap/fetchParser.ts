/**
 * Reads the server's side of a FETCH from raw bytes. ImapFlow's own parser builds a tree of nodes for everything a server can
 * say and takes a promise for every message: three to eight times the time that this one needs for the five items that a
 * synchronisation asks for (docs/decisions/0004). Framing limits are enforced here; what is not a FETCH line goes back to the caller.
 */
import { MailError } from '#shared/errors/MailError.ts';

/** An IMAP value: an atom, number or string as bytes' text, NIL as null, a list as an array. */
export type Value = string | Uint8Array | null | readonly Value[];

/** One FETCH response: items by upper-case name ("UID", "FLAGS", "BODY[HEADER.FIELDS]", "BODY[1.2]"). */
export interface FetchRow {
  readonly seq: number;
  readonly items: ReadonlyMap<string, Value>;
}

export interface FetchLimits {
  /** A whole response, literals and all. */
  readonly responseBytes: number;
  /** Nested lists; a mail with more multiparts in one another is not read further. */
  readonly depth: number;
}

export interface FetchSink {
  row(row: FetchRow): void;
  /** A FETCH line that cannot be read: skipped, the next one is whole again. */
  unreadable(line: string): void;
  /** Any other untagged line, without its line break (EXISTS, EXPUNGE, VANISHED, OK): for the connection's owner. */
  untagged(line: Buffer): void;
  /** The tagged line that ends a command, without tag and line break. */
  tagged(tag: string, status: string): void;
  /** The last command is answered; `rest` is what came after it in the same bytes. */
  done(rest: Buffer): void;
}

const CR = 13;
const LF = 10;
const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Cuts the stream into responses; a response is handed on once all its bytes are there. */
export class ResponseFramer {
  /** Of the commands that are not answered yet. */
  readonly #tags: Set<string>;
  readonly #sink: FetchSink;
  readonly #limits: FetchLimits;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** How many bytes must be there before looking again makes sense. */
  #needed = 1;
  /** Where the search for a line end goes on, from the start of the response. */
  #scanned = 0;
  #done = false;

  constructor(tags: readonly string[], sink: FetchSink, limits: FetchLimits) {
    this.#tags = new Set(tags);
    this.#sink = sink;
    this.#limits = limits;
  }

  /** Throws MailError `response-too-large` when a response exceeds the limit; the connection is then of no use any more. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    if (this.#buffered < this.#needed) return;
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [];
    let start = 0;
    while (!this.#done) {
      const end = this.#responseEnd(buffer, start);
      if (end < 0) break;
      this.#scanned = 0;
      this.#take(buffer, start, end);
      start = end;
    }
    if (this.#done) return;
    buffer = buffer.subarray(start);
    if (buffer.length > 0) this.#chunks.push(buffer);
    this.#buffered = buffer.length;
  }

  /** Index after the response's line break, -1 while bytes are missing. */
  #responseEnd(buffer: Buffer, start: number): number {
    let from = start + this.#scanned;
    for (;;) {
      const lineEnd = buffer.indexOf(LF, from);
      if (lineEnd < 0) {
        this.#demand(buffer.length - start + 1, buffer.length - start);
        // A literal's line is searched again from its start; anything else need not be read twice.
        this.#scanned = from - start;
        return -1;
      }
      const literal = literalSize(buffer, from, lineEnd);
      if (literal < 0) return lineEnd + 1;
      from = lineEnd + 1 + literal;
      if (from - start > this.#limits.responseBytes) this.#tooLarge(from - start);
      if (from >= buffer.length) {
        this.#scanned = from - start;
        this.#demand(from - start + 1, buffer.length - start);
        return -1;
      }
    }
  }

  #demand(bytes: number, buffered: number): void {
    if (buffered > this.#limits.responseBytes) this.#tooLarge(buffered);
    this.#needed = bytes;
  }

  #tooLarge(bytes: number): never {
    throw new MailError('response-too-large', { bytes, limit: this.#limits.responseBytes });
  }

  #take(buffer: Buffer, start: number, end: number): void {
    this.#needed = 1;
    let lineEnd = end - 1;
    if (lineEnd > start && buffer[lineEnd - 1] === CR) lineEnd -= 1;
    if (buffer[start] === 42 /* * */ && buffer[start + 1] === SPACE) {
      const digits = numberAt(buffer, start + 2, lineEnd);
      const afterNumber = start + 2 + digits.length;
      if (
        digits.length > 0 &&
        buffer[afterNumber] === SPACE &&
        isFetch(buffer, afterNumber + 1) &&
        buffer[afterNumber + 6] === SPACE
      ) {
        this.#row(buffer, digits.value, afterNumber + 7, start, lineEnd);
      } else {
        this.#sink.untagged(buffer.subarray(start, lineEnd));
      }
      return;
    }
    const line = buffer.toString('latin1', start, lineEnd);
    const space = line.indexOf(' ');
    // A continuation or a foreign tag means nothing here: nothing of ours waits for it.
    if (space < 0 || !this.#tags.delete(line.slice(0, space))) return;
    this.#sink.tagged(line.slice(0, space), line.slice(space + 1));
    if (this.#tags.size > 0) return;
    this.#done = true;
    this.#sink.done(buffer.subarray(end));
  }

  #row(buffer: Buffer, seq: number, at: number, start: number, lineEnd: number): void {
    let items: ReadonlyMap<string, Value>;
    try {
      items = new ItemReader(buffer, at, lineEnd, this.#limits.depth).items();
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#sink.unreadable(buffer.toString('latin1', start, Math.min(lineEnd, start + 200)));
      return;
    }
    this.#sink.row({ seq, items });
  }
}

/** `{123}` or `{123+}` (also `~{123}`) before the line break: the literal's size, else -1. */
function literalSize(buffer: Buffer, lineStart: number, lineEnd: number): number {
  let at = lineEnd - 1;
  if (at >= lineStart && buffer[at] === CR) at -= 1;
  if (at < lineStart || buffer[at] !== CLOSE_BRACE) return -1;
  let digits = at - 1;
  if (buffer[digits] === 43 /* + */) digits -= 1;
  const last = digits;
  while (digits >= lineStart && isDigit(buffer[digits])) digits -= 1;
  if (digits < lineStart || buffer[digits] !== OPEN_BRACE || digits === last || last - digits > 15) return -1;
  return Number(buffer.toString('latin1', digits + 1, last + 1));
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function numberAt(buffer: Buffer, from: number, end: number): { value: number; length: number } {
  let value = 0;
  let at = from;
  while (at < end && at - from < 10 && isDigit(buffer[at])) {
    value = value * 10 + (buffer[at] ?? 0) - 48;
    at += 1;
  }
  return { value, length: at - from };
}

function isFetch(buffer: Buffer, at: number): boolean {
  // "FETCH" in any case: the five letters differ from their lower-case forms in one bit.
  return (
    ((buffer[at] ?? 0) & 0xdf) === 70 &&
    ((buffer[at + 1] ?? 0) & 0xdf) === 69 &&
    ((buffer[at + 2] ?? 0) & 0xdf) === 84 &&
    ((buffer[at + 3] ?? 0) & 0xdf) === 67 &&
    ((buffer[at + 4] ?? 0) & 0xdf) === 72
  );
}

class UnreadableError extends Error {}

/** Reads `(NAME value NAME value ...)` of one response that is wholly in the buffer. */
class ItemReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  readonly #depth: number;
  #at: number;

  constructor(buffer: Buffer, at: number, end: number, depth: number) {
    this.#buffer = buffer;
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
  }

  items(): Map<string, Value> {
    this.#expect(OPEN);
    const items = new Map<string, Value>();
    while (this.#buffer[this.#at] !== CLOSE) {
      if (this.#buffer[this.#at] === SPACE) {
        this.#at += 1;
        continue;
      }
      const name = this.#name();
      this.#expect(SPACE);
      items.set(name, this.#value(0));
    }
    return items;
  }

  #expect(byte: number): void {
    if (this.#at >= this.#end || this.#buffer[this.#at] !== byte) throw new UnreadableError();
    this.#at += 1;
  }

  /** An item's name without the list of fields and the offset: "BODY[HEADER.FIELDS (DATE)]<0>" is "BODY[HEADER.FIELDS]". */
  #name(): string {
    const start = this.#at;
    while (this.#at < this.#end) {
      const byte = this.#buffer[this.#at];
      if (byte === SPACE || byte === OPEN_BRACKET || byte === CLOSE || byte === OPEN) break;
      this.#at += 1;
    }
    let name = this.#buffer.toString('latin1', start, this.#at).toUpperCase();
    if (name === '') throw new UnreadableError();
    if (this.#buffer[this.#at] !== OPEN_BRACKET) return name;
    const sectionStart = this.#at;
    const sectionEnd = this.#buffer.indexOf(CLOSE_BRACKET, sectionStart);
    if (sectionEnd < 0 || sectionEnd >= this.#end) throw new UnreadableError();
    const section = this.#buffer.toString('latin1', sectionStart + 1, sectionEnd);
    const space = section.indexOf(' ');
    name += `[${(space < 0 ? section : section.slice(0, space)).toUpperCase()}]`;
    this.#at = sectionEnd + 1;
    if (this.#buffer[this.#at] === 60 /* < */) {
      const close = this.#buffer.indexOf(62 /* > */, this.#at);
      if (close < 0 || close >= this.#end) throw new UnreadableError();
      this.#at = close + 1;
    }
    return name;
  }

  #value(depth: number): Value {
    const byte = this.#buffer[this.#at];
    if (this.#at >= this.#end || byte === undefined) throw new UnreadableError();
    if (byte === QUOTE) return this.#quoted();
    if (byte === OPEN) return this.#list(depth + 1);
    if (byte === OPEN_BRACE) return this.#literal();
    if (byte === 126 /* ~ */ && this.#buffer[this.#at + 1] === OPEN_BRACE) {
      this.#at += 1;
      return this.#literal();
    }
    return this.#atom();
  }

  #list(depth: number): Value[] {
    if (depth > this.#depth) throw new UnreadableError();
    this.#at += 1;
    const values: Value[] = [];
    for (;;) {
      const byte = this.#buffer[this.#at];
      if (this.#at >= this.#end || byte === undefined) throw new UnreadableError();
      if (byte === CLOSE) {
        this.#at += 1;
        return values;
      }
      // Dovecot puts no space between the parts of a multipart; others do.
      if (byte === SPACE) this.#at += 1;
      else values.push(this.#value(depth));
    }
  }

  #atom(): string | null {
    const start = this.#at;
    while (this.#at < this.#end) {
      const byte = this.#buffer[this.#at];
      if (byte === SPACE || byte === CLOSE || byte === OPEN) break;
      this.#at += 1;
    }
    if (this.#at === start) throw new UnreadableError();
    const atom = this.#buffer.toString('latin1', start, this.#at);
    return atom.length === 3 && atom.toUpperCase() === 'NIL' ? null : atom;
  }

  #quoted(): string {
    const start = this.#at + 1;
    let at = start;
    let escaped = false;
    let high = 0;
    for (;;) {
      const byte = this.#buffer[at];
      if (at >= this.#end || byte === undefined) throw new UnreadableError();
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        escaped = true;
        at += 1;
      }
      high |= byte;
      at += 1;
    }
    this.#at = at + 1;
    const value =
      high > 127 ? decodeText(this.#buffer.subarray(start, at)) : this.#buffer.toString('latin1', start, at);
    return escaped ? value.replace(/\\(.)/gs, '$1') : value;
  }

  #literal(): Uint8Array {
    const close = this.#buffer.indexOf(CLOSE_BRACE, this.#at);
    const lineEnd = this.#buffer.indexOf(LF, close);
    if (close < 0 || lineEnd < 0 || lineEnd >= this.#end) throw new UnreadableError();
    const size = Number.parseInt(this.#buffer.toString('latin1', this.#at + 1, close), 10);
    const start = lineEnd + 1;
    if (!(size >= 0) || start + size > this.#end) throw new UnreadableError();
    this.#at = start + size;
    return this.#buffer.subarray(start, start + size);
  }
}

/** Bytes of a string that should be ASCII and is not: UTF-8 where it is that, else Latin-1, which never fails. */
export function decodeText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.includes('\ufffd') ? Buffer.from(bytes).toString('latin1') : text;
}
