/**
 * What an operation changes here: shown when it is queued, taken back when it is withdrawn or refused, and made final when the server
 * has carried it out. The queue itself is in operations.repo.ts.
 */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { deletedBit, FlagBit } from './flags.ts';
import {
  confirmFolder,
  deleteStoredFolder,
  findShownFolder,
  getFolder,
  insertLocalFolder,
  renameStoredFolder,
  setFolderHidden,
  setSubscription,
  showFolderAs,
} from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import {
  isOperationKind,
  operationPayloads,
  subscriptionKindList,
  type OperationKind,
} from './operationKinds.ts';
import { report } from './placements.repo.ts';

export interface OperationRecord {
  id: number;
  account_id: string;
  kind: string;
  folder_id: number | null;
  target_id: number | null;
  payload: string;
  state: string;
  attempts: number;
  next_attempt_at: number | null;
  error: string | null;
  created_at: number;
}

export interface OperationItem {
  message_id: number;
  folder_id: number;
  flags_before: number;
}

/** What the server did with a move or a removal. */
export interface OperationOutcome {
  /** Target UID by source UID (COPYUID); absent: the server did not tell, and the next look at the target folder matches by identity. */
  readonly uids?: ReadonlyMap<number, number>;
  /** false: the server cannot expunge single messages; they stay in the source folder, flagged as deleted. */
  readonly expunged?: boolean;
}

interface PlacementRecord {
  uid: number;
  thread_id: number;
  flags: number;
  keywords: string | null;
  hidden: number;
}

export function kindOf(record: OperationRecord): OperationKind {
  if (!isOperationKind(record.kind)) throw new Error(`an unknown kind of operation: ${record.kind}`);
  return record.kind;
}

export function payloadOf<K extends OperationKind>(record: OperationRecord, kind: K) {
  return operationPayloads[kind].parse(JSON.parse(record.payload)) as ReturnType<
    (typeof operationPayloads)[K]['parse']
  >;
}

function placements(db: ReadDb, folderId: number, messageId: number): PlacementRecord[] {
  return db
    .prepare<[number, number], PlacementRecord>(
      'SELECT uid, thread_id, flags, keywords, hidden FROM placements WHERE message_id = ? AND folder_id = ?',
    )
    .all(messageId, folderId);
}

function setHidden(db: WriteDb, folderId: number, uid: number, hidden: number): void {
  db.prepare('UPDATE placements SET hidden = ? WHERE folder_id = ? AND uid = ?').run(hidden, folderId, uid);
}

function setFlags(db: WriteDb, folderId: number, uid: number, flags: number): void {
  db.prepare('UPDATE placements SET flags = ? WHERE folder_id = ? AND uid = ?').run(flags, folderId, uid);
}

function removePlacement(db: WriteDb, folderId: number, uid: number): void {
  db.prepare('DELETE FROM placements WHERE folder_id = ? AND uid = ?').run(folderId, uid);
}

function tell(db: WriteDb, folderId: number | null, items: readonly { message_id: number }[]): void {
  if (folderId !== null)
    report(
      db,
      folderId as FolderId,
      items.map((item) => item.message_id as MessageId),
    );
}

/** A placement of the target for each message that is not shown there yet, under negative numbers until the server tells UIDs. */
function placePending(db: WriteDb, targetId: number, messageId: number, from: PlacementRecord): void {
  if (placements(db, targetId, messageId).some((there) => there.hidden === 0)) return;
  const lowest =
    db
      .prepare<[number], { uid: number | null }>('SELECT min(uid) AS uid FROM placements WHERE folder_id = ?')
      .get(targetId)?.uid ?? 0;
  db.prepare(
    'INSERT INTO placements (folder_id, uid, message_id, thread_id, flags, keywords, hidden) VALUES (?, ?, ?, ?, ?, ?, 0)',
  ).run(targetId, Math.min(lowest, 0) - 1, messageId, from.thread_id, from.flags, from.keywords);
}

/** Shows what the operation does to these of its messages (all of them when it is queued or tried again). */
export function showOperation(db: WriteDb, record: OperationRecord, items: readonly OperationItem[]): void {
  const kind = kindOf(record);
  switch (kind) {
    case 'flag': {
      const { add, remove } = payloadOf(record, kind);
      for (const item of items)
        for (const there of placements(db, item.folder_id, item.message_id))
          setFlags(db, item.folder_id, there.uid, (there.flags & ~remove) | add);
      tell(db, record.folder_id, items);
      return;
    }
    case 'move':
    case 'transfer':
    case 'delete':
    case 'remove-draft':
      for (const item of items) {
        const there = placements(db, item.folder_id, item.message_id).find(({ hidden }) => hidden === 0);
        if (!there) continue;
        setHidden(db, item.folder_id, there.uid, there.hidden | 1);
        if (record.target_id !== null) placePending(db, record.target_id, item.message_id, there);
      }
      tell(db, record.folder_id, items);
      tell(db, record.target_id, items);
      return;
    case 'folder-create': {
      const { path, delimiter } = payloadOf(record, kind);
      const accountId = record.account_id as AccountId;
      if (record.folder_id !== null && getFolder(db, record.folder_id as FolderId)) return;
      const folder =
        findShownFolder(db, accountId, path) ??
        insertLocalFolder(db, accountId, { path, delimiter, role: null });
      db.prepare('UPDATE operations SET folder_id = ? WHERE id = ?').run(folder.id, record.id);
      return;
    }
    case 'folder-rename':
      showFolderAs(db, record.folder_id as FolderId, payloadOf(record, kind).to);
      return;
    case 'folder-delete':
      setFolderHidden(db, record.folder_id as FolderId, true);
      return;
    case 'folder-subscribe':
    case 'folder-unsubscribe': {
      const subscribed = kind === 'folder-subscribe';
      setSubscription(db, record.folder_id as FolderId, { subscribed, putAway: !subscribed });
    }
  }
}

/** Takes back what `showOperation` showed of these messages: the server keeps things as they were. */
export function takeBackOperation(
  db: WriteDb,
  record: OperationRecord,
  items: readonly OperationItem[],
): void {
  const kind = kindOf(record);
  switch (kind) {
    case 'flag': {
      const { add, remove } = payloadOf(record, kind);
      for (const item of items) takeBackFlags(db, record, item, add | remove);
      tell(db, record.folder_id, items);
      return;
    }
    case 'move':
    case 'transfer':
    case 'delete':
    case 'remove-draft':
      for (const item of items) {
        // What has a UID in the target is really there, whatever was said about the move.
        const pending = pendingOf(db, record, item.message_id);
        if (record.target_id !== null && pending) removePlacement(db, record.target_id, pending.uid);
        const here = placements(db, item.folder_id, item.message_id);
        const shown = here.find(({ hidden }) => hidden === 0);
        const left = inOrder(here.filter(({ hidden }) => (hidden & 1) !== 0));
        const back = left.at(-1 - laterMovesOutOf(db, item.folder_id, item.message_id, record.id));
        if (!back) continue;
        if (shown) {
          // A later move back here shows it already, by a place without a UID: that move finds nothing to do any more, and would take
          // its place away. The original stands in it instead.
          if (shown.uid > 0 || back.uid < 0) continue;
          removePlacement(db, item.folder_id, shown.uid);
        }
        setHidden(db, item.folder_id, back.uid, back.hidden & ~1);
      }
      tell(db, record.folder_id, items);
      tell(db, record.target_id, items);
      return;
    case 'folder-create':
      if (record.folder_id !== null) deleteStoredFolder(db, record.folder_id as FolderId);
      return;
    case 'folder-rename': {
      const folder = getFolder(db, record.folder_id as FolderId);
      if (folder && folder.shownPath === payloadOf(record, kind).to) showFolderAs(db, folder.id, folder.path);
      return;
    }
    case 'folder-delete':
      setFolderHidden(db, record.folder_id as FolderId, false);
      return;
    case 'folder-subscribe':
    case 'folder-unsubscribe':
      // A later one decides what is shown.
      if (record.folder_id !== null && waitingSubscriptions(db, record.folder_id, record.id).length === 0)
        setSubscription(db, record.folder_id as FolderId, payloadOf(record, kind).before);
  }
}

/**
 * Later acts on the same flags stand: they decide what is shown, and what they would restore is what was before this one.
 */
function takeBackFlags(db: WriteDb, record: OperationRecord, item: OperationItem, mask: number): void {
  const later = db
    .prepare<[number, number, number], OperationRecord & { flags_before: number }>(
      `SELECT o.*, i.flags_before FROM operation_items i JOIN operations o ON o.id = i.operation_id
       WHERE i.message_id = ? AND i.folder_id = ? AND o.id > ? AND o.kind = 'flag' AND o.state <> 'failed' ORDER BY o.id`,
    )
    .all(item.message_id, item.folder_id, record.id);
  let free = mask;
  const restored = (flags: number): number => (flags & ~free) | (item.flags_before & free);
  for (const operation of later) {
    db.prepare('UPDATE operation_items SET flags_before = ? WHERE operation_id = ? AND message_id = ?').run(
      restored(operation.flags_before),
      operation.id,
      item.message_id,
    );
    const { add, remove } = payloadOf(operation, 'flag');
    free &= ~(add | remove);
  }
  for (const there of placements(db, item.folder_id, item.message_id))
    setFlags(db, item.folder_id, there.uid, restored(there.flags));
}

/**
 * Later moves that bring a message into a folder: each shows it there by a place without a UID, which says nothing about where the message
 * is before they are carried out.
 */
export function laterMovesInto(db: ReadDb, folderId: number, messageId: number, after: number): number {
  return laterOperations(db, 'o.target_id = ?', folderId, messageId, after);
}

/** Later operations that take a message out of a folder: each hides a place of it there. */
function laterMovesOutOf(db: ReadDb, folderId: number, messageId: number, after: number): number {
  return laterOperations(db, `o.folder_id = ? AND o.kind <> 'flag'`, folderId, messageId, after);
}

function laterOperations(
  db: ReadDb,
  condition: string,
  folderId: number,
  messageId: number,
  after: number,
): number {
  return (
    db
      .prepare<[number, number, number], { n: number }>(
        `SELECT count(*) AS n FROM operation_items i JOIN operations o ON o.id = i.operation_id
         WHERE ${condition} AND i.message_id = ? AND o.id > ? AND o.state <> 'failed'`,
      )
      .get(folderId, messageId, after)?.n ?? 0
  );
}

/** Places of one message in one folder as they came to be: what is under a UID of the server, then what moves brought, with falling numbers. */
function inOrder(places: readonly PlacementRecord[]): PlacementRecord[] {
  const age = ({ uid }: PlacementRecord): number => (uid > 0 ? 0 : -uid);
  return [...places].sort((a, b) => age(a) - age(b));
}

/**
 * The place by which an operation shows a message in its target. A mail that is moved about before the server hears of it may come to a
 * folder several times, and each move has its own.
 */
function pendingOf(
  db: ReadDb,
  { id, target_id: targetId }: OperationRecord,
  messageId: number,
): PlacementRecord | undefined {
  if (targetId === null) return undefined;
  const pending = inOrder(placements(db, targetId, messageId).filter(({ uid }) => uid < 0));
  return pending.at(-1 - laterMovesInto(db, targetId, messageId, id));
}

/** The server has done it. */
export function settleOperation(
  db: WriteDb,
  record: OperationRecord,
  items: readonly OperationItem[],
  outcome: OperationOutcome,
): void {
  const kind = kindOf(record);
  switch (kind) {
    case 'flag':
      // The rows are no longer marked as waiting.
      tell(db, record.folder_id, items);
      return;
    case 'move':
    case 'transfer':
    case 'delete':
    case 'remove-draft':
      for (const item of items) settleItem(db, record, item, outcome);
      tell(db, record.folder_id, items);
      tell(db, record.target_id, items);
      return;
    case 'folder-create':
      if (record.folder_id !== null) confirmFolder(db, record.folder_id as FolderId);
      return;
    case 'folder-rename': {
      const folder = getFolder(db, record.folder_id as FolderId);
      if (!folder) return;
      const { to } = payloadOf(record, kind);
      const { shownPath } = folder;
      renameStoredFolder(db, folder.id, to);
      // Renamed once more meanwhile: that one is still on its way.
      if (shownPath !== to) showFolderAs(db, folder.id, shownPath);
      return;
    }
    case 'folder-delete':
      deleteStoredFolder(db, record.folder_id as FolderId);
      return;
    case 'folder-subscribe':
    case 'folder-unsubscribe':
      // Shown already; the list may be told that it waits no more.
      return;
  }
}

/** Operations on a folder's subscription that the server has not done yet, later than `after`; the latest first. */
export function waitingSubscriptions(
  db: ReadDb,
  folderId: number,
  after = 0,
): { readonly id: number; readonly state: string }[] {
  return db
    .prepare<[number, number], { id: number; state: string }>(
      `SELECT id, state FROM operations WHERE folder_id = ? AND id > ? AND state <> 'failed'
       AND kind IN ${subscriptionKindList} ORDER BY id DESC`,
    )
    .all(folderId, after);
}

function settleItem(
  db: WriteDb,
  record: OperationRecord,
  item: OperationItem,
  { uids, expunged = true }: OperationOutcome,
): void {
  const leaving = placements(db, item.folder_id, item.message_id).filter(
    ({ uid, hidden }) => uid > 0 && (hidden & 1) !== 0,
  );
  const left = leaving.find(({ uid }) => uids?.has(uid)) ?? leaving[0];
  if (left && expunged) removePlacement(db, item.folder_id, left.uid);
  else if (left) {
    const flags = left.flags | FlagBit.deleted;
    setFlags(db, item.folder_id, left.uid, flags);
    setHidden(db, item.folder_id, left.uid, deletedBit(flags));
  }
  if (record.target_id === null) return;
  const pending = pendingOf(db, record, item.message_id);
  if (!pending) return;
  if (!left) {
    // Gone from the source before the server came to it: there is nothing in the target either. An attempt whose answer was lost may
    // have taken it there: then the next look at the target tells.
    if (record.attempts <= 1) removePlacement(db, record.target_id, pending.uid);
    return;
  }
  const uid = uids?.get(left.uid);
  if (uid === undefined) return;
  const taken = db
    .prepare<[number, number]>('SELECT 1 FROM placements WHERE folder_id = ? AND uid = ?')
    .get(record.target_id, uid);
  if (taken === undefined)
    db.prepare('UPDATE placements SET uid = ? WHERE folder_id = ? AND uid = ?').run(
      uid,
      record.target_id,
      pending.uid,
    );
  else removePlacement(db, record.target_id, pending.uid);
}
