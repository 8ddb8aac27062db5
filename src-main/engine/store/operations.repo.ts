/** The queue of what users did and servers do not know yet. Precious: written in the transaction that shows it, gone when the server has it. */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { MailError, WireError } from '#shared/errors/MailError.ts';
import { assert } from '#shared/base/assert.ts';
import { findFolder, getFolder, type StoredFolder } from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import {
  payloadOf,
  settleOperation,
  showOperation,
  takeBackOperation,
  type OperationItem,
  type OperationOutcome,
  type OperationRecord,
} from './operationEffects.ts';
import type { CopiesFrom, NewOperation } from './operationKinds.ts';
import { itemsOfOperation } from './readyOperations.ts';

export type { OperationOutcome } from './operationEffects.ts';
export { nextOperations } from './readyOperations.ts';

/**
 * Queues an operation and shows what it does, in the caller's (precious) transaction.
 * @returns its id; null where there is nothing to do (flags that are so already, messages that are not there)
 */
export function enqueue(db: WriteDb, operation: NewOperation, now: number): number | null {
  switch (operation.kind) {
    case 'flag':
      return enqueueFlags(db, operation, now);
    case 'transfer': {
      const items = itemsOf(db, operation.folderId, operation.messageIds);
      if (items.length === 0) return null;
      return insert(db, operation, operation.folderId, null, { target: operation.targetId }, items, now);
    }
    case 'move':
    case 'delete': {
      const items = itemsOf(db, operation.folderId, operation.messageIds);
      const everything = operation.kind === 'move' && operation.everything === true;
      if (items.length === 0 && !everything) return null;
      const target = operation.kind === 'move' ? operation.targetId : null;
      return insert(
        db,
        operation,
        operation.folderId,
        target,
        operation.kind === 'move' ? { everything } : {},
        items,
        now,
      );
    }
    case 'remove-draft': {
      const { path, uid, uidValidity, messageId } = operation;
      const folder = findFolder(db, operation.accountId, path);
      const payload = { path, uid, uidValidity, messageId };
      const items =
        folder && uid !== null && folder.uidValidity === uidValidity ? itemAt(db, folder.id, uid) : [];
      return insert(db, operation, folder?.id ?? null, null, payload, items, now);
    }
    case 'folder-create':
    case 'folder-rename':
    case 'folder-delete':
    case 'folder-subscribe':
    case 'folder-unsubscribe': {
      const folder = getFolder(db, operation.folderId);
      if (!folder) return null;
      return insert(db, operation, folder.id, null, folderPayload(operation, folder), [], now);
    }
  }
}

function folderPayload(
  operation: Extract<NewOperation, { kind: `folder-${string}` }>,
  { path, shownPath, delimiter, subscribed, putAway }: StoredFolder,
): object {
  switch (operation.kind) {
    case 'folder-create':
      return { path, delimiter };
    case 'folder-rename':
      return { from: shownPath, to: operation.to };
    case 'folder-delete':
      return { path: shownPath };
    case 'folder-subscribe':
    case 'folder-unsubscribe':
      return { path: shownPath, before: { subscribed, putAway } };
  }
}

function insert(
  db: WriteDb,
  operation: { readonly accountId: AccountId; readonly kind: string },
  folderId: FolderId | null,
  targetId: FolderId | null,
  payload: object,
  items: readonly OperationItem[],
  now: number,
): number {
  const record = db
    .prepare<unknown[], OperationRecord>(
      `INSERT INTO operations (account_id, kind, folder_id, target_id, payload, state, created_at)
       VALUES (?, ?, ?, ?, ?, 'queued', ?) RETURNING *`,
    )
    .get(operation.accountId, operation.kind, folderId, targetId, JSON.stringify(payload), now);
  assert(record, 'an INSERT returns its row');
  insertItems(db, record.id, items);
  showOperation(db, record, items);
  db.changed({ kind: 'operations', accountId: operation.accountId });
  return record.id;
}

function insertItems(db: WriteDb, id: number, items: readonly OperationItem[]): void {
  const statement = db.prepare(
    'INSERT OR IGNORE INTO operation_items (operation_id, message_id, folder_id, flags_before) VALUES (?, ?, ?, ?)',
  );
  for (const item of items) statement.run(id, item.message_id, item.folder_id, item.flags_before);
}

/** The messages that are shown in the folder, with their flags as they are. */
function itemsOf(db: ReadDb, folderId: FolderId, messageIds: readonly MessageId[]): OperationItem[] {
  const read = db.prepare<[number, number], OperationItem>(
    `SELECT message_id, folder_id, flags AS flags_before FROM placements WHERE message_id = ? AND folder_id = ? AND hidden = 0`,
  );
  return [...new Set(messageIds)].flatMap((id) => read.get(id, folderId) ?? []);
}

function itemAt(db: ReadDb, folderId: FolderId, uid: number): OperationItem[] {
  return db
    .prepare<[number, number], OperationItem>(
      'SELECT message_id, folder_id, flags AS flags_before FROM placements WHERE folder_id = ? AND uid = ?',
    )
    .all(folderId, uid);
}

function enqueueFlags(
  db: WriteDb,
  operation: Extract<NewOperation, { kind: 'flag' }>,
  now: number,
): number | null {
  const { accountId, folderId, add, remove } = operation;
  const items = itemsOf(db, folderId, operation.messageIds).filter(
    ({ flags_before: flags }) => ((flags & ~remove) | add) !== flags,
  );
  if (items.length === 0) return null;
  const payload = { add, remove };
  // Reading through a list makes one operation, not one a mail: the last one waiting takes more of the same along.
  const last = db
    .prepare<[string], OperationRecord>(
      'SELECT * FROM operations WHERE account_id = ? ORDER BY id DESC LIMIT 1',
    )
    .get(accountId);
  if (
    last?.kind === 'flag' &&
    last.state === 'queued' &&
    last.attempts === 0 &&
    last.folder_id === folderId &&
    last.payload === JSON.stringify(payload)
  ) {
    insertItems(db, last.id, items);
    showOperation(db, last, items);
    db.changed({ kind: 'operations', accountId });
    return last.id;
  }
  return insert(db, operation, folderId, null, payload, items, now);
}

function getRecord(db: ReadDb, id: number): OperationRecord | null {
  return db.prepare<[number], OperationRecord>('SELECT * FROM operations WHERE id = ?').get(id) ?? null;
}

function touch(db: WriteDb, record: OperationRecord): void {
  db.changed({ kind: 'operations', accountId: record.account_id as AccountId });
}

/**
 * Before the server is spoken to. From now on it cannot be withdrawn.
 * @returns of a move, as of its first attempt: which copies in the target it may have made itself
 */
export function markRunning(db: WriteDb, id: number): CopiesFrom | undefined {
  db.prepare(`UPDATE operations SET state = 'running', attempts = attempts + 1 WHERE id = ?`).run(id);
  const record = getRecord(db, id);
  if (record?.kind !== 'move' || record.target_id === null) return undefined;
  const payload = payloadOf(record, 'move');
  if (payload.copiesFrom !== undefined) return payload.copiesFrom;
  const copiesFrom = nextCopies(db, record.target_id);
  db.prepare('UPDATE operations SET payload = ? WHERE id = ?').run(
    JSON.stringify({ ...payload, copiesFrom }),
    id,
  );
  return copiesFrom;
}

function nextCopies(db: ReadDb, folderId: number): CopiesFrom {
  const folder = getFolder(db, folderId as FolderId);
  const highest =
    db
      .prepare<[number], { uid: number | null }>('SELECT max(uid) AS uid FROM placements WHERE folder_id = ?')
      .get(folderId)?.uid ?? 0;
  return {
    uidValidity: folder?.uidValidity ?? null,
    uid: Math.max(folder?.uidNext ?? 1, highest + 1, 1),
  };
}

/** The server has carried it out; what it told of new UIDs is in `outcome`. */
export function completeOperation(db: WriteDb, id: number, outcome: OperationOutcome = {}): void {
  const record = getRecord(db, id);
  if (!record) return;
  const items = itemsOfOperation(db, id);
  db.prepare('DELETE FROM operations WHERE id = ?').run(id);
  settleOperation(db, record, items, outcome);
  touch(db, record);
}

/**
 * It did not work. `retryAt` (ms): it is tried again then; null: refused for good, so what it showed is taken back and it is listed
 * as failed until it is retried or dismissed. What depends on a folder that could not be created fails with it.
 */
export function failOperation(db: WriteDb, id: number, error: WireError, retryAt: number | null): void {
  const record = getRecord(db, id);
  if (!record) return;
  db.prepare('UPDATE operations SET state = ?, next_attempt_at = ?, error = ? WHERE id = ?').run(
    retryAt === null ? 'failed' : 'queued',
    retryAt,
    JSON.stringify(error),
    id,
  );
  touch(db, record);
  if (retryAt !== null) return;
  for (const dependant of dependants(db, record)) failOperation(db, dependant, error, null);
  takeBackOperation(db, record, itemsOfOperation(db, id));
}

/**
 * Ids of operations that make no sense or would do harm without this one, latest first: everything in a folder that was not created,
 * and the deletion of a folder whose mails could not be brought to safety.
 */
function dependants(db: ReadDb, record: OperationRecord): number[] {
  if (record.folder_id === null) return [];
  const where =
    record.kind === 'folder-create'
      ? '? IN (folder_id, target_id)'
      : record.kind === 'move'
        ? `folder_id = ? AND kind = 'folder-delete'`
        : null;
  if (where === null) return [];
  return db
    .prepare<[number, number], { id: number }>(
      `SELECT id FROM operations WHERE ${where} AND id > ? AND state <> 'failed' ORDER BY id DESC`,
    )
    .all(record.folder_id, record.id)
    .map((row) => row.id);
}

/**
 * After a crash: what was on its way is queued again. Every operation may be carried out twice without harm (a flag is set again, a
 * moved message is not in its old place any more), so nothing is asked of anybody.
 */
export function recoverOperations(db: WriteDb): number {
  return db
    .prepare(`UPDATE operations SET state = 'queued', next_attempt_at = NULL WHERE state = 'running'`)
    .run().changes;
}

/** A retry that a person asks for: shown again and queued, or tried without waiting. Throws MailError `not-found`. Returns whose it is. */
export function retryOperation(db: WriteDb, id: number): AccountId {
  const record = getRecord(db, id);
  if (!record) throw new MailError('not-found', { what: 'operation' });
  db.prepare(
    `UPDATE operations SET state = 'queued', next_attempt_at = NULL, attempts = 0 WHERE id = ? AND state <> 'running'`,
  ).run(id);
  if (record.state === 'failed') showOperation(db, record, itemsOfOperation(db, id));
  touch(db, record);
  return record.account_id as AccountId;
}

/**
 * Gives an operation up. One that was refused is only forgotten; one that still waits is taken back first. Throws MailError
 * `not-found`, and `not-permitted` while it runs.
 */
export function dismissOperation(db: WriteDb, id: number): void {
  const record = getRecord(db, id);
  if (!record) throw new MailError('not-found', { what: 'operation' });
  if (record.state === 'running') throw new MailError('not-permitted', { what: 'operation' });
  const items = itemsOfOperation(db, id);
  db.prepare('DELETE FROM operations WHERE id = ?').run(id);
  if (record.state === 'queued') takeBackOperation(db, record, items);
  touch(db, record);
}

/**
 * Takes messages out of an operation that was not begun, and takes back what it showed of them; without any left it is gone. A message
 * on which something was done in the place that a move brought it to stays in it: withdrawn, that would be lost.
 * @returns the messages that were withdrawn: none when it runs, failed or is done
 */
export function withdraw(db: WriteDb, id: number, messageIds: readonly MessageId[]): MessageId[] {
  const record = getRecord(db, id);
  if (record?.state !== 'queued') return [];
  const wanted = new Set<number>(messageIds);
  const later = db.prepare<[number, number | null, number]>(
    `SELECT 1 FROM operation_items i JOIN operations o ON o.id = i.operation_id
     WHERE i.message_id = ? AND i.folder_id = ? AND o.id > ? AND o.state <> 'failed'`,
  );
  const items = itemsOfOperation(db, id).filter(
    (item) => wanted.has(item.message_id) && later.get(item.message_id, record.target_id, id) === undefined,
  );
  const remove = db.prepare('DELETE FROM operation_items WHERE operation_id = ? AND message_id = ?');
  for (const item of items) remove.run(id, item.message_id);
  takeBackOperation(db, record, items);
  if (itemsOfOperation(db, id).length === 0) db.prepare('DELETE FROM operations WHERE id = ?').run(id);
  touch(db, record);
  return items.map((item) => item.message_id as MessageId);
}

/** The queued move that put this message into the folder, if it was not begun: it can still go elsewhere instead. */
export function pendingMoveInto(
  db: ReadDb,
  folderId: FolderId,
  messageId: MessageId,
): { id: number; from: FolderId } | null {
  const row = db
    .prepare<[number, number], { id: number; folder_id: number }>(
      `SELECT o.id, o.folder_id FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE i.message_id = ? AND o.kind = 'move' AND o.target_id = ? AND o.state = 'queued' ORDER BY o.id DESC LIMIT 1`,
    )
    .get(messageId, folderId);
  return row ? { id: row.id, from: row.folder_id as FolderId } : null;
}

export interface TroubledOperation {
  readonly id: number;
  readonly accountId: AccountId;
  readonly kind: string;
  /** Of the first message, or the folder. */
  readonly subject: string;
  readonly error: WireError | null;
  readonly state: string;
  readonly createdAt: number;
}

/** Operations that failed for good, and those that wait after a failure. */
export function troubledOperations(db: ReadDb): TroubledOperation[] {
  return db
    .prepare<[], OperationRecord & { subject: string | null; path: string | null }>(
      `SELECT o.*,
         (SELECT m.subject FROM operation_items i JOIN messages m ON m.id = i.message_id WHERE i.operation_id = o.id LIMIT 1) AS subject,
         coalesce(json_extract(o.payload, '$.to'), json_extract(o.payload, '$.path')) AS path
       FROM operations o WHERE o.state = 'failed' OR o.error IS NOT NULL ORDER BY o.id LIMIT 500`,
    )
    .all()
    .map((row) => ({
      id: row.id,
      accountId: row.account_id as AccountId,
      kind: row.kind,
      subject: row.subject ?? row.path ?? '',
      error: row.error === null ? null : WireError.parse(JSON.parse(row.error)),
      state: row.state,
      createdAt: row.created_at,
    }));
}

/** How many operations of an account (or of all) still wait, and when the first of them is due at the latest. */
export function queueLength(
  db: ReadDb,
  accountId: AccountId | null,
): { queued: number; nextAttemptAt: number | null } {
  const row = db
    .prepare<[string | null, string | null], { queued: number; next: number | null }>(
      `SELECT count(*) AS queued, min(coalesce(next_attempt_at, 0)) AS next FROM operations
       WHERE state <> 'failed' AND (? IS NULL OR account_id = ?)`,
    )
    .get(accountId, accountId);
  return { queued: row?.queued ?? 0, nextAttemptAt: row?.next ?? null };
}

/**
 * UIDVALIDITY changed (N10): every UID of the folder means nothing any more. Placements go, messages and texts stay, so that nothing
 * is fetched twice, and operations find their messages again by identity. One that knows nothing but an old UID fails with
 * `mailbox-changed`: it is never carried out on another mail.
 */
export function resetFolder(db: WriteDb, folderId: FolderId, newUidValidity: string | null): void {
  const folder = getFolder(db, folderId);
  if (!folder) return;
  const blind = db
    .prepare<[number], OperationRecord>(
      `SELECT * FROM operations o WHERE folder_id = ? AND kind = 'remove-draft' AND state <> 'failed'
       AND NOT EXISTS (SELECT 1 FROM operation_items i WHERE i.operation_id = o.id)`,
    )
    .all(folderId);
  for (const record of blind) {
    const { uid, uidValidity } = payloadOf(record, 'remove-draft');
    if (uid === null) continue;
    const items = uidValidity === folder.uidValidity ? itemAt(db, folderId, uid) : [];
    if (items.length > 0) insertItems(db, record.id, items);
    else if (uidValidity !== newUidValidity)
      failOperation(db, record.id, { code: 'mailbox-changed', params: { folder: folder.path } }, null);
  }
  db.prepare('DELETE FROM placements WHERE folder_id = ? AND uid > 0').run(folderId);
  db.prepare('DELETE FROM quarantine WHERE folder_id = ?').run(folderId);
  db.prepare(
    'UPDATE folders SET uid_validity = ?, uid_next = NULL, low_uid = NULL, highest_modseq = NULL WHERE id = ?',
  ).run(newUidValidity, folderId);
  db.changed({ kind: 'messages', accountId: folder.accountId, folderId, ids: 'all' });
  db.changed({ kind: 'folders', accountId: folder.accountId });
}

/**
 * Local placements without a UID whose operation is done, but which the server's folder, read to its end since, does not show: the
 * server has put them elsewhere or they are gone. A move that waits keeps its own: where a mail came here several times, the latest
 * places are theirs. Call it when the folder is in step after a move into it.
 */
export function dropUnconfirmed(db: WriteDb, folderId: FolderId): number {
  const gone = db
    .prepare<[{ folder: number }], { message_id: number }>(
      `DELETE FROM placements WHERE folder_id = $folder AND uid IN (
         SELECT uid FROM (
           SELECT uid, message_id, row_number() OVER (PARTITION BY message_id ORDER BY uid) AS latest
           FROM placements WHERE folder_id = $folder AND uid < 0) AS place
         WHERE latest > (
           SELECT count(*) FROM operation_items i JOIN operations o ON o.id = i.operation_id
           WHERE i.message_id = place.message_id AND o.kind = 'move' AND o.target_id = $folder AND o.state <> 'failed'))
       RETURNING message_id`,
    )
    .all({ folder: folderId });
  const folder = getFolder(db, folderId);
  if (gone.length > 0 && folder) {
    db.changed({
      kind: 'messages',
      accountId: folder.accountId,
      folderId,
      ids: gone.map((row) => row.message_id as MessageId),
    });
    db.changed({ kind: 'folders', accountId: folder.accountId });
  }
  return gone.length;
}
