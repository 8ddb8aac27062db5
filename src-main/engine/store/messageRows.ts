/** Messages as lists show them, read by the place where they lie. */
import type { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { Address, MessageRow } from '#shared/domain/message.ts';
import { flagsOf } from './flags.ts';
import type { ReadDb } from './handles.ts';
import { placementsOf } from './messages.repo.ts';

/** A row of a list: a message and the folder that it is shown in. */
export interface RowPlace {
  readonly id: MessageId;
  readonly folderId: FolderId;
}

/** As many recipients as a list can ever show. */
const maxShownRecipients = 50;

interface RowRecord {
  id: number;
  account_id: string;
  folder_id: number;
  uid: number;
  thread_id: number;
  subject: string;
  from_name: string | null;
  from_address: string | null;
  recipients: string;
  date: number;
  flags: number;
  size: number;
  has_attachments: number;
  snippet: string;
}

const columns = `m.id, m.account_id, p.folder_id, p.uid, m.thread_id, m.subject, m.from_name, m.from_address, m.recipients, m.date,
  p.flags, m.size, m.has_attachments, m.snippet`;

function toRow(record: RowRecord, waiting: ReadonlySet<string>): MessageRow {
  const { to } = JSON.parse(record.recipients) as { to: Address[] };
  return {
    id: record.id as MessageId,
    accountId: record.account_id as AccountId,
    folderId: record.folder_id as FolderId,
    uid: record.uid > 0 ? record.uid : null,
    threadId: record.thread_id as ThreadId,
    subject: record.subject,
    from:
      record.from_address === null && record.from_name === null
        ? null
        : { name: record.from_name ?? '', address: record.from_address ?? '' },
    to: to.length > maxShownRecipients ? to.slice(0, maxShownRecipients) : to,
    date: record.date,
    flags: flagsOf(record.flags),
    size: record.size,
    hasAttachments: record.has_attachments === 1,
    snippet: record.snippet,
    pending: record.uid < 0 || waiting.has(placeKey(record.id, record.folder_id)),
  };
}

function placeKey(id: number, folderId: number): string {
  return `${id}:${folderId}`;
}

/** Places of these messages that a queued operation still waits for. */
function waitingPlaces(db: ReadDb, ids: readonly number[]): Set<string> {
  // Nearly always nothing waits.
  if (db.prepare('SELECT 1 FROM operation_items LIMIT 1').get() === undefined) return new Set();
  return new Set(
    db
      .prepare<[string], { message_id: number; folder_id: number }>(
        `SELECT i.message_id, i.folder_id FROM operation_items i JOIN operations o ON o.id = i.operation_id
         WHERE i.message_id IN (SELECT value FROM json_each(?)) AND o.state <> 'failed'`,
      )
      .all(JSON.stringify(ids))
      .map((row) => placeKey(row.message_id, row.folder_id)),
  );
}

function toRows(db: ReadDb, records: readonly RowRecord[]): MessageRow[] {
  const waiting = waitingPlaces(
    db,
    records.map(({ id }) => id),
  );
  return records.map((record) => toRow(record, waiting));
}

/** Rows by place, in the order asked for; a place where the message is not shown is left out. */
export function rowsAt(db: ReadDb, places: readonly RowPlace[]): MessageRow[] {
  // `+?`: SQLite takes a bare parameter of a join for a reason to plan anew at every call, which costs ten times the reading.
  const read = db.prepare<[number, number], RowRecord>(
    `SELECT ${columns} FROM placements p JOIN messages m ON m.id = p.message_id
     WHERE p.message_id = +? AND p.folder_id = +? AND p.hidden = 0`,
  );
  return toRows(
    db,
    places.flatMap(({ id, folderId }) => read.get(id, folderId) ?? []),
  );
}

/** Up to `limit` rows of a folder, newest first, older than `before`. */
export function folderPage(db: ReadDb, folderId: FolderId, before: number, limit: number): MessageRow[] {
  return toRows(
    db,
    db
      .prepare<[number, number, number], RowRecord>(
        `SELECT ${columns} FROM placements p JOIN messages m ON m.id = p.message_id
         WHERE p.folder_id = ? AND p.hidden = 0 AND p.message_id < ? ORDER BY p.message_id DESC LIMIT ?`,
      )
      .all(folderId, before, limit),
  );
}

/** The keys of a folder's page: for drawing several folders together. */
export function folderKeys(db: ReadDb, folderId: FolderId, before: number, limit: number): RowPlace[] {
  return db
    .prepare<[number, number, number], { id: number }>(
      `SELECT message_id AS id FROM placements WHERE folder_id = ? AND hidden = 0 AND message_id < ?
       ORDER BY message_id DESC LIMIT ?`,
    )
    .all(folderId, before, limit)
    .map(({ id }) => ({ id: id as MessageId, folderId }));
}

/** The newest message of each of a folder's conversations, newest first. */
export function folderThreads(db: ReadDb, folderId: FolderId, before: number, limit: number): RowPlace[] {
  return db
    .prepare<[number, number, number], { id: number }>(
      'SELECT newest AS id FROM folder_threads WHERE folder_id = ? AND newest < ? ORDER BY newest DESC LIMIT ?',
    )
    .all(folderId, before, limit)
    .map(({ id }) => ({ id: id as MessageId, folderId }));
}

/** Where a message is shown when nobody says in which folder: the inbox before others, the trash last. */
export function shownPlace(db: ReadDb, id: MessageId): RowPlace | null {
  const place = placementsOf(db, id).find(({ hidden }) => !hidden);
  return place ? { id, folderId: place.folderId } : null;
}
