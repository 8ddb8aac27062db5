/**
 * The older headers of an account as a job: its first synchronisation, or the rest of one that was held up. While a person holds it up the
 * newest page of each folder, new mail, and what changes in mails that are here come all the same.
 */
import type { Jobs, RunningJob } from '#engine/jobs/jobs.ts';
import type { SyncProgress } from '#shared/contract/app.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { headersPerFetch } from '../run/headerPace.ts';

export class HeaderDownload implements Disposable {
  readonly #jobs: Jobs;
  readonly #accountId: AccountId;
  #job: RunningJob | null = null;
  #stored = 0;
  #missing = 0;
  /** Called when a person lets it go on. */
  onResumed: () => void = () => undefined;

  constructor(jobs: Jobs, accountId: AccountId) {
    this.#jobs = jobs;
    this.#accountId = accountId;
  }

  /** A person holds it up: no older headers now. */
  get held(): boolean {
    return this.#job?.paused === true;
  }

  /** What a pass found there to do. A few are fetched before anybody could hold them up, and are no job. */
  plan(stored: number, missing: number): void {
    const id = `headers ${this.#accountId}`;
    this.#stored = stored;
    this.#missing = missing;
    if (missing === 0) {
      // Perhaps held up, and then deleted on the server: what comes one day is not meant by that.
      this.#job?.finish();
      this.#job = null;
    } else if (this.#job !== null) this.#told(0);
    else if (missing > headersPerFetch || this.#jobs.holds(id))
      this.#job = this.#jobs.begin({
        id,
        kind: 'headers',
        accountId: this.#accountId,
        folder: null,
        done: stored,
        total: stored + missing,
        cancellable: false,
        replaces: true,
        onResumed: () => {
          this.onResumed();
        },
      });
  }

  /** How far the account's work is. */
  take({ phase, done }: SyncProgress): void {
    if (phase === 'headers') this.#told(done);
    // What is held up is told until it goes on.
    else if (phase === 'idle' && !this.held) this.#end();
  }

  #told(done: number): void {
    this.#job?.set({
      done: this.#stored + done,
      total: this.#stored + Math.max(this.#missing, done),
    });
  }

  #end(): void {
    this.#job?.[Symbol.dispose]();
    this.#job = null;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
