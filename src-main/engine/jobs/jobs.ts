/** The long jobs of this engine: told to whoever shows them, held up and ended by whoever is asked by a person. */
import type { Clock } from '#shared/base/clock.ts';
import type { Job } from '#shared/contract/jobs.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface JobInit extends Pick<Job, 'id' | 'kind' | 'accountId' | 'folder'> {
  readonly done?: number;
  readonly total?: number;
  /** Called when it may go on; without it the job asks by `ready`. */
  readonly onResumed?: () => void;
  readonly pausable?: boolean;
  readonly cancellable?: boolean;
  /** One that has the id already is over: this one takes its place. */
  readonly replaces?: boolean;
}

/** How often progress is told. */
const intervalMs = 250;

/** One job while it runs. Disposed of when the work has ended, however it did. */
export class RunningJob implements Disposable {
  readonly #abort = new AbortController();
  readonly #onResumed: (() => void) | undefined;
  readonly #changed: (atOnce: boolean) => void;
  readonly #ended: (job: RunningJob, forGood: boolean) => void;
  #resumed: PromiseWithResolvers<void> | null = null;
  #row: Job;

  constructor(
    init: JobInit,
    paused: boolean,
    told: { changed: (atOnce: boolean) => void; ended: (job: RunningJob, forGood: boolean) => void },
  ) {
    const { id, kind, accountId, folder, done = 0, total = 0, pausable = true, cancellable = true } = init;
    this.#row = { id, kind, accountId, folder, done, total, state: 'running', pausable, cancellable };
    this.#onResumed = init.onResumed;
    this.#changed = told.changed;
    this.#ended = told.ended;
    if (paused) this.#halt();
  }

  get row(): Job {
    return this.#row;
  }

  get paused(): boolean {
    return this.#row.state === 'paused';
  }

  /** Aborted with `cancelled` when a person ends the job. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  set(change: Partial<Pick<Job, 'done' | 'total' | 'folder'>>): void {
    this.#row = { ...this.#row, ...change };
    // Of one that comes to rest this may be the last that is told.
    this.#changed(this.paused);
  }

  /** Resolves at once, or when the job is gone on with. Rejects with the reason of an abort. */
  async ready(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.signal]);
    ended.throwIfAborted();
    if (this.#resumed !== null) await untilAborted(this.#resumed.promise, ended);
  }

  pause(): void {
    if (this.paused) return;
    this.#halt();
    this.#changed(true);
  }

  #halt(): void {
    this.#row = { ...this.#row, state: 'paused' };
    this.#resumed = Promise.withResolvers<void>();
  }

  resume(): void {
    if (!this.paused) return;
    this.#row = { ...this.#row, state: 'running' };
    this.#resumed?.resolve();
    this.#resumed = null;
    this.#changed(true);
    this.#onResumed?.();
  }

  cancel(): void {
    this.#abort.abort(new MailError('cancelled'));
  }

  /** What it was for is over: one that begins under its id some day is another, and held up by nobody. */
  finish(): void {
    this.#ended(this, true);
  }

  [Symbol.dispose](): void {
    this.#ended(this, false);
  }
}

export class Jobs {
  readonly #clock: Clock;
  readonly #onChanged: (jobs: Job[]) => void;
  readonly #running = new Map<string, RunningJob>();
  /** Jobs that a person holds up: one that ends and begins again under its id (a connection was lost) is still held up. */
  readonly #held = new Set<string>();
  #toldAt = -Infinity;

  constructor(clock: Clock, onChanged: (jobs: Job[]) => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  /** Throws `not-permitted` where the id is taken. */
  begin(init: JobInit): RunningJob {
    if (init.replaces !== true && this.#running.has(init.id))
      throw new MailError('not-permitted', { what: 'job' });
    const job = new RunningJob(init, this.#held.has(init.id), {
      changed: (atOnce) => {
        this.#tell(atOnce);
      },
      ended: (one, forGood) => {
        if (this.#running.get(init.id) !== one) return;
        this.#running.delete(init.id);
        if (forGood) this.#held.delete(init.id);
        this.#tell(true);
      },
    });
    this.#running.set(init.id, job);
    this.#tell(true);
    return job;
  }

  list(): Job[] {
    return [...this.#running.values()].map(({ row }) => row);
  }

  /** Does a person hold up the job of this id, whether it runs now or begins again? */
  holds(id: string): boolean {
    return this.#held.has(id);
  }

  /** Throws `not-found`. */
  get(id: string): RunningJob {
    const job = this.#running.get(id);
    if (job === undefined) throw new MailError('not-found', { what: 'job' });
    return job;
  }

  pause(id: string): void {
    const job = this.get(id);
    if (!job.row.pausable) throw new MailError('not-permitted', { what: 'job' });
    this.#held.add(id);
    job.pause();
  }

  resume(id: string): void {
    const job = this.get(id);
    this.#held.delete(id);
    job.resume();
  }

  cancel(id: string): void {
    const job = this.get(id);
    if (!job.row.cancellable) throw new MailError('not-permitted', { what: 'job' });
    this.#held.delete(id);
    job.cancel();
  }

  #tell(atOnce: boolean): void {
    const now = this.#clock.monotonic();
    if (!atOnce && now - this.#toldAt < intervalMs) return;
    this.#toldAt = now;
    this.#onChanged(this.list());
  }
}
