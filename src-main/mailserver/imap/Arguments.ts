/** Reads a command's arguments from left to right; what the grammar does not allow is a BAD (RFC 9051 section 9). */
import type { RawCommand } from './CommandReader.ts';
import { decodeMailboxName } from './mailboxNames.ts';
import { bad } from './Refusal.ts';
import { SequenceSet } from './SequenceSet.ts';

const maxDepth = 50;

export class Arguments {
  readonly #text: string;
  readonly #literals: readonly Buffer[];
  #at: number;
  #depth = 0;
  /** Literals passed so far. */
  #literal = 0;

  /** Of the command that these belong to. */
  readonly tag: string;

  constructor(command: RawCommand, start: number, tag: string) {
    this.tag = tag;
    this.#text = command.line;
    this.#literals = command.literals;
    this.#at = start;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, '' at the end. */
  get next(): string {
    return this.#text.charAt(this.#at);
  }

  /** The rest, for words that are only told. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }

  end(): void {
    if (!this.atEnd) throw bad(`unexpected "${this.rest.slice(0, 20).replaceAll('\0', '{literal}')}"`);
  }

  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** The word in any case, as a whole atom. */
  takeWord(word: string): boolean {
    const found = this.#text.slice(this.#at, this.#at + word.length);
    const after = this.#text.charAt(this.#at + word.length);
    if (found.toUpperCase() !== word || !/^[ ()\]]?$/.test(after)) return false;
    this.#at += word.length;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw bad(`expected ${JSON.stringify(text)}`);
  }

  space(): void {
    this.expect(' ');
  }

  match(pattern: RegExp, what: string): string {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    if (found === undefined || found === '') throw bad(`expected ${what}`);
    this.#at += found.length;
    return found;
  }

  atom(): string {
    return this.match(/[^\x00-\x20\x7f-\xff(){%*"\\\]]+/, 'an atom');
  }

  number(): number {
    const value = Number(this.match(/\d{1,19}/, 'a number'));
    if (!Number.isSafeInteger(value)) throw bad('number too large');
    return value;
  }

  /** One character a byte. */
  astring(): string {
    if (this.next === '"' || this.next === '\0') return this.string();
    return this.match(/[^\x00-\x20\x7f-\xff(){%*"\\]+/, 'a string');
  }

  string(): string {
    if (this.next === '\0') return this.literal().toString('latin1');
    this.expect('"');
    let text = '';
    for (;;) {
      const char = this.next;
      this.#at += 1;
      if (char === '') throw bad('unterminated string');
      if (char === '"') return text;
      if (char === '\\') {
        text += this.next;
        this.#at += 1;
      } else text += char;
    }
  }

  literal(): Buffer {
    this.expect('\0');
    const literal = this.#literals[this.#literal];
    if (literal === undefined) throw bad('expected a literal');
    this.#literal += 1;
    return literal;
  }

  /** Text as a person typed it: UTF-8 in a quoted string is taken for what it is. */
  text(): string {
    return Buffer.from(this.astring(), 'latin1').toString('utf8');
  }

  mailbox(): string {
    return mailboxName(this.astring());
  }

  /** A mailbox name with the wildcards of LIST. */
  listPattern(): string {
    if (this.next === '"' || this.next === '\0') return mailboxName(this.string());
    return mailboxName(this.match(/[^\x00-\x20\x7f-\xff(){"\\]+/, 'a pattern'));
  }

  flag(): string {
    return this.match(/\\?[^\x00-\x20\x7f-\xff(){%*"\\\]]+/, 'a flag');
  }

  sequenceSet(): SequenceSet {
    const text = this.match(/[0-9:,*]+/, 'a sequence set');
    const set = SequenceSet.parse(text);
    if (set === null) throw bad('invalid sequence set');
    return set;
  }

  /** "(a b c)", each item read by `read`. */
  list<T>(read: () => T): T[] {
    const items: T[] = [];
    this.open();
    while (!this.close()) {
      if (items.length > 0) this.space();
      items.push(read());
    }
    return items;
  }

  /** An opening bracket, counted: nesting is bounded. */
  open(): void {
    this.expect('(');
    this.#depth += 1;
    if (this.#depth > maxDepth) throw bad('nested too deeply');
  }

  close(): boolean {
    if (!this.take(')')) return false;
    this.#depth -= 1;
    return true;
  }

  /** Passes over one value of whatever kind. */
  skipValue(): void {
    if (this.next === '(')
      this.list(() => {
        this.skipValue();
      });
    else this.astring();
  }
}

function mailboxName(wire: string): string {
  const name = decodeMailboxName(wire);
  // A name that is not valid modified UTF-7 is still a name: it is taken byte by byte.
  return name ?? wire;
}
