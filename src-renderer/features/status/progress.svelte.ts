/** What the engine is fetching right now, by account. */
import type { SyncProgress } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';

export class Progress implements Disposable {
  #byAccount = $state.raw<ReadonlyMap<AccountId, SyncProgress>>(new Map());
  readonly #client: EngineClient;
  readonly #listening: Disposable;
  /** Those that are not idle, in the order in which they began. */
  readonly running: readonly SyncProgress[] = $derived.by(() =>
    [...this.#byAccount.values()].filter(({ phase }) => phase !== 'idle'),
  );

  constructor(client: EngineClient) {
    this.#client = client;
    this.#listening = client.on('sync.progress', (progress) => this.#take(progress));
  }

  /** What runs already when the window opens or the engine is reached again. */
  async load(): Promise<void> {
    const { accounts } = await this.#client.call('sync.progress', {});
    this.#byAccount = new Map(accounts.map((progress) => [progress.accountId, progress]));
  }

  #take(progress: SyncProgress): void {
    const next = new Map(this.#byAccount);
    if (progress.phase === 'idle') next.delete(progress.accountId);
    else next.set(progress.accountId, progress);
    this.#byAccount = next;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
