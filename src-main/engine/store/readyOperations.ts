/** Which queued operations can be carried out now, with UIDs and paths as they are. */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { WireError } from '#shared/errors/MailError.ts';
import { folderWithChildren, getFolder, listFolders } from './folders.repo.ts';
import type { ReadDb } from './handles.ts';
import {
  kindOf,
  laterMovesInto,
  payloadOf,
  type OperationItem,
  type OperationRecord,
} from './operationEffects.ts';
import { isSubscriptionKind } from './operationKinds.ts';
import type { Operation, OperationFolder, OperationMessage, OperationState } from './operationKinds.ts';

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
    if (onFolder && !isSubscriptionKind(record.kind)) for (const id of folders) busyFolders.add(id);
    // A folder is not deleted or renamed over something that still has to happen in it.
    else for (const id of folders) busyFolders.add(id < 0 ? id : -id - 1);
  }
  return ready;
}

/** Folders that an operation needs to be in order: for one on a folder also those below it, and (negative) what happens inside. */
function foldersOf(db: ReadDb, record: OperationRecord): number[] {
  const ids: number[] = [];
  for (const id of [record.folder_id, record.target_id]) if (id !== null) ids.push(id);
  if (!record.kind.startsWith('folder-')) return ids;
  // Not while something waits in it: nothing is put out of sight that is not done.
  if (isSubscriptionKind(record.kind)) return [...ids, ...ids.map((id) => -id - 1)];
  const folder = record.folder_id === null ? null : getFolder(db, record.folder_id as FolderId);
  const all = folder === null ? ids : folderWithChildren(db, folder).map(({ id }) => Number(id));
  return record.kind === 'folder-create' ? all : [...all, ...all.map((id) => -id - 1)];
}

/** By the paths that the server knows. */
function subscribedWithin(db: ReadDb, folder: OperationFolder & { readonly accountId: AccountId }): string[] {
  const below = folder.delimiter === null ? null : folder.path + folder.delimiter;
  const within = (path: string): boolean =>
    path === folder.path || (below !== null && path.startsWith(below));
  return listFolders(db, folder.accountId)
    .filter(({ path, subscribed }) => subscribed && within(path))
    .map(({ path }) => path);
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
    const messages = messagesOf(db, record, items, true);
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
  if (kind === 'folder-rename') {
    const subscribed = subscribedWithin(db, { ...folder, accountId: base.accountId });
    return { ...base, kind, folder, to: payloadOf(record, kind).to, subscribed };
  }
  if (kind === 'folder-delete' || isSubscriptionKind(kind)) return { ...base, kind, folder };
  const messages = messagesOf(db, record, items, kind !== 'flag');
  if (messages === null) return null;
  if (kind === 'flag') return { ...base, kind, folder, messages, ...payloadOf(record, kind) };
  if (kind === 'delete') return { ...base, kind, folder, messages };
  if (kind === 'transfer') {
    const there = getFolder(db, payloadOf(record, kind).target as FolderId);
    // Its own account creates it first.
    if (there?.localOnly === true) return null;
    const target = there
      ? { id: there.id, path: there.path, delimiter: there.delimiter, uidValidity: there.uidValidity }
      : gone;
    return {
      ...base,
      kind,
      folder,
      messages,
      target: { ...target, accountId: there?.accountId ?? base.accountId },
    };
  }
  const target = operationFolder(db, record.target_id) ?? {
    ...gone,
    id: (record.target_id ?? 0) as FolderId,
  };
  return { ...base, kind, folder, messages, target, ...payloadOf(record, kind) };
}

/** null: one of them has no UID yet, or its folder is not read far enough to know. */
function messagesOf(
  db: ReadDb,
  record: OperationRecord,
  items: readonly OperationItem[],
  leaving: boolean,
): OperationMessage[] | null {
  const folderId = record.folder_id ?? 0;
  const read = db.prepare<[number, number], { uid: number; hidden: number }>(
    'SELECT uid, hidden FROM placements WHERE message_id = ? AND folder_id = ?',
  );
  let complete: boolean | null = null;
  const messages: OperationMessage[] = [];
  for (const item of items) {
    const places = read.all(item.message_id, folderId);
    const known = places.filter(({ uid }) => uid > 0);
    // A mail may lie here twice, one of them flagged as deleted and out of sight for that.
    const place = known.find(({ hidden }) => (leaving ? (hidden & 1) !== 0 : hidden === 0)) ?? known[0];
    if (place) messages.push({ messageId: item.message_id as MessageId, uid: place.uid });
    else {
      complete ??= isComplete(db, folderId);
      if (!complete || places.length > laterMovesInto(db, folderId, item.message_id, record.id)) return null;
    }
  }
  return messages.sort((a, b) => a.uid - b.uid);
}

/** Is all that lies in the folder known here, so that what is missing is gone? */
function isComplete(db: ReadDb, folderId: number): boolean {
  const folder = getFolder(db, folderId as FolderId);
  return folder === null || (folder.uidNext !== null && (folder.lowUid ?? 0) <= 1 && folder.lowUid !== null);
}

/** The messages of an operation. */
export function itemsOfOperation(db: ReadDb, id: number): OperationItem[] {
  return db
    .prepare<[number], OperationItem>(
      'SELECT message_id, folder_id, flags_before FROM operation_items WHERE operation_id = ?',
    )
    .all(id);
}
