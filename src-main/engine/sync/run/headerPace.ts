/**
 * How many headers to ask for in one go. What was asked for is taken in before anybody who waits (a person who holds the download up, a more
 * urgent use of the connection) gets his turn, so over a slow line it is fewer. Where the line is fast, more in one go cost fewer round trips.
 */

/** UIDs asked for in one command. */
export const headersPerFetch = 1_000;
const fewest = 100;
/** So long a fetch may take. */
const wantedMs = 3_000;

export class HeaderPace {
  #size = headersPerFetch;

  get size(): number {
    return this.#size;
  }

  /** What a fetch of `count` took. */
  took(count: number, ms: number): void {
    // Of a few, the round trip is nearly all.
    if (count < fewest) return;
    const fitting = ms <= 0 ? headersPerFetch : Math.floor((count * wantedMs) / ms);
    this.#size = Math.min(headersPerFetch, Math.max(fewest, fitting));
  }
}
