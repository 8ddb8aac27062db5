/** The settings as the engine keeps them; a change shows at once. */
import { Settings } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';

export class Preferences implements Disposable {
  values = $state.raw<Settings>(Settings.parse({}));
  readonly #client: EngineClient;
  readonly #changes: Disposable;
  readonly #onFailure: (error: unknown, doing: 'read' | 'save') => void;

  constructor(
    client: EngineClient,
    changes: ChangeFeed,
    onFailure: (error: unknown, doing: 'read' | 'save') => void,
  ) {
    this.#client = client;
    this.#onFailure = onFailure;
    this.#changes = changes.on((batch) => {
      if (batch.settings) void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      this.values = await this.#client.call('settings.get', {});
    } catch (error) {
      this.#onFailure(error, 'read');
    }
  }

  async set(change: Partial<Settings>): Promise<void> {
    const before = this.values;
    this.values = { ...before, ...change };
    try {
      this.values = await this.#client.call('settings.set', change);
    } catch (error) {
      this.values = before;
      this.#onFailure(error, 'save');
    }
  }

  /** Is this sender's remote content shown in this account (H22: consent is bound to both)? */
  showsRemoteContent(accountId: AccountId, address: string): boolean {
    const wanted = normaliseAddress(address);
    return this.values.remoteContentSenders.some(
      (sender) => sender.accountId === accountId && sender.address === wanted,
    );
  }

  allowRemoteContent(accountId: AccountId, address: string): Promise<void> {
    if (this.showsRemoteContent(accountId, address)) return Promise.resolve();
    return this.set({
      remoteContentSenders: [
        ...this.values.remoteContentSenders,
        { accountId, address: normaliseAddress(address) },
      ],
    });
  }

  forgetRemoteContent(accountId: AccountId, address: string): Promise<void> {
    return this.set({
      remoteContentSenders: this.values.remoteContentSenders.filter(
        (sender) => !(sender.accountId === accountId && sender.address === address),
      ),
    });
  }

  [Symbol.dispose](): void {
    this.#changes[Symbol.dispose]();
  }
}
