/** The real clock. The only place of the engine's process that reads the time or sets a timer for it. */
import { toDisposable } from '#shared/base/disposables.ts';
import type { Clock } from '#shared/base/clock.ts';

/** Node's timers hold 31 bits; beyond that they fire at once (and warn), so that "send in a month" would go out now. */
const longestTimer = 2 ** 31 - 1;

export function systemClock(): Clock {
  const setTimer = (ms: number, fn: () => void): Disposable => {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(Math.max(0, left), longestTimer);
      timer = setTimeout(() => {
        if (left > step) arm(left - step);
        else fn();
      }, step);
    };
    arm(ms);
    return toDisposable(() => {
      clearTimeout(timer);
    });
  };
  return { now: () => Date.now(), monotonic: () => performance.now(), setTimer };
}
