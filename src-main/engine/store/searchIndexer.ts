/**
 * Keeps the search index in step: in small batches between which others write, newest mails first. Builds it anew when it is out of
 * step with the mails, damaged, or of an older way to fold words (R11); a search meanwhile says how far it reaches.
 */
import type { Clock, Log } from '#engine/ports/ports.ts';
import type { WriteDb } from './handles.ts';
import { noteIndexIsOld, rebuildNoteIndex } from './noteIndex.ts';
import { indexBatch, indexIsBehind } from './searchIndex.ts';
import { indexBuiltKey } from './searchRows.ts';
import { readValue, writeValue } from './settings.repo.ts';
import type { Store } from './store.ts';

export interface SearchIndexerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Works only when it is asked to: a command-line call. */
  readonly passive: boolean;
  /** Told where very much is to be indexed, so that a person can see it and hold it up. */
  readonly beginJob?: (total: number) => IndexingJob;
}

export interface IndexingJob extends Disposable {
  /** Held up by a person; `wake` goes on. */
  readonly paused: boolean;
  set(change: { readonly done: number }): void;
}

/** Grows with every change of how words are folded or what is indexed. */
const indexVersion = 1;
const versionKey = 'search.version';
const batch = 50;
/** Between two batches. */
const pauseMs = 15;
/** So many mails are soon done: nobody need be told. */
const worthTelling = 2_000;
/** After a change, until its mails are taken up: a sync writes many at once. */
const restMs = 300;

export class SearchIndexer implements Disposable {
  readonly #parts: SearchIndexerParts;
  #changes: Disposable | null = null;
  #timer: Disposable | null = null;
  #job: IndexingJob | null = null;
  #done = 0;
  #disposed = false;

  constructor(parts: SearchIndexerParts) {
    this.#parts = parts;
  }

  /** Looks whether the index fits the mails, and begins to work. */
  start(): void {
    const { store, passive } = this.#parts;
    if (this.#isOutOfStep()) this.rebuild();
    else if (noteIndexIsOld(store.read)) store.write(rebuildNoteIndex);
    if (passive) return;
    this.#changes = store.changes.subscribe((changes) => {
      if (changes.some(({ kind }) => kind === 'messages')) this.#schedule(restMs);
    });
    this.#tell();
    this.#schedule(0);
  }

  /** Goes on after a person held it up. */
  wake(): void {
    this.#schedule(0);
  }

  /** Indexes for at most `ms`. @returns whether the index is complete */
  catchUp(ms: number): boolean {
    const { clock } = this.#parts;
    const end = clock.monotonic() + ms;
    while (this.#step()) if (clock.monotonic() >= end) return !indexIsBehind(this.#parts.store.read);
    return true;
  }

  /** The share of mails that the index covers, 0 to 1; null: all. */
  coverage(): number | null {
    const { read } = this.#parts.store;
    if (!indexIsBehind(read)) return null;
    const row = read
      .prepare<[], { behind: number; total: number }>(
        'SELECT (SELECT count(*) FROM messages WHERE indexed = 0) AS behind, (SELECT count(*) FROM messages) AS total',
      )
      .get();
    return row && row.total > 0 ? 1 - row.behind / row.total : 0;
  }

  /** Empties the index; it fills again from the stored mails. */
  rebuild(): void {
    const { store, log } = this.#parts;
    log.warn('the search index is built anew');
    store.write((db) => {
      for (const table of ['search', 'word_parts']) emptyIndex(db, table);
      db.prepare('DELETE FROM long_words').run();
      db.prepare('UPDATE messages SET indexed = 0').run();
      writeValue(db, versionKey, indexVersion);
      const built = readValue(db, indexBuiltKey);
      writeValue(db, indexBuiltKey, typeof built === 'number' ? built + 1 : 1);
      // Few and short beside the mails: at once.
      rebuildNoteIndex(db);
    });
    if (this.#parts.passive) return;
    this.#tell();
    this.#schedule(0);
  }

  /** Is there so much to do that it is a job? */
  #tell(): void {
    const behind = this.#job === null ? this.#waiting() : 0;
    if (behind < worthTelling) return;
    this.#done = 0;
    this.#job = this.#parts.beginJob?.(behind) ?? null;
  }

  #ended(): void {
    this.#job?.[Symbol.dispose]();
    this.#job = null;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#changes?.[Symbol.dispose]();
    this.#timer?.[Symbol.dispose]();
    this.#ended();
  }

  #schedule(ms: number): void {
    if (this.#disposed || this.#timer) return;
    this.#timer = this.#parts.clock.setTimer(ms, () => {
      this.#timer = null;
      if (this.#job?.paused === true) return;
      if (this.#step()) this.#schedule(pauseMs);
      else this.#ended();
    });
  }

  /** One batch. @returns whether there is more to do */
  #step(): boolean {
    const { store, log } = this.#parts;
    try {
      const written = store.write((db) => indexBatch(db, batch));
      this.#done += written;
      this.#job?.set({ done: this.#done });
      return written === batch;
    } catch (error) {
      if (isDamagedIndex(error)) this.rebuild();
      else log.error('mails could not be indexed', { error });
      return false;
    }
  }

  #isOutOfStep(): boolean {
    const { read } = this.#parts.store;
    if (readValue(read, versionKey) !== indexVersion)
      return read.prepare('SELECT 1 FROM messages LIMIT 1').get() !== undefined || this.#adopt();
    try {
      const row = read
        .prepare<[], { rows: number; mails: number }>(
          `SELECT (SELECT count(*) FROM search_docsize) AS rows, (SELECT count(*) FROM messages WHERE indexed = 1) AS mails`,
        )
        .get();
      // Rows for texts that came since may wait to be written again; rows that no mail has may not be.
      return row === undefined || row.rows < row.mails || row.rows > row.mails + this.#waiting();
    } catch (error) {
      if (isDamagedIndex(error)) return true;
      throw error;
    }
  }

  #waiting(): number {
    return (
      this.#parts.store.read
        .prepare<[], { n: number }>('SELECT count(*) AS n FROM messages WHERE indexed = 0')
        .get()?.n ?? 0
    );
  }

  /** A new store: its index is of this version from the start. */
  #adopt(): false {
    this.#parts.store.write((db) => {
      writeValue(db, versionKey, indexVersion);
    });
    return false;
  }
}

function emptyIndex(db: WriteDb, table: string): void {
  db.prepare(`INSERT INTO ${table} (${table}) VALUES ('delete-all')`).run();
}

/** Did SQLite find the index's own tables damaged (and not the database itself)? */
export function isDamagedIndex(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (
    typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'SQLITE_CORRUPT_VTAB'
  );
}
