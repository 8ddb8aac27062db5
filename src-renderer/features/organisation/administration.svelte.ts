/** What administrators edit: the draft with what is not published yet, keys that ask, and the health of the team logs. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { Latest } from '../../client/latest.ts';

export type OrganisationDraft = ResponseOf<'groups.draft'>;
export type LogHealth = ResponseOf<'groups.logs'>['logs'][number];

export class Administration implements Disposable {
  draft = $state.raw<OrganisationDraft | null>(null);
  logs = $state.raw<readonly LogHealth[]>([]);
  error = $state.raw<MailError | null>(null);
  readonly #client: EngineClient;
  readonly #latest = new Latest();
  readonly #owned = new DisposableStore();

  constructor(client: EngineClient) {
    this.#client = client;
    this.#owned.add(client.on('groups.config', () => void this.load()));
    // Somebody joined: his key may ask to be confirmed.
    this.#owned.add(
      client.on('groups.event', ({ event }) => {
        if (event === 'enrol') void this.load();
      }),
    );
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) =>
      Promise.all([
        this.#client.call('groups.draft', {}, { signal }),
        this.#client.call('groups.logs', {}, { signal }),
      ]),
    );
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      this.error = outcome.error;
      return;
    }
    const [draft, { logs }] = outcome.value;
    this.draft = draft;
    this.logs = logs;
    this.error = null;
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
