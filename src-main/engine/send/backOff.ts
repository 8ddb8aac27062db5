/** When to try again after a temporary failure. */

const first = 15_000;
const most = 60 * 60_000;

/** ms to wait after the n-th attempt (from 1): doubles up to an hour, spread by ±20 % so that jobs of an outage do not march in step. */
export function backOff(attempt: number, random: number): number {
  const base = Math.min(most, first * 2 ** Math.max(0, Math.min(attempt - 1, 20)));
  return Math.round(base * (0.8 + 0.4 * random));
}
