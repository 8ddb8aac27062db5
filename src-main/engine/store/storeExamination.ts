/** Looks at a store before it is opened for writing: is it ours, is it whole? Without a right to write, so that what is refused stays as it is to the byte. */
import Database from 'better-sqlite3';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { MailError } from '#shared/errors/MailError.ts';
import { applicationId, assertOurs } from './migrate.ts';
import { isDamage } from './storeErrors.ts';
import { wasLeftAlone, type StoreState } from './storeState.ts';

/** `new`: nothing is there, and nothing was. `missing`: nothing is there, but a store was. `index`: only the search index is damaged. */
export type Finding = 'new' | 'missing' | 'sound' | 'index' | 'damaged';

/** After an end that was no proper one, larger stores are trusted until a fault shows: the log makes them whole, and looking would take seconds. */
const maxUncleanCheck = 256 * 1024 * 1024;

/** Throws MailError `store-newer`, `file-unreadable` (another program's file), and what SQLite throws for files it cannot open. */
export function examine(file: string, state: StoreState | null): Finding {
  if (!existsSync(file)) return state === null ? 'new' : 'missing';
  const { size } = statSync(file);
  // A store of ours has at least its first page from the moment on that it has a state.
  if (size === 0) return state === null ? 'new' : 'damaged';
  let look: Database.Database;
  try {
    look = new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    return damageOrRefusal(error, file, state);
  }
  try {
    assertOurs(look, file);
    if (!isSuspect(file, size, state)) return 'sound';
    return quickCheck(look);
  } catch (error) {
    return damageOrRefusal(error, file, state);
  } finally {
    look.close();
  }
}

function isSuspect(file: string, size: number, state: StoreState | null): boolean {
  if (wasLeftAlone(file, state)) return false;
  return state?.state !== 'open' || size <= maxUncleanCheck;
}

function quickCheck(look: Database.Database): Finding {
  const rows = look.pragma('quick_check(20)') as { quick_check: string }[];
  const faults = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  if (faults.length === 0) return 'sound';
  return faults.every((text) => /fts5|inverted index/i.test(text)) ? 'index' : 'damaged';
}

function damageOrRefusal(error: unknown, file: string, state: StoreState | null): Finding {
  if (!isDamage(error)) throw error;
  if (state === null && !hasOurMark(file)) throw new MailError('file-unreadable', { file }, { cause: error });
  return 'damaged';
}

/** The application id stands in the file's header (SQLite file format, section 1.3: offset 68). */
function hasOurMark(file: string): boolean {
  const header = Buffer.alloc(72);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, header, 0, 72, 0) === 72 && header.readUInt32BE(68) === applicationId;
  } finally {
    closeSync(handle);
  }
}
