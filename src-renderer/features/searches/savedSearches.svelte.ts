/** The saved searches, and how many unread mails each of them finds. */
import type { SavedSearch } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import type { Preferences } from '../settings/preferences.svelte.ts';

/** Counted no more often than this: while a sync runs, something changes all the time. */
const countMs = 2_000;

interface UnreadCount {
  readonly unread: number;
  readonly more: boolean;
}

export class SavedSearches implements Disposable {
  readonly rows: readonly SavedSearch[] = $derived.by(() => this.#preferences.values.savedSearches);
  #unread = $state.raw<ReadonlyMap<string, UnreadCount>>(new Map());
  readonly #client: EngineClient;
  readonly #preferences: Preferences;
  readonly #latest = new Latest();
  readonly #changes: Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: EngineClient, changes: ChangeFeed, preferences: Preferences) {
    this.#client = client;
    this.#preferences = preferences;
    this.#changes = changes.on((batch) => {
      if (batch.settings || batch.messages || batch.folders || batch.groups || batch.accounts)
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          void this.count();
        }, countMs);
    });
  }

  /** Counts anew; what cannot be counted has no number. */
  async count(): Promise<void> {
    const { rows } = this;
    if (rows.length === 0) return;
    const searches = rows.map(({ query, accountId }) => ({
      query,
      ...(accountId === undefined ? {} : { accountId }),
    }));
    const outcome = await this.#latest.run((signal) =>
      this.#client.call('search.unread', { searches }, { signal }),
    );
    if (outcome.kind !== 'done') return;
    const { unread, more } = outcome.value;
    this.#unread = new Map(
      rows.map(({ id }, at) => [id, { unread: unread[at] ?? 0, more: more[at] ?? false }]),
    );
  }

  unread(id: string): number {
    return this.#unread.get(id)?.unread ?? 0;
  }

  /** Was the counting of this search ended before all was counted? */
  hasMore(id: string): boolean {
    return this.#unread.get(id)?.more ?? false;
  }

  byId(id: string): SavedSearch | undefined {
    return this.rows.find((search) => search.id === id);
  }

  /** The one of this name, however it is written. */
  named(name: string): SavedSearch | undefined {
    const wanted = name.trim().toLocaleLowerCase();
    return this.rows.find((search) => search.name.toLocaleLowerCase() === wanted);
  }

  /** Adds it at the end, or puts it in the place of the one with its id. */
  async keep(search: SavedSearch): Promise<void> {
    await this.#write(
      this.byId(search.id)
        ? this.rows.map((other) => (other.id === search.id ? search : other))
        : [...this.rows, search],
    );
    void this.count();
  }

  remove(id: string): Promise<void> {
    return this.#write(this.rows.filter((search) => search.id !== id));
  }

  /** Puts it back where it was. */
  restore(search: SavedSearch, at: number): Promise<void> {
    return this.#write(this.rows.toSpliced(at, 0, search));
  }

  move(id: string, step: 1 | -1): Promise<void> {
    const at = this.rows.findIndex((search) => search.id === id);
    const search = this.rows[at];
    const to = at + step;
    if (!search || to < 0 || to >= this.rows.length) return Promise.resolve();
    return this.#write(this.rows.toSpliced(at, 1).toSpliced(to, 0, search));
  }

  #write(savedSearches: SavedSearch[]): Promise<void> {
    return this.#preferences.set({ savedSearches });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#latest[Symbol.dispose]();
    this.#changes[Symbol.dispose]();
  }
}
