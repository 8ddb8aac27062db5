/** The queue of what users did and servers do not know yet. Precious: written in the transaction that shows it, gone when the server has it. */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { MailError, WireError } from '#shared/errors/MailError.ts';
import { assert } from '#shared/base/assert.ts';
import { findFolder, folderWithChildren, getFolder } from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import {
  kindOf,
  payloadOf,
  settleOperation,
  showOperation,
  takeBackOperation,
  type OperationItem,
  type OperationOutcome,
  type OperationRecord,
} from './operationEffects.ts';
import type {
  NewOperation,
  Operation,
  OperationFolder,
  OperationMessage,
  OperationState,
} from './operationKinds.ts';

export type { OperationOutcome } from './operationEffects.ts';

/**
 * Queues an operation and shows what it does, in the caller's (precious) transaction.
 * @returns its id; null where there is nothing to do (flags that are so already, messages that are not there)
 */
export function enqueue(db: WriteDb, operation: NewOperation, now: number): number | null {
  switch (operation.kind) {
    case 'flag':
      return enqueueFlags(db, operation, now);
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
    case 'folder-delete': {
      const folder = getFolder(db, operation.folderId);
      if (!folder) return null;
      const payload =
        operation.kind === 'folder-create'
          ? { path: folder.path, delimiter: folder.delimiter }
          : operation.kind === 'folder-rename'
            ? { from: folder.shownPath, to: operation.to }
            : { path: folder.shownPath };
      return insert(db, operation, folder.id, null, payload, [], now);
    }
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

/**
 * Operations that can be carried out now, oldest first, with UIDs and paths as they are. Left out: those that wait for their next
 * attempt, those whose messages have no UID yet, and later ones that touch the same messages or folders as one left out or failed
 * on its way. Running ones are left out as well: see `recoverOperations`.
 */
export function nextOperations(db: ReadDb, accountId: AccountId, now: number, limit = 100): Operation[] {
  const records = db
    .prepare<[string], OperationRecord>(
      `SELECT * FROM operations WHERE account_id = ? AND state <> 'failed' ORDER BY id`,
    )
    .all(accountId);
  const ready: Operation[] = [];
  const busyMessages = new Set<number>();
  const busyFolders = new Set<number>();
  for (const record of records) {
    if (ready.length >= limit) break;
    const items = itemsOfOperation(db, record.id);
    const folders = foldersOf(db, record);
    const onFolder = record.kind.startsWith('folder-');
    const free =
      record.state === 'queued' &&
      (record.next_attempt_at === null || record.next_attempt_at <= now) &&
      !items.some((item) => busyMessages.has(item.message_id)) &&
      !folders.some((id) => busyFolders.has(id));
    const operation = free ? resolve(db, record, items) : null;
    if (operation) {
      ready.push(operation);
      continue;
    }
    for (const item of items) busyMessages.add(item.message_id);
    if (onFolder) for (const id of folders) busyFolders.add(id);
    // A folder is not deleted or renamed over something that still has to happen in it.
    else for (const id of folders) busyFolders.add(-id - 1);
  }
  return ready;
}

/** Folders that an operation needs to be in order: for one on a folder also those below it, and (negative) what happens inside. */
function foldersOf(db: ReadDb, record: OperationRecord): number[] {
  const ids: number[] = [];
  for (const id of [record.folder_id, record.target_id]) if (id !== null) ids.push(id);
  if (!record.kind.startsWith('folder-')) return ids;
  const folder = record.folder_id === null ? null : getFolder(db, record.folder_id as FolderId);
  const all = folder === null ? ids : folderWithChildren(db, folder).map(({ id }) => Number(id));
  return record.kind === 'folder-create' ? all : [...all, ...all.map((id) => -id - 1)];
}

function itemsOfOperation(db: ReadDb, id: number): OperationItem[] {
  return db
    .prepare<[number], OperationItem>(
      'SELECT message_id, folder_id, flags_before FROM operation_items WHERE operation_id = ?',
    )
    .all(id);
}

function operationFolder(db: ReadDb, id: number | null): OperationFolder | null {
  const folder = id === null ? null : getFolder(db, id as FolderId);
  return folder === null
    ? null
    : { id: folder.id, path: folder.path, delimiter: folder.delimiter, uidValidity: folder.uidValidity };
}

/** null: it has to wait for a UID. Folders that are gone are shown by an empty path, so that the runner fails it by name. */
function resolve(db: ReadDb, record: OperationRecord, items: readonly OperationItem[]): Operation | null {
  const kind = kindOf(record);
  const base = {
    id: record.id,
    accountId: record.account_id as AccountId,
    state: record.state as OperationState,
    attempts: record.attempts,
    nextAttemptAt: record.next_attempt_at,
    error: record.error === null ? null : WireError.parse(JSON.parse(record.error)),
    createdAt: record.created_at,
  };
  const gone = { id: (record.folder_id ?? 0) as FolderId, path: '', delimiter: null, uidValidity: null };
  const folder = operationFolder(db, record.folder_id) ?? gone;
  if (kind === 'remove-draft') {
    const { path, uid, uidValidity, messageId } = payloadOf(record, kind);
    if (items.length === 0 || record.folder_id === null)
      return { ...base, kind, path, uid, uidValidity, messageId };
    const messages = messagesOf(db, record.folder_id, items, true);
    if (messages === null) return null;
    const now = messages[0]?.uid ?? null;
    // Gone by itself: nothing to look for either.
    return {
      ...base,
      kind,
      path: folder.path,
      uid: now,
      uidValidity: folder.uidValidity,
      messageId: now === null ? null : messageId,
    };
  }
  if (kind === 'folder-create') return { ...base, kind, folder };
  if (kind === 'folder-rename') return { ...base, kind, folder, to: payloadOf(record, kind).to };
  if (kind === 'folder-delete') return { ...base, kind, folder };
  const messages = messagesOf(db, record.folder_id ?? 0, items, kind !== 'flag');
  if (messages === null) return null;
  if (kind === 'flag') return { ...base, kind, folder, messages, ...payloadOf(record, kind) };
  if (kind === 'delete') return { ...base, kind, folder, messages };
  const target = operationFolder(db, record.target_id) ?? {
    ...gone,
    id: (record.target_id ?? 0) as FolderId,
  };
  return { ...base, kind, folder, messages, target, ...payloadOf(record, kind) };
}

/** null: one of them has no UID yet, or its folder is not read far enough to know. */
function messagesOf(
  db: ReadDb,
  folderId: number,
  items: readonly OperationItem[],
  leaving: boolean,
): OperationMessage[] | null {
  const read = db.prepare<[number, number], { uid: number; hidden: number }>(
    'SELECT uid, hidden FROM placements WHERE message_id = ? AND folder_id = ?',
  );
  let complete: boolean | null = null;
  const messages: OperationMessage[] = [];
  for (const item of items) {
    const places = read.all(item.message_id, folderId);
    const known = places.filter(({ uid }) => uid > 0);
    const place = known.find(({ hidden }) => (hidden !== 0) === leaving) ?? known[0];
    if (place) messages.push({ messageId: item.message_id as MessageId, uid: place.uid });
    else {
      complete ??= isComplete(db, folderId);
      if (places.length > 0 || !complete) return null;
    }
  }
  return messages.sort((a, b) => a.uid - b.uid);
}

/** Is all that lies in the folder known here, so that what is missing is gone? */
function isComplete(db: ReadDb, folderId: number): boolean {
  const folder = getFolder(db, folderId as FolderId);
  return folder === null || (folder.uidNext !== null && (folder.lowUid ?? 0) <= 1 && folder.lowUid !== null);
}

function getRecord(db: ReadDb, id: number): OperationRecord | null {
  return db.prepare<[number], OperationRecord>('SELECT * FROM operations WHERE id = ?').get(id) ?? null;
}

function touch(db: WriteDb, record: OperationRecord): void {
  db.changed({ kind: 'operations', accountId: record.account_id as AccountId });
}

/** Before the server is spoken to. From now on it cannot be withdrawn. */
export function markRunning(db: WriteDb, id: number): void {
  db.prepare(`UPDATE operations SET state = 'running', attempts = attempts + 1 WHERE id = ?`).run(id);
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
 * server has put them elsewhere or they are gone. Call it when the folder is in step after a move into it.
 */
export function dropUnconfirmed(db: WriteDb, folderId: FolderId): number {
  const gone = db
    .prepare<[number, number], { message_id: number }>(
      `DELETE FROM placements WHERE folder_id = ? AND uid < 0 AND NOT EXISTS (
         SELECT 1 FROM operation_items i JOIN operations o ON o.id = i.operation_id
         WHERE i.message_id = placements.message_id AND o.kind = 'move' AND o.target_id = ? AND o.state <> 'failed')
       RETURNING message_id`,
    )
    .all(folderId, folderId);
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
