/** Opens the store and owns its connections: one that writes, one that reads and never waits for a sync. */
import Database from 'better-sqlite3';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change, Notice } from '#shared/contract/app.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { ChangeFeed } from './changeFeed.ts';
import { Handle, type ReadDb, type WriteDb } from './handles.ts';
import { migrate } from './migrate.ts';
import { recordNotice } from './notices.repo.ts';
import { holdsPhrase } from './searchPhrase.ts';
import { deleteValue } from './settings.repo.ts';
import { isDamage, toStoreError } from './storeErrors.ts';
import { examine } from './storeExamination.ts';
import { finishRescue, rescueStore, type Rescue } from './storeRescue.ts';
import { readStoreState, writeStoreState } from './storeState.ts';

export interface Store {
  readonly read: ReadDb;
  readonly changes: ChangeFeed;
  /** Several reads as of one moment, and for the locks of one. */
  snapshot<T>(work: (db: ReadDb) => T): T;
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

/**
 * Opens the store, or makes one. A damaged one is put aside and rescued (storeRescue.ts), which a notice then tells. Throws MailError
 * `store-newer` and `file-unreadable` (another program's file), both with the file untouched to the byte, and `disk-full`.
 */
export function openStore(parts: StoreParts): Store {
  const { file, clock, log } = parts;
  try {
    mkdirSync(dirname(file), { recursive: true });
    finishRescue(file);
    const state = readStoreState(file);
    let finding = examine(file, state);
    let rescue: Rescue | null = null;
    if (finding === 'damaged') rescue = rescueStore(file, clock, log);
    let writer: Database.Database;
    try {
      writer = openWriter(file);
    } catch (error) {
      if (!isDamage(error) || rescue) throw error;
      rescue = rescueStore(file, clock, log);
      finding = 'damaged';
      writer = openWriter(file);
    }
    writeStoreState(file, 'open');
    const reader = new Database(file, { readonly: true });
    reader.function('holds_phrase', { deterministic: true }, holdsPhrase);
    reader.pragma('query_only = ON');
    reader.pragma('busy_timeout = 5000');
    reader.pragma('cache_size = -16000');
    const store = new SqliteStore(file, writer, reader, clock, log);
    if (finding !== 'sound') {
      store.precious((db) => {
        if (rescue) recordNotice(db, rescueNotice(rescue, clock.now()));
        if (finding === 'missing')
          recordNotice(db, { id: 'store-missing', code: 'store-missing', params: { file }, at: clock.now() });
        // The search index's own tables are damaged, and nothing else is.
        if (finding === 'index') deleteValue(db, 'search.version');
      });
    }
    return store;
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function rescueNotice({ aside, rows, lost }: Rescue, at: number): Notice {
  const count = (table: string): number => rows[table] ?? 0;
  return {
    id: `store-rescued-${at}`,
    code: 'store-rescued',
    params: {
      file: aside,
      accounts: count('accounts'),
      drafts: count('drafts'),
      outbox: count('outbox'),
      operations: count('operations'),
      lost,
    },
    at,
  };
}

function openWriter(file: string): Database.Database {
  // Its owner's alone, whatever the folder allows; SQLite gives the files beside it the same rights.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const writer = new Database(file);
  try {
    configure(writer);
    migrate(writer, (version) => {
      writer.prepare('VACUUM INTO ?').run(`${file}.before-${version + 1}`);
    });
  } catch (error) {
    writer.close();
    throw error;
  }
  return writer;
}

function configure(connection: Database.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('busy_timeout = 5000');
  // 16 MB: with 32 a first pass over ten thousand messages was no faster, and the process 18 MB larger.
  connection.pragma('cache_size = -16000');
  connection.pragma('temp_store = MEMORY');
  // Every taking-in of the write-ahead log waits for the disk, and pages that a sync writes again and again count once for each: 40 MB
  // (a first pass over ten thousand messages) rather than 8. It stays that large until the store is closed, and no larger.
  connection.pragma('wal_autocheckpoint = 10000');
  connection.pragma('journal_size_limit = 48000000');
}

class SqliteStore implements Store {
  readonly read: ReadDb;
  readonly changes: ChangeFeed;
  readonly #file: string;
  readonly #writer: Handle;
  readonly #reader: Handle;
  readonly #db: WriteDb;
  #suspect = false;
  #recorded: Change[] = [];
  #depth = 0;

  constructor(file: string, writing: Database.Database, reading: Database.Database, clock: Clock, log: Log) {
    this.#file = file;
    const onError = (error: unknown): unknown => this.#fault(error);
    const writer = new Handle(writing, clock, log, onError);
    const reader = new Handle(reading, clock, log, onError);
    this.#writer = writer;
    this.#reader = reader;
    this.changes = new ChangeFeed(clock, log);
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

  snapshot<T>(work: (db: ReadDb) => T): T {
    const { connection } = this.#reader;
    if (connection.inTransaction) return work(this.read);
    return connection.transaction(() => work(this.read)).deferred();
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
      throw this.#fault(error);
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
    const writer = this.#writer.connection;
    if (!writer.open) return;
    try {
      writer.pragma('optimize');
    } catch {
      // Statistics can wait; what is damaged is found at the next start.
    }
    // The last connection takes the write-ahead log in and leaves one file behind.
    writer.close();
    writeStoreState(this.#file, this.#suspect ? 'suspect' : 'closed');
  }

  /** Damage that shows itself is written down, so that the next start looks at every page. */
  #fault(error: unknown): unknown {
    if (isDamage(error) && !this.#suspect) {
      this.#suspect = true;
      writeStoreState(this.#file, 'suspect');
    }
    return toStoreError(error, this.#file);
  }
}
