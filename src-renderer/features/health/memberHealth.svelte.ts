/** What members of the group accounts report of their connections, for administrators. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupHealth } from '#shared/contract/groupHealth.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { Latest } from '../../client/latest.ts';

export class MemberHealth implements Disposable {
  groups = $state.raw<readonly GroupHealth[] | null>(null);
  error = $state.raw<MailError | null>(null);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();

  constructor(client: EngineClient) {
    this.#client = client;
    this.#owned.add(client.on('groups.health', () => void this.load()));
    this.#owned.add(client.on('groups.config', () => void this.load()));
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) => this.#client.call('groups.health', {}, { signal }));
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      this.error = outcome.error;
      return;
    }
    this.groups = outcome.value.groups;
    this.error = null;
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
