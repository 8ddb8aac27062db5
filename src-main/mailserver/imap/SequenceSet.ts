/** "1:3,7,*": numbers of messages, by sequence number or UID (RFC 9051 section 9, sequence-set). */

export class SequenceSet {
  readonly #ranges: readonly (readonly [from: number, to: number])[];
  readonly text: string;

  private constructor(text: string, ranges: readonly (readonly [number, number])[]) {
    this.text = text;
    this.#ranges = ranges;
  }

  /** null for what is no sequence set. "*" is infinity here: the largest number there is, whatever it is. */
  static parse(text: string): SequenceSet | null {
    const ranges: [number, number][] = [];
    for (const item of text.split(',')) {
      const match = /^(\*|[1-9]\d{0,9})(?::(\*|[1-9]\d{0,9}))?$/.exec(item);
      if (match === null) return null;
      const first = toNumber(match[1]);
      const last = match[2] === undefined ? first : toNumber(match[2]);
      ranges.push([Math.min(first, last), Math.max(first, last)]);
    }
    return new SequenceSet(text, ranges);
  }

  /** Is the number in the set, where "*" stands for `largest`? "5:*" always holds the largest, even if it is below 5. */
  has(number: number, largest: number): boolean {
    for (const [from, to] of this.#ranges) {
      const low = from === Infinity ? largest : Math.min(from, to === Infinity ? largest : to);
      const high = to === Infinity ? Math.max(largest, from === Infinity ? 0 : from) : to;
      if (number >= low && number <= high) return true;
    }
    return false;
  }

  /** Does it name "*" or a number above `largest`? A sequence number that does not exist is an error. */
  exceeds(largest: number): boolean {
    return this.#ranges.some(([from, to]) =>
      to === Infinity ? (from === Infinity ? largest === 0 : from > largest) : to > largest,
    );
  }
}

function toNumber(text: string | undefined): number {
  return text === '*' ? Infinity : Number(text);
}
