/**
 * Many archive copies at once, as after an archive was away for days: a job for each account, which a person may hold up. A few go out
 * before anybody could, and are none.
 */
import type { Jobs, RunningJob } from '#engine/jobs/jobs.ts';
import type { AccountId } from '#shared/domain/ids.ts';

const few = 5;

interface Backlog {
  readonly job: RunningJob;
  done: number;
  left: number;
}

export class ArchiveBacklog implements Disposable {
  readonly #jobs: Jobs;
  readonly #onResumed: () => void;
  readonly #backlogs = new Map<AccountId, Backlog>();

  /** @param onResumed copies may go out again */
  constructor(jobs: Jobs, onResumed: () => void) {
    this.#jobs = jobs;
    this.#onResumed = onResumed;
  }

  /** A person holds up the copies of this account. */
  held(accountId: AccountId): boolean {
    return this.#backlogs.get(accountId)?.job.paused === true;
  }

  /** Lets them go on, as trying them again by hand does. */
  release(accountId: AccountId): void {
    if (this.held(accountId)) this.#jobs.resume(idOf(accountId));
  }

  /** How many copies of each account are due now, or are being tried. */
  due(counts: ReadonlyMap<AccountId, number>): void {
    for (const [accountId, backlog] of this.#backlogs) {
      const left = counts.get(accountId) ?? 0;
      backlog.done += Math.max(0, backlog.left - left);
      backlog.left = left;
      if (left === 0) this.#end(accountId, backlog);
      else backlog.job.set({ done: backlog.done, total: backlog.done + left });
    }
    for (const [accountId, left] of counts)
      if (left > few && !this.#backlogs.has(accountId)) this.#begin(accountId, left);
  }

  #begin(accountId: AccountId, left: number): void {
    const job = this.#jobs.begin({
      id: idOf(accountId),
      kind: 'archive',
      accountId,
      folder: null,
      total: left,
      cancellable: false,
      onResumed: this.#onResumed,
    });
    this.#backlogs.set(accountId, { job, done: 0, left });
  }

  #end(accountId: AccountId, { job }: Backlog): void {
    this.#backlogs.delete(accountId);
    // Perhaps held up, of an account that is gone say: what is due one day is not meant by that.
    job.finish();
  }

  [Symbol.dispose](): void {
    for (const { job } of this.#backlogs.values()) job[Symbol.dispose]();
    this.#backlogs.clear();
  }
}

function idOf(accountId: AccountId): string {
  return `archive ${accountId}`;
}
