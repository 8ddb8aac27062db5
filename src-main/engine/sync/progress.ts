/** What an account is doing, told to whoever shows it; not more often than an eye can follow. */
import type { Clock } from '#shared/base/clock.ts';
import type { SyncProgress } from '#shared/contract/app.ts';
import type { AccountId } from '#shared/domain/ids.ts';

const intervalMs = 250;

export class Progress {
  readonly #clock: Clock;
  readonly #onProgress: (progress: SyncProgress) => void;
  #current: SyncProgress;
  #toldAt = -Infinity;

  constructor(accountId: AccountId, clock: Clock, onProgress: (progress: SyncProgress) => void) {
    this.#clock = clock;
    this.#onProgress = onProgress;
    this.#current = { accountId, phase: 'idle', folder: null, done: 0, total: 0 };
  }

  get current(): SyncProgress {
    return this.#current;
  }

  /** `total`: how many things there are to do, as far as that is known; 0: it is not. */
  begin(phase: SyncProgress['phase'], total: number): void {
    this.#set({ phase, folder: null, done: 0, total });
  }

  in(folder: string): void {
    this.#set({ folder });
  }

  did(count: number): void {
    const done = this.#current.done + count;
    this.#set({ done, total: this.#current.total === 0 ? 0 : Math.max(this.#current.total, done) });
  }

  end(): void {
    this.begin('idle', 0);
  }

  #set(change: Partial<SyncProgress>): void {
    const before = this.#current;
    this.#current = { ...before, ...change };
    const now = this.#clock.monotonic();
    // A new phase is told at once, so that neither beginning nor end is swallowed.
    if (this.#current.phase === before.phase && now - this.#toldAt < intervalMs) return;
    if (this.#current.phase === 'idle' && before.phase === 'idle') return;
    this.#toldAt = now;
    this.#onProgress(this.#current);
  }
}
