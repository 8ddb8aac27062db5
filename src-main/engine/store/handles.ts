/**
 * The two ways to the database. A function says in its first parameter whether it may write, and a reader cannot be handed to a
 * writer by accident: the brands differ though the connections are alike.
 */
import type Database from 'better-sqlite3';
import type { Change } from '#shared/contract/app.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';

declare const reads: unique symbol;
declare const writes: unique symbol;

export type BindParameters = readonly unknown[];

export interface Statement<P extends BindParameters, R> {
  get(...params: P): R | undefined;
  all(...params: P): R[];
  iterate(...params: P): IterableIterator<R>;
  run(...params: P): { changes: number; lastInsertRowid: number | bigint };
}

export interface ReadDb {
  readonly [reads]: true;
  /** Compiled once and kept: the same text gives the same statement. */
  prepare<P extends BindParameters = BindParameters, R = unknown>(sql: string): Statement<P, R>;
}

export interface WriteDb extends ReadDb {
  readonly [writes]: true;
  /** Says what this transaction changed; told after the commit, merged with others. */
  changed(change: Change): void;
  exec(sql: string): void;
}

/** A statement that takes longer than this is logged with its text. */
const slowMs = 40;

export class Handle {
  readonly connection: Database.Database;
  readonly #statements = new Map<string, Statement<BindParameters, unknown>>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onError: (error: unknown) => unknown;

  /** `onError` gets what a statement throws and returns what is thrown instead. */
  constructor(
    connection: Database.Database,
    clock: Clock,
    log: Log,
    onError: (error: unknown) => unknown = (error) => error,
  ) {
    this.#onError = onError;
    this.connection = connection;
    this.#clock = clock;
    this.#log = log;
  }

  prepare<P extends BindParameters, R>(sql: string): Statement<P, R> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#timed(this.connection.prepare(sql), sql);
      this.#statements.set(sql, statement);
    }
    return statement as Statement<P, R>;
  }

  #timed(statement: Database.Statement, sql: string): Statement<BindParameters, unknown> {
    const measure = <T>(work: () => T): T => {
      const started = this.#clock.monotonic();
      let result: T;
      try {
        result = work();
      } catch (error) {
        throw this.#onError(error) as Error;
      }
      const ms = this.#clock.monotonic() - started;
      if (ms > slowMs)
        this.#log.warn('a slow statement', {
          ms: Math.round(ms),
          sql: sql.replace(/\s+/g, ' ').slice(0, 200),
        });
      return result;
    };
    return {
      get: (...params) => measure(() => statement.get(...params)),
      all: (...params) => measure(() => statement.all(...params)),
      iterate: (...params) => statement.iterate(...params),
      run: (...params) => measure(() => statement.run(...params)),
    };
  }
}
