/** What the group knows of one mail, for its dialog: read when it opens, and again with every change. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupState } from '#shared/contract/groups.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

export class GroupDetails implements Disposable {
  state = $state.raw<GroupState | null>(null);
  error = $state.raw<MailError | null>(null);
  readonly #client: EngineClient;
  readonly #messageId: MessageId;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();
  #reading: Promise<void> = Promise.resolve();

  constructor(client: EngineClient, changes: ChangeFeed, messageId: MessageId) {
    this.#client = client;
    this.#messageId = messageId;
    this.#owned.add(
      changes.on((batch) => {
        if (batch.groups) void this.load();
      }),
    );
  }

  load(): Promise<void> {
    this.#reading = this.#read();
    return this.#reading;
  }

  /** Resolves when what was asked for last has been read, or failed. */
  whenRead(): Promise<void> {
    return this.#reading;
  }

  async #read(): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('groups.state', { messageId: this.#messageId }, { signal }),
    );
    if (outcome.kind === 'done') {
      this.state = outcome.value;
      this.error = null;
    } else if (outcome.kind === 'failed') this.error = outcome.error;
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
