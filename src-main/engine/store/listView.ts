/**
 * Lists in another order than newest first, and lists of some of the messages. Paged by key as all lists are; the order comes from an index,
 * which is made when a large folder is first sorted that way: whoever never sorts by sender does not pay for it with each mail that arrives.
 */
import type { ListFilter, ListSort } from '#shared/contract/messages.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import type { StoredFolder } from './folders.repo.ts';
import type { BindParameters, ReadDb, WriteDb } from './handles.ts';
import type { ListCursor } from './messageLists.ts';
import type { RowPlace } from './messageRows.ts';

export interface ListView {
  readonly sort: ListSort;
  readonly filter: ListFilter;
  /** One row a conversation: the newest of its messages that pass the filter. Only by date. */
  readonly threads: boolean;
  /** Lower-case addresses of an account, for "to me". */
  readonly ownAddresses: (id: AccountId) => readonly string[];
}

/** A place with what it is sorted by. */
export interface SortedPlace extends RowPlace {
  readonly key: string | number;
}

/** Folders up to this size are sorted as they are read. */
const smallFolder = 2_000;

const folded = (text: string): string =>
  [
    ['Ä', 'a'],
    ['ä', 'a'],
    ['Ö', 'o'],
    ['ö', 'o'],
    ['Ü', 'u'],
    ['ü', 'u'],
    ['ß', 'ss'],
    ['"', ''],
  ].reduce((inner, [from, to]) => `replace(${inner}, '${from}', '${to}')`, `lower(${text})`);

/** An answer stands beside what it answers. */
const withoutPrefix = (text: string): string =>
  `ltrim(CASE WHEN ${text} LIKE 're:%' OR ${text} LIKE 'aw:%' OR ${text} LIKE 'fw:%' OR ${text} LIKE 'wg:%' THEN substr(${text}, 4)
    WHEN ${text} LIKE 'fwd:%' THEN substr(${text}, 5) ELSE ${text} END)`;

/** Expressions of an index must stand in the query as they stand there: without a table's name. */
export const sortKeys = {
  sender: folded("substr(coalesce(nullif(from_name, ''), from_address, ''), 1, 80)"),
  subject: folded(`substr(${withoutPrefix(withoutPrefix('subject'))}, 1, 80)`),
  size: 'size',
} as const;

function indexName(by: keyof typeof sortKeys, ascending: boolean): string {
  return `messages_by_${by}_${ascending ? 'up' : 'down'}`;
}

/** Must be called before a page of this view is read. Cheap where nothing is to be done. */
export function prepareView(
  read: ReadDb,
  write: (work: (db: WriteDb) => void) => void,
  folders: readonly StoredFolder[],
  { sort }: Pick<ListView, 'sort'>,
): void {
  const { by, ascending } = sort;
  if (by === 'date' || folders.every(({ total }) => total <= smallFolder)) return;
  const name = indexName(by, ascending);
  const there = read
    .prepare<[string]>("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?")
    .get(name);
  if (there !== undefined) return;
  write((db) =>
    db.exec(
      `CREATE INDEX IF NOT EXISTS ${name} ON messages (account_id, ${sortKeys[by]} ${ascending ? 'ASC' : 'DESC'}, id DESC)`,
    ),
  );
}

export interface ViewCondition {
  readonly sql: string;
  readonly values: BindParameters;
}

/** What passes the filter, for a placement `p` of a message `m`. */
export function passes(
  filter: ListFilter,
  own: readonly string[],
  p: string,
  m: string,
): ViewCondition & { readonly parts: readonly ViewCondition[] } {
  const parts: ViewCondition[] = [];
  const add = (sql: string, ...values: BindParameters): void => void parts.push({ sql, values });
  if (filter.unread) add(`${p}.flags & 1 = 0`);
  if (filter.starred) add(`${p}.flags & 2 <> 0`);
  if (filter.attachments) add(`${m}.has_attachments = 1`);
  if (filter.toMe)
    add(
      `EXISTS (SELECT 1 FROM json_each(${m}.recipients, '$.to') t
        WHERE lower(t.value ->> 'address') IN (SELECT value FROM json_each(?)))`,
      JSON.stringify(own),
    );
  if (filter.handler !== undefined)
    add(
      `EXISTS (SELECT 1 FROM group_mail g WHERE g.message_id = ${m}.id AND g.settled = 0 AND g.handler IS ?)`,
      filter.handler,
    );
  return {
    parts,
    sql: parts.map(({ sql }) => ` AND ${sql}`).join(''),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Is there a newer one of the conversation in the folder that passes as well? */
function newestOnly(filter: ListFilter, own: readonly string[]): ViewCondition {
  const { sql, values } = passes(filter, own, 'q', 'o');
  return {
    sql: ` AND NOT EXISTS (SELECT 1 FROM messages o CROSS JOIN placements q ON q.message_id = o.id AND q.folder_id = p.folder_id
      WHERE o.thread_id = m.thread_id AND o.id > m.id AND q.hidden = 0${sql})`,
    values,
  };
}

/** What leads: the placements of the folder by date, or the messages of the account by what they are sorted by. */
function leading({ sort, filter }: ListView, folder: StoredFolder): string {
  if (sort.by !== 'date' && folder.total > smallFolder)
    return `messages m INDEXED BY ${indexName(sort.by, sort.ascending)} CROSS JOIN placements p ON p.message_id = m.id`;
  const index = filter.unread
    ? 'placements_unread'
    : filter.starred
      ? 'placements_starred'
      : 'placements_shown';
  return `placements p INDEXED BY ${index} CROSS JOIN messages m ON m.id = p.message_id`;
}

/** A statement and what it is given; apart from running it, so that its plan can be looked at. */
export function viewQuery(
  folder: StoredFolder,
  view: ListView,
  after: ListCursor | null,
  limit: number,
): { sql: string; values: unknown[] } {
  const { sort, filter, threads } = view;
  const own = view.ownAddresses(folder.accountId);
  const filtered = passes(filter, own, 'p', 'm');
  const grouped: ViewCondition =
    threads && sort.by === 'date' ? newestOnly(filter, own) : { sql: '', values: [] };
  const where = `p.folder_id = ? AND p.hidden = 0${filtered.sql}${grouped.sql}`;
  const values: unknown[] = [folder.id, ...filtered.values, ...grouped.values];
  const up = sort.ascending;
  if (sort.by === 'date') {
    const bound = up ? (after?.id ?? 0) : (after?.id ?? Number.MAX_SAFE_INTEGER);
    return {
      sql: `SELECT p.message_id AS id, p.message_id AS key FROM ${leading(view, folder)}
        WHERE ${where} AND p.message_id ${up ? '>' : '<'} ? ORDER BY p.message_id ${up ? 'ASC' : 'DESC'} LIMIT ?`,
      values: [...values, bound, limit],
    };
  }
  const key = sortKeys[sort.by];
  const beyond =
    after?.key === undefined
      ? ''
      : ` AND ${key} ${up ? '>=' : '<='} ? AND (${key} ${up ? '>' : '<'} ? OR m.id < ?)`;
  return {
    sql: `SELECT m.id, ${key} AS key FROM ${leading(view, folder)}
      WHERE m.account_id = ? AND ${where}${beyond} ORDER BY ${key} ${up ? 'ASC' : 'DESC'}, m.id DESC LIMIT ?`,
    values: [
      folder.accountId,
      ...values,
      ...(after?.key === undefined ? [] : [after.key, after.key, after.id]),
      limit,
    ],
  };
}

/** As SQLite orders them: numbers by size, texts by their UTF-8 bytes. */
export function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Several folders drawn together, in the order of the view. `after`: the last row of the page before. */
export function viewPlaces(
  db: ReadDb,
  folders: readonly StoredFolder[],
  view: ListView,
  after: ListCursor | null,
  limit: number,
): SortedPlace[] {
  const { by, ascending } = view.sort;
  const up = ascending && by === 'date' ? 1 : -1;
  return folders
    .flatMap((folder) => {
      const { sql, values } = viewQuery(folder, view, startIn(folder.id, after, up === 1), limit);
      return db
        .prepare<BindParameters, { id: number; key: string | number }>(sql)
        .all(...values)
        .map(({ id, key }): SortedPlace => ({ id: id as MessageId, folderId: folder.id, key }));
    })
    .sort(
      (a, b) =>
        compareKeys(a.key, b.key) * (ascending ? 1 : -1) ||
        (a.id - b.id) * up ||
        (a.folderId - b.folderId) * up,
    )
    .slice(0, limit);
}

/** Of the cursor's own message the folders on its far side are still to come. */
function startIn(folderId: FolderId, after: ListCursor | null, up: boolean): ListCursor | null {
  if (after === null) return null;
  const toCome = up ? folderId > after.folderId : folderId < after.folderId;
  if (!toCome) return after;
  return { ...after, id: Math.min(after.id + (up ? -1 : 1), Number.MAX_SAFE_INTEGER) };
}
