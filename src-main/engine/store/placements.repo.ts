/** Placements: which message lies under which UID of which folder, and with which flags. */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { heldItems, withHeld } from './heldItems.ts';
import { deletedBit } from './flags.ts';

export interface FlagChange {
  readonly uid: number;
  /** Bits of flags.ts, as the server says. */
  readonly flags: number;
  readonly keywords: readonly string[];
}

/**
 * Takes in the server's flags. A flag that a queued operation of ours holds stays as the user left it. UIDs that are not stored are
 * passed over.
 * @returns how many messages changed
 */
export function applyFlags(db: WriteDb, folderId: FolderId, updates: readonly FlagChange[]): number {
  if (updates.length === 0) return 0;
  const held = heldItems(db, folderId);
  const read = db.prepare<
    [number, number],
    { message_id: number; flags: number; keywords: string | null; hidden: number }
  >('SELECT message_id, flags, keywords, hidden FROM placements WHERE folder_id = ? AND uid = ?');
  const write = db.prepare<[number, string | null, number, number, number]>(
    'UPDATE placements SET flags = ?, keywords = ?, hidden = ? WHERE folder_id = ? AND uid = ?',
  );
  const changed: MessageId[] = [];
  for (const update of updates) {
    const there = read.get(folderId, update.uid);
    if (!there) continue;
    const flags = withHeld(update.flags, held.get(there.message_id));
    const keywords = update.keywords.length === 0 ? null : update.keywords.join(' ');
    if (flags === there.flags && keywords === there.keywords) continue;
    const hidden = (there.hidden & 1) | deletedBit(flags);
    // A twin that stays hidden has its flags all the same: it may be the one that is shown some day, and they are not told again.
    const staysHidden = hidden === 0 && there.hidden !== 0 && shownElsewhere(db, folderId, there.message_id);
    write.run(flags, keywords, staysHidden ? there.hidden : hidden, folderId, update.uid);
    changed.push(there.message_id as MessageId);
  }
  report(db, folderId, changed);
  return changed.length;
}

/** A message is shown once a folder: an undeleted twin of a placement that is shown must stay hidden. */
function shownElsewhere(db: ReadDb, folderId: FolderId, messageId: number): boolean {
  return (
    db
      .prepare<[number, number]>(
        'SELECT 1 FROM placements WHERE message_id = ? AND folder_id = ? AND hidden = 0',
      )
      .get(messageId, folderId) !== undefined
  );
}

/**
 * Messages that the server no longer has in this folder. Those that lie nowhere else become orphans: `collectOrphans` removes them
 * with their texts once it is sure that they did not merely move.
 * @returns how many placements went
 */
export function removePlacements(db: WriteDb, folderId: FolderId, uids: Iterable<number>): number {
  const remove = db.prepare<[number, number], { message_id: number }>(
    'DELETE FROM placements WHERE folder_id = ? AND uid = ? RETURNING message_id',
  );
  const gone: MessageId[] = [];
  for (const uid of uids) {
    const row = remove.get(folderId, uid);
    if (row) gone.push(row.message_id as MessageId);
  }
  report(db, folderId, gone);
  return gone.length;
}

/** UIDs known of a folder, ascending: stored and put aside. Without local placements that have none yet. */
export function listPlacementUids(db: ReadDb, folderId: FolderId): number[] {
  return db
    .prepare<[number, number], { uid: number }>(
      `SELECT uid FROM placements WHERE folder_id = ? AND uid > 0
       UNION SELECT uid FROM quarantine WHERE folder_id = ? ORDER BY uid`,
    )
    .all(folderId, folderId)
    .map((row) => row.uid);
}

/** How many UIDs are known of a folder: what the server's EXISTS is held against. */
export function countPlacements(db: ReadDb, folderId: FolderId): number {
  return (
    db
      .prepare<[number, number], { n: number }>(
        `SELECT (SELECT count(*) FROM placements WHERE folder_id = ? AND uid > 0)
              + (SELECT count(*) FROM quarantine WHERE folder_id = ?) AS n`,
      )
      .get(folderId, folderId)?.n ?? 0
  );
}

export interface PlacementFlags {
  readonly uid: number;
  readonly flags: number;
  readonly keywords: readonly string[];
}

/** Flags as we have them (with what local operations changed), by UID, ascending; both ends included. */
export function listPlacementFlags(
  db: ReadDb,
  folderId: FolderId,
  fromUid: number,
  toUid: number,
): PlacementFlags[] {
  return db
    .prepare<[number, number, number], { uid: number; flags: number; keywords: string | null }>(
      'SELECT uid, flags, keywords FROM placements WHERE folder_id = ? AND uid BETWEEN ? AND ? ORDER BY uid',
    )
    .all(folderId, Math.max(1, fromUid), toUid)
    .map((row) => ({ uid: row.uid, flags: row.flags, keywords: row.keywords?.split(' ') ?? [] }));
}

/** A message that could not be read: told apart from one that was never met, and never asked for again. */
export function quarantine(
  db: WriteDb,
  entry: {
    accountId: AccountId;
    folderId: FolderId;
    uid: number;
    /** A code, not text of the mail. */
    reason: string;
    at: number;
  },
): void {
  db.prepare(
    `INSERT INTO quarantine (account_id, folder_id, uid, reason, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (folder_id, uid) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
  ).run(entry.accountId, entry.folderId, entry.uid, entry.reason, entry.at);
}

/** Of those put aside, the ones that the server does not have any more. */
export function removeFromQuarantine(db: WriteDb, folderId: FolderId, uids: Iterable<number>): void {
  const remove = db.prepare('DELETE FROM quarantine WHERE folder_id = ? AND uid = ?');
  for (const uid of uids) remove.run(folderId, uid);
}

/**
 * Removes up to `limit` messages of an account that lie nowhere any more, with texts, search rows and cached parts. Call it when a
 * pass over all folders of the account has ended. Messages that an operation still names stay until it is settled.
 * @returns names of cached files, to be removed once this is committed, and how many messages went
 */
export function collectOrphans(
  db: WriteDb,
  accountId: AccountId,
  limit: number,
): { removed: number; files: string[] } {
  const ids = db
    .prepare<[string, number], { id: number; thread_id: number }>(
      `SELECT m.id, m.thread_id FROM orphans o JOIN messages m ON m.id = o.message_id
       WHERE m.account_id = ? AND NOT EXISTS (SELECT 1 FROM operation_items i WHERE i.message_id = m.id)
       LIMIT ?`,
    )
    .all(accountId, limit);
  const files: string[] = [];
  for (const { id } of ids) {
    for (const row of db
      .prepare<[number], { file: string }>('DELETE FROM attachment_cache WHERE message_id = ? RETURNING file')
      .all(id))
      files.push(row.file);
    db.prepare('DELETE FROM search WHERE rowid = ?').run(id);
    db.prepare('DELETE FROM messages WHERE id = ?').run(id);
  }
  for (const thread of new Set(ids.map((row) => row.thread_id))) {
    db.prepare(
      'DELETE FROM thread_refs WHERE thread_id = ? AND NOT EXISTS (SELECT 1 FROM messages WHERE thread_id = ?)',
    ).run(thread, thread);
  }
  return { removed: ids.length, files };
}

/** Says that these messages of a folder changed, and its counts with them. */
export function report(db: WriteDb, folderId: FolderId, ids: readonly MessageId[]): void {
  if (ids.length === 0) return;
  const row = db
    .prepare<[number], { account_id: string }>('SELECT account_id FROM folders WHERE id = ?')
    .get(folderId);
  if (!row) return;
  const accountId = row.account_id as AccountId;
  db.changed({ kind: 'messages', accountId, folderId, ids: [...ids] });
  db.changed({ kind: 'folders', accountId });
}

/** The messages under these UIDs of a folder, as far as they are stored. */
export function messagesAt(db: ReadDb, folderId: FolderId, uids: readonly number[]): Map<number, MessageId> {
  return new Map(
    db
      .prepare<[number, string], { uid: number; message_id: number }>(
        'SELECT uid, message_id FROM placements WHERE folder_id = ? AND uid IN (SELECT value FROM json_each(?))',
      )
      .all(folderId, JSON.stringify(uids))
      .map(({ uid, message_id }) => [uid, message_id as MessageId]),
  );
}
