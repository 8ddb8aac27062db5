/** What a server lists becomes what is known here, and what was done here and is not known there yet stands. */
import type { AccountId } from '#shared/domain/ids.ts';
import { foldersByPath, insertFolder, type ListedFolder, type StoredFolder } from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { subscriptionKindList } from './operationKinds.ts';

/**
 * Makes the folders those that the server lists. What was done here and the server does not know yet stands: folders created, renamed
 * or deleted here, what was decided of their subscription, and folders that an operation still has to work in (it fails there by name, not
 * by silence).
 */
export function applyFolderList(
  db: WriteDb,
  accountId: AccountId,
  listed: readonly ListedFolder[],
): { added: StoredFolder[]; removed: StoredFolder[] } {
  const known = foldersByPath(db, accountId);
  const busy = foldersWithOperations(db, accountId);
  const deciding = foldersBeingSubscribed(db, accountId);
  const wanted = new Map(listed.map((folder) => [folder.path, folder]));
  const removed: StoredFolder[] = [];
  let changed = false;
  // First those that go, so that their names are free.
  for (const folder of known.values()) {
    if (wanted.has(folder.path) || folder.localOnly || busy.has(folder.id)) continue;
    db.prepare('DELETE FROM folders WHERE id = ?').run(folder.id);
    removed.push(folder);
  }
  const added: StoredFolder[] = [];
  for (const folder of wanted.values()) {
    const before = known.get(folder.path);
    if (before) {
      // What a person decided and the server does not know yet is newer than its list.
      const subscribed = deciding.has(before.id) ? before.subscribed : folder.subscribed;
      const putAway = before.putAway && (deciding.has(before.id) || !folder.subscribed);
      if (
        !before.localOnly &&
        before.delimiter === folder.delimiter &&
        before.role === folder.role &&
        before.selectable === folder.selectable &&
        before.subscribed === subscribed &&
        before.putAway === putAway
      )
        continue;
      changed = true;
      db.prepare(
        `UPDATE folders SET delimiter = ?, role = ?, selectable = ?, subscribed = ?, put_away = ?, local_only = 0
         WHERE id = ?`,
      ).run(
        folder.delimiter,
        folder.role,
        folder.selectable ? 1 : 0,
        subscribed ? 1 : 0,
        putAway ? 1 : 0,
        before.id,
      );
      continue;
    }
    makeRoom(db, accountId, folder.path);
    added.push(insertFolder(db, accountId, folder, false));
  }
  if (changed || added.length > 0 || removed.length > 0) db.changed({ kind: 'folders', accountId });
  return { added, removed };
}

/** Folders that an operation still concerns, also one that failed. */
function foldersWithOperations(db: ReadDb, accountId: AccountId): Set<number | null> {
  return new Set(
    db
      .prepare<[string], { folder_id: number | null; target_id: number | null }>(
        'SELECT folder_id, target_id FROM operations WHERE account_id = ?',
      )
      .all(accountId)
      .flatMap((row) => [row.folder_id, row.target_id]),
  );
}

function foldersBeingSubscribed(db: ReadDb, accountId: AccountId): Set<number | null> {
  return new Set(
    db
      .prepare<[string], { folder_id: number | null }>(
        `SELECT folder_id FROM operations
         WHERE account_id = ? AND kind IN ${subscriptionKindList} AND state <> 'failed'`,
      )
      .all(accountId)
      .map((row) => row.folder_id),
  );
}

/** Is it to be read although it is not shown? Where something is on its way that only a look at it completes. */
export function isAwaited(db: ReadDb, { id }: StoredFolder): boolean {
  return (
    db
      .prepare<[number, number]>(
        `SELECT 1 WHERE EXISTS (SELECT 1 FROM placements WHERE folder_id = ? AND uid < 0)
         OR EXISTS (SELECT 1 FROM operations WHERE ? IN (folder_id, target_id) AND state <> 'failed'
           AND kind NOT IN ${subscriptionKindList})`,
      )
      .get(id, id) !== undefined
  );
}

/** A folder renamed here to a name that the server has meanwhile for another one is shown under its old name again. */
function makeRoom(db: WriteDb, accountId: AccountId, path: string): void {
  db.prepare(
    'UPDATE folders SET shown_path = path WHERE account_id = ? AND shown_path = ? AND path <> ?',
  ).run(accountId, path, path);
}
