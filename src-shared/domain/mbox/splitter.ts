/**
 * Takes a file with mails apart as its bytes come: an mbox of whatever kind, or one mail (.eml). Only the mail that is being read is
 * held in memory.
 *
 * The kinds of mbox differ in how a body's own "From " lines are told from those that separate mails: mboxrd puts a ">" in front of
 * them and of those that have one already, mboxo of the bare ones alone, and mboxcl2 leaves them and counts the bytes in a
 * Content-Length header. That header is taken at its word only where another mail or the end of the file follows what it counts.
 */
import { readFromLine } from './fromLine.ts';
import { cr, isFrom, isQuotedFrom, lf, toMail } from './lines.ts';

export type MailPiece =
  | {
      readonly kind: 'mail';
      /** Which mail of the file, from 1 on. */
      readonly number: number;
      /** Lines with CRLF, quoting taken back. */
      readonly raw: Uint8Array<ArrayBuffer>;
      /** The date of the mbox's own line in ms since 1970; null: an .eml, or not readable. */
      readonly envelopeDate: number | null;
    }
  | { readonly kind: 'too-large'; readonly number: number; readonly bytes: number };

export interface SplitterOptions {
  /** A larger mail is told as such and passed over. */
  readonly maxMailBytes: number;
}

/** Longer ones are no separators, and no Content-Length. */
const longestLine = 1000;
/** A file whose first line does not end before this is no mbox. */
const longestBeginning = 64 * 1024;

export class MailFileSplitter {
  readonly #max: number;
  #buffer = new Uint8Array(64 * 1024);
  #length = 0;
  /** Where the line that is read next begins. */
  #line = 0;
  /** Up to here no line end was found. */
  #sought = 0;
  #format: 'unknown' | 'mbox' | 'eml' = 'unknown';
  /** The first separator was of no known form: any line "From " after an empty one separates. */
  #loose = false;
  /** Content-Length is believed. */
  #counts = true;

  // Of the mail that is being read:
  #number = 0;
  #start = 0;
  #envelopeDate: number | null = null;
  #inHeader = true;
  #afterBlank = false;
  /** What its Content-Length says. */
  #claimed: number | null = null;
  /** Where it ends, if that is so. */
  #countedEnd: number | null = null;
  /** A line begins exactly there, and nothing but an empty one came since. */
  #beyondCount = false;
  /** A separator before the counted end, to go back to if the count is wrong. */
  #passedOver: { readonly at: number; readonly afterBlank: boolean } | null = null;
  /** Bytes that were dropped because it is too large. */
  #dropped = 0;
  /** The beginning of the line is among them. */
  #midLine = false;

  constructor({ maxMailBytes }: SplitterOptions) {
    this.#max = maxMailBytes;
  }

  /** 'unknown' until something but empty lines came. */
  get format(): 'unknown' | 'mbox' | 'eml' {
    return this.#format;
  }

  /** The mails that are complete with these bytes. */
  push(chunk: Uint8Array): MailPiece[] {
    this.#append(chunk);
    const pieces: MailPiece[] = [];
    while (this.#format !== 'eml') {
      const found = this.#buffer.indexOf(lf, Math.max(this.#sought, this.#line));
      if (found < 0 || found >= this.#length) break;
      this.#readLine(found + 1, pieces);
    }
    this.#sought = this.#length;
    if (this.#format === 'unknown' && this.#length - this.#line > longestBeginning) this.#begin();
    this.#dropTooMuch();
    return pieces;
  }

  /** The rest. */
  end(): MailPiece[] {
    const pieces: MailPiece[] = [];
    do {
      while (this.#format !== 'eml' && this.#line < this.#length) {
        const found = this.#buffer.indexOf(lf, this.#line);
        this.#readLine(found < 0 || found >= this.#length ? this.#length : found + 1, pieces);
      }
      // The count runs beyond the end of the file, or ends inside its last line.
      if (this.#countedEnd === null || this.#countedEnd === this.#length || this.#beyondCount) break;
    } while (this.#distrustCount());
    if (this.#format !== 'unknown') this.#emit(this.#length, pieces);
    return pieces;
  }

  #append(chunk: Uint8Array): void {
    const done = this.#format === 'unknown' ? this.#line : this.#start;
    if (done > 0) this.#forget(done);
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  /** What was given out. */
  #forget(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#line -= bytes;
    this.#sought -= bytes;
    this.#start = Math.max(0, this.#start - bytes);
    if (this.#countedEnd !== null) this.#countedEnd -= bytes;
    if (this.#passedOver !== null)
      this.#passedOver = { ...this.#passedOver, at: this.#passedOver.at - bytes };
  }

  /** The line from `#line` to `next`. */
  #readLine(next: number, pieces: MailPiece[]): void {
    const at = this.#line;
    const blank = this.#isBlank(at, next);
    if (this.#format === 'unknown') {
      if (blank) this.#line = next;
      else this.#begin(next);
      return;
    }
    if (this.#countedEnd !== null && at >= this.#countedEnd && !this.#countHolds(at, next, blank)) {
      if (this.#distrustCount()) return;
    }
    this.#line = next;
    const separator = this.#separator(at, next, this.#afterBlank || this.#beyondCount);
    if (separator === null) {
      if (this.#inHeader) this.#readHeaderLine(at, next, blank);
      this.#afterBlank = blank;
      this.#midLine = false;
      return;
    }
    if (this.#countedEnd !== null && at < this.#countedEnd) {
      this.#passedOver ??= { at, afterBlank: this.#afterBlank };
      this.#afterBlank = false;
      return;
    }
    this.#emit(at, pieces);
    this.#beginMail(next, separator.date);
  }

  /** The first line that says something: what is it? `next`: where it ends, if that is known. */
  #begin(next?: number): void {
    const [first, second, third] = this.#buffer.subarray(this.#line, this.#line + 3);
    // A byte order mark, from an editor of texts.
    const begin = this.#line + (first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0);
    if (next === undefined || !isFrom(this.#buffer, begin)) {
      this.#format = 'eml';
      this.#number = 1;
      this.#start = begin;
      return;
    }
    this.#format = 'mbox';
    this.#line = next;
    const line = readFromLine(this.#text(begin, next));
    this.#loose = line === null;
    this.#beginMail(next, line?.date ?? null);
  }

  #beginMail(start: number, envelopeDate: number | null): void {
    this.#number += 1;
    this.#start = start;
    this.#envelopeDate = envelopeDate;
    this.#inHeader = true;
    this.#afterBlank = false;
    this.#claimed = null;
    this.#countedEnd = null;
    this.#beyondCount = false;
    this.#passedOver = null;
    this.#dropped = 0;
    this.#midLine = false;
  }

  #separator(at: number, next: number, afterBlank: boolean): { readonly date: number | null } | null {
    if (this.#midLine || next - at > longestLine || !isFrom(this.#buffer, at)) return null;
    const line = readFromLine(this.#text(at, next));
    return line ?? (this.#loose && afterBlank ? { date: null } : null);
  }

  #readHeaderLine(at: number, next: number, blank: boolean): void {
    if (blank) {
      this.#inHeader = false;
      if (this.#claimed === null || next + this.#claimed - this.#start > this.#max) return;
      this.#countedEnd = next + this.#claimed;
      return;
    }
    const letter = this.#buffer[at];
    if (!this.#counts || next - at > 100 || (letter !== 67 && letter !== 99)) return;
    const length = /^content-length:[ \t]*(\d{1,12})[ \t]*$/i.exec(this.#text(at, next));
    if (length !== null) this.#claimed = Number(length[1]);
  }

  /** At or behind the counted end: can it be the end, with no more than one empty line before the next mail? */
  #countHolds(at: number, next: number, blank: boolean): boolean {
    if (at === this.#countedEnd) {
      this.#beyondCount = true;
      if (blank) return true;
    }
    return this.#beyondCount && this.#separator(at, next, true) !== null;
  }

  /**
   * One wrong count, and none is believed any more in this file: they are headers of the mails themselves. Returns whether reading goes
   * on at an earlier place, where a separator had been passed over.
   */
  #distrustCount(): boolean {
    this.#counts = false;
    this.#countedEnd = null;
    this.#beyondCount = false;
    if (this.#passedOver === null) return false;
    this.#line = this.#passedOver.at;
    this.#sought = this.#line;
    this.#afterBlank = this.#passedOver.afterBlank;
    this.#passedOver = null;
    return true;
  }

  #emit(end: number, pieces: MailPiece[]): void {
    const number = this.#number;
    const bytes = end - this.#start + this.#dropped;
    if (bytes > this.#max) {
      pieces.push({ kind: 'too-large', number, bytes });
      return;
    }
    const mbox = this.#format === 'mbox';
    // The empty line before a separator is the file's, and no line of the mail; some counts take it in.
    const counted = this.#countedEnd;
    const stop = counted ?? end;
    const last = mbox && !(counted !== null && end > counted) ? this.#withoutBlank(stop) : stop;
    let from = this.#start;
    // Some servers leave an older separator, quoted or not, as the first line of the header.
    while (mbox && from < last && (isFrom(this.#buffer, from) || isQuotedFrom(this.#buffer, from)))
      from = this.#lineEnd(from, last);
    pieces.push({
      kind: 'mail',
      number,
      raw: toMail(this.#buffer.subarray(from, last), mbox && counted === null),
      envelopeDate: this.#envelopeDate,
    });
  }

  #lineEnd(at: number, end: number): number {
    const found = this.#buffer.indexOf(lf, at);
    return found < 0 || found >= end ? end : found + 1;
  }

  #withoutBlank(end: number): number {
    if (end <= this.#start || this.#buffer[end - 1] !== lf) return end;
    const before = end - 2 >= this.#start && this.#buffer[end - 2] === cr ? end - 2 : end - 1;
    return before === this.#start || this.#buffer[before - 1] === lf ? before : end;
  }

  /** A mail beyond the limit is not collected any further. */
  #dropTooMuch(): void {
    if (this.#format === 'unknown' || this.#countedEnd !== null) return;
    if (this.#format === 'eml') this.#line = this.#length;
    if (this.#length - this.#start + this.#dropped <= this.#max) return;
    // Of a line that is not complete its beginning may still be a separator's.
    const until = this.#length - this.#line > longestLine ? this.#length : this.#line;
    this.#midLine ||= until > this.#line;
    this.#dropped += until - this.#start;
    this.#start = until;
    this.#line = until;
  }

  #isBlank(at: number, next: number): boolean {
    let end = next;
    if (end > at && this.#buffer[end - 1] === lf) end -= 1;
    if (end > at && this.#buffer[end - 1] === cr) end -= 1;
    return end === at && !this.#midLine;
  }

  #text(at: number, next: number): string {
    let text = '';
    for (const byte of this.#buffer.subarray(at, Math.min(next, at + longestLine)))
      text += String.fromCharCode(byte);
    return text.replace(/\r?\n$/, '');
  }
}
