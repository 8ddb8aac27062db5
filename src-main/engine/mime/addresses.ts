/**
 * Address lists (RFC 5322 section 3.4 with its obsolete forms) as they are written and as they come: groups are flattened, comments,
 * routes and blanks taken out, semicolons taken for commas. One pass, no recursion: nested groups and comments cost nothing more.
 *
 * What is shown is what is used: encoded words are decoded in names only, never in an address (Mailsploit); a quoted local part keeps
 * its quotes, so that `"x@evil y"@good` cannot be read as a mailbox at evil.
 */
import type { Address } from '#shared/domain/message.ts';
import { safeLine } from '#shared/domain/safeText.ts';
import { decodeWords } from './encodedWords.ts';

/** Longest address that is kept whole; RFC 5321 knows none above 254. */
const maxAddress = 1000;
const maxName = 500;

/** A run without blanks around it: `"john doe"@x.test` is one word although a blank stands in it. */
interface Word {
  text: string;
  /** Where "@" stands outside quotes. */
  at: boolean;
  /** Quoted from beginning to end: what it stands for, without quotes and backslashes. */
  plain: string | null;
}

/** Never throws. Entries without any address have `address: ''` and what stood there as name. */
export function parseAddressList(text: string): Address[] {
  return new ListReader(text).read();
}

/** `Anna Albrecht <anna@xyz.test>`, quoted where it must be; parses back to the same. */
export function formatAddress({ name, address }: Address): string {
  const shown = safeLine(name, maxName);
  if (shown === '') return address;
  const word = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~ -]+$/u.test(shown) && !shown.includes('=?');
  return `${word ? shown : `"${shown.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}

class ListReader {
  readonly #text: string;
  readonly #lastQuote: number;
  readonly #lastClose: number;
  readonly #list: Address[] = [];
  #at = 0;
  #words: Word[] = [];
  /** The word being read goes on with the next character. */
  #open = false;
  #comments: string[] = [];
  #angle: string | null = null;
  /** Once one never ended, the characters that open the next mean themselves: each is looked for once. */
  #commentsEnd = true;
  #quotesEnd = true;

  constructor(text: string) {
    this.#text = text;
    this.#lastQuote = text.lastIndexOf('"');
    this.#lastClose = text.lastIndexOf('>');
  }

  read(): Address[] {
    const text = this.#text;
    while (this.#at < text.length) {
      const char = text.charAt(this.#at);
      switch (char) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
          this.#open = false;
          this.#at += 1;
          break;
        case ',':
        case ';':
          this.#finish();
          this.#at += 1;
          break;
        case ':':
          this.#colon();
          break;
        case '"':
          if (this.#quotesEnd && this.#at < this.#lastQuote) this.#quoted();
          else this.#append(char);
          break;
        case '(':
          if (this.#commentsEnd) this.#comment();
          else this.#append(char);
          break;
        case '<':
          this.#angled();
          break;
        case '[':
          this.#literal();
          break;
        default:
          this.#atom();
      }
    }
    this.#finish();
    return this.#list;
  }

  #append(piece: string, plain: string | null = null): void {
    // After an address in angle brackets something new begins, comma or not: nothing is hidden behind it.
    if (this.#angle !== null) this.#finish();
    const last = this.#words.at(-1);
    if (this.#open && last) {
      last.text += piece;
      last.plain = null;
      last.at ||= plain === null && piece.includes('@');
    } else {
      this.#words.push({ text: piece, at: plain === null && piece.includes('@'), plain });
      this.#open = true;
    }
    if (plain === null) this.#at += piece.length;
  }

  #atom(): void {
    const start = this.#at;
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && !isSpecial(text.charCodeAt(end))) end += 1;
    this.#append(text.slice(start, end));
  }

  /** The end of a group's name, which falls away; in `mailto:x@y` and wherever an address is begun it is a character. */
  #colon(): void {
    const word = this.#words.at(-1);
    if (this.#angle !== null || word === undefined || this.#words.some(({ at }) => at)) {
      if (this.#angle === null && word !== undefined) this.#append(':');
      else this.#at += 1;
      return;
    }
    this.#words = [];
    this.#comments = [];
    this.#open = false;
    this.#at += 1;
  }

  #quoted(): void {
    const text = this.#text;
    let end = this.#at + 1;
    let plain = '';
    let from = end;
    for (;;) {
      const code = text.charCodeAt(end);
      if (Number.isNaN(code)) {
        // Only escaped ones were left.
        this.#quotesEnd = false;
        this.#append('"');
        return;
      }
      if (code === 34) break;
      if (code === 92) {
        plain += text.slice(from, end);
        from = end + 1;
        end += 1;
      }
      end += 1;
    }
    plain += text.slice(from, end);
    const start = this.#at;
    this.#at = end + 1;
    this.#append(text.slice(start, end + 1), plain);
  }

  #comment(): void {
    const end = commentEnd(this.#text, this.#at);
    if (end < 0) {
      this.#commentsEnd = false;
      this.#append('(');
      return;
    }
    this.#comments.push(this.#text.slice(this.#at + 1, end).replace(/\\(.)/gs, '$1'));
    this.#at = end + 1;
  }

  #angled(): void {
    if (this.#angle !== null) this.#finish();
    const text = this.#text;
    let start = this.#at + 1;
    while (text.charCodeAt(start) === 60) start += 1;
    let end = this.#at < this.#lastClose ? angleEnd(text, start) : -1;
    let next = end + 1;
    if (end < 0) {
      // Never closed: it goes to the comma.
      end = start;
      while (end < text.length && text.charAt(end) !== ',' && text.charAt(end) !== ';') end += 1;
      next = end;
    }
    this.#angle = text.slice(start, end);
    this.#open = false;
    while (text.charCodeAt(next) === 62) next += 1;
    this.#at = next;
  }

  #literal(): void {
    const end = this.#text.slice(this.#at, this.#at + 260).search(/[\]\s,;<>]/);
    const char = end < 0 ? '' : this.#text.charAt(this.#at + end);
    this.#append(char === ']' ? this.#text.slice(this.#at, this.#at + end + 1) : '[');
  }

  #finish(): void {
    const words = this.#words;
    const comments = this.#comments;
    const angle = this.#angle;
    this.#words = [];
    this.#comments = [];
    this.#angle = null;
    this.#open = false;
    if (angle !== null) {
      const address = addrSpec(angle);
      const name = phrase(words) || displayName(comments.join(' '));
      if (address !== '' || name !== '') this.#list.push({ name, address });
      return;
    }
    if (words.length === 0) return;
    const joined = joinAroundAt(words);
    if (!joined.some(({ at }) => at)) {
      const name = phrase(joined);
      if (name !== '') this.#list.push({ name, address: '' });
      return;
    }
    let pending: Word[] = [];
    for (const word of joined) {
      if (!word.at) {
        pending.push(word);
        continue;
      }
      this.#list.push({ name: phrase(pending), address: addrSpec(word.text) });
      pending = [];
    }
    const last = this.#list.at(-1);
    if (last && last.name === '') last.name = phrase(pending) || displayName(comments.join(' '));
  }
}

const special = new Set(Array.from(' \t\r\n,;:"(<[', (char) => char.charCodeAt(0)));
function isSpecial(code: number): boolean {
  return code < 92 && special.has(code);
}

/** Comments nest; a backslash takes the meaning of what follows. -1: it never ends. */
function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 40) depth += 1;
    else if (code === 41) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** The ">" that ends an address; one within quotes does not, unless the quotes never end. */
function angleEnd(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) quoted = !quoted;
    else if (code === 62 && !quoted) return at;
    else if (code === 60 && !quoted) break;
  }
  return text.indexOf('>', start);
}

/** `anna @ xyz . test`: the obsolete syntax allows blanks there and people type them. */
function joinAroundAt(words: Word[]): Word[] {
  const joined: Word[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last && belongsTogether(last, word)) {
      last.text += word.text;
      last.at = true;
      last.plain = null;
    } else joined.push({ ...word });
  }
  return joined;
}

function belongsTogether(last: Word, word: Word): boolean {
  if (!last.at) return word.text.startsWith('@');
  return !word.at && (/[@.]$/.test(last.text) || word.text.startsWith('.'));
}

function phrase(words: readonly Word[]): string {
  return displayName(words.map(({ text, plain }) => plain ?? text).join(' '));
}

function displayName(text: string): string {
  if (text === '') return '';
  const name = safeLine(decodeWords(text.length > 10_000 ? text.slice(0, 10_000) : text), maxName);
  // 'Name' in apostrophes is how some mailers quote.
  return name.length > 2 && name.startsWith("'") && name.endsWith("'") ? name.slice(1, -1).trim() : name;
}

const neverInAddress = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029]+/g;

/** An addr-spec without comments, blanks and route. */
function addrSpec(raw: string): string {
  let spec = raw.length > maxAddress * 4 ? raw.slice(0, maxAddress * 4) : raw;
  if (spec.includes('"')) spec = quotedSpec(spec);
  else {
    if (spec.includes('(')) spec = withoutComments(spec);
    spec = spec.replace(neverInAddress, '');
    if (spec.startsWith('@')) spec = spec.slice(spec.indexOf(':') + 1);
    if (/^mailto:/i.test(spec)) spec = spec.slice(7);
  }
  return safeLine(spec, maxAddress);
}

/** A quoted local part that needs no quotes loses them; any other keeps them and its blanks. */
function quotedSpec(spec: string): string {
  const match = /^\s*"((?:[^"\\]|\\.)*)"\s*@\s*([^"\s]*)\s*$/s.exec(spec);
  if (match === null) return spec.trim();
  const [, local = '', domain = ''] = match;
  return /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local)
    ? `${local}@${domain}`
    : `"${local}"@${domain}`;
}

function withoutComments(spec: string): string {
  let out = '';
  let at = 0;
  while (at < spec.length) {
    const open = spec.indexOf('(', at);
    const end = open < 0 ? -1 : commentEnd(spec, open);
    if (end < 0) break;
    out += spec.slice(at, open);
    at = end + 1;
  }
  return out + spec.slice(at);
}
