/** The mails that a group works on, with what lists and rows show of their group state. */
import type { MailFacts } from '#shared/domain/group/firstHandler.ts';
import { keyOfMessageId, MessageKey } from '#shared/domain/group/messageKey.ts';
import { isOnList, type GroupList, type MessageView } from '#shared/domain/group/messageView.ts';
import type { Status } from '#shared/domain/group/events.ts';
import type { UserId } from '#shared/domain/group/config.ts';
import { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { saveNotes } from './noteIndex.ts';

export interface GroupMailRow {
  readonly id: MessageId;
  readonly accountId: AccountId;
  readonly key: MessageKey;
  readonly handler: UserId | null;
  readonly status: Status;
  readonly until: number | null;
  readonly notes: number;
  readonly readByMe: boolean;
  readonly pending: boolean;
  readonly settled: boolean;
  readonly composing: readonly { readonly user: UserId; readonly until: number }[];
}

interface GroupMailRecord {
  message_id: number;
  account_id: string;
  key: string;
  handler: UserId | null;
  status: Status;
  until: number | null;
  notes: number;
  read_by_me: number;
  pending: number;
  settled: number;
  composing: string | null;
}

const columns =
  'message_id, account_id, key, handler, status, until, notes, read_by_me, pending, settled, composing';

function toRow(row: GroupMailRecord): GroupMailRow {
  return {
    id: MessageId.parse(row.message_id),
    accountId: AccountId.parse(row.account_id),
    key: MessageKey.parse(row.key),
    handler: row.handler,
    status: row.status,
    until: row.until,
    notes: row.notes,
    readByMe: row.read_by_me === 1,
    pending: row.pending === 1,
    settled: row.settled === 1,
    composing: row.composing === null ? [] : (JSON.parse(row.composing) as GroupMailRow['composing']),
  };
}

/** Those that are a group's, by id. */
export function groupMailOf(db: ReadDb, ids: readonly MessageId[]): Map<MessageId, GroupMailRow> {
  const rows = new Map<MessageId, GroupMailRow>();
  const one = db.prepare<[number], GroupMailRecord>(`SELECT ${columns} FROM group_mail WHERE message_id = ?`);
  for (const id of ids) {
    const row = one.get(id);
    if (row) rows.set(id, toRow(row));
  }
  return rows;
}

export function getGroupMail(db: ReadDb, id: MessageId): GroupMailRow | null {
  return groupMailOf(db, [id]).get(id) ?? null;
}

export function groupMailByKey(db: ReadDb, accountId: AccountId, key: MessageKey): MessageId[] {
  return db
    .prepare<[string, string], { message_id: number }>(
      'SELECT message_id FROM group_mail WHERE account_id = ? AND key = ?',
    )
    .all(accountId, key)
    .map(({ message_id }) => MessageId.parse(message_id));
}

/** Folders in which no mail arrives: what lies there is written by the group itself, or unwanted. */
const otherRoles = "('sent', 'drafts', 'junk', 'trash', 'log')";

interface ArrivalRecord {
  id: number;
  message_id: string | null;
  folder_id: number;
  uid: number;
}

export interface Arrival {
  readonly id: MessageId;
  /** null: it has no Message-ID that could name it, so its header must be looked at. */
  readonly key: MessageKey | null;
  readonly folderId: FolderId;
  readonly uid: number;
}

/** Those of `ids` that the group does not know yet. */
export function newArrivals(db: ReadDb, accountId: AccountId, ids: readonly MessageId[]): Arrival[] {
  const one = db.prepare<[number, string], ArrivalRecord>(arrivalsWhere('m.id = ?', 1));
  return ids.flatMap((id) => one.all(id, accountId)).map(toArrival);
}

/** All that the group does not know yet, newest first, a page at a time. */
export function unknownArrivals(db: ReadDb, accountId: AccountId, before: number, limit: number): Arrival[] {
  return db
    .prepare<[number, string], ArrivalRecord>(arrivalsWhere('m.id < ?', limit))
    .all(before, accountId)
    .map(toArrival);
}

function arrivalsWhere(which: string, limit: number): string {
  return `SELECT m.id, m.message_id, p.folder_id, min(p.uid) AS uid FROM messages m
       JOIN placements p ON p.message_id = m.id JOIN folders f ON f.id = p.folder_id
     WHERE ${which} AND m.account_id = ? AND p.uid > 0 AND coalesce(f.role, '') NOT IN ${otherRoles}
       AND NOT EXISTS (SELECT 1 FROM group_mail g WHERE g.message_id = m.id)
     GROUP BY m.id ORDER BY m.id DESC LIMIT ${limit.toString()}`;
}

function toArrival(row: ArrivalRecord): Arrival {
  return {
    id: MessageId.parse(row.id),
    key: keyOfMessageId(row.message_id),
    folderId: FolderId.parse(row.folder_id),
    uid: row.uid,
  };
}

export function insertGroupMail(
  db: WriteDb,
  accountId: AccountId,
  mail: { id: MessageId; key: MessageKey; takenIn: boolean },
): void {
  db.prepare(
    `INSERT OR IGNORE INTO group_mail (message_id, account_id, key, taken_in, status, notes, read_by_me, pending, settled, mine,
       unassigned, information) VALUES (?, ?, ?, ?, 'open', 0, 0, 0, 0, 0, 0, 0)`,
  ).run(mail.id, accountId, mail.key, mail.takenIn ? 1 : 0);
}

/** What the mailbox knows of the mail with this key; of several copies the first. null: it is not here. */
export function mailFacts(
  db: ReadDb,
  accountId: AccountId,
  key: MessageKey,
): (MailFacts & { readonly subject: string }) | null {
  const row = db
    .prepare<
      [string, string],
      { arrived_at: number; in_reply_to: string | null; refs: string | null; subject: string }
    >(
      `SELECT m.arrived_at, m.in_reply_to, m.refs, m.subject FROM group_mail g JOIN messages m ON m.id = g.message_id
       WHERE g.account_id = ? AND g.key = ? ORDER BY m.arrived_at LIMIT 1`,
    )
    .get(accountId, key);
  if (!row) return null;
  const references = row.refs === null ? [] : (JSON.parse(row.refs) as string[]);
  const thread = [row.in_reply_to, ...references.reverse()]
    .map(keyOfMessageId)
    .filter((one) => one !== null && one !== key);
  return {
    key,
    arrivedAt: row.arrived_at,
    thread: [...new Set(thread as MessageKey[])].slice(0, 50),
    subject: row.subject,
  };
}

/**
 * Writes what is shown of a message and says so, where it changed. `fromBefore`: it came before the group began to work here. What was
 * read by then, whoever it was, is no news to anybody: the log knows nothing of it.
 */
export function saveGroupView(
  db: WriteDb,
  accountId: AccountId,
  view: MessageView,
  me: UserId,
  { takenIn, fromBefore }: { readonly takenIn: boolean; readonly fromBefore: boolean },
): void {
  const bit = (list: GroupList): number => (isOnList(list, view, me) ? 1 : 0);
  const composing = view.composing.length === 0 ? null : JSON.stringify(view.composing);
  const values = [
    takenIn ? 1 : 0,
    view.handler,
    view.status,
    view.until,
    view.notes.length,
    view.readBy.some(({ user }) => user === me) || (fromBefore && wasRead(db, accountId, view.key)) ? 1 : 0,
    view.pending ? 1 : 0,
    view.settled ? 1 : 0,
    composing,
    bit('handled-by-me'),
    bit('unassigned'),
    bit('for-information'),
  ];
  const { changes } = db
    .prepare(
      `UPDATE group_mail SET (taken_in, handler, status, until, notes, read_by_me, pending, settled, composing, mine, unassigned, information)
         = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       WHERE account_id = ? AND key = ? AND (taken_in, handler, status, until, notes, read_by_me, pending, settled, composing, mine, unassigned, information)
         IS NOT (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(...values, accountId, view.key, ...values);
  const noted = saveNotes(
    db,
    accountId,
    view.key,
    view.notes.map(({ text }) => text),
  );
  if (changes > 0 || noted) tellRows(db, accountId, view.key);
}

/** Is it read by what was decided when it was first shown, or now, that it first is, by the server's flag? */
function wasRead(db: ReadDb, accountId: AccountId, key: MessageKey): boolean {
  return (
    db
      .prepare<[string, string]>(
        `SELECT 1 FROM group_mail g WHERE g.account_id = ? AND g.key = ? AND (g.read_by_me = 1 OR (g.taken_in = 0 AND EXISTS (
           SELECT 1 FROM placements p WHERE p.message_id = g.message_id AND p.flags & 1 <> 0)))`,
      )
      .get(accountId, key) !== undefined
  );
}

function tellRows(db: WriteDb, accountId: AccountId, key: MessageKey): void {
  const rows = db
    .prepare<[string, string], { message_id: number; folder_id: number }>(
      `SELECT g.message_id, p.folder_id FROM group_mail g JOIN placements p ON p.message_id = g.message_id
       WHERE g.account_id = ? AND g.key = ?`,
    )
    .all(accountId, key);
  for (const { message_id, folder_id } of rows) {
    db.changed({
      kind: 'messages',
      accountId,
      folderId: FolderId.parse(folder_id),
      ids: [MessageId.parse(message_id)],
    });
  }
  db.changed({ kind: 'groups' });
}

/** Keys of the account's mails, newest first, a page at a time: for showing all of them anew. */
export function groupMailKeys(
  db: ReadDb,
  accountId: AccountId,
  before: number,
  limit: number,
): { id: MessageId; key: MessageKey }[] {
  return db
    .prepare<[string, number, number], { message_id: number; key: string }>(
      'SELECT message_id, key FROM group_mail WHERE account_id = ? AND message_id < ? ORDER BY message_id DESC LIMIT ?',
    )
    .all(accountId, before, limit)
    .map((row) => ({ id: MessageId.parse(row.message_id), key: MessageKey.parse(row.key) }));
}

/** Keys of mails whose intake the log does not hold yet. */
export function keysWithoutIntake(db: ReadDb, accountId: AccountId, limit: number): MessageKey[] {
  return db
    .prepare<[string, number], { key: string }>(
      'SELECT DISTINCT key FROM group_mail WHERE account_id = ? AND taken_in = 0 LIMIT ?',
    )
    .all(accountId, limit)
    .map(({ key }) => MessageKey.parse(key));
}

export function keysOfHandler(db: ReadDb, accountId: AccountId, handler: UserId): MessageKey[] {
  return db
    .prepare<[string, string], { key: string }>(
      'SELECT DISTINCT key FROM group_mail WHERE account_id = ? AND handler = ?',
    )
    .all(accountId, handler)
    .map(({ key }) => MessageKey.parse(key));
}

/**
 * How many mails are on each list, and how many of them are unread for me, as their rows say it: not read by me, or, where my reading
 * sets the server's flag, without it. `seenByAnybody`: accounts where everybody's reading does.
 */
export function groupListCounts(
  db: ReadDb,
  seenByAnybody: readonly AccountId[] = [],
): Record<GroupList, { total: number; unread: number }> {
  const count = (column: string): { total: number; unread: number } =>
    db
      .prepare<[string], { total: number; unread: number }>(
        `SELECT count(*) AS total, coalesce(sum(g.read_by_me = 0 OR (
             (g.handler IS NULL OR g.mine = 1 OR g.account_id IN (SELECT value FROM json_each(?))) AND EXISTS (
               SELECT 1 FROM placements p JOIN folders f ON f.id = p.folder_id
               WHERE p.message_id = g.message_id AND p.hidden = 0 AND p.flags & 1 = 0 AND coalesce(f.role, '') NOT IN ${otherRoles}))), 0) AS unread
         FROM group_mail g WHERE g.${column} = 1`,
      )
      .get(JSON.stringify(seenByAnybody)) ?? { total: 0, unread: 0 };
  return {
    'handled-by-me': count('mine'),
    unassigned: count('unassigned'),
    'for-information': count('information'),
  };
}

export function deleteGroupMail(db: WriteDb, accountId: AccountId): void {
  db.prepare('DELETE FROM group_mail WHERE account_id = ?').run(accountId);
}

const listColumns: Record<GroupList, string> = {
  'handled-by-me': 'mine',
  unassigned: 'unassigned',
  'for-information': 'information',
};

/** On how many conversations the mails of a list are. */
export function groupListThreads(db: ReadDb, list: GroupList): number {
  return (
    db
      .prepare<[], { n: number }>(
        `SELECT count(DISTINCT m.thread_id) AS n FROM group_mail g JOIN messages m ON m.id = g.message_id
         WHERE g.${listColumns[list]} = 1`,
      )
      .get()?.n ?? 0
  );
}

/**
 * Where the mails of a list are shown, newest first; a mail in several folders once. `before`: a message id, exclusive. With `threads`,
 * of each conversation only its newest mail on the list.
 */
export function groupListPlaces(
  db: ReadDb,
  list: GroupList,
  before: number,
  limit: number,
  threads: boolean,
): { id: MessageId; folderId: FolderId }[] {
  const column = listColumns[list];
  const newest = threads
    ? `AND NOT EXISTS (SELECT 1 FROM messages m CROSS JOIN messages o ON o.thread_id = m.thread_id AND o.id > m.id
         JOIN group_mail n ON n.message_id = o.id WHERE m.id = g.message_id AND n.${column} = 1)`
    : '';
  return db
    .prepare<[number, number], { message_id: number; folder_id: number }>(
      `SELECT g.message_id, min(p.folder_id) AS folder_id FROM group_mail g
         JOIN placements p ON p.message_id = g.message_id AND p.hidden = 0 JOIN folders f ON f.id = p.folder_id
       WHERE g.${column} = 1 AND g.message_id < ? AND coalesce(f.role, '') NOT IN ${otherRoles} ${newest}
       GROUP BY g.message_id ORDER BY g.message_id DESC LIMIT ?`,
    )
    .all(before, limit)
    .map((row) => ({ id: MessageId.parse(row.message_id), folderId: FolderId.parse(row.folder_id) }));
}
