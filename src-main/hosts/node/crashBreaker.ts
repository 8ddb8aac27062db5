/** Whether something that crashed is started again: at once a few times, then not any more until a person asks. */

export interface CrashBreaker {
  /** Notes a crash at `now` (monotonic ms); answers how long to wait before the next start, or null: it crashes too often. */
  crashed(now: number): number | null;
  reset(): void;
}

export interface CrashPolicy {
  readonly maxCrashes: number;
  readonly withinMs: number;
  /** Before the first restart; doubles with each further crash within the window. */
  readonly firstDelayMs: number;
}

export const defaultCrashPolicy: CrashPolicy = { maxCrashes: 5, withinMs: 5 * 60_000, firstDelayMs: 200 };

export function createCrashBreaker(policy: CrashPolicy = defaultCrashPolicy): CrashBreaker {
  let crashes: number[] = [];
  return {
    crashed(now) {
      crashes = [...crashes.filter((at) => now - at < policy.withinMs), now];
      return crashes.length >= policy.maxCrashes ? null : policy.firstDelayMs * 2 ** (crashes.length - 1);
    },
    reset() {
      crashes = [];
    },
  };
}
