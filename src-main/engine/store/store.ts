/** Opens the store and owns its connections: one that writes, one that reads and never waits for a sync. */
import Database from 'better-sqlite3';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from '#shared/contract/app.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { ChangeFeed } from './changeFeed.ts';
import { Handle, type ReadDb, type WriteDb } from './handles.ts';
import { assertOurs, migrate } from './migrate.ts';
import { holdsPhrase } from './searchPhrase.ts';

export interface Store {
  readonly read: ReadDb;
  readonly changes: ChangeFeed;
  /** One transaction for what can be fetched again. A nested call joins the outer one. */
  write<T>(work: (db: WriteDb) => T): T;
  /** The same for what exists nowhere else: on the disk before it returns (synchronous=FULL). */
  precious<T>(work: (db: WriteDb) => T): T;
  close(): void;
}

export interface StoreParts {
  /** The database file. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
}

export function openStore(parts: StoreParts): Store {
  const { file, clock, log } = parts;
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) {
    // Looked at without a right to write, so that a newer or a foreign file stays as it is to the byte.
    const look = new Database(file, { readonly: true, fileMustExist: true });
    try {
      assertOurs(look, file);
    } finally {
      look.close();
    }
  }
  const writer = new Database(file);
  configure(writer);
  migrate(writer, (version) => {
    writer.prepare('VACUUM INTO ?').run(`${file}.before-${version + 1}`);
  });
  const reader = new Database(file, { readonly: true });
  reader.function('holds_phrase', { deterministic: true }, holdsPhrase);
  reader.pragma('query_only = ON');
  reader.pragma('busy_timeout = 5000');
  reader.pragma('cache_size = -16000');
  return new SqliteStore(
    new Handle(writer, clock, log),
    new Handle(reader, clock, log),
    new ChangeFeed(clock, log),
  );
}

function configure(connection: Database.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('busy_timeout = 5000');
  connection.pragma('cache_size = -32000');
  connection.pragma('temp_store = MEMORY');
  connection.pragma('wal_autocheckpoint = 2000');
}

class SqliteStore implements Store {
  readonly read: ReadDb;
  readonly changes: ChangeFeed;
  readonly #writer: Handle;
  readonly #reader: Handle;
  readonly #db: WriteDb;
  #recorded: Change[] = [];
  #depth = 0;

  constructor(writer: Handle, reader: Handle, changes: ChangeFeed) {
    this.#writer = writer;
    this.#reader = reader;
    this.changes = changes;
    this.read = { prepare: (sql: string) => reader.prepare(sql) } as unknown as ReadDb;
    this.#db = {
      prepare: (sql: string) => writer.prepare(sql),
      changed: (change: Change) => {
        this.#recorded.push(change);
      },
      exec: (sql: string) => {
        writer.connection.exec(sql);
      },
    } as unknown as WriteDb;
  }

  write<T>(work: (db: WriteDb) => T): T {
    if (this.#depth > 0) return work(this.#db);
    const { connection } = this.#writer;
    this.#recorded = [];
    this.#depth = 1;
    let result: T;
    try {
      result = connection.transaction(() => work(this.#db)).immediate();
    } catch (error) {
      this.#recorded = [];
      throw asMailError(error);
    } finally {
      this.#depth = 0;
    }
    const recorded = this.#recorded;
    this.#recorded = [];
    this.changes.publish(recorded);
    return result;
  }

  precious<T>(work: (db: WriteDb) => T): T {
    if (this.#depth > 0) return work(this.#db);
    const { connection } = this.#writer;
    connection.pragma('synchronous = FULL');
    try {
      return this.write(work);
    } finally {
      connection.pragma('synchronous = NORMAL');
    }
  }

  close(): void {
    this.changes[Symbol.dispose]();
    this.#reader.connection.close();
    // Leaves one file behind where it can: nothing to be lost beside it.
    if (this.#writer.connection.open) this.#writer.connection.pragma('optimize');
    this.#writer.connection.close();
  }
}

function asMailError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_FULL') return new MailError('disk-full', {}, { cause: error });
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB')
    return new MailError('store-corrupt', {}, { cause: error });
  return error;
}
