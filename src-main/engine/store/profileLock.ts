/** One owner for a profile, held by SQLite's own file locks: crash-safe, because the system lets go of them when a process ends. */
import Database from 'better-sqlite3';
import { toDisposable } from '#shared/base/disposables.ts';
import { MailError } from '#shared/errors/MailError.ts';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/**
 * Takes the lock, or returns null at once where another process or another engine of this one holds it. `file` is a database of its own
 * that stays empty; nothing else may ever open it, because closing any other handle of it would let go of POSIX locks.
 * Throws MailError `file-unreadable` where the file cannot be opened.
 */
export function tryProfileLock(file: string): Disposable | null {
  let database: Database.Database;
  try {
    database = new Database(file, { timeout: 0 });
  } catch (cause) {
    throw new MailError('file-unreadable', { file }, { cause });
  }
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (codeOf(cause).startsWith('SQLITE_BUSY')) return null;
    throw new MailError('file-unreadable', { file }, { cause });
  }
  return toDisposable(() => database.close());
}
