/** Forward-only numbered migrations. Each runs in one transaction with the bump of `user_version`; a newer database is left untouched. */
import type Database from 'better-sqlite3';
import { MailError } from '#shared/errors/MailError.ts';
import { initial } from './migrations/0001-initial.ts';
import { groups } from './migrations/0002-groups.ts';
import { contacts } from './migrations/0003-contacts.ts';
import { writing } from './migrations/0004-writing.ts';
import { searchMerging } from './migrations/0005-search-merging.ts';
import { noteSearch } from './migrations/0006-note-search.ts';
import { archiveLedger } from './migrations/0007-archive-ledger.ts';
import { subscriptions } from './migrations/0008-subscriptions.ts';
import { searchPieces } from './migrations/0009-search-pieces.ts';

export interface Migration {
  readonly version: number;
  readonly sql: string;
  /** Rewrites rows that exist nowhere else: the file is copied first. */
  readonly rewritesData: boolean;
}

export const migrations: readonly Migration[] = [
  { version: 1, sql: initial, rewritesData: false },
  { version: 2, sql: groups, rewritesData: false },
  { version: 3, sql: contacts, rewritesData: false },
  { version: 4, sql: writing, rewritesData: false },
  { version: 5, sql: searchMerging, rewritesData: false },
  { version: 6, sql: noteSearch, rewritesData: false },
  { version: 7, sql: archiveLedger, rewritesData: false },
  { version: 8, sql: subscriptions, rewritesData: false },
  { version: 9, sql: searchPieces, rewritesData: false },
];

/** "PKRB": tells our store from any other SQLite file. */
export const applicationId = 0x504b5242;

export const currentVersion = migrations.at(-1)?.version ?? 0;

export function storedVersion(connection: Database.Database): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

/**
 * Refuses what must not be touched: another program's file (store-corrupt would put it aside, so this is its own error) and a newer
 * store. Reads only.
 */
export function assertOurs(connection: Database.Database, file: string): void {
  const version = storedVersion(connection);
  const id = connection.pragma('application_id', { simple: true }) as number;
  if (version === 0 && id === 0) {
    const tables = connection.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
    if (tables.n === 0) return;
    throw new MailError('file-unreadable', { file });
  }
  if (id !== applicationId) throw new MailError('file-unreadable', { file });
  if (version > currentVersion) throw new MailError('store-newer', { file, version, known: currentVersion });
}

/** `backup` is called with the version that is about to be left, before a migration that rewrites data. */
export function migrate(
  connection: Database.Database,
  backup: (version: number) => void,
  list: readonly Migration[] = migrations,
): void {
  for (const migration of list) {
    const version = storedVersion(connection);
    if (migration.version <= version) continue;
    if (migration.rewritesData) backup(version);
    connection.transaction(() => {
      connection.exec(migration.sql);
      connection.pragma(`user_version = ${migration.version}`);
      connection.pragma(`application_id = ${applicationId}`);
    })();
  }
}
