/** A clock that stands still until it is told to go on. Timers fire in order, each at its own time. */
import type { Clock } from '#shared/base/clock.ts';

export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<{ at: number; fn: () => void }>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(ms: number, fn: () => void): Disposable {
    const timer = { at: this.#now + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** When the next timer is due, in ms from now; null: none is set. */
  get nextIn(): number | null {
    const at = Math.min(...[...this.#timers].map((timer) => timer.at));
    return Number.isFinite(at) ? at - this.#now : null;
  }

  /** Goes on by `ms`, firing what falls due, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.fn();
      await settled();
    }
    this.#now = end;
  }
}

/** Everything that waits for resolved promises alone has run. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
