/** Bytes of mails by lines: mails travel with CRLF, an mbox has LF, and files in the wild have either. */

export const lf = 10;
export const cr = 13;
const greater = 62;
/** "From " */
const from = [70, 114, 111, 109, 32] as const;

/** Does "From " stand at this place? */
export function isFrom(bytes: Uint8Array, at: number): boolean {
  return from.every((byte, offset) => bytes[at + offset] === byte);
}

/** Does a line that begins here need one more ">" in front of it in an mbox, or had one put there (">From ", ">>From ")? */
export function isQuotedFrom(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== greater) return false;
  let place = at;
  while (bytes[place] === greater) place += 1;
  return isFrom(bytes, place);
}

/** Bytes that are put together piece by piece. */
export class Bytes {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(64, capacity));
  }

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** A view of what is there; of no use after the next `add`. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Ends every line with CRLF, as mail travels; the last one too. `unquote`: takes one ">" from lines like ">From " and ">>From ". */
export function toMail(bytes: Uint8Array, unquote: boolean): Uint8Array<ArrayBuffer> {
  const out = new Bytes(bytes.length + Math.ceil(bytes.length / 30) + 2);
  const end = Uint8Array.of(cr, lf);
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(lf, at);
    const next = found < 0 ? bytes.length : found + 1;
    let last = found < 0 ? bytes.length : found;
    if (last > at && bytes[last - 1] === cr) last -= 1;
    out.add(bytes.subarray(unquote && isQuotedFrom(bytes, at) ? at + 1 : at, last));
    out.add(end);
    at = next;
  }
  return out.view();
}
