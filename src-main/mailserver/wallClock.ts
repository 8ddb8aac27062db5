/** Real time, for who starts the server without a clock of its own. */
import type { Clock } from '#shared/base/clock.ts';

/** Timers may be a month away at most (2^31 ms); the server has none that long. */
export function wallClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimer: (ms, fn) => {
      const timer = setTimeout(fn, ms);
      return {
        [Symbol.dispose]: () => {
          clearTimeout(timer);
        },
      };
    },
  };
}
