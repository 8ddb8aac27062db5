/** What an export needs to know of the messages that it asks servers for. */
import type { FolderId, MessageId } from '#shared/domain/ids.ts';
import type { ReadDb } from './handles.ts';

export interface ExportedMessage {
  readonly id: MessageId;
  readonly folderId: FolderId;
  /** Negative: not told by the server yet. */
  readonly uid: number;
  readonly size: number;
  /** Bits of flags.ts. */
  readonly flags: number;
  readonly subject: string;
  /** Its sender's address; null: none. */
  readonly from: string | null;
  /** ms since 1970. */
  readonly date: number;
}

interface ExportRecord {
  id: number;
  folder_id: number;
  uid: number;
  size: number;
  flags: number;
  subject: string;
  from_address: string | null;
  date: number;
}

const columns = 'm.id, p.folder_id, p.uid, m.size, p.flags, m.subject, m.from_address, m.date';

function toMessage(row: ExportRecord): ExportedMessage {
  return {
    id: row.id as MessageId,
    folderId: row.folder_id as FolderId,
    uid: row.uid,
    size: row.size,
    flags: row.flags,
    subject: row.subject,
    from: row.from_address,
    date: row.date,
  };
}

/** All that is shown in a folder, in the order of arrival. What was put there and has no UID yet stands last. */
export function messagesOfFolder(db: ReadDb, folderId: FolderId): ExportedMessage[] {
  return db
    .prepare<[number], ExportRecord>(
      `SELECT ${columns} FROM placements p JOIN messages m ON m.id = p.message_id
       WHERE p.folder_id = ? AND p.hidden = 0 ORDER BY p.uid < 0, abs(p.uid)`,
    )
    .all(folderId)
    .map(toMessage);
}

/** null: it is not shown there (any more). */
export function exportedMessage(db: ReadDb, folderId: FolderId, id: MessageId): ExportedMessage | null {
  const row = db
    .prepare<[number, number], ExportRecord>(
      `SELECT ${columns} FROM placements p JOIN messages m ON m.id = p.message_id
       WHERE p.folder_id = ? AND p.message_id = ? AND p.hidden = 0`,
    )
    .get(folderId, id);
  return row === undefined ? null : toMessage(row);
}
