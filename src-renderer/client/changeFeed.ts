/**
 * The engine's change events, gathered: while thousands of mails stream in, the window hears of it a few times a second, and each
 * part re-reads only what it shows.
 */
import { Emitter } from '#shared/base/emitter.ts';
import type { Change } from '#shared/contract/app.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { FolderId, MessageId } from '#shared/domain/ids.ts';

export interface ChangeBatch {
  readonly messages: boolean;
  /** The ids of the messages of a folder that came, changed or went; `all`: read it anew; null: nothing changed there. */
  messagesIn(folder: FolderId): ReadonlySet<MessageId> | 'all' | null;
  readonly folders: boolean;
  readonly accounts: boolean;
  readonly drafts: boolean;
  readonly outbox: boolean;
  readonly settings: boolean;
  readonly operations: boolean;
  readonly groups: boolean;
  readonly contacts: boolean;
  readonly writing: boolean;
}

interface Gathering {
  messages: Map<FolderId, Set<MessageId> | 'all'>;
  kinds: Set<Change['kind']>;
}

/** More ids than this in one folder are as good as `all`. */
const maxIds = 500;
/** At most one batch in this time; the first change after a quiet time is told at once. */
const intervalMs = 200;

export class ChangeFeed implements Disposable {
  readonly #batches: Emitter<ChangeBatch>;
  readonly #subscription: Disposable;
  #gathering: Gathering | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #quietUntil = 0;

  constructor(client: Pick<EngineClient, 'on'>, onError: (error: unknown) => void) {
    this.#batches = new Emitter(onError);
    this.#subscription = client.on('changed', ({ changes }) => this.add(changes));
  }

  on(listener: (batch: ChangeBatch) => void): Disposable {
    return this.#batches.on(listener);
  }

  /** After a lost connection: anything may have changed. */
  everything(): void {
    this.#emit({
      messages: new Map(),
      kinds: new Set([
        'accounts',
        'folders',
        'drafts',
        'outbox',
        'settings',
        'operations',
        'groups',
        'contacts',
        'writing',
        'messages',
      ]),
    });
  }

  add(changes: readonly Change[]): void {
    const gathering: Gathering = (this.#gathering ??= { messages: new Map(), kinds: new Set() });
    for (const change of changes) {
      gathering.kinds.add(change.kind);
      if (change.kind !== 'messages') continue;
      const known = gathering.messages.get(change.folderId);
      if (known === 'all') continue;
      if (change.ids === 'all' || (known?.size ?? 0) + change.ids.length > maxIds) {
        gathering.messages.set(change.folderId, 'all');
      } else if (known) for (const id of change.ids) known.add(id);
      else gathering.messages.set(change.folderId, new Set(change.ids));
    }
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#quietUntil - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, wait);
  }

  #flush(): void {
    const gathering = this.#gathering;
    this.#gathering = null;
    this.#quietUntil = performance.now() + intervalMs;
    if (gathering) this.#emit(gathering);
  }

  #emit({ messages, kinds }: Gathering): void {
    const anyFolder = kinds.has('messages') && messages.size === 0;
    this.#batches.emit({
      messages: kinds.has('messages'),
      messagesIn: (folder) => (anyFolder ? 'all' : (messages.get(folder) ?? null)),
      folders: kinds.has('folders'),
      accounts: kinds.has('accounts'),
      drafts: kinds.has('drafts'),
      outbox: kinds.has('outbox'),
      settings: kinds.has('settings'),
      operations: kinds.has('operations'),
      groups: kinds.has('groups'),
      contacts: kinds.has('contacts'),
      writing: kinds.has('writing'),
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#subscription[Symbol.dispose]();
    this.#batches[Symbol.dispose]();
  }
}
