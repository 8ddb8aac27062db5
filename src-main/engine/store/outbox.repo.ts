/** The outbox: one durable job for each Message-ID. Precious. */
import * as z from 'zod';
import { RecipientResult, type OutboxRow } from '#shared/contract/compose.ts';
import { AccountId, DraftId, MessageId, OutboxId } from '#shared/domain/ids.ts';
import { WireError } from '#shared/errors/MailError.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export type StoredJobState =
  'waiting' | 'connecting' | 'handing-over' | 'retrying' | 'sent' | 'failed' | 'uncertain' | 'cancelled';
export type SentCopyState = 'none' | 'pending' | 'filed' | 'failed';
export type ArchiveState = 'none' | 'pending' | 'sent' | 'failed';

const Related = z.object({ messageId: MessageId, kind: z.enum(['reply', 'forward']) }).nullable();
const Envelope = z.object({ from: z.string(), to: z.array(z.string()) });

/** What follows the SMTP transaction: each its own small job. */
export interface CopyJob {
  readonly state: string;
  readonly attempts: number;
  readonly dueAt: number;
}

export interface StoredJob {
  readonly id: OutboxId;
  readonly accountId: AccountId;
  readonly draftId: DraftId | null;
  readonly messageId: string;
  readonly subject: string;
  readonly envelope: z.infer<typeof Envelope>;
  readonly state: StoredJobState;
  readonly sendAt: number;
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly error: WireError | null;
  readonly recipients: readonly z.infer<typeof RecipientResult>[];
  readonly sentCopy: SentCopyState;
  readonly sentFolder: string | null;
  readonly sentUid: number | null;
  readonly sentAttempts: number;
  readonly archive: ArchiveState;
  readonly archiveAddress: string | null;
  readonly related: z.infer<typeof Related>;
  readonly machineId: string;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

interface JobRecord {
  id: string;
  account_id: string;
  draft_id: string | null;
  message_id: string;
  subject: string;
  envelope: string;
  state: StoredJobState;
  send_at: number;
  attempts: number;
  next_attempt_at: number | null;
  error: string | null;
  recipients: string;
  sent_copy: SentCopyState;
  sent_folder: string | null;
  sent_uid: number | null;
  sent_attempts: number;
  archive: ArchiveState;
  archive_address: string | null;
  related: string | null;
  machine_id: string;
  created_at: number;
  finished_at: number | null;
}

/** Everything but the bytes: lists must not drag mails through memory. */
const columns = `id, account_id, draft_id, message_id, subject, envelope, state, send_at, attempts, next_attempt_at, error, recipients,
  sent_copy, sent_folder, sent_uid, sent_attempts, archive, archive_address, related, machine_id, created_at, finished_at`;

function toJob(row: JobRecord): StoredJob {
  return {
    id: OutboxId.parse(row.id),
    accountId: AccountId.parse(row.account_id),
    draftId: row.draft_id === null ? null : DraftId.parse(row.draft_id),
    messageId: row.message_id,
    subject: row.subject,
    envelope: Envelope.parse(JSON.parse(row.envelope)),
    state: row.state,
    sendAt: row.send_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    error: row.error === null ? null : WireError.parse(JSON.parse(row.error)),
    recipients: z.array(RecipientResult).parse(JSON.parse(row.recipients)),
    sentCopy: row.sent_copy,
    sentFolder: row.sent_folder,
    sentUid: row.sent_uid,
    sentAttempts: row.sent_attempts,
    archive: row.archive,
    archiveAddress: row.archive_address,
    related: row.related === null ? null : Related.parse(JSON.parse(row.related)),
    machineId: row.machine_id,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

/** As the contract shows it: the two halves of sending look like one. */
export function outboxRow(job: StoredJob): OutboxRow {
  return {
    id: job.id,
    accountId: job.accountId,
    messageId: job.messageId,
    subject: job.subject,
    recipients: [...job.recipients],
    state: job.state === 'connecting' || job.state === 'handing-over' ? 'sending' : job.state,
    sendAt: job.sendAt,
    attempts: job.attempts,
    nextAttempt: job.nextAttemptAt,
    error: job.error,
    sentCopy: { state: job.sentCopy, folder: job.sentFolder, uid: job.sentUid },
    archive: job.archive,
    createdAt: job.createdAt,
  };
}

export function insertJob(db: WriteDb, job: StoredJob, raw: Uint8Array): void {
  db.prepare(
    `INSERT INTO outbox (${columns}, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    job.id,
    job.accountId,
    job.draftId,
    job.messageId,
    job.subject,
    JSON.stringify(job.envelope),
    job.state,
    job.sendAt,
    job.attempts,
    job.nextAttemptAt,
    job.error === null ? null : JSON.stringify(job.error),
    JSON.stringify(job.recipients),
    job.sentCopy,
    job.sentFolder,
    job.sentUid,
    job.sentAttempts,
    job.archive,
    job.archiveAddress,
    job.related === null ? null : JSON.stringify(job.related),
    job.machineId,
    job.createdAt,
    job.finishedAt,
    raw,
  );
  db.changed({ kind: 'outbox' });
}

/** A mail that failed or was taken back is sent again under its old Message-ID: the ended job makes way for the new one. */
export function deleteEndedJob(db: WriteDb, messageId: string): void {
  db.prepare(`DELETE FROM outbox WHERE message_id = ? AND state IN ('failed', 'cancelled')`).run(messageId);
}

export type JobChange = Partial<
  Pick<
    StoredJob,
    | 'state'
    | 'sendAt'
    | 'attempts'
    | 'nextAttemptAt'
    | 'error'
    | 'recipients'
    | 'sentCopy'
    | 'sentFolder'
    | 'sentUid'
    | 'sentAttempts'
    | 'archive'
    | 'finishedAt'
    | 'draftId'
  >
>;

const columnOf: Record<keyof JobChange, string> = {
  state: 'state',
  sendAt: 'send_at',
  attempts: 'attempts',
  nextAttemptAt: 'next_attempt_at',
  error: 'error',
  recipients: 'recipients',
  sentCopy: 'sent_copy',
  sentFolder: 'sent_folder',
  sentUid: 'sent_uid',
  sentAttempts: 'sent_attempts',
  archive: 'archive',
  finishedAt: 'finished_at',
  draftId: 'draft_id',
};

export function updateJob(db: WriteDb, id: OutboxId, change: JobChange): void {
  const keys = Object.keys(change) as (keyof JobChange)[];
  if (keys.length === 0) return;
  const values = keys.map((key) => {
    const value = change[key];
    return value !== null && typeof value === 'object' ? JSON.stringify(value) : (value ?? null);
  });
  db.prepare(`UPDATE outbox SET ${keys.map((key) => `${columnOf[key]} = ?`).join(', ')} WHERE id = ?`).run(
    ...values,
    id,
  );
  db.changed({ kind: 'outbox' });
}

export function getJob(db: ReadDb, id: OutboxId): StoredJob | null {
  const row = db.prepare<[string], JobRecord>(`SELECT ${columns} FROM outbox WHERE id = ?`).get(id);
  return row ? toJob(row) : null;
}

export function jobBytes(db: ReadDb, id: OutboxId): Uint8Array | null {
  return (
    db.prepare<[string], { raw: Uint8Array }>('SELECT raw FROM outbox WHERE id = ?').get(id)?.raw ?? null
  );
}

/** Newest first. Without finished ones: what still concerns a person, and what still has a copy to file. */
export function listJobs(db: ReadDb, includeFinished: boolean): StoredJob[] {
  const where = includeFinished
    ? ''
    : `WHERE state NOT IN ('sent', 'cancelled') OR (state = 'sent' AND (sent_copy IN ('pending', 'failed') OR archive IN ('pending', 'failed')))`;
  return db
    .prepare<[], JobRecord>(`SELECT ${columns} FROM outbox ${where} ORDER BY created_at DESC, id LIMIT 1000`)
    .all()
    .map(toJob);
}

/** All with work left for this machine: to send, to look for, to file, to archive. */
export function openJobs(db: ReadDb, machineId: string): StoredJob[] {
  return db
    .prepare<[string], JobRecord>(
      `SELECT ${columns} FROM outbox WHERE machine_id = ?
       AND (state IN ('waiting', 'connecting', 'handing-over', 'retrying', 'uncertain')
            OR (state IN ('sent', 'retrying') AND (sent_copy = 'pending' OR archive = 'pending')))
       ORDER BY send_at, id`,
    )
    .all(machineId)
    .map(toJob);
}

/** Finished long ago, with every copy where it belongs: the bytes are on the servers. */
export function deleteFinishedJobs(db: WriteDb, before: number): number {
  return db
    .prepare(
      `DELETE FROM outbox WHERE state IN ('sent', 'cancelled') AND finished_at < ? AND sent_copy IN ('none', 'filed') AND archive IN ('none', 'sent')`,
    )
    .run(before).changes;
}
