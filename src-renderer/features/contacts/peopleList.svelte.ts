/** The people of the contacts dialog: which list is shown, what is searched in it, and whom it holds. */
import type { ContactGroup, PersonRow } from '#shared/contract/contacts.ts';
import type { EngineClient, RequestOf } from '#shared/contract/contract.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';

export type PeopleSource = RequestOf<'contacts.list'>['from'];

export class PeopleList implements Disposable {
  people = $state.raw<readonly PersonRow[]>([]);
  total = $state(0);
  groups = $state.raw<readonly ContactGroup[]>([]);
  /** False until the first answer: an empty list is not told as one before. */
  loaded = $state(false);
  source = $state.raw<PeopleSource>({ kind: 'contacts' });
  query = $state('');
  readonly #client: EngineClient;
  readonly #changes: Disposable;
  readonly #latest = new Latest();
  readonly #onFailure: (error: unknown) => void;

  constructor(client: EngineClient, changes: ChangeFeed, onFailure: (error: unknown) => void) {
    this.#client = client;
    this.#onFailure = onFailure;
    this.#changes = changes.on((batch) => {
      if (batch.contacts) void this.load();
    });
  }

  show(source: PeopleSource): void {
    this.source = source;
    this.query = '';
    void this.load();
  }

  search(query: string): void {
    this.query = query;
    void this.load();
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run(async (signal) => {
      const { groups } = await this.#client.call('contacts.groups', {}, { signal });
      const { source } = this;
      // The group may be gone by now.
      const gone = source.kind === 'group' && !groups.some(({ id }) => id === source.id);
      const from: PeopleSource = gone ? { kind: 'contacts' } : source;
      const list = await this.#client.call('contacts.list', { from, text: this.query }, { signal });
      return { groups, from, ...list };
    });
    if (outcome.kind === 'failed') this.#onFailure(outcome.error);
    if (outcome.kind !== 'done') return;
    const { groups, from, people, total } = outcome.value;
    this.groups = groups;
    if (from.kind !== this.source.kind) this.source = from;
    this.people = people;
    this.total = total;
    this.loaded = true;
  }

  [Symbol.dispose](): void {
    this.#changes[Symbol.dispose]();
    this.#latest[Symbol.dispose]();
  }
}
