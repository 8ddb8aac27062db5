/** A rate limit that allows bursts. */
import type { Clock } from '#shared/base/clock.ts';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface TokenBucket {
  /** One unit of the rate, or false where there is none left. */
  take(): boolean;
  /** Milliseconds until `take` succeeds again; 0 where it does now. */
  readonly waitMs: number;
}

export function createTokenBucket(clock: Clock, { perSecond, burst }: Rate): TokenBucket {
  let tokens = burst;
  let filled = clock.monotonic();
  const fill = (): void => {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - filled) / 1000) * perSecond);
    filled = now;
  };
  return {
    take() {
      fill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    get waitMs() {
      fill();
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
