/** Bytes in, whole commands out: lines with the literals in them, and a "+" for each literal that waits for one. */

/** In `line` a literal's place is held by a NUL, which no command may contain. */
export interface RawCommand {
  /** One character a byte, without the line break. */
  readonly line: string;
  readonly literals: readonly Buffer[];
}

export interface CommandReaderHooks {
  readonly command: (command: RawCommand) => void;
  /** The client waits to be asked for its literal. */
  readonly continuation: () => void;
  /** The input is beyond a limit or unreadable: nothing more is read. */
  readonly broken: (why: string) => void;
  /** Bytes that a literal may have right now. */
  readonly maxLiteralBytes: () => number;
}

const maxLineBytes = 1_000_000;

export class CommandReader {
  readonly #hooks: CommandReaderHooks;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #line = '';
  #literals: Buffer[] = [];
  /** Bytes of a literal that are still to come; null outside one. */
  #missing: number | null = null;
  #literal: Buffer[] = [];
  #stopped = false;

  constructor(hooks: CommandReaderHooks) {
    this.#hooks = hooks;
  }

  /** Bytes that came behind the last whole command. */
  get pendingBytes(): number {
    return this.#buffered + this.#line.length;
  }

  stop(): void {
    this.#stopped = true;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && !this.#stopped)
      rest = this.#missing === null ? this.#readLine(rest) : this.#readLiteral(rest);
  }

  #readLiteral(chunk: Buffer): Buffer {
    const take = Math.min(this.#missing ?? 0, chunk.length);
    this.#literal.push(chunk.subarray(0, take));
    this.#missing = (this.#missing ?? 0) - take;
    if (this.#missing === 0) this.#endLiteral();
    return chunk.subarray(take);
  }

  #endLiteral(): void {
    this.#literals.push(Buffer.concat(this.#literal));
    this.#literal = [];
    this.#missing = null;
    this.#line += '\0';
  }

  #readLine(chunk: Buffer): Buffer {
    const feed = chunk.indexOf(10);
    if (feed < 0) {
      this.#chunks.push(chunk);
      this.#buffered += chunk.length;
      if (this.#buffered > maxLineBytes) this.#break('line too long');
      return chunk.subarray(chunk.length);
    }
    this.#chunks.push(chunk.subarray(0, feed));
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#buffered = 0;
    const text = bytes.toString('latin1', 0, bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length);
    if (text.includes('\0') || this.#line.length + text.length > maxLineBytes) this.#break('unreadable line');
    else this.#endLine(text);
    return chunk.subarray(feed + 1);
  }

  #endLine(text: string): void {
    const literal = /~?\{(\d{1,12})(\+?)\}$/.exec(text);
    if (literal === null) {
      const command = { line: this.#line + text, literals: this.#literals };
      this.#line = '';
      this.#literals = [];
      this.#hooks.command(command);
      return;
    }
    const size = Number(literal[1]);
    if (size > this.#hooks.maxLiteralBytes()) {
      this.#break('literal too large');
      return;
    }
    this.#line += text.slice(0, literal.index);
    this.#missing = size;
    if (literal[2] !== '+') this.#hooks.continuation();
    if (size === 0) this.#endLiteral();
  }

  #break(why: string): void {
    this.#stopped = true;
    this.#hooks.broken(why);
  }
}
