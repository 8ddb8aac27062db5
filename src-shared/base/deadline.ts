/** One budget for a whole attempt: every step draws on the same clock, so "ends within 10 s" is one object. */
import type { Clock } from './clock.ts';
import { MailError } from '../errors/MailError.ts';
import { untilAborted } from './untilAborted.ts';

export class Deadline implements Disposable {
  readonly #clock: Clock;
  readonly #end: number;
  readonly #controller = new AbortController();
  readonly #timer: Disposable;
  readonly #unlink: () => void;

  /** `ms` from now; also ends when `parent` is aborted. */
  constructor(clock: Clock, ms: number, parent?: AbortSignal) {
    this.#clock = clock;
    this.#end = clock.monotonic() + ms;
    this.#timer = clock.setTimer(ms, () => {
      this.#controller.abort(new MailError('deadline-exceeded', { ms }));
    });
    const onAbort = (): void => {
      this.#controller.abort(parent?.reason);
    };
    if (parent?.aborted) onAbort();
    parent?.addEventListener('abort', onAbort, { once: true });
    this.#unlink = () => parent?.removeEventListener('abort', onAbort);
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left, never negative. */
  get remaining(): number {
    return Math.max(0, this.#end - this.#clock.monotonic());
  }

  /** The promise's result, or a rejection with the deadline's reason, whichever comes first. The loser's rejection is swallowed. */
  race<T>(promise: Promise<T>): Promise<T> {
    return untilAborted(promise, this.signal);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#unlink();
  }
}
