/** Group work as the whole window needs it: is there any, who am I, how much waits, what is the mark of the open mail, which dialog is open. */
import { DisposableStore } from '#shared/base/disposables.ts';
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { Person } from '#shared/contract/groups.ts';
import type { GroupMark, MessageRow } from '#shared/domain/message.ts';
import type { ChangeBatch, ChangeFeed } from '../../client/changeFeed.ts';
import { Latest } from '../../client/latest.ts';
import type { Accounts } from '../accounts/accounts.svelte.ts';
import type { MessageList } from '../list/messageList.svelte.ts';
import { refOf, rowKey } from '../list/rows.ts';
import type { Reader } from '../reader/reader.svelte.ts';

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

const none = { total: 0, unread: 0 };
/** While somebody answers the open mail, it is asked this often whether he still does. */
const answeringMs = 60_000;

export class Groups implements Disposable {
  me = $state.raw<Person | null>(null);
  counts = $state.raw<GroupCounts>({ handledByMe: none, unassigned: none, forInformation: none });
  popup = $state.raw<GroupPopup | null>(null);
  /** Does anybody share a mailbox here? Without, nothing of group work is to be seen. */
  readonly active: boolean = $derived.by(() => this.#parts.accounts.rows.some(({ group }) => group !== null));
  /** The open mail's row, read anew since it was opened: its list may have let it go. */
  #fresh = $state.raw<MessageRow | null>(null);
  readonly #parts: GroupsParts;
  readonly #latest = new Latest();
  readonly #latestOpen = new Latest();
  readonly #owned = new DisposableStore();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: GroupsParts) {
    this.#parts = parts;
    this.#owned.add(parts.changes.on((batch) => this.#take(batch)));
  }

  /** Who I am and what waits. What cannot be read stays as it was: the next change asks again. */
  async load(): Promise<void> {
    const { client } = this.#parts;
    await this.#latest.run(async (signal) => {
      const [{ organisation }, counts] = await Promise.all([
        client.call('groups.organisation', {}, { signal }),
        client.call('groups.counts', {}, { signal }),
      ]);
      if (signal.aborted) return;
      this.me = organisation?.me ?? null;
      this.counts = counts;
    });
  }

  /** The newest that is known of a mail's group state; undefined: it is no group's. */
  markOf(row: MessageRow): GroupMark | undefined {
    return this.newestOf(row).group;
  }

  /** The row as it stands now, where the list or the reader knows it better. */
  newestOf(row: MessageRow): MessageRow {
    const key = rowKey(row);
    const fresh = this.#fresh;
    const listed = this.#parts.list.byKey(key) ?? this.#parts.list.rowFor(row);
    // A row that stands for a conversation speaks of its newest mail.
    if (listed?.id === row.id) return listed;
    return fresh && rowKey(fresh) === key ? fresh : row;
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
    const { row } = this.#parts.reader;
    const changed = row?.group && batch.messagesIn(row.folderId);
    if (row && (changed === 'all' || changed?.has(row.id))) void this.#refresh(row);
  }

  async #refresh(row: MessageRow): Promise<void> {
    const outcome = await this.#latestOpen.run((signal) =>
      this.#parts.client.call('messages.rows', { refs: [refOf(row)] }, { signal }),
    );
    if (outcome.kind !== 'done') return;
    const [fresh] = outcome.value.messages;
    if (fresh) this.#fresh = fresh;
    clearTimeout(this.#timer);
    // Whoever stops without saying so (a window that is gone) stops being told of after a while.
    if ((fresh?.group?.composing.length ?? 0) > 0) {
      this.#timer = setTimeout(() => {
        const { row: open } = this.#parts.reader;
        if (open && rowKey(open) === rowKey(row)) void this.#refresh(open);
      }, answeringMs);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#latest[Symbol.dispose]();
    this.#latestOpen[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
  }
}
