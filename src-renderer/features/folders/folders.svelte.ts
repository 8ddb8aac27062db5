/** All folders of all accounts, and which of them are folded. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import type { FolderRole, FolderRow } from '#shared/domain/message.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import type { ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import { shownUnread } from './tree.ts';

const storageKey = 'postkorb.folded';

function readFolded(storage: Storage): Set<string> {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    return new Set(Array.isArray(stored) ? stored.filter((key) => typeof key === 'string') : []);
  } catch {
    return new Set();
  }
}

export class Folders implements Disposable {
  rows = $state.raw<readonly FolderRow[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<MailError | null>(null);
  folded = $state.raw<ReadonlySet<string>>(new Set());
  readonly #client: EngineClient;
  readonly #storage: Storage;
  readonly #latest = new Latest();
  readonly #disposables = new DisposableStore();
  readonly #byId = $derived.by(() => new Map(this.rows.map((row) => [row.id, row])));
  readonly inboxes = $derived.by(() => this.rows.filter(({ role }) => role === 'inbox'));
  readonly inboxUnread = $derived.by(() => this.inboxes.reduce((sum, { unread }) => sum + unread, 0));

  constructor(client: EngineClient, changes: ChangeFeed, storage: Storage) {
    this.#client = client;
    this.#storage = storage;
    this.folded = readFolded(storage);
    this.#disposables.add(
      changes.on((batch) => {
        // Counts of folders follow their messages.
        if (batch.folders || batch.accounts || batch.messages) void this.load();
      }),
    );
  }

  async load(): Promise<void> {
    const outcome = await this.#latest.run((signal) => this.#client.call('folders.list', {}, { signal }));
    if (outcome.kind === 'superseded') return;
    if (outcome.kind === 'failed') {
      if (this.phase === 'loading') this.phase = 'failed';
      this.error = outcome.error;
      return;
    }
    this.rows = outcome.value.folders;
    this.error = null;
    this.phase = 'ready';
  }

  byId(id: FolderId): FolderRow | undefined {
    return this.#byId.get(id);
  }

  ofAccount(accountId: AccountId): FolderRow[] {
    return this.rows.filter((row) => row.accountId === accountId);
  }

  withRole(accountId: AccountId, role: FolderRole): FolderRow | undefined {
    return this.rows.find((row) => row.accountId === accountId && row.role === role);
  }

  /** Unread mails of a folder that wait for a reader. */
  unread(id: FolderId): number {
    const row = this.byId(id);
    return row ? shownUnread(row) : 0;
  }

  setFolded(key: string, folded: boolean): void {
    const next = new Set(this.folded);
    if (folded) next.add(key);
    else next.delete(key);
    this.folded = next;
    try {
      this.#storage.setItem(storageKey, JSON.stringify([...next]));
    } catch {
      // Not remembered for the next start, that is all.
    }
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#disposables[Symbol.dispose]();
  }
}
