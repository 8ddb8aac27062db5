/** The accounts as the engine lists them: by account name, the first is the default. */
import { byAccountName, normaliseAddress } from '#shared/domain/account.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import { DisposableStore } from '#shared/base/disposables.ts';

export class Accounts implements Disposable {
  rows = $state.raw<readonly AccountRow[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<MailError | null>(null);
  readonly #client: EngineClient;
  readonly #locale: () => string;
  readonly #latest = new Latest();
  readonly #disposables = new DisposableStore();
  /** How many need a person: shown on the health button. */
  readonly needingAttention = $derived.by(
    () => this.rows.filter(({ health }) => health.state === 'needs-attention').length,
  );
  readonly withTrouble = $derived.by(() => this.rows.filter(isTroubled).length);
  readonly #own = $derived.by(
    () =>
      new Set(
        this.rows.filter(({ group }) => group === null).map(({ address }) => normaliseAddress(address)),
      ),
  );
  readonly sending = $derived.by(() => this.rows.filter(({ canSend }) => canSend));

  constructor(client: EngineClient, changes: ChangeFeed, locale: () => string) {
    this.#client = client;
    this.#locale = locale;
    this.#disposables.add(
      changes.on((batch) => {
        if (batch.accounts || batch.operations) void this.load();
      }),
    );
    this.#disposables.add(
      client.on('accounts.health', ({ id, health }) => {
        this.rows = this.rows.map((row) => (row.id === id ? { ...row, health } : row));
      }),
    );
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) => this.#client.call('accounts.list', {}, { signal }));
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      // What was known stays on screen; the offline state is told elsewhere.
      if (this.phase === 'loading') this.phase = 'failed';
      this.error = outcome.error;
      return;
    }
    this.rows = [...outcome.value.accounts].sort(byAccountName(this.#locale()));
    this.error = null;
    this.phase = 'ready';
  }

  byId(id: AccountId): AccountRow | undefined {
    return this.rows.find((row) => row.id === id);
  }

  /** Does this person write under this address? A group's address is nobody's alone. */
  isOwn(address: string): boolean {
    return this.#own.has(normaliseAddress(address));
  }

  /** The sender proposed for a new mail: the first by name that can send. */
  get defaultSender(): AccountRow | undefined {
    return this.sending[0];
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#disposables[Symbol.dispose]();
  }
}

/** Its mail does not come and go at the moment: by itself it may again, or it needs a person. */
export function isTroubled({ health }: Pick<AccountRow, 'health'>): boolean {
  return health.state === 'failing' || health.state === 'needs-attention';
}
