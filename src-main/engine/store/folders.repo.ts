/** Folders: what the server lists, how far each is read, and what was done to them here. */
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import { FolderRole, type FolderRow } from '#shared/domain/message.ts';
import { assert } from '#shared/base/assert.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredFolder {
  readonly id: FolderId;
  readonly accountId: AccountId;
  /** As the server knows it: the one to SELECT. */
  readonly path: string;
  /** As people see it: differs while a rename waits for the server. */
  readonly shownPath: string;
  readonly delimiter: string | null;
  readonly role: FolderRole | null;
  readonly selectable: boolean;
  /** As the server has it, or is going to. */
  readonly subscribed: boolean;
  /** Unsubscribed here by a person. */
  readonly putAway: boolean;
  /** It stands in the tree and is synchronised (docs/decisions/0063). */
  readonly shown: boolean;
  readonly uidValidity: string | null;
  /** All UIDs below this and at or above `lowUid` are stored; null: never read. */
  readonly uidNext: number | null;
  /** 1 when the history is complete. */
  readonly lowUid: number | null;
  readonly highestModseq: string | null;
  readonly serverTotal: number | null;
  readonly serverUnseen: number | null;
  /** What we show, kept by the store. */
  readonly total: number;
  readonly unread: number;
  /** Conversations with a message in it. */
  readonly threads: number;
  /** Created here; the server has not confirmed it: there is nothing to SELECT yet. */
  readonly localOnly: boolean;
  /** Deleted here; the server does not know it yet. Not shown, and nothing to synchronise. */
  readonly hidden: boolean;
  /** ms since 1970. */
  readonly lastSyncedAt: number | null;
}

/** One line of the server's LIST, with the role that was worked out for it. */
export interface ListedFolder {
  readonly path: string;
  readonly delimiter: string | null;
  readonly role: FolderRole | null;
  readonly selectable: boolean;
  readonly subscribed: boolean;
}

export interface FolderPosition {
  readonly uidValidity: string | null;
  readonly uidNext: number | null;
  readonly lowUid: number | null;
  readonly highestModseq: string | null;
  readonly serverTotal: number | null;
  readonly serverUnseen: number | null;
  readonly lastSyncedAt: number | null;
}

interface FolderRecord {
  id: number;
  account_id: string;
  path: string;
  shown_path: string;
  delimiter: string | null;
  role: string | null;
  selectable: number;
  subscribed: number;
  put_away: number;
  subscribed_only: number;
  uid_validity: string | null;
  uid_next: number | null;
  low_uid: number | null;
  highest_modseq: string | null;
  server_total: number | null;
  server_unseen: number | null;
  total: number;
  unread: number;
  threads: number;
  local_only: number;
  hidden: number;
  last_synced_at: number | null;
}

const subscribedOnly = '(SELECT subscribed_only FROM accounts WHERE id = account_id) AS subscribed_only';
const rows = `SELECT *, ${subscribedOnly} FROM folders`;

/**
 * Many servers and people never subscribe anything, so a folder is out of sight only where a person said so: of this folder, by
 * unsubscribing it here, or of all of an account that are not subscribed. One with a role always has its place.
 */
function isShown(row: FolderRecord): boolean {
  if (row.role !== null || row.subscribed === 1) return true;
  return row.put_away === 0 && row.subscribed_only === 0;
}

function toFolder(row: FolderRecord): StoredFolder {
  return {
    id: row.id as FolderId,
    accountId: row.account_id as AccountId,
    path: row.path,
    shownPath: row.shown_path,
    delimiter: row.delimiter,
    role: row.role === null ? null : FolderRole.parse(row.role),
    selectable: row.selectable === 1,
    subscribed: row.subscribed === 1,
    putAway: row.put_away === 1,
    shown: isShown(row),
    uidValidity: row.uid_validity,
    uidNext: row.uid_next,
    lowUid: row.low_uid,
    highestModseq: row.highest_modseq,
    serverTotal: row.server_total,
    serverUnseen: row.server_unseen,
    total: row.total,
    unread: row.unread,
    threads: row.threads,
    localOnly: row.local_only === 1,
    hidden: row.hidden === 1,
    lastSyncedAt: row.last_synced_at,
  };
}

/** As the contract shows it. */
export function folderRow(folder: StoredFolder): FolderRow {
  const { shownPath, delimiter } = folder;
  const at = delimiter === null || delimiter === '' ? -1 : shownPath.lastIndexOf(delimiter);
  return {
    id: folder.id,
    accountId: folder.accountId,
    path: shownPath,
    name: at < 0 ? shownPath : shownPath.slice(at + (delimiter?.length ?? 0)),
    parent: at <= 0 ? null : shownPath.slice(0, at),
    delimiter,
    role: folder.role,
    selectable: folder.selectable,
    subscribed: folder.subscribed,
    shown: folder.shown,
    total: folder.total,
    unread: folder.unread,
  };
}

/** Folders in the order of their paths, of one account or of all; without those that were deleted here. */
export function listFolders(db: ReadDb, accountId: AccountId | null): StoredFolder[] {
  const found =
    accountId === null
      ? db.prepare<[], FolderRecord>(`${rows} WHERE hidden = 0 ORDER BY account_id, shown_path`).all()
      : db
          .prepare<[string], FolderRecord>(`${rows} WHERE account_id = ? AND hidden = 0 ORDER BY shown_path`)
          .all(accountId);
  return found.map(toFolder);
}

/** Also one that was deleted here. */
export function getFolder(db: ReadDb, id: FolderId): StoredFolder | null {
  const row = db.prepare<[number], FolderRecord>(`${rows} WHERE id = ?`).get(id);
  return row ? toFolder(row) : null;
}

/** One that is there for people. Throws `not-found`, also for one that was deleted here. */
export function requireFolder(db: ReadDb, id: FolderId): StoredFolder {
  const folder = getFolder(db, id);
  if (!folder || folder.hidden) throw new MailError('not-found', { what: 'folder' });
  return folder;
}

/** By the path that the server knows. */
export function findFolder(db: ReadDb, accountId: AccountId, path: string): StoredFolder | null {
  const row = db
    .prepare<[string, string], FolderRecord>(`${rows} WHERE account_id = ? AND path = ?`)
    .get(accountId, path);
  return row ? toFolder(row) : null;
}

/** By the path that people see. */
export function findShownFolder(db: ReadDb, accountId: AccountId, path: string): StoredFolder | null {
  const row = db
    .prepare<[string, string], FolderRecord>(`${rows} WHERE account_id = ? AND shown_path = ?`)
    .get(accountId, path);
  return row ? toFolder(row) : null;
}

export function findFolderByRole(db: ReadDb, accountId: AccountId, role: FolderRole): StoredFolder | null {
  const row = db
    .prepare<[string, string], FolderRecord>(
      `${rows} WHERE account_id = ? AND role = ? AND hidden = 0 ORDER BY selectable DESC, id LIMIT 1`,
    )
    .get(accountId, role);
  return row ? toFolder(row) : null;
}

/** A folder and all below it, by shown path, the folder first. */
export function folderWithChildren(db: ReadDb, folder: StoredFolder): StoredFolder[] {
  if (folder.delimiter === null || folder.delimiter === '') return [folder];
  const start = folder.shownPath + folder.delimiter;
  return [
    folder,
    ...listFolders(db, folder.accountId).filter(({ shownPath }) => shownPath.startsWith(start)),
  ];
}

/** Of an account by their paths on the server; also those that were deleted here. */
export function foldersByPath(db: ReadDb, accountId: AccountId): Map<string, StoredFolder> {
  return new Map(
    db
      .prepare<[string], FolderRecord>(`${rows} WHERE account_id = ?`)
      .all(accountId)
      .map((row) => [row.path, toFolder(row)]),
  );
}

/** `localOnly`: the server has not heard of it. */
export function insertFolder(
  db: WriteDb,
  accountId: AccountId,
  folder: ListedFolder & { readonly shownPath?: string },
  localOnly: boolean,
): StoredFolder {
  const row = db
    .prepare<unknown[], FolderRecord>(
      `INSERT INTO folders (account_id, path, shown_path, delimiter, role, selectable, subscribed, local_only)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *, ${subscribedOnly}`,
    )
    .get(
      accountId,
      folder.path,
      folder.shownPath ?? folder.path,
      folder.delimiter,
      folder.role,
      folder.selectable ? 1 : 0,
      folder.subscribed ? 1 : 0,
      localOnly ? 1 : 0,
    );
  assert(row, 'an INSERT returns its row');
  return toFolder(row);
}

/** A folder that exists here alone until its operation was carried out. The caller has looked whether the path is free. */
export function insertLocalFolder(
  db: WriteDb,
  accountId: AccountId,
  folder: {
    path: string;
    /** Where its parent's rename waits for the server: the path that people see. */
    shownPath?: string;
    delimiter: string | null;
    role: FolderRole | null;
  },
): StoredFolder {
  const stored = insertFolder(db, accountId, { ...folder, selectable: true, subscribed: true }, true);
  db.changed({ kind: 'folders', accountId });
  return stored;
}

/**
 * How far the folder is read. Written in the transaction that writes the data it describes; what is left out stays. Told to nobody:
 * people see no positions.
 */
export function savePosition(db: WriteDb, folderId: FolderId, position: Partial<FolderPosition>): void {
  const keys = (Object.keys(position) as (keyof FolderPosition)[]).filter(
    (key) => position[key] !== undefined,
  );
  if (keys.length === 0) return;
  db.prepare(
    `UPDATE folders SET ${keys.map((key) => `${positionColumns[key]} = ?`).join(', ')} WHERE id = ?`,
  ).run(...keys.map((key) => position[key]), folderId);
}

const positionColumns: Record<keyof FolderPosition, string> = {
  uidValidity: 'uid_validity',
  uidNext: 'uid_next',
  lowUid: 'low_uid',
  highestModseq: 'highest_modseq',
  serverTotal: 'server_total',
  serverUnseen: 'server_unseen',
  lastSyncedAt: 'last_synced_at',
};

/** Gives a folder and all below it another path, on the server's side and here: what a rename on the server led to. */
export function renameStoredFolder(db: WriteDb, id: FolderId, path: string): void {
  movePaths(db, id, path, ['shown_path', 'path']);
}

/** Shows a folder and all below it under another path, before the server knows. */
export function showFolderAs(db: WriteDb, id: FolderId, path: string): void {
  movePaths(db, id, path, ['shown_path']);
}

function movePaths(
  db: WriteDb,
  id: FolderId,
  path: string,
  columns: readonly ('path' | 'shown_path')[],
): void {
  const folder = getFolder(db, id);
  if (folder === null) return;
  for (const column of columns) {
    const from = column === 'path' ? folder.path : folder.shownPath;
    if (from === path) continue;
    db.prepare(`UPDATE folders SET ${column} = ? WHERE id = ?`).run(path, id);
    if (folder.delimiter === null || folder.delimiter === '') continue;
    const start = from + folder.delimiter;
    // SQLite counts characters, JavaScript UTF-16 units.
    const { length } = [...start];
    db.prepare(
      `UPDATE folders SET ${column} = ? || substr(${column}, ?) WHERE account_id = ? AND substr(${column}, 1, ?) = ?`,
    ).run(path + folder.delimiter, length + 1, folder.accountId, length, start);
  }
  db.changed({ kind: 'folders', accountId: folder.accountId });
}

/** `hidden`: deleted here, and not yet on the server. */
export function setFolderHidden(db: WriteDb, id: FolderId, hidden: boolean): void {
  const row = db
    .prepare<[number, number], { account_id: string }>(
      'UPDATE folders SET hidden = ? WHERE id = ? RETURNING account_id',
    )
    .get(hidden ? 1 : 0, id);
  if (row) db.changed({ kind: 'folders', accountId: row.account_id as AccountId });
}

/** What a subscription decides: `putAway` where a person took it out of sight. */
export function setSubscription(
  db: WriteDb,
  id: FolderId,
  { subscribed, putAway }: Pick<StoredFolder, 'subscribed' | 'putAway'>,
): void {
  const row = db
    .prepare<[number, number, number], { account_id: string }>(
      'UPDATE folders SET subscribed = ?, put_away = ? WHERE id = ? RETURNING account_id',
    )
    .get(subscribed ? 1 : 0, putAway ? 1 : 0, id);
  if (row) db.changed({ kind: 'folders', accountId: row.account_id as AccountId });
}

/** The server has it now. */
export function confirmFolder(db: WriteDb, id: FolderId): void {
  db.prepare('UPDATE folders SET local_only = 0 WHERE id = ?').run(id);
}

/** Forgets a folder; its messages become orphans unless they lie elsewhere too. */
export function deleteStoredFolder(db: WriteDb, id: FolderId): void {
  const row = db
    .prepare<[number], { account_id: string }>('DELETE FROM folders WHERE id = ? RETURNING account_id')
    .get(id);
  if (row) db.changed({ kind: 'folders', accountId: row.account_id as AccountId });
}
