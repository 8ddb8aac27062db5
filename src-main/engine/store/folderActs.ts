/** Folders created, renamed, subscribed and deleted by a person: shown at once, carried to the server afterwards. */
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { folderForRole } from './acts.ts';
import {
  deleteStoredFolder,
  findFolder,
  findShownFolder,
  folderWithChildren,
  requireFolder,
  insertLocalFolder,
  listFolders,
  renameStoredFolder,
  setSubscription,
  type StoredFolder,
} from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { countPlacements } from './placements.repo.ts';
import { waitingSubscriptions } from './operationEffects.ts';
import { dismissOperation, enqueue } from './operations.repo.ts';

/** Errors: not-found, invalid-input (the delimiter in the name), mailbox-exists. */
export function createFolder(
  db: WriteDb,
  accountId: AccountId,
  parentId: FolderId | null,
  name: string,
  now: number,
): StoredFolder {
  const parent = parentId === null ? null : requireFolder(db, parentId);
  if (parent && parent.accountId !== accountId) throw new MailError('not-found', { what: 'folder' });
  const delimiter = parent?.delimiter ?? delimiterOf(db, accountId);
  if (parent && delimiter === null) throw new MailError('not-supported', { what: 'folder' });
  checkName(name, delimiter);
  const path = parent ? parent.path + (delimiter ?? '') + name : name;
  const shownPath = parent ? parent.shownPath + (delimiter ?? '') + name : name;
  checkFree(db, accountId, path, shownPath);
  const folder = insertLocalFolder(db, accountId, { path, shownPath, delimiter, role: null });
  enqueue(db, { kind: 'folder-create', accountId, folderId: folder.id }, now);
  return folder;
}

/** Errors: not-found, not-permitted (a folder with a role), invalid-input, mailbox-exists. */
export function renameFolder(db: WriteDb, id: FolderId, name: string, now: number): void {
  const folder = requireFolder(db, id);
  if (folder.role !== null) throw new MailError('not-permitted', { what: 'folder' });
  checkName(name, folder.delimiter);
  bringTo(db, folder, folder.shownPath.slice(0, nameBegins(folder)) + name, now);
}

/**
 * Under another folder, with all below it; `parentId` null: to the top. Errors: not-found, not-permitted (a folder with a role, or with
 * one below it; into itself; into the team log), mailbox-exists.
 */
export function moveFolder(db: WriteDb, id: FolderId, parentId: FolderId | null, now: number): void {
  const folder = requireFolder(db, id);
  const all = folderWithChildren(db, folder);
  const parent = parentId === null ? null : requireFolder(db, parentId);
  const refused =
    all.some(({ role }) => role !== null) ||
    parent?.role === 'log' ||
    all.some((one) => one.id === parent?.id);
  if (refused) throw new MailError('not-permitted', { what: 'folder' });
  if (parent && parent.accountId !== folder.accountId) throw new MailError('not-found', { what: 'folder' });
  const name = folder.shownPath.slice(nameBegins(folder));
  bringTo(db, folder, parent ? parent.shownPath + (folder.delimiter ?? '') + name : name, now);
}

/**
 * Subscribes a folder, or unsubscribes it and, by `putAway`, takes it out of sight: also one that was never subscribed and is shown all the
 * same. What was decided before and did not reach the server is forgotten. Errors: not-found, not-permitted (a role keeps its folder in
 * sight).
 */
export function subscribeFolder(
  db: WriteDb,
  id: FolderId,
  { subscribed, putAway }: Pick<StoredFolder, 'subscribed' | 'putAway'>,
  now: number,
): void {
  const { role } = requireFolder(db, id);
  if (role === 'log' || (role !== null && !subscribed))
    throw new MailError('not-permitted', { what: 'folder' });
  for (const waiting of waitingSubscriptions(db, id))
    if (waiting.state === 'queued') dismissOperation(db, waiting.id);
  const folder = requireFolder(db, id);
  if (folder.subscribed === subscribed && folder.putAway === putAway) return;
  if (!subscribed && !putAway) {
    // To the server it stays what it is: only here it comes back into sight.
    setSubscription(db, id, { subscribed: folder.subscribed, putAway });
    return;
  }
  const kind = subscribed ? 'folder-subscribe' : 'folder-unsubscribe';
  enqueue(db, { kind, accountId: folder.accountId, folderId: id }, now);
}

/** Where the last part of its path begins. */
function nameBegins({ delimiter, shownPath }: StoredFolder): number {
  const at = delimiter === null ? -1 : shownPath.lastIndexOf(delimiter);
  return at < 0 ? 0 : at + (delimiter?.length ?? 0);
}

/** IMAP renames and moves by one command (RFC 9051 section 6.3.6). */
function bringTo(db: WriteDb, folder: StoredFolder, path: string, now: number): void {
  const { id, accountId } = folder;
  if (path === folder.shownPath) return;
  checkFree(db, accountId, path, path);
  if (folder.localOnly && untouchedCreation(db, id) !== null) {
    // The server has not heard of it: it is simply created under the new name.
    renameStoredFolder(db, id, path);
    return;
  }
  enqueue(db, { kind: 'folder-rename', accountId, folderId: id, to: path }, now);
}

/**
 * Deletes a folder and those below it. Their mails go to the trash first, also those not known here yet; only then is the folder
 * deleted. Errors: not-found, not-permitted (a folder with a role, or with one below it; the trash's own folders still hold mails).
 */
export function deleteFolder(db: WriteDb, id: FolderId, now: number): void {
  const folder = requireFolder(db, id);
  const all = folderWithChildren(db, folder);
  if (all.some(({ role }) => role !== null)) throw new MailError('not-permitted', { what: 'folder' });
  // From the leaves up: a server does not delete what has folders below it.
  for (const one of all.reverse()) deleteOne(db, one, now);
}

function deleteOne(db: WriteDb, folder: StoredFolder, now: number): void {
  const { accountId, id } = folder;
  const creation = folder.localOnly ? untouchedCreation(db, id) : null;
  if (creation !== null && folder.total === 0) {
    dismissOperation(db, creation);
    deleteStoredFolder(db, id);
    return;
  }
  if (folder.selectable && !isEmpty(db, folder)) {
    const target = folderForRole(db, accountId, 'trash', now);
    const messageIds = db
      .prepare<[number], { id: number }>(
        'SELECT message_id AS id FROM placements WHERE folder_id = ? AND hidden = 0',
      )
      .all(id)
      .map((row) => row.id as MessageId);
    enqueue(
      db,
      { kind: 'move', accountId, folderId: id, targetId: target.id, messageIds, everything: true },
      now,
    );
  }
  enqueue(db, { kind: 'folder-delete', accountId, folderId: id }, now);
}

/** Known to the end and without a mail. */
function isEmpty(db: ReadDb, folder: StoredFolder): boolean {
  if (folder.localOnly) return folder.total === 0;
  return (
    folder.uidNext !== null &&
    folder.lowUid !== null &&
    folder.lowUid <= 1 &&
    (folder.serverTotal ?? 0) === 0 &&
    countPlacements(db, folder.id) === 0
  );
}

/** The queued creation of a folder, if the server was never asked for it. */
function untouchedCreation(db: ReadDb, id: FolderId): number | null {
  return (
    db
      .prepare<[number], { id: number }>(
        `SELECT id FROM operations WHERE folder_id = ? AND kind = 'folder-create' AND state = 'queued' AND attempts = 0`,
      )
      .get(id)?.id ?? null
  );
}

function delimiterOf(db: ReadDb, accountId: AccountId): string | null {
  return listFolders(db, accountId).find(({ delimiter }) => delimiter !== null)?.delimiter ?? null;
}

function checkName(name: string, delimiter: string | null): void {
  if (delimiter !== null && delimiter !== '' && name.includes(delimiter))
    throw new MailError(
      'invalid-input',
      {},
      { faults: [{ path: 'name', code: 'delimiter', message: `"${delimiter}" separates folders` }] },
    );
}

function checkFree(db: ReadDb, accountId: AccountId, path: string, shownPath: string): void {
  const inbox = path.toUpperCase() === 'INBOX';
  if (inbox || findFolder(db, accountId, path) || findShownFolder(db, accountId, shownPath))
    throw new MailError('mailbox-exists', { folder: shownPath });
}
