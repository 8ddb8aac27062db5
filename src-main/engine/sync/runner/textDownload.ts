/** The download of an account's texts as a job: a person sees how far it is, and may hold it up. */
import type { Jobs, RunningJob } from '#engine/jobs/jobs.ts';
import type { SyncProgress } from '#shared/contract/app.ts';
import type { AccountId } from '#shared/domain/ids.ts';

export interface TextDownloadParts {
  readonly jobs: Jobs;
  readonly accountId: AccountId;
  /** How many texts are missing. */
  readonly missing: () => number;
}

export class TextDownload implements Disposable {
  readonly #parts: TextDownloadParts;
  #job: RunningJob | null = null;
  /** Called when a person lets it go on. */
  onResumed: () => void = () => undefined;

  constructor(parts: TextDownloadParts) {
    this.#parts = parts;
  }

  /** May texts be fetched now? Not while a person holds the download up; where none are missing there is nothing to hold up. */
  allowed(): boolean {
    const { jobs, accountId, missing } = this.#parts;
    if (this.#job === null) {
      const total = missing();
      if (total === 0) return true;
      this.#job = jobs.begin({
        id: `texts ${accountId}`,
        kind: 'texts',
        accountId,
        folder: null,
        total,
        cancellable: false,
        replaces: true,
        onResumed: () => {
          this.onResumed();
        },
      });
    }
    return !this.#job.paused;
  }

  /** How far the account's work is. */
  take({ phase, done, total }: SyncProgress): void {
    if (phase === 'texts') this.#job?.set({ done, total });
    // What is held up is told until it goes on.
    else if (this.#job?.paused === false) this.#end();
  }

  #end(): void {
    this.#job?.[Symbol.dispose]();
    this.#job = null;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
