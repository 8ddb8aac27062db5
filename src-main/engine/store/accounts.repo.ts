/** Accounts: settings without passwords, health, and what waits for their servers. */
import { AccountSettings } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredAccount {
  readonly id: AccountId;
  readonly settings: AccountSettings;
  readonly active: boolean;
  /** "<organisation>/<group>" of a group account. */
  readonly group: string | null;
  /** As it was last known; the health machine knows its shape. */
  readonly health: unknown;
  /** Digest of the settings and secrets whose login was rejected. */
  readonly breaker: string | null;
  readonly pollMinutes: number | null;
  /** Its folders that are not subscribed are not shown. */
  readonly subscribedOnly: boolean;
  readonly createdAt: number;
}

interface AccountRecord {
  id: string;
  name: string;
  address: string;
  display_name: string;
  settings: string;
  archive_address: string | null;
  active: number;
  group_id: string | null;
  health: string | null;
  breaker: string | null;
  poll_minutes: number | null;
  subscribed_only: number;
  created_at: number;
}

function toAccount(row: AccountRecord): StoredAccount {
  const settings = AccountSettings.parse({
    ...(JSON.parse(row.settings) as object),
    name: row.name,
    address: row.address,
    displayName: row.display_name,
    archiveAddress: row.archive_address,
  });
  return {
    id: AccountId.parse(row.id),
    settings,
    active: row.active === 1,
    group: row.group_id,
    health: row.health === null ? null : (JSON.parse(row.health) as unknown),
    breaker: row.breaker,
    pollMinutes: row.poll_minutes,
    subscribedOnly: row.subscribed_only === 1,
    createdAt: row.created_at,
  };
}

/** The part of the settings that has no column of its own. */
function serversOf({ imap, smtp, tls, allowPlaintext, auth }: AccountSettings): string {
  return JSON.stringify({
    imap,
    smtp,
    tls,
    ...(allowPlaintext === undefined ? {} : { allowPlaintext }),
    ...(auth === undefined ? {} : { auth }),
  });
}

/** All accounts, oldest first; the order that people see is made by name and locale. */
export function listAccounts(db: ReadDb): StoredAccount[] {
  return db.prepare<[], AccountRecord>('SELECT * FROM accounts ORDER BY created_at, id').all().map(toAccount);
}

export function getAccount(db: ReadDb, id: AccountId): StoredAccount | null {
  const row = db.prepare<[string], AccountRecord>('SELECT * FROM accounts WHERE id = ?').get(id);
  return row ? toAccount(row) : null;
}

export function insertAccount(
  db: WriteDb,
  account: {
    id: AccountId;
    settings: AccountSettings;
    active: boolean;
    pollMinutes: number | null;
    now: number;
  },
): void {
  const { id, settings, active, pollMinutes, now } = account;
  db.prepare(
    `INSERT INTO accounts (id, name, address, display_name, settings, archive_address, active, poll_minutes, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    settings.name,
    settings.address,
    settings.displayName,
    serversOf(settings),
    settings.archiveAddress,
    active ? 1 : 0,
    pollMinutes,
    now,
  );
  db.changed({ kind: 'accounts' });
}

/** Other settings close the circuit: what was rejected is not what is tried from now on. */
export function updateAccount(
  db: WriteDb,
  id: AccountId,
  change: { settings: AccountSettings; active: boolean; pollMinutes: number | null; closeCircuit: boolean },
): void {
  const { settings, active, pollMinutes, closeCircuit } = change;
  db.prepare(
    `UPDATE accounts SET name = ?, address = ?, display_name = ?, settings = ?, archive_address = ?, active = ?, poll_minutes = ?,
       breaker = CASE WHEN ? THEN NULL ELSE breaker END
     WHERE id = ?`,
  ).run(
    settings.name,
    settings.address,
    settings.displayName,
    serversOf(settings),
    settings.archiveAddress,
    active ? 1 : 0,
    pollMinutes,
    closeCircuit ? 1 : 0,
    id,
  );
  db.changed({ kind: 'accounts' });
}

/** Makes it a group account ("<organisation>/<group>"); null: a personal one. */
export function setAccountGroup(db: WriteDb, id: AccountId, group: string | null): void {
  db.prepare('UPDATE accounts SET group_id = ? WHERE id = ?').run(group, id);
  db.changed({ kind: 'accounts' });
}

/** Shows of its folders only those that are subscribed, or all. */
export function setSubscribedOnly(db: WriteDb, id: AccountId, only: boolean): void {
  db.prepare('UPDATE accounts SET subscribed_only = ? WHERE id = ?').run(only ? 1 : 0, id);
  db.changed({ kind: 'accounts' });
  db.changed({ kind: 'folders', accountId: id });
}

export function setAccountActive(
  db: WriteDb,
  id: AccountId,
  active: boolean,
  pollMinutes: number | null,
): void {
  db.prepare('UPDATE accounts SET active = ?, poll_minutes = ?, breaker = NULL WHERE id = ?').run(
    active ? 1 : 0,
    pollMinutes,
    id,
  );
  db.changed({ kind: 'accounts' });
}

/** `breaker`: the digest that must not be tried again, null while the circuit is closed. Health has an event of its own. */
export function saveHealth(db: WriteDb, id: AccountId, health: unknown, breaker: string | null): void {
  db.prepare('UPDATE accounts SET health = ?, breaker = ? WHERE id = ?').run(
    JSON.stringify(health),
    breaker,
    id,
  );
}

export interface AccountQueue {
  /** Operations that still wait for the server. */
  readonly queued: number;
  readonly failed: number;
}

/** What waits for each account's server; accounts without any are left out. */
export function accountQueues(db: ReadDb): Map<AccountId, AccountQueue> {
  const rows = db
    .prepare<[], { account_id: string; queued: number; failed: number }>(
      `SELECT account_id, SUM(state <> 'failed') AS queued, SUM(state = 'failed') AS failed FROM operations GROUP BY account_id`,
    )
    .all();
  return new Map(
    rows.map((row) => [AccountId.parse(row.account_id), { queued: row.queued, failed: row.failed }]),
  );
}

/**
 * Forgets an account with all that belongs to it on this machine: folders, mail, search entries, drafts, outbox, ledger. Returns the
 * names of its cached files, which the caller removes once this is committed.
 */
export function deleteAccount(db: WriteDb, id: AccountId): string[] {
  const files = db
    .prepare<[string], { file: string }>(
      `SELECT c.file FROM attachment_cache c JOIN messages m ON m.id = c.message_id WHERE m.account_id = ?`,
    )
    .all(id)
    .map((row) => row.file);
  const statements = [
    'DELETE FROM attachment_cache WHERE message_id IN (SELECT id FROM messages WHERE account_id = ?)',
    'DELETE FROM search WHERE rowid IN (SELECT id FROM messages WHERE account_id = ?)',
    // Before the messages: placements point at them, and go with their folders.
    'DELETE FROM folders WHERE account_id = ?',
    'DELETE FROM messages WHERE account_id = ?',
    'DELETE FROM thread_refs WHERE account_id = ?',
    'DELETE FROM announced WHERE account_id = ?',
    'DELETE FROM drafts WHERE account_id = ?',
    'DELETE FROM outbox WHERE account_id = ?',
    'DELETE FROM archive_ledger WHERE account_id = ?',
    'DELETE FROM accounts WHERE id = ?',
  ];
  for (const sql of statements) db.prepare(sql).run(id);
  db.changed({ kind: 'accounts' });
  db.changed({ kind: 'drafts' });
  db.changed({ kind: 'outbox' });
  return files;
}
