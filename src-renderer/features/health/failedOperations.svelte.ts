/** What a server refused for good: shown until a person tries again or gives up. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

export type FailedOperation = ResponseOf<'operations.failed'>['operations'][number];

export class FailedOperations implements Disposable {
  all = $state.raw<readonly FailedOperation[]>([]);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();

  constructor(client: EngineClient, changes: ChangeFeed) {
    this.#client = client;
    this.#owned.add(
      changes.on((batch) => {
        if (batch.operations) void this.load();
      }),
    );
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('operations.failed', {}, { signal }),
    );
    // Not reachable: what was known stays; that the engine is away is told elsewhere.
    if (outcome.kind === 'done') this.all = outcome.value.operations;
  }

  of(accountId: AccountId): FailedOperation[] {
    return this.all.filter((operation) => operation.accountId === accountId);
  }

  async retry(id: number): Promise<void> {
    await this.#client.call('operations.retry', { id });
    await this.load();
  }

  async dismiss(id: number): Promise<void> {
    await this.#client.call('operations.dismiss', { id });
    await this.load();
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
