/** What SQLite and the file system throw, in our own words. */
import Database from 'better-sqlite3';
import { MailError } from '#shared/errors/MailError.ts';

/** Are pages of the database damaged? The search index's own tables do not count: they are built anew (searchIndexer.ts). */
export function isDamage(error: unknown): boolean {
  const { code } = codeOf(error);
  return code === 'SQLITE_NOTADB' || (code.startsWith('SQLITE_CORRUPT') && code !== 'SQLITE_CORRUPT_VTAB');
}

/** The same error as a MailError where it is one of a store: disk-full, store-corrupt, file-unreadable. */
export function toStoreError(error: unknown, file: string): unknown {
  const { code } = codeOf(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT')
    return new MailError('disk-full', {}, { cause: error });
  if (isDamage(error)) return new MailError('store-corrupt', { file }, { cause: error });
  if (/^(SQLITE_(CANTOPEN|IOERR|READONLY|PERM|AUTH)|EACCES|EPERM|EROFS|EIO|ENOTDIR|EISDIR)/.test(code))
    return new MailError('file-unreadable', { file }, { cause: error });
  return error;
}

function codeOf(error: unknown): { code: string } {
  if (error instanceof Database.SqliteError) return error;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return { code: error.code };
  return { code: '' };
}
