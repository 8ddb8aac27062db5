/** Drafts and their attachments. Precious: they exist nowhere else until the Drafts folder has them. */
import { DraftContent, type Draft, type DraftAttachment } from '#shared/contract/compose.ts';
import { AccountId, DraftId, OutboxId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface ServerDraftCopy {
  readonly folder: string;
  readonly uid: number | null;
  readonly uidValidity: string | null;
}

/** A draft with what only the engine needs to know of it. */
export interface StoredDraft extends Draft {
  /** Made once, kept over every save and the send; without angle brackets. */
  readonly messageId: string;
  readonly serverVersion: number | null;
  readonly serverCopy: ServerDraftCopy | null;
  readonly outboxId: OutboxId | null;
}

export interface DraftAttachmentContent extends DraftAttachment {
  readonly content: Uint8Array;
}

interface DraftRecord {
  id: string;
  account_id: string;
  content: string;
  message_id: string;
  version: number;
  updated_at: number;
  server_version: number | null;
  server_folder: string | null;
  server_uid: number | null;
  server_uid_validity: string | null;
  outbox_id: string | null;
}

interface AttachmentRecord {
  id: string;
  filename: string;
  content_type: string;
  size: number;
  inline: number;
  content_id: string | null;
}

const attachmentColumns = 'id, filename, content_type, size, inline, content_id';

function toAttachment(row: AttachmentRecord): DraftAttachment {
  return {
    id: row.id,
    filename: row.filename,
    contentType: row.content_type,
    size: row.size,
    inline: row.inline === 1,
    contentId: row.content_id,
  };
}

function toDraft(db: ReadDb, row: DraftRecord): StoredDraft {
  const attachments = db
    .prepare<[string], AttachmentRecord>(
      `SELECT ${attachmentColumns} FROM draft_attachments WHERE draft_id = ? ORDER BY id`,
    )
    .all(row.id);
  return {
    id: DraftId.parse(row.id),
    accountId: AccountId.parse(row.account_id),
    content: DraftContent.parse(JSON.parse(row.content)),
    attachments: attachments.map(toAttachment),
    version: row.version,
    updatedAt: row.updated_at,
    messageId: row.message_id,
    serverVersion: row.server_version,
    serverCopy:
      row.server_folder === null
        ? null
        : { folder: row.server_folder, uid: row.server_uid, uidValidity: row.server_uid_validity },
    outboxId: row.outbox_id === null ? null : OutboxId.parse(row.outbox_id),
  };
}

export function insertDraft(
  db: WriteDb,
  draft: {
    id: DraftId;
    accountId: AccountId;
    content: DraftContent;
    messageId: string;
    now: number;
    serverCopy: ServerDraftCopy | null;
  },
): void {
  const { serverCopy } = draft;
  db.prepare(
    `INSERT INTO drafts (id, account_id, content, message_id, version, created_at, updated_at, server_version, server_folder, server_uid, server_uid_validity)
     VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)`,
  ).run(
    draft.id,
    draft.accountId,
    JSON.stringify(draft.content),
    draft.messageId,
    draft.now,
    draft.now,
    serverCopy === null ? null : 1,
    serverCopy?.folder ?? null,
    serverCopy?.uid ?? null,
    serverCopy?.uidValidity ?? null,
  );
  db.changed({ kind: 'drafts' });
}

export function getDraft(db: ReadDb, id: DraftId): StoredDraft | null {
  const row = db.prepare<[string], DraftRecord>('SELECT * FROM drafts WHERE id = ?').get(id);
  return row ? toDraft(db, row) : null;
}

/** Those being written (not the ones on their way out), latest first. */
export function listDrafts(db: ReadDb, accountId: AccountId | null): StoredDraft[] {
  return db
    .prepare<[string | null, string | null], DraftRecord>(
      'SELECT * FROM drafts WHERE outbox_id IS NULL AND (? IS NULL OR account_id = ?) ORDER BY updated_at DESC, id',
    )
    .all(accountId, accountId)
    .map((row) => toDraft(db, row));
}

export function findDraftByServerCopy(
  db: ReadDb,
  accountId: AccountId,
  messageId: string,
): StoredDraft | null {
  const row = db
    .prepare<[string, string], DraftRecord>('SELECT * FROM drafts WHERE account_id = ? AND message_id = ?')
    .get(accountId, messageId);
  return row ? toDraft(db, row) : null;
}

/** The new version's number. */
export function updateDraft(
  db: WriteDb,
  id: DraftId,
  accountId: AccountId,
  content: DraftContent,
  now: number,
): number {
  const row = db
    .prepare<[string, string, number, string], { version: number }>(
      'UPDATE drafts SET account_id = ?, content = ?, version = version + 1, updated_at = ? WHERE id = ? RETURNING version',
    )
    .get(accountId, JSON.stringify(content), now, id);
  db.changed({ kind: 'drafts' });
  return row?.version ?? 0;
}

/** A change that is not in the content (an attachment came or went) makes a new version too. */
export function touchDraft(db: WriteDb, id: DraftId, now: number): void {
  db.prepare('UPDATE drafts SET version = version + 1, updated_at = ? WHERE id = ?').run(now, id);
  db.changed({ kind: 'drafts' });
}

export function lockDraft(db: WriteDb, id: DraftId, outboxId: OutboxId | null): void {
  db.prepare('UPDATE drafts SET outbox_id = ? WHERE id = ?').run(outboxId, id);
  db.changed({ kind: 'drafts' });
}

export function deleteDraft(db: WriteDb, id: DraftId): void {
  db.prepare('DELETE FROM draft_attachments WHERE draft_id = ?').run(id);
  db.prepare('DELETE FROM drafts WHERE id = ?').run(id);
  db.changed({ kind: 'drafts' });
}

export function insertDraftAttachment(
  db: WriteDb,
  draftId: DraftId,
  attachment: DraftAttachmentContent,
): void {
  db.prepare(
    `INSERT INTO draft_attachments (draft_id, ${attachmentColumns}, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    draftId,
    attachment.id,
    attachment.filename,
    attachment.contentType,
    attachment.size,
    attachment.inline ? 1 : 0,
    attachment.contentId,
    attachment.content,
  );
}

export function deleteDraftAttachment(db: WriteDb, draftId: DraftId, id: string): boolean {
  return (
    db.prepare('DELETE FROM draft_attachments WHERE draft_id = ? AND id = ?').run(draftId, id).changes > 0
  );
}

export function draftAttachmentContents(db: ReadDb, draftId: DraftId): DraftAttachmentContent[] {
  return db
    .prepare<[string], AttachmentRecord & { content: Uint8Array }>(
      `SELECT ${attachmentColumns}, content FROM draft_attachments WHERE draft_id = ? ORDER BY id`,
    )
    .all(draftId)
    .map((row) => ({ ...toAttachment(row), content: row.content }));
}

/** Drafts whose newest version the Drafts folder does not hold yet and that have rested since `before`. */
export function draftsToUpload(db: ReadDb, before: number): StoredDraft[] {
  return db
    .prepare<[number], DraftRecord>(
      'SELECT * FROM drafts WHERE outbox_id IS NULL AND version > 1 AND (server_version IS NULL OR server_version < version) AND updated_at <= ? ORDER BY updated_at',
    )
    .all(before)
    .map((row) => toDraft(db, row));
}

export function recordServerCopy(db: WriteDb, id: DraftId, version: number, copy: ServerDraftCopy): void {
  db.prepare(
    'UPDATE drafts SET server_version = ?, server_folder = ?, server_uid = ?, server_uid_validity = ? WHERE id = ?',
  ).run(version, copy.folder, copy.uid, copy.uidValidity, id);
}
