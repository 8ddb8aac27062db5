/** Only the newest request of its kind matters: starting one cancels the one before. */
import { MailError, isMailError } from '#shared/errors/MailError.ts';

export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'failed'; readonly error: MailError };

/** Whatever was thrown, as the error type that the texts know. */
export function asMailError(error: unknown): MailError {
  return isMailError(error) ? error : new MailError('internal', {}, { cause: error });
}

export class Latest implements Disposable {
  #controller: AbortController | null = null;

  /** Runs `task`; resolves with `superseded` where a later `run` or `cancel` came before it ended. Never rejects. */
  async run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const value = await task(controller.signal);
      return controller.signal.aborted ? { kind: 'superseded' } : { kind: 'done', value };
    } catch (error) {
      return controller.signal.aborted
        ? { kind: 'superseded' }
        : { kind: 'failed', error: asMailError(error) };
    } finally {
      if (this.#controller === controller) this.#controller = null;
    }
  }

  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
