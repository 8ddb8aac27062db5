/**
 * The rows of one source, newest first, read page by page. Changes are taken in by reading the changed rows, or the loaded part anew;
 * one thing at a time, so that no late answer overwrites a newer one.
 */
import type { EngineClient } from '#shared/contract/contract.ts';
import { newestFirst, type ListFilter, type ListSort, type ListSource } from '#shared/contract/messages.ts';
import type { FolderId, MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeBatch, ChangeFeed } from '../../client/changeFeed.ts';
import { asMailError } from '../../client/latest.ts';
import type { Folders } from '../folders/folders.svelte.ts';
import { isNewestFirst, rememberedSort, rememberSort } from './listSort.ts';
import { appendPage, mergeRows, rowKey, withFlag } from './rows.ts';
import type { RowKey } from './rows.ts';
import { Selection } from './selection.svelte.ts';

const firstPage = 100;
const laterPage = 500;
/** More changed rows than this are read as a page: it holds no more than is needed. */
const maxRefs = 100;
/** Rows kept loaded below what is seen when the list is read anew. */
const margin = 100;
/** What happens in other folders tells on conversations here; it is taken in no more often than this. */
const elsewhereMs = 1_000;

type Work = (signal: AbortSignal) => Promise<void>;

export class MessageList implements Disposable {
  source = $state.raw<ListSource | null>(null);
  sort = $state.raw<ListSort>(newestFirst);
  filter = $state.raw<ListFilter>({});
  rows = $state.raw<readonly MessageRow[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<MailError | null>(null);
  readonly selection = new Selection();
  /** How many rows the source holds; the loaded ones where that is not known. */
  readonly count = $derived.by(() =>
    this.complete ? this.rows.length : Math.max(this.rows.length, this.#total ?? 0),
  );
  readonly selectedRows = $derived.by(() => this.rows.filter((row) => this.selection.keys.has(rowKey(row))));
  #together = $state(false);
  readonly #client: EngineClient;
  readonly #folders: Folders;
  readonly #storage: Storage;
  readonly #changes: Disposable;
  #total = $state<number | null>(null);
  #next = $state<string | null>(null);
  /** Ends what is running for an earlier source. */
  #controller = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #wantedIndex = 0;
  #visibleEnd = 0;
  #dirty: Map<FolderId, Set<MessageId> | 'all'> | null = null;
  #reloadQueued = false;
  #elsewhere: ReturnType<typeof setTimeout> | undefined;

  constructor(client: EngineClient, changes: ChangeFeed, folders: Folders, storage: Storage) {
    this.#client = client;
    this.#folders = folders;
    this.#storage = storage;
    this.#changes = changes.on((batch) => this.#take(batch));
  }

  /** False: the source holds more than is loaded, and nobody counted how many. */
  get countKnown(): boolean {
    return this.complete || this.#total !== null;
  }

  /** Is it one row a conversation? What was searched for are messages: each is a row. */
  get threads(): boolean {
    return this.#together && this.source?.kind !== 'search' && this.sort.by === 'date';
  }

  /** Is something left out? */
  get filtered(): boolean {
    return Object.keys(this.filter).length > 0;
  }

  /** Can this list be sorted and filtered? */
  get arrangeable(): boolean {
    return this.source !== null && this.source.kind !== 'group';
  }

  /** Is the oldest row loaded? */
  get complete(): boolean {
    return this.#next === null;
  }

  /** Shows another source, all of it, in the order in which it was seen last. While a search is typed, its order and its filter stay. */
  show(source: ListSource | null, { sameSearch = false } = {}): void {
    if (!sameSearch) {
      this.sort = rememberedSort(this.#storage, source);
      this.filter = {};
    }
    this.#begin(source);
  }

  /** Another order, or some of the messages. */
  arrange({ sort = this.sort, filter = this.filter }: { sort?: ListSort; filter?: ListFilter }): void {
    if (!this.arrangeable) return;
    this.sort = sort;
    this.filter = filter;
    rememberSort(this.#storage, this.source, sort);
    this.#begin(this.source);
  }

  #begin(source: ListSource | null): void {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#queue = Promise.resolve();
    this.source = source;
    this.rows = [];
    this.#total = null;
    this.#next = null;
    this.#wantedIndex = 0;
    this.#visibleEnd = 0;
    this.#dirty = null;
    this.#reloadQueued = false;
    this.error = null;
    this.selection.clear();
    this.phase = 'loading';
    if (source) this.reload();
  }

  /** One row a conversation, or one a message. */
  drawTogether(threads: boolean): void {
    if (threads === this.#together) return;
    this.#together = threads;
    this.#begin(this.source);
  }

  /** Reads again what is loaded, down to what is on screen. */
  reload(): void {
    if (this.#reloadQueued) return;
    this.#reloadQueued = true;
    this.#run(async (signal) => {
      this.#reloadQueued = false;
      const source = this.source;
      if (!source) return;
      const upTo = Math.max(this.#visibleEnd, this.#wantedIndex) + margin;
      let rows: MessageRow[] = [];
      let before: string | undefined;
      let next: string | null;
      let total: number | null;
      do {
        const limit = before === undefined && upTo <= firstPage + margin ? firstPage : laterPage;
        const page = await this.#client.call(
          'messages.list',
          { ...this.#request(source), limit, ...(before === undefined ? {} : { before }) },
          { signal },
        );
        if (signal.aborted) return;
        rows = before === undefined ? page.messages : appendPage(rows, page.messages);
        ({ next, total } = page);
        before = next ?? undefined;
      } while (next !== null && rows.length < Math.min(upTo, this.rows.length));
      this.#publish(rows);
      this.#next = next;
      this.#total = total;
      this.error = null;
      this.phase = 'ready';
    });
  }

  #request(source: ListSource): {
    source: ListSource;
    threads: boolean;
    sort?: ListSort;
    filter?: ListFilter;
  } {
    return {
      source,
      threads: this.threads,
      ...(isNewestFirst(this.sort) ? {} : { sort: this.sort }),
      ...(this.filtered ? { filter: this.filter } : {}),
    };
  }

  /** Rows up to this index are about to be seen: loads them where they are not. */
  want(end: number): void {
    this.#visibleEnd = end;
    if (this.complete || end + margin / 2 <= this.rows.length || end <= this.#wantedIndex) return;
    this.#wantedIndex = end;
    this.#run(async (signal) => {
      while (!this.complete && this.rows.length < this.#wantedIndex + margin) {
        const source = this.source;
        if (!source || this.#next === null) return;
        const before = this.#next;
        const limit = this.#wantedIndex - this.rows.length > firstPage ? laterPage : firstPage;
        const request = { ...this.#request(source), limit, before };
        const page = await this.#client.call('messages.list', request, { signal });
        if (signal.aborted) return;
        this.rows = appendPage(this.rows, page.messages);
        this.#next = page.next;
        this.#total = page.total ?? this.#total;
      }
      this.#wantedIndex = 0;
    });
  }

  /** Loads every row there is; resolves when they are there, or when that failed or another source is shown. */
  async loadAll(): Promise<void> {
    this.want(this.count);
    await this.#queue;
  }

  /** Resolves when what was asked for so far has been read, or failed. */
  whenRead(): Promise<void> {
    return this.#queue;
  }

  indexOf(key: RowKey | null): number {
    return key === null ? -1 : this.rows.findIndex((row) => rowKey(row) === key);
  }

  byKey(key: RowKey | null): MessageRow | undefined {
    return key === null ? undefined : this.rows.find((row) => rowKey(row) === key);
  }

  /** The row of this message, or of the conversation that it is part of. */
  rowFor(message: MessageRow): MessageRow | undefined {
    return this.rows.find(
      (row) =>
        row.folderId === message.folderId &&
        (row.id === message.id || (row.conversation !== undefined && row.threadId === message.threadId)),
    );
  }

  keys(): RowKey[] {
    return this.rows.map(rowKey);
  }

  /** Shows an act before the engine's own change arrives. */
  removeAtOnce(keys: ReadonlySet<RowKey>): void {
    const before = this.rows.length;
    const rows = this.rows.filter((row) => !keys.has(rowKey(row)));
    if (this.#total !== null) this.#total -= before - rows.length;
    this.#publish(rows);
  }

  flagAtOnce(changed: readonly MessageRow[], flag: 'seen' | 'flagged', on: boolean): void {
    this.rows = withFlag(this.rows, changed, flag, on);
  }

  #take(batch: ChangeBatch): void {
    const { source } = this;
    if (!source || !(batch.messages || (batch.groups && source.kind === 'group'))) return;
    // Which mails these hold is not told by what changed in a folder.
    if (source.kind === 'search' || source.kind === 'group') {
      this.reload();
      return;
    }
    const folders = source.kind === 'folder' ? [source.folderId] : this.#folders.inboxes.map(({ id }) => id);
    if (this.threads || this.filtered || !isNewestFirst(this.sort)) {
      // A mail that came or went may change a row that another mail stands for: what is loaded is read anew.
      if (folders.some((folder) => batch.messagesIn(folder) !== null)) this.reload();
      else
        this.#elsewhere ??= setTimeout(() => {
          this.#elsewhere = undefined;
          this.reload();
        }, elsewhereMs);
      return;
    }
    for (const folder of folders) {
      const ids = batch.messagesIn(folder);
      if (ids !== null) this.#markDirty(folder, ids);
    }
    if (this.#dirty) this.#run((signal) => this.#refreshDirty(signal));
  }

  #markDirty(folder: FolderId, ids: ReadonlySet<MessageId> | 'all'): void {
    const dirty = (this.#dirty ??= new Map<FolderId, Set<MessageId> | 'all'>());
    const known = dirty.get(folder);
    if (known === 'all') return;
    if (ids === 'all') dirty.set(folder, 'all');
    else dirty.set(folder, new Set([...(known ?? []), ...ids]));
  }

  async #refreshDirty(signal: AbortSignal): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = null;
    // An earlier run of the queue may have taken it along.
    if (!dirty) return;
    const oldest = this.rows.at(-1)?.id ?? 0;
    const refs: { id: MessageId; folderId: FolderId }[] = [];
    let all = this.phase !== 'ready';
    for (const [folderId, ids] of dirty) {
      if (ids === 'all') all = true;
      else for (const id of ids) if (this.complete || id >= oldest) refs.push({ id, folderId });
    }
    if (all || refs.length > maxRefs) {
      this.reload();
      return;
    }
    const total = this.#total;
    if (refs.length > 0) {
      const { messages } = await this.#client.call('messages.rows', { refs }, { signal });
      if (signal.aborted) return;
      const asked = new Set(refs.map(rowKey));
      const wanted = messages.filter((row) => asked.has(rowKey(row)));
      const before = this.rows.length;
      const rows = mergeRows(this.rows, asked, wanted, this.complete);
      this.#publish(rows);
      if (total !== null) this.#total = total + rows.length - before;
    }
    this.#takeTotal();
  }

  /** The folders' own counts know of mails that are not loaded. */
  #takeTotal(): void {
    if (this.complete || !this.source) return;
    if (this.source.kind === 'folder') {
      this.#total = this.#folders.byId(this.source.folderId)?.total ?? this.#total;
    }
  }

  #publish(rows: readonly MessageRow[]): void {
    this.rows = rows;
    this.selection.retain(new Set(rows.map(rowKey)));
  }

  /** One after the other; a failure is shown where there is nothing else to show. */
  #run(work: Work): void {
    const { signal } = this.#controller;
    this.#queue = this.#queue.then(async () => {
      if (signal.aborted) return;
      try {
        await work(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#wantedIndex = 0;
        this.error = asMailError(error);
        if (this.phase === 'loading') this.phase = 'failed';
      }
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#elsewhere);
    this.#controller.abort();
    this.#changes[Symbol.dispose]();
  }
}
