/** A client's own long work as a job of the engine: shown everywhere, held up and ended from anywhere. */
import type { EngineClient, RequestOf } from '../contract/contract.ts';
import { isMailError, MailError } from '../errors/MailError.ts';

/** Tells how far the work is, in any unit, and resolves when it may go on: between two steps. */
export type Pace = (done: number, total: number) => Promise<void>;

/**
 * Runs `work` as a job. Its signal is aborted when `signal` is, or when somebody ends the job: then this throws `cancelled`. Work goes on
 * without a job where the engine cannot be told.
 */
export async function asJob<T>(
  client: EngineClient,
  init: RequestOf<'jobs.hold'>,
  signal: AbortSignal,
  work: (pace: Pace, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const scope = ended.signal;
  const onAbort = (): void => {
    ended.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const released = new AbortController();
  const held = client.call('jobs.hold', init, { signal: released.signal }).then(
    () => {
      ended.abort(new MailError('cancelled'));
    },
    () => undefined,
  );
  try {
    return await work(async (done, total) => {
      scope.throwIfAborted();
      try {
        await client.call('jobs.step', { id: init.id, done, total }, { signal: scope });
      } catch (error) {
        scope.throwIfAborted();
        if (!isMailError(error) || error.code !== 'not-found') throw error;
      }
    }, scope);
  } finally {
    signal.removeEventListener('abort', onAbort);
    released.abort(new MailError('cancelled'));
    await held;
  }
}
