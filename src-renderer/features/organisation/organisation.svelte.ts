/** The organisation of this profile as everybody in it may see it. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { Organisation } from '#shared/contract/groups.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

export class OrganisationState implements Disposable {
  /** null: none, or not read yet. */
  value = $state.raw<Organisation | null>(null);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<MailError | null>(null);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();

  constructor(client: EngineClient, changes: ChangeFeed) {
    this.#client = client;
    this.#owned.add(
      changes.on((batch) => {
        if (batch.accounts) void this.load();
      }),
    );
    this.#owned.add(client.on('groups.config', () => void this.load()));
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('groups.organisation', {}, { signal }),
    );
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      // What was known stays on screen.
      if (this.phase === 'loading') this.phase = 'failed';
      this.error = outcome.error;
      return;
    }
    this.value = outcome.value.organisation;
    this.error = null;
    this.phase = 'ready';
  }

  /** The names of those who may change it; empty where there is no organisation. */
  get admins(): string {
    return (this.value?.admins ?? []).map(({ name }) => name).join(', ');
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
