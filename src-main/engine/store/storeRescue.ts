/**
 * A damaged store is put aside, never deleted, and a new one takes its place with everything precious that could still be read, row by
 * row; mail comes again from the servers (R10). At any moment either the old file or the finished new one is in place.
 */
import Database from 'better-sqlite3';
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { migrate } from './migrate.ts';

export interface Rescue {
  /** Where the damaged file is now. */
  readonly aside: string;
  /** Rows by table, and how many of all tables could not be read or taken over. */
  readonly rows: Readonly<Record<string, number>>;
  readonly lost: number;
}

type Row = Record<string, unknown>;

interface RescuedTable {
  readonly name: string;
  /** What must not be believed without the mail that it describes. */
  readonly change?: (row: Row) => Row;
}

const unread = {
  uid_validity: null,
  uid_next: null,
  low_uid: null,
  highest_modseq: null,
  server_total: null,
  server_unseen: null,
  total: 0,
  unread: 0,
  threads: 0,
  last_synced_at: null,
};

/** In the order in which rows refer to each other. */
const tables: readonly RescuedTable[] = [
  { name: 'settings' },
  { name: 'accounts' },
  // Not precious, but operations name them.
  { name: 'folders', change: (row) => ({ ...row, ...unread }) },
  { name: 'drafts' },
  { name: 'draft_attachments' },
  { name: 'outbox' },
  { name: 'archive_ledger' },
  { name: 'operations' },
  { name: 'operation_items' },
  { name: 'announced' },
  { name: 'notices' },
  { name: 'organisation' },
  { name: 'team_pending' },
  { name: 'identities' },
  { name: 'templates' },
  { name: 'contacts' },
  { name: 'contact_addresses' },
  { name: 'contact_groups' },
  { name: 'contact_group_members' },
  // What is hidden; the rest is counted again as the mails come.
  { name: 'correspondents', change: (row) => ({ ...row, sent: 0, received: 0, rank: 0 }) },
];

/** A recovery that was interrupted between its two last steps is finished. */
export function finishRescue(file: string): void {
  const ready = `${file}.rescued`;
  if (existsSync(file)) rmSync(ready, { force: true });
  else if (existsSync(ready)) renameSync(ready, file);
}

/** Puts the damaged store aside and a new one in its place. Throws what SQLite and the file system throw, with the old file where it was. */
export function rescueStore(file: string, clock: Clock, log: Log): Rescue {
  const stamp = new Date(clock.now()).toISOString().replaceAll(':', '-').slice(0, 19);
  let aside = `${file}.damaged-${stamp}`;
  for (let number = 2; existsSync(aside); number += 1) aside = `${file}.damaged-${stamp}-${number}`;
  const ready = `${file}.rescued`;
  const building = `${file}.building`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(building + suffix, { force: true });

  const result = { rows: {} as Record<string, number>, lost: 0 };
  const fresh = new Database(building);
  try {
    migrate(fresh, () => undefined);
    copyPrecious(file, fresh, `${aside}.rescued.jsonl`, result, log);
  } finally {
    fresh.close();
  }
  renameSync(building, ready);
  for (const suffix of ['-wal', '-shm', ''])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  renameSync(ready, file);
  log.error('the store was damaged and is built anew', { aside, rows: result.rows, lost: result.lost });
  return { aside, ...result };
}

function copyPrecious(
  file: string,
  fresh: Database.Database,
  listing: string,
  result: { rows: Record<string, number>; lost: number },
  log: Log,
): void {
  if (!existsSync(file)) return;
  let damaged: Database.Database;
  try {
    damaged = new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    log.warn('nothing of the damaged store can be read', { error });
    return;
  }
  // For people, whatever becomes of the new store: drafts are in here as they were written.
  const lines = openSync(listing, 'w', 0o600);
  try {
    for (const table of tables) {
      const columns = commonColumns(damaged, fresh, table.name);
      if (columns === null) continue;
      const { kept, lost } = copyTable(damaged, fresh, table, columns, lines);
      result.rows[table.name] = kept;
      result.lost += lost;
    }
    if ((result.rows['operation_items'] ?? 0) > 0) result.lost += keepOperationMessages(damaged, fresh);
    // What was on its way is tried again.
    fresh.prepare(`UPDATE operations SET state = 'queued' WHERE state = 'running'`).run();
  } finally {
    closeSync(lines);
    damaged.close();
  }
}

/** null: the damaged file does not know the table any more. */
function commonColumns(
  damaged: Database.Database,
  fresh: Database.Database,
  table: string,
): { all: string[]; key: string } | null {
  const info = (connection: Database.Database): { name: string; pk: number }[] =>
    connection.pragma(`table_info(${table})`) as { name: string; pk: number }[];
  try {
    const known = new Set(info(damaged).map(({ name }) => name));
    const columns = info(fresh).filter(({ name }) => known.has(name));
    if (columns.length === 0) return null;
    const key = columns
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map(({ name }) => name);
    return { all: columns.map(({ name }) => name), key: key.join(', ') };
  } catch {
    return null;
  }
}

/** Reads from the beginning until a damaged page, then from the end back to it. */
function copyTable(
  damaged: Database.Database,
  fresh: Database.Database,
  table: RescuedTable,
  columns: { all: string[]; key: string },
  lines: number,
): { kept: number; lost: number } {
  const list = columns.all.join(', ');
  const insert = fresh.prepare(
    `INSERT INTO ${table.name} (${list}) VALUES (${columns.all.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  );
  let kept = 0;
  let refused = 0;
  let broken = false;
  const order = columns.key.split(', ');
  for (const direction of ['ASC', 'DESC'] as const) {
    if (direction === 'DESC' && !broken) break;
    try {
      const by = order.map((column) => `${column} ${direction}`).join(', ');
      for (const raw of damaged
        .prepare<[], Row>(`SELECT ${list} FROM ${table.name} ORDER BY ${by}`)
        .iterate()) {
        const row = table.change ? table.change(raw) : raw;
        writeSync(lines, `${JSON.stringify({ table: table.name, row }, readable)}\n`);
        try {
          kept += insert.run(...columns.all.map((column) => row[column])).changes;
        } catch (error) {
          if (isFull(error)) throw error;
          refused += 1;
        }
      }
    } catch (error) {
      if (isFull(error)) throw error;
      broken = true;
    }
  }
  return { kept, lost: refused + (broken ? 1 : 0) };
}

function isFull(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'SQLITE_FULL' || error.code === 'ENOSPC')
  );
}

function readable(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}

/**
 * Operations name their messages by row; these rows come along, so that the mails are known again by their identity when they are
 * fetched. An item whose message cannot be read is let go: nothing is ever done to a mail that is not known to be the one.
 * @returns how many items were let go
 */
function keepOperationMessages(damaged: Database.Database, fresh: Database.Database): number {
  const columns = commonColumns(damaged, fresh, 'messages');
  const ids = fresh
    .prepare<[], { id: number }>('SELECT DISTINCT message_id AS id FROM operation_items')
    .all()
    .map(({ id }) => id);
  const forget = fresh.prepare('DELETE FROM operation_items WHERE message_id = ?');
  if (columns === null) return ids.reduce((sum, id) => sum + forget.run(id).changes, 0);
  const list = columns.all.join(', ');
  const read = damaged.prepare<[number], Row>(`SELECT ${list} FROM messages WHERE id = ?`);
  const insert = fresh.prepare(
    `INSERT INTO messages (${list}) VALUES (${columns.all.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  );
  const link = fresh.prepare(
    'INSERT INTO thread_refs (account_id, message_id, thread_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const orphan = fresh.prepare('INSERT INTO orphans (message_id) VALUES (?) ON CONFLICT DO NOTHING');
  let lost = 0;
  for (const id of ids) {
    try {
      const found = read.get(id);
      if (!found) throw new Error('gone');
      const row: Row = { ...found, text_state: 0, indexed: 0 };
      insert.run(...columns.all.map((column) => row[column]));
      if (row['message_id'] !== null) link.run(row['account_id'], row['message_id'], row['thread_id']);
      orphan.run(id);
    } catch (error) {
      if (isFull(error)) throw error;
      lost += forget.run(id).changes;
    }
  }
  // An operation without any message left has nothing to do.
  fresh
    .prepare(
      `DELETE FROM operations WHERE kind IN ('flag', 'move', 'transfer', 'delete') AND json_extract(payload, '$.everything') IS NOT 1
       AND NOT EXISTS (SELECT 1 FROM operation_items i WHERE i.operation_id = operations.id)`,
    )
    .run();
  return lost;
}
