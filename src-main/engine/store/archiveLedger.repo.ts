/** The archive's ledger: every attempt to hand a sent mail to the archive address, and how it ended. Only ever appended to. */
import type { ArchiveLedgerRow, OpenArchiveCopies } from '#shared/contract/compose.ts';
import { AccountId, OutboxId } from '#shared/domain/ids.ts';
import type * as z from 'zod';
import type { ReadDb, WriteDb } from './handles.ts';

export type ArchiveLedgerEntry = z.infer<typeof ArchiveLedgerRow>;

interface LedgerRecord {
  outbox_id: string;
  account_id: string;
  message_id: string;
  address: string;
  at: number;
  outcome: ArchiveLedgerEntry['outcome'];
  server: string | null;
  response: string | null;
}

interface OpenRecord {
  id: string;
  account_id: string;
  subject: string;
  send_at: number;
  archive_address: string | null;
  archive: 'pending' | 'failed';
  at: number | null;
  outcome: ArchiveLedgerEntry['outcome'] | null;
  server: string | null;
  response: string | null;
  attempts: number;
}

export function appendToLedger(db: WriteDb, entry: ArchiveLedgerEntry): void {
  db.prepare(
    'INSERT INTO archive_ledger (outbox_id, account_id, message_id, address, at, outcome, server, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(
    entry.outboxId,
    entry.accountId,
    entry.messageId,
    entry.address,
    entry.at,
    entry.outcome,
    entry.server,
    entry.response,
  );
  db.changed({ kind: 'outbox' });
}

export function attemptsInLedger(db: ReadDb, outboxId: OutboxId): { attempts: number; last: number | null } {
  const row = db
    .prepare<[string], { attempts: number; last: number | null }>(
      'SELECT count(*) AS attempts, max(at) AS last FROM archive_ledger WHERE outbox_id = ?',
    )
    .get(outboxId);
  return row ?? { attempts: 0, last: null };
}

/** Finished jobs of other machines are not this one's to send. Of each account the first `limit` by name. */
export function openCopies(db: ReadDb, machineId: string, limit: number): OpenArchiveCopies[] {
  const rows = db
    .prepare<[string], OpenRecord>(
      `SELECT o.id, o.account_id, o.subject, o.send_at, o.archive_address, o.archive, l.at, l.outcome, l.server, l.response,
         (SELECT count(*) FROM archive_ledger a WHERE a.outbox_id = o.id) AS attempts
       FROM outbox o LEFT JOIN archive_ledger l ON l.id = (SELECT max(id) FROM archive_ledger n WHERE n.outbox_id = o.id)
       WHERE o.machine_id = ? AND o.state = 'sent' AND o.archive IN ('pending', 'failed')
       ORDER BY o.archive, o.send_at, o.id`,
    )
    .all(machineId);
  return [...Map.groupBy(rows, (row) => row.account_id)].map(([accountId, own]) => {
    const failed = own.filter(({ archive }) => archive === 'failed').length;
    return {
      accountId: AccountId.parse(accountId),
      waiting: own.length - failed,
      failed,
      copies: own.slice(0, limit).map((row) => ({
        id: OutboxId.parse(row.id),
        subject: row.subject,
        sentAt: row.send_at,
        address: row.archive_address ?? '',
        state: row.archive === 'failed' ? 'failed' : 'waiting',
        attempts: row.attempts,
        last:
          row.at === null || row.outcome === null
            ? null
            : { at: row.at, outcome: row.outcome, server: row.server, response: row.response },
      })),
    };
  });
}

export function openCopiesOf(db: ReadDb, machineId: string, accountId: AccountId): OutboxId[] {
  return db
    .prepare<[string, string], { id: string }>(
      `SELECT id FROM outbox WHERE machine_id = ? AND account_id = ? AND state = 'sent' AND archive IN ('pending', 'failed')`,
    )
    .all(machineId, accountId)
    .map(({ id }) => OutboxId.parse(id));
}

/** Newest first. */
export function listLedger(db: ReadDb, accountId: AccountId | null, limit: number): ArchiveLedgerEntry[] {
  return db
    .prepare<[string | null, string | null, number], LedgerRecord>(
      'SELECT * FROM archive_ledger WHERE (? IS NULL OR account_id = ?) ORDER BY id DESC LIMIT ?',
    )
    .all(accountId, accountId, limit)
    .map((row) => ({
      outboxId: OutboxId.parse(row.outbox_id),
      accountId: AccountId.parse(row.account_id),
      messageId: row.message_id,
      address: row.address,
      at: row.at,
      outcome: row.outcome,
      server: row.server,
      response: row.response,
    }));
}
