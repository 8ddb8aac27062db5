/** What the organisation allows and prescribes here, as the engine says it. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import type { PolicyField } from '#shared/domain/policy.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';

export class PolicyState implements Disposable {
  /** null: not read yet; nothing is prescribed then, and the engine has the last word in any case. */
  value = $state.raw<PolicyReport | null>(null);
  readonly #client: EngineClient;
  readonly #changes: Disposable;
  readonly #onFailure: (error: unknown) => void;

  constructor(client: EngineClient, changes: ChangeFeed, onFailure: (error: unknown) => void) {
    this.#client = client;
    this.#onFailure = onFailure;
    this.#changes = changes.on((batch) => {
      if (batch.settings || batch.groups) void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.value = await this.#client.call('policy.get', {});
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** Is this prescribed, so that nobody here may change it? */
  sets(field: PolicyField): boolean {
    return this.value?.sources[field] !== undefined;
  }

  get mayAddAccounts(): boolean {
    return this.value === null || this.value.personalAccounts || this.value.offersAccounts;
  }

  /** The organisation provides the accounts: no others are added. */
  get providesAccounts(): boolean {
    return this.value?.personalAccounts === false;
  }

  get neverLoadsRemote(): boolean {
    return this.value?.remoteContent === 'never';
  }

  [Symbol.dispose](): void {
    this.#changes[Symbol.dispose]();
  }
}
