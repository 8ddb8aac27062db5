/** Tells the group that an answer is being written, for as long as a composer with it is open. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { asMailError } from '../../client/latest.ts';

/** The engine says it for three minutes. */
const repeatMs = 75_000;

export class AnsweringSignal implements Disposable {
  readonly #client: Pick<EngineClient, 'call'>;
  readonly #report: (error: unknown, why: string) => void;
  #answered: ReadonlySet<MessageId> = new Set();
  /** Mails that are no group's. */
  readonly #personal = new Set<MessageId>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(client: Pick<EngineClient, 'call'>, report: (error: unknown, why: string) => void) {
    this.#client = client;
    this.#report = report;
  }

  /** The mails whose answers are open now. */
  set(ids: Iterable<MessageId>): void {
    const before = this.#answered;
    this.#answered = new Set(ids);
    for (const id of before) if (!this.#answered.has(id)) this.#tell(id, false);
    for (const id of this.#answered) if (!before.has(id)) this.#tell(id, true);
    if (this.#answered.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => {
        for (const id of this.#answered) this.#tell(id, true);
      }, repeatMs);
    }
  }

  #tell(messageId: MessageId, composing: boolean): void {
    if (this.#personal.has(messageId)) return;
    this.#client.call('groups.composing', { messageId, composing }).catch((error: unknown) => {
      const { code } = asMailError(error);
      if (code === 'no-group-message') this.#personal.add(messageId);
      // A courtesy to colleagues: without it the engine still says who was faster.
      else if (code === 'internal')
        this.#report(error, 'telling the group of an answer that is being written');
    });
  }

  /** The window goes: nobody is told that he still writes. */
  [Symbol.dispose](): void {
    this.set([]);
  }
}
