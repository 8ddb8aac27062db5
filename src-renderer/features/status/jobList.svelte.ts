/** The long jobs of the engine, whoever began them. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { Job } from '#shared/contract/jobs.ts';
import { isMailError } from '#shared/errors/MailError.ts';

export class JobList implements Disposable {
  rows = $state.raw<readonly Job[]>([]);
  readonly #client: EngineClient;
  readonly #report: (error: unknown) => void;
  readonly #listening: Disposable;

  /** @param report told of what no person can do anything about */
  constructor(client: EngineClient, report: (error: unknown) => void) {
    this.#client = client;
    this.#report = report;
    this.#listening = client.on('jobs.changed', ({ jobs }) => (this.rows = jobs));
  }

  /** What runs already when the window opens or the engine is reached again. */
  async load(): Promise<void> {
    const { jobs } = await this.#client.call('jobs.list', {});
    this.rows = jobs;
  }

  /** Holds a job up, or lets it go on. */
  turn({ id, state }: Job): Promise<void> {
    return this.#tell(state === 'paused' ? 'jobs.resume' : 'jobs.pause', id);
  }

  cancel({ id }: Job): Promise<void> {
    return this.#tell('jobs.cancel', id);
  }

  async #tell(name: 'jobs.pause' | 'jobs.resume' | 'jobs.cancel', id: string): Promise<void> {
    try {
      await this.#client.call(name, { id });
    } catch (error) {
      // It ended in this moment.
      if (!isMailError(error) || error.code !== 'not-found') this.#report(error);
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
