/** Who mails can be from and how they are signed, and the templates: as the engine keeps them. */
import type { Identity, Template } from '#shared/contract/writing.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';

export class Writing implements Disposable {
  identities = $state.raw<readonly Identity[]>([]);
  templates = $state.raw<readonly Template[]>([]);
  readonly #client: EngineClient;
  readonly #changes: Disposable;
  readonly #report: (error: unknown) => void;
  #loading: Promise<void> | null = null;

  constructor(client: EngineClient, changes: ChangeFeed, report: (error: unknown) => void) {
    this.#client = client;
    this.#report = report;
    this.#changes = changes.on((batch) => {
      if (batch.writing || batch.accounts || batch.groups) void this.load();
    });
  }

  load(): Promise<void> {
    const loading = this.#load();
    this.#loading = loading;
    return loading;
  }

  /** A mail that is begun before the first answer waits for it: it would lack its signature. */
  async loaded(): Promise<void> {
    await this.#loading;
  }

  async #load(): Promise<void> {
    try {
      const [{ identities }, { templates }] = await Promise.all([
        this.#client.call('identities.list', {}),
        this.#client.call('templates.list', {}),
      ]);
      this.identities = identities;
      this.templates = templates;
    } catch (error) {
      // Mails can be written without.
      this.#report(error);
    }
  }

  /** `id` null: the account's own name and address. */
  identity(accountId: AccountId, id: string | null): Identity | undefined {
    return this.identities.find((one) => one.accountId === accountId && one.id === (id ?? accountId));
  }

  [Symbol.dispose](): void {
    this.#changes[Symbol.dispose]();
  }
}
