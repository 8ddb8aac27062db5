/**
 * What a person does with messages, as operations and as a visible change, in the caller's one precious transaction; and how it is
 * taken back: withdrawn while the server knows nothing of it, else by the opposite act.
 */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import {
  findFolderByRole,
  getFolder,
  insertLocalFolder,
  listFolders,
  type StoredFolder,
} from './folders.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import type { RowPlace } from './messageRows.ts';
import { enqueue, pendingMoveInto, withdraw } from './operations.repo.ts';

/** One operation of an act, with what taking it back needs. */
export type ActStep =
  | {
      readonly kind: 'flag';
      readonly accountId: AccountId;
      readonly folderId: FolderId;
      readonly operation: number;
      /** The flags as they were. */
      readonly before: readonly { readonly id: MessageId; readonly flags: number }[];
      readonly mask: number;
    }
  | {
      readonly kind: 'move';
      readonly accountId: AccountId;
      /** Where the person saw the messages, and where they are now. */
      readonly from: FolderId;
      readonly to: FolderId;
      /** null: an earlier move was withdrawn, which brought them here. */
      readonly operation: number | null;
      readonly messageIds: readonly MessageId[];
    }
  | {
      /** For good, or to another account: withdrawn, or not taken back at all. */
      readonly kind: 'delete' | 'transfer';
      readonly accountId: AccountId;
      readonly from: FolderId;
      readonly operation: number;
      readonly messageIds: readonly MessageId[];
    };

/** The messages that a step concerns. */
export function messagesOfStep(step: ActStep): number {
  return step.kind === 'flag' ? step.before.length : step.messageIds.length;
}

function byFolder(db: ReadDb, places: readonly RowPlace[]): { folder: StoredFolder; ids: MessageId[] }[] {
  return [...Map.groupBy(places, ({ folderId }) => folderId)].flatMap(([folderId, group]) => {
    const folder = getFolder(db, folderId);
    return folder ? [{ folder, ids: group.map(({ id }) => id) }] : [];
  });
}

export function flagMessages(
  db: WriteDb,
  places: readonly RowPlace[],
  change: { add: number; remove: number },
  now: number,
): ActStep[] {
  return byFolder(db, places).flatMap(({ folder, ids }) => flagInFolder(db, folder, ids, change, now));
}

function flagInFolder(
  db: WriteDb,
  folder: StoredFolder,
  ids: readonly MessageId[],
  { add, remove }: { add: number; remove: number },
  now: number,
): ActStep[] {
  const read = db.prepare<[number, number], { flags: number }>(
    'SELECT flags FROM placements WHERE message_id = ? AND folder_id = ? AND hidden = 0',
  );
  const before = ids.flatMap((id) => {
    const flags = read.get(id, folder.id)?.flags;
    return flags === undefined || ((flags & ~remove) | add) === flags ? [] : [{ id, flags }];
  });
  const { accountId } = folder;
  const messageIds = before.map(({ id }) => id);
  const operation = enqueue(
    db,
    { kind: 'flag', accountId, folderId: folder.id, messageIds, add, remove },
    now,
  );
  if (operation === null) return [];
  return [{ kind: 'flag', accountId, folderId: folder.id, operation, before, mask: add | remove }];
}

/** Every shown unread message of a folder. */
export function unreadOf(db: ReadDb, folderId: FolderId): RowPlace[] {
  return db
    .prepare<[number], { id: number }>(
      'SELECT message_id AS id FROM placements WHERE folder_id = ? AND hidden = 0 AND flags & 1 = 0',
    )
    .all(folderId)
    .map(({ id }) => ({ id: id as MessageId, folderId }));
}

/** Every shown message of a folder. */
export function shownOf(db: ReadDb, folderId: FolderId): RowPlace[] {
  return db
    .prepare<[number], { id: number }>(
      'SELECT message_id AS id FROM placements WHERE folder_id = ? AND hidden = 0',
    )
    .all(folderId)
    .map(({ id }) => ({ id: id as MessageId, folderId }));
}

/** All of one account; those that lie in the target already are passed over. */
export function moveMessages(
  db: WriteDb,
  places: readonly RowPlace[],
  target: StoredFolder,
  now: number,
): ActStep[] {
  return byFolder(db, places)
    .filter(({ folder }) => folder.id !== target.id)
    .flatMap(({ folder, ids }) => moveFromFolder(db, folder, ids, target, now));
}

function moveFromFolder(
  db: WriteDb,
  from: StoredFolder,
  ids: readonly MessageId[],
  target: StoredFolder,
  now: number,
): ActStep[] {
  const { accountId } = from;
  const step = (operation: number | null, messageIds: readonly MessageId[]): ActStep[] =>
    messageIds.length === 0
      ? []
      : [{ kind: 'move', accountId, from: from.id, to: target.id, operation, messageIds }];
  return sources(db, from, ids).flatMap(({ folderId, messageIds }) => {
    // Taken back, and that is where they were to go.
    if (folderId === target.id) return step(null, messageIds);
    const operation = enqueue(
      db,
      { kind: 'move', accountId, folderId, targetId: target.id, messageIds },
      now,
    );
    return operation === null ? [] : step(operation, messageIds);
  });
}

/**
 * Where the server has these messages that are shown in `from`: a move that only just brought them there is withdrawn, so that two
 * moves in a row are one, and no operation waits for a UID that does not exist yet.
 */
function sources(
  db: WriteDb,
  from: StoredFolder,
  ids: readonly MessageId[],
): { folderId: FolderId; messageIds: MessageId[] }[] {
  const groups = new Map<FolderId, MessageId[]>();
  for (const id of ids) {
    const pending = pendingMoveInto(db, from.id, id);
    const withdrawn = pending !== null && withdraw(db, pending.id, [id]).length > 0;
    const folderId = withdrawn ? pending.from : from.id;
    groups.set(folderId, [...(groups.get(folderId) ?? []), id]);
  }
  return [...groups].map(([folderId, messageIds]) => ({ folderId, messageIds }));
}

/** To a folder of another account: gone from here at once, and there as soon as its server has them. */
export function transferMessages(
  db: WriteDb,
  places: readonly RowPlace[],
  target: StoredFolder,
  now: number,
): ActStep[] {
  return takeAway(db, places, (accountId, folderId, messageIds) =>
    enqueue(db, { kind: 'transfer', accountId, folderId, targetId: target.id, messageIds }, now),
  ).map((step) => ({ ...step, kind: 'transfer' }));
}

/** For good. */
export function destroyMessages(db: WriteDb, places: readonly RowPlace[], now: number): ActStep[] {
  return takeAway(db, places, (accountId, folderId, messageIds) =>
    enqueue(db, { kind: 'delete', accountId, folderId, messageIds }, now),
  ).map((step) => ({ ...step, kind: 'delete' }));
}

function takeAway(
  db: WriteDb,
  places: readonly RowPlace[],
  queue: (accountId: AccountId, folderId: FolderId, messageIds: MessageId[]) => number | null,
) {
  return byFolder(db, places).flatMap(({ folder, ids }) =>
    sources(db, folder, ids).flatMap(({ folderId, messageIds }) => {
      const { accountId } = folder;
      const operation = queue(accountId, folderId, messageIds);
      return operation === null ? [] : [{ accountId, from: folder.id, operation, messageIds }];
    }),
  );
}

/**
 * Takes an act back as far as it can be: what the server does not know yet is withdrawn, a flag or a move that it knows is done the
 * other way round. What was removed for good and carried out stays so.
 * @returns how many messages are as they were
 */
export function takeBackAct(db: WriteDb, steps: readonly ActStep[], now: number): number {
  return [...steps].reverse().reduce((sum, step) => sum + takeBackStep(db, step, now), 0);
}

function takeBackStep(db: WriteDb, step: ActStep, now: number): number {
  switch (step.kind) {
    case 'flag': {
      const withdrawn = new Set(
        withdraw(
          db,
          step.operation,
          step.before.map(({ id }) => id),
        ),
      );
      const rest = step.before.filter(({ id }) => !withdrawn.has(id));
      const folder = getFolder(db, step.folderId);
      if (!folder) return withdrawn.size;
      const groups = Map.groupBy(rest, ({ flags }) => flags & step.mask);
      const reversed = [...groups].flatMap(([was, messages]) =>
        flagInFolder(
          db,
          folder,
          messages.map(({ id }) => id),
          { add: was, remove: step.mask & ~was },
          now,
        ),
      );
      return withdrawn.size + reversed.reduce((sum, one) => sum + messagesOfStep(one), 0);
    }
    case 'move': {
      const target = getFolder(db, step.from);
      const there = getFolder(db, step.to);
      if (!target || !there) return 0;
      const shownHere = (id: MessageId): boolean =>
        db
          .prepare<[number, number]>(
            'SELECT 1 FROM placements WHERE message_id = ? AND folder_id = ? AND hidden = 0',
          )
          .get(id, target.id) !== undefined;
      const withdrawn = step.operation === null ? [] : withdraw(db, step.operation, step.messageIds);
      const back = withdrawn.filter(shownHere);
      // Withdrawn from a move that had begun elsewhere, or carried out: on their way back like any move.
      const away = step.messageIds.filter((id) => !back.includes(id));
      const places = away.flatMap((id) => whereShown(db, id, step, target));
      const moved = moveMessages(db, places, target, now);
      return back.length + moved.reduce((sum, one) => sum + messagesOfStep(one), 0);
    }
    case 'delete':
    case 'transfer':
      return withdraw(db, step.operation, step.messageIds).length;
  }
}

/** Where a moved message is to be taken back from: its target, or the folder that its withdrawn move had begun in. */
function whereShown(
  db: ReadDb,
  id: MessageId,
  step: Extract<ActStep, { kind: 'move' }>,
  target: StoredFolder,
): RowPlace[] {
  const folders = db
    .prepare<[number], { folder_id: number }>(
      'SELECT folder_id FROM placements WHERE message_id = ? AND hidden = 0',
    )
    .all(id)
    .map((row) => row.folder_id as FolderId);
  if (folders.includes(target.id)) return [];
  const from = folders.includes(step.to) ? step.to : folders[0];
  return from === undefined ? [] : [{ id, folderId: from }];
}

const roleNames = { archive: 'Archive', junk: 'Junk', trash: 'Trash' } as const;

/** The account's folder for a role; one that it lacks is created where its other folders are. */
export function folderForRole(
  db: WriteDb,
  accountId: AccountId,
  role: 'archive' | 'junk' | 'trash',
  now: number,
): StoredFolder {
  const found =
    findFolderByRole(db, accountId, role) ??
    // Where "all mail" is a folder, what leaves the inbox is archived.
    (role === 'archive' ? findFolderByRole(db, accountId, 'all') : null);
  if (found) return found;
  const folders = listFolders(db, accountId);
  const delimiter = folders.find((folder) => folder.delimiter !== null)?.delimiter ?? null;
  const below = delimiter === null ? '' : `INBOX${delimiter}`;
  const elsewhere = folders.some(
    ({ path }) => path.toUpperCase() !== 'INBOX' && !path.toUpperCase().startsWith(below),
  );
  const prefix = below !== '' && folders.length > 1 && !elsewhere ? below : '';
  const path = prefix + roleNames[role];
  const named = folders.find((folder) => folder.path.toLowerCase() === path.toLowerCase());
  if (named) return named;
  const folder = insertLocalFolder(db, accountId, { path, delimiter, role });
  enqueue(db, { kind: 'folder-create', accountId, folderId: folder.id }, now);
  return folder;
}
