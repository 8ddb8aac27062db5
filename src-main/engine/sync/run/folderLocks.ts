/**
 * One at a time in a folder: what is read of it and what is written to the store about it. Held for one step (a chunk of headers, one
 * operation), never while waiting for a connection, and never two at once.
 */
import type { FolderId } from '#shared/domain/ids.ts';

export class FolderLocks {
  readonly #tails = new Map<FolderId, Promise<void>>();

  /** Waits for its turn, then runs; the others wait until it has settled. Rejects with the signal's reason when that is aborted first. */
  async run<T>(folder: FolderId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(folder);
    const { promise, resolve } = Promise.withResolvers<void>();
    const tail = before === undefined ? promise : before.then(() => promise);
    this.#tails.set(folder, tail);
    try {
      if (before !== undefined) await turn(before, signal);
      signal.throwIfAborted();
      return await work();
    } finally {
      resolve();
      if (this.#tails.get(folder) === tail) this.#tails.delete(folder);
    }
  }
}

function turn(before: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void before.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
