/** Group work as the whole window needs it: is there any, who am I, how much waits, what is the mark of the open mail, which dialog is open. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { GroupAccountRow, Person } from '#shared/contract/groups.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { GroupMark, MessageRow } from '#shared/domain/message.ts';
import type { ChangeBatch, ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import type { MessageList } from '../list/messageList.svelte.ts';
import type { Reader } from '../reader/reader.svelte.ts';
import { othersHandle } from './groupMark.ts';

export type GroupCounts = ResponseOf<'groups.counts'>;

/** The dialog "Group" of one mail. */
export interface GroupPopup {
  readonly row: MessageRow;
  /** The symbol that it belongs to; it may go while the dialog is open (a list that the mail leaves). */
  readonly anchor: Element | null;
  readonly start: 'dialog' | 'note';
}

export interface GroupsParts {
  readonly client: EngineClient;
  readonly changes: ChangeFeed;
  readonly accounts: Accounts;
  readonly list: MessageList;
  readonly reader: Reader;
}

/** Of a new mail: mine to handle, or nobody's yet; or somebody else's. */
export type GroupRole = 'handler' | 'information';

const none = { total: 0, unread: 0 };
/** The engine takes this many at once. */
const maxRead = 100;

export class Groups implements Disposable {
  me = $state.raw<Person | null>(null);
  accounts = $state.raw<readonly GroupAccountRow[]>([]);
  counts = $state.raw<GroupCounts>({ handledByMe: none, unassigned: none, forInformation: none });
  popup = $state.raw<GroupPopup | null>(null);
  /** Does anybody share a mailbox here? Without, nothing of group work is to be seen. */
  readonly active: boolean = $derived.by(() => this.#parts.accounts.rows.some(({ group }) => group !== null));
  readonly #parts: GroupsParts;
  readonly #latest = new Latest();
  readonly #counting = new Latest();
  readonly #owned = new DisposableStore();

  constructor(parts: GroupsParts) {
    this.#parts = parts;
    this.#owned.add(parts.changes.on((batch) => this.#take(batch)));
  }

  /** Who I am and what waits. What cannot be read stays as it was: the next change asks again. */
  async load(): Promise<void> {
    await Promise.all([this.#loadOrganisation(), this.#count()]);
  }

  async #loadOrganisation(): Promise<void> {
    await this.#latest.run(async (signal) => {
      const { organisation } = await this.#parts.client.call('groups.organisation', {}, { signal });
      if (signal.aborted) return;
      this.me = organisation?.me ?? null;
      this.accounts = organisation?.accounts ?? [];
    });
  }

  async #count(): Promise<void> {
    await this.#counting.run(async (signal) => {
      const counts = await this.#parts.client.call('groups.counts', {}, { signal });
      if (!signal.aborted) this.counts = counts;
    });
  }

  /** Who works in this account; nobody in one that is no group's. */
  membersOf(accountId: AccountId): readonly Person[] {
    return this.accounts.find((one) => one.accountId === accountId)?.members ?? [];
  }

  /** The newest that is known of a mail's group state; undefined: it is no group's. */
  markOf(row: MessageRow): GroupMark | undefined {
    return this.newestOf(row).group;
  }

  /** The row as it stands now: the list or the reader may know it better, and a list may have let it go. */
  newestOf(row: MessageRow): MessageRow {
    const { list, reader } = this.#parts;
    const listed = list.rowFor(row);
    if (listed?.id === row.id) return listed;
    return reader.messages.find(({ id }) => id === row.id)?.row ?? row;
  }

  /** This person has read them: so much is each member's own. */
  async read(rows: readonly MessageRow[]): Promise<void> {
    const ids = rows.filter(({ group }) => group?.readByMe === false).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += maxRead) {
      try {
        await this.#parts.client.call('groups.read', { messageIds: ids.slice(at, at + maxRead) });
      } catch {
        // It is then read again, and told again.
        return;
      }
    }
  }

  /** What new mails are to this person, by id; those that are no group's are left out. */
  async rolesIn(
    mails: readonly { accountId: AccountId; folderId: FolderId; id: MessageId }[],
  ): Promise<ReadonlyMap<MessageId, GroupRole>> {
    const { accounts, client } = this.#parts;
    const refs = mails
      .filter(({ accountId }) => accounts.byId(accountId)?.group != null)
      .map(({ id, folderId }) => ({ id, folderId }));
    const roles = new Map<MessageId, GroupRole>(refs.map(({ id }) => [id, 'handler']));
    if (refs.length === 0) return roles;
    const { messages } = await client.call('messages.rows', { refs: refs.slice(0, 500) });
    for (const row of messages) roles.set(row.id, othersHandle(row) ? 'information' : 'handler');
    return roles;
  }

  /** Asked for again at the same symbol, it closes. */
  show(row: MessageRow, anchor: Element | null, start: GroupPopup['start'] = 'dialog'): void {
    const toggled = anchor !== null && this.popup?.anchor === anchor && start === 'dialog';
    this.popup = toggled ? null : { row, anchor, start };
  }

  close(): void {
    this.popup = null;
  }

  #take(batch: ChangeBatch): void {
    if (batch.groups || batch.accounts) void this.load();
    // What is unread also hangs on the flags of the server.
    else if (batch.folders && this.active) void this.#count();
  }

  [Symbol.dispose](): void {
    this.#latest[Symbol.dispose]();
    this.#counting[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
