/** What a person does with messages: shown at once, carried out by the engine, and taken back by Undo. */
import type { EngineClient } from '#shared/contract/contract.ts';
import type { MessageRow, FolderRow } from '#shared/domain/message.ts';
import type { I18n } from '../../app/i18n.svelte.ts';
import type { Dialogs } from '../../app/dialogs.svelte.ts';
import type { UndoStack } from '../../app/undoStack.ts';
import { folderName } from '../folders/folderNames.ts';
import type { Folders } from '../folders/folders.svelte.ts';
import { marksSeen } from '../group/groupMark.ts';
import type { Announcer } from '../notices/announcer.svelte.ts';
import type { MessageList } from './messageList.svelte.ts';
import { keyAfterRemoval, messageAlone, messageCount, refOf, rowKey } from './rows.ts';
import type { RowKey } from './rows.ts';

type FlagName = 'seen' | 'flagged';
/** The engine takes this many at once. */
const maxRefs = 10_000;

export interface MessageActsParts {
  readonly client: EngineClient;
  readonly list: MessageList;
  readonly folders: Folders;
  readonly announcer: Announcer;
  readonly dialogs: Dialogs;
  readonly i18n: I18n;
  readonly undo: UndoStack;
  /** Words for what was thrown. */
  readonly explain: (error: unknown) => string;
  /** Called with the row to stand on after rows went; null: none is left. */
  readonly moveTo: (key: RowKey | null) => void;
  /** Called with messages of an open conversation that went by themselves. */
  readonly takenOut: (rows: readonly MessageRow[]) => void;
  /** Told of mails that this person has read, a group's among them. */
  readonly readInGroup: (rows: readonly MessageRow[]) => void;
}

export class MessageActs {
  readonly #parts: MessageActsParts;

  constructor(parts: MessageActsParts) {
    this.#parts = parts;
  }

  async archive(rows: readonly MessageRow[]): Promise<void> {
    const { client, i18n } = this.#parts;
    await this.#takeAway(rows, i18n.t('done.archived', { count: messageCount(rows) }), (refs) =>
      client.call('messages.archive', { refs }),
    );
  }

  async junk(rows: readonly MessageRow[]): Promise<void> {
    const { client, i18n } = this.#parts;
    await this.#takeAway(rows, i18n.t('done.junk', { count: messageCount(rows) }), (refs) =>
      client.call('messages.junk', { refs }),
    );
  }

  async move(rows: readonly MessageRow[], target: FolderRow): Promise<void> {
    const { client, i18n } = this.#parts;
    const moving = rows.filter(({ folderId }) => folderId !== target.id);
    const folder = folderName(target, i18n.t);
    await this.#takeAway(moving, i18n.t('done.moved', { count: messageCount(moving), folder }), (refs) =>
      client.call('messages.move', { refs, target: target.id }),
    );
  }

  /** To the trash; what lies there already is asked about first, because nothing brings it back. */
  async delete(rows: readonly MessageRow[]): Promise<void> {
    const { client, dialogs, folders, i18n } = this.#parts;
    const forGood = rows.filter(({ folderId }) => folders.byId(folderId)?.role === 'trash');
    if (forGood.length > 0) {
      const agreed = await dialogs.ask({
        title: i18n.t('delete.forGood.title', { count: messageCount(forGood) }),
        text: i18n.t('delete.forGood.text'),
        confirm: i18n.t('common.delete'),
        dangerous: true,
      });
      if (!agreed) return;
    }
    const key = forGood.length === rows.length ? 'done.deletedForGood' : 'done.deleted';
    await this.#takeAway(
      rows,
      i18n.t(key, { count: messageCount(rows) }),
      (refs) => client.call('messages.delete', { refs }),
      forGood.length < rows.length,
    );
  }

  async setSeen(rows: readonly MessageRow[], seen: boolean, { quiet = false } = {}): Promise<void> {
    const { i18n, readInGroup } = this.#parts;
    const text = i18n.t(seen ? 'done.read' : 'done.unread', {
      count: seen ? messageCount(rows) : rows.length,
    });
    if (seen) readInGroup(rows);
    // In a shared mailbox the server's mark is the handler's, where its setting does not say otherwise.
    const own = rows.filter(marksSeen);
    await this.#flag(own, 'seen', seen, quiet ? null : text);
    if (own.length === 0 && seen && !quiet) this.#announce(text, false);
  }

  async setStarred(rows: readonly MessageRow[], starred: boolean): Promise<void> {
    const { i18n } = this.#parts;
    const text = i18n.t(starred ? 'done.starred' : 'done.unstarred', { count: rows.length });
    await this.#flag(rows, 'flagged', starred, text);
  }

  /** Takes back what was done last, to mails or in the group; of what this window did not do, the last act to mails. */
  async undo(): Promise<void> {
    if (!(await this.#parts.undo.takeLast())) await this.#takeBack();
  }

  async #takeBack(): Promise<void> {
    const { client, announcer, i18n, explain } = this.#parts;
    try {
      const { undone } = await client.call('messages.undo', {});
      announcer.show(i18n.t(undone === null ? 'done.nothingToUndo' : 'done.undone'), { replaces: 'act' });
    } catch (error) {
      announcer.fail(explain(error));
    }
  }

  async #takeAway(
    rows: readonly MessageRow[],
    done: string,
    act: (refs: ReturnType<typeof refOf>[]) => Promise<unknown>,
    undoable = true,
  ): Promise<void> {
    if (rows.length === 0) return;
    const { list, moveTo, takenOut } = this.#parts;
    const keys = new Set(rows.map(rowKey));
    if (rows.every((row) => list.byKey(rowKey(row)) === undefined)) takenOut(rows);
    else {
      const next = keyAfterRemoval(list.rows, keys, list.selection.active);
      list.removeAtOnce(keys);
      moveTo(next);
    }
    if (await this.#carryOut(rows, act)) this.#announce(done, undoable);
    else list.reload();
  }

  async #flag(rows: readonly MessageRow[], flag: FlagName, on: boolean, done: string | null): Promise<void> {
    const changing = rows.filter((row) => row.flags[flag] !== on);
    if (changing.length === 0) {
      // It was so already, and is to stay so.
      if (done !== null && rows.length > 0) this.#announce(done, false);
      return;
    }
    const { client, list } = this.#parts;
    list.flagAtOnce(changing, flag, on);
    // A star, and "unread", is set on the newest message of a conversation, and taken from all of them.
    const marksOne = (flag === 'flagged') === on;
    const marked = marksOne ? changing.map(messageAlone) : changing;
    const add = on ? [flag] : [];
    const remove = on ? [] : [flag];
    // What nobody is told of is nobody's act: Undo takes back the one before.
    const request = { add, remove, automatic: done === null };
    if (!(await this.#carryOut(marked, (refs) => client.call('messages.flag', { refs, ...request })))) {
      list.reload();
    } else if (done !== null) this.#announce(done, true);
  }

  async #carryOut(
    rows: readonly MessageRow[],
    act: (refs: ReturnType<typeof refOf>[]) => Promise<unknown>,
  ): Promise<boolean> {
    const { announcer, explain } = this.#parts;
    try {
      for (let at = 0; at < rows.length; at += maxRefs) await act(rows.slice(at, at + maxRefs).map(refOf));
      return true;
    } catch (error) {
      announcer.fail(explain(error));
      return false;
    }
  }

  #announce(text: string, undoable: boolean): void {
    const { announcer, i18n, undo } = this.#parts;
    const act = undoable ? undo.push(() => this.#takeBack()) : null;
    announcer.show(text, {
      replaces: 'act',
      ms: 8_000,
      ...(act ? { action: { label: i18n.t('common.undo'), run: () => void undo.take(act) } } : {}),
    });
  }
}
