/** Chance that is the same in every run: a bench that measures another mailbox each time measures nothing. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `from` up to and with `to`. */
  whole(from: number, to: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32: 32 bits of state are enough for what is made up here. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    chance: (share) => next() < share,
    pick: (from) => from[whole(0, from.length - 1)]!,
  };
}
