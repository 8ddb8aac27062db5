/** The archive's ledger: every attempt to hand a sent mail to the archive address, and how it ended. Only ever appended to. */
import type { ArchiveLedgerRow } from '#shared/contract/compose.ts';
import { AccountId, OutboxId } from '#shared/domain/ids.ts';
import type { z } from 'zod';
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
