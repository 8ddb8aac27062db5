/** Time as a parameter. Nothing in the engine reads a clock of its own, so that tests drive time and see every timer's fate. */
export interface Clock {
  /** Milliseconds since 1970, as the wall clock says. */
  now(): number;
  /** Milliseconds that only rise; for durations. */
  monotonic(): number;
  /** Calls `fn` once after `ms`; disposing the handle cancels it. Implementations must cope with `ms` beyond 2^31. */
  setTimer(ms: number, fn: () => void): Disposable;
}

/** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer[Symbol.dispose]();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
