/** Sent mails whose archive copies are open, by account. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { OpenArchiveCopies } from '#shared/contract/compose.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

export class ArchiveCopies implements Disposable {
  all = $state.raw<readonly OpenArchiveCopies[]>([]);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();

  constructor(client: EngineClient, changes: ChangeFeed) {
    this.#client = client;
    this.#owned.add(
      changes.on((batch) => {
        if (batch.outbox) void this.load();
      }),
    );
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) => this.#client.call('archive.open', {}, { signal }));
    // Not reachable: what was known stays; that the engine is away is told elsewhere.
    if (outcome.kind === 'done') this.all = outcome.value.accounts;
  }

  of(accountId: AccountId): OpenArchiveCopies | null {
    return this.all.find((one) => one.accountId === accountId) ?? null;
  }

  /** How many are tried. */
  async retry(accountId: AccountId): Promise<number> {
    const { copies } = await this.#client.call('archive.retry', { accountId });
    await this.load();
    return copies;
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
