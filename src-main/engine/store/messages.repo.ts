/** Messages by what names them: where they lie, their Message-IDs, and which were announced. */
import type { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface MessagePlace {
  readonly id: MessageId;
  readonly accountId: AccountId;
  readonly folderId: FolderId;
  /** Negative: not told by the server yet. */
  readonly uid: number;
  readonly threadId: ThreadId;
  readonly flags: number;
  readonly hidden: boolean;
}

/** Where a message lies, shown places first, then the inbox before others and the trash last. */
export function placementsOf(db: ReadDb, id: MessageId): MessagePlace[] {
  return db
    .prepare<
      [number],
      { account_id: string; folder_id: number; uid: number; thread_id: number; flags: number; hidden: number }
    >(
      `SELECT f.account_id, p.folder_id, p.uid, p.thread_id, p.flags, p.hidden
       FROM placements p JOIN folders f ON f.id = p.folder_id WHERE p.message_id = ?
       ORDER BY p.hidden <> 0, f.hidden, CASE f.role WHEN 'inbox' THEN 0 WHEN 'trash' THEN 5 WHEN 'junk' THEN 4 WHEN 'all' THEN 3 ELSE 1 END,
         p.folder_id, p.uid DESC`,
    )
    .all(id)
    .map((row) => ({
      id,
      accountId: row.account_id as AccountId,
      folderId: row.folder_id as FolderId,
      uid: row.uid,
      threadId: row.thread_id as ThreadId,
      flags: row.flags,
      hidden: row.hidden !== 0,
    }));
}

/** By Message-ID (without <>): several when it was used twice. Newest first. */
export function findByMessageId(db: ReadDb, accountId: AccountId, messageId: string): MessageId[] {
  return db
    .prepare<[string, string], { id: number }>(
      'SELECT id FROM messages WHERE message_id = ? AND account_id = ? ORDER BY id DESC LIMIT 100',
    )
    .all(messageId, accountId)
    .map((row) => row.id as MessageId);
}

/** Without <>; null: it has none, or is not known. */
export function messageIdOf(db: ReadDb, id: MessageId): string | null {
  return (
    db
      .prepare<[number], { message_id: string | null }>('SELECT message_id FROM messages WHERE id = ?')
      .get(id)?.message_id ?? null
  );
}

/** True once for each identity: a mail met again (a second folder, a new UIDVALIDITY, a lost session) is not announced again. */
export function announceOnce(db: WriteDb, accountId: AccountId, identity: string, at: number): boolean {
  return (
    db
      .prepare('INSERT OR IGNORE INTO announced (account_id, identity, at) VALUES (?, ?, ?)')
      .run(accountId, identity, at).changes > 0
  );
}

/** Forgets announcements older than `before` (ms). */
export function forgetAnnouncements(db: WriteDb, before: number): void {
  db.prepare('DELETE FROM announced WHERE at < ?').run(before);
}
