/** Pages of message lists: of one folder, of all inboxes. By key, so that the thousandth page costs what the first one does. */
import type { FolderId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { withConversations } from './conversations.ts';
import { listFolders, type StoredFolder } from './folders.repo.ts';
import type { ReadDb } from './handles.ts';
import { folderKeys, folderPage, folderThreads, rowsAt } from './messageRows.ts';

/** Rows older than a row; the place in a list is the message's id, then the folder's. */
export interface ListCursor {
  readonly id: number;
  readonly folderId: number;
  /** What the list is sorted by, where that is not the date. */
  readonly key?: string | number;
}

export interface ListPage {
  readonly rows: MessageRow[];
  readonly next: ListCursor | null;
  /** All there is, where that was counted on the way. */
  readonly total?: number;
}

const newest: ListCursor = { id: Number.MAX_SAFE_INTEGER, folderId: Number.MAX_SAFE_INTEGER };

export function folderList(
  db: ReadDb,
  folderId: FolderId,
  before: ListCursor | null,
  limit: number,
  threads: boolean,
): ListPage {
  const start = (before ?? newest).id;
  const rows = threads
    ? withConversations(db, rowsAt(db, folderThreads(db, folderId, start, limit + 1)))
    : folderPage(db, folderId, start, limit + 1);
  return cut(rows, limit);
}

/** Several folders (of different accounts) drawn together, newest first. */
export function foldersList(
  db: ReadDb,
  folderIds: readonly FolderId[],
  before: ListCursor | null,
  limit: number,
  threads: boolean,
): ListPage {
  const { id, folderId } = before ?? newest;
  const keys = folderIds
    .flatMap((folder) => {
      // Of the cursor's own message the folders below its own are still to come.
      const start = folder < folderId ? id + 1 : id;
      const bound = Math.min(start, Number.MAX_SAFE_INTEGER);
      return threads ? folderThreads(db, folder, bound, limit + 1) : folderKeys(db, folder, bound, limit + 1);
    })
    .sort((a, b) => b.id - a.id || b.folderId - a.folderId)
    .slice(0, limit + 1);
  return cut(threads ? withConversations(db, rowsAt(db, keys)) : rowsAt(db, keys), limit);
}

/** Every inbox that is shown. */
export function inboxes(db: ReadDb): StoredFolder[] {
  return listFolders(db, null).filter(({ role }) => role === 'inbox');
}

function cut(rows: MessageRow[], limit: number): ListPage {
  if (rows.length <= limit) return { rows, next: null };
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last ? { id: last.id, folderId: last.folderId } : null };
}

/** Opaque to whoever hands it back. */
export function cursorText({ id, folderId, key }: ListCursor): string {
  const place = `${id.toString(36)}.${folderId.toString(36)}`;
  return key === undefined ? place : `${place}.${Buffer.from(JSON.stringify(key)).toString('base64url')}`;
}

/** null: not one of ours. */
export function readCursor(text: string): ListCursor | null {
  const match = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})(?:\.([\w-]{1,1000}))?$/.exec(text);
  if (!match) return null;
  const id = Number.parseInt(match[1] ?? '', 36);
  const folderId = Number.parseInt(match[2] ?? '', 36);
  if (!Number.isSafeInteger(id) || !Number.isSafeInteger(folderId)) return null;
  if (match[3] === undefined) return { id, folderId };
  const key = readKey(match[3]);
  return key === null ? null : { id, folderId, key };
}

function readKey(text: string): string | number | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof key === 'string' || typeof key === 'number' ? key : null;
  } catch {
    return null;
  }
}
