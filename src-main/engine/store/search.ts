/** Runs a query over everything stored, page by page: newest first as it is found, in another order after it was all found. */
import { newestFirst, type ListFilter, type ListSort } from '#shared/contract/messages.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { parseQuery, type QueryNode } from '#shared/domain/query.ts';
import { withConversations } from './conversations.ts';
import type { BindParameters, ReadDb } from './handles.ts';
import { compareKeys, passes, sortKeys } from './listView.ts';
import type { ListCursor, ListPage } from './messageLists.ts';
import { rowsAt, type RowPlace } from './messageRows.ts';
import {
  among,
  anyOf,
  asSql,
  bothOf,
  compileQuery,
  type Condition,
  type QueryContext,
} from './searchQuery.ts';

/** Messages that a server found for a query; `check`: what must hold of them besides. */
export interface ServerHits {
  readonly ids: readonly number[];
  readonly check: QueryNode | null;
}

export interface SearchRequest {
  readonly query: string;
  readonly serverHits?: readonly ServerHits[];
  /** Only this account. */
  readonly accountId: AccountId | null;
  readonly before: ListCursor | null;
  readonly limit: number;
  /** One row a conversation: its newest message that was found. */
  readonly threads: boolean;
  readonly sort?: ListSort;
  readonly filter?: ListFilter;
}

/** So many of the newest that were found are put in another order. */
const maxSorted = 10_000;
/** So many of the newest unread mails are looked at for a count, and so many of them counted. */
const maxCounted = 5_000;
const mostUnread = 999;

interface Hit {
  id: number;
  thread_id: number;
  folder_id: number;
  role: string | null;
}

/** Where a message that lies in several folders is shown: the nearest to the reader first. */
const rank = (role: string | null): number =>
  role === 'inbox'
    ? 0
    : role === 'trash'
      ? 5
      : role === 'junk'
        ? 4
        : role === 'all'
          ? 3
          : role === null
            ? 1
            : 2;

function hitCondition(db: ReadDb, { ids, check }: ServerHits, context: Omit<QueryContext, 'db'>): Condition {
  return check === null ? among(ids) : bothOf(among(ids), compileQuery(check, { ...context, db }));
}

/** null: nothing is asked. */
function conditionOf(
  db: ReadDb,
  {
    query,
    accountId,
    filter,
    serverHits = [],
  }: Pick<SearchRequest, 'query' | 'accountId' | 'filter' | 'serverHits'>,
  context: Omit<QueryContext, 'db'>,
): Condition | null {
  const tree = parseQuery(query);
  if (tree === null) return null;
  let condition = compileQuery(tree, { ...context, db });
  if (serverHits.length > 0)
    condition = anyOf([condition, ...serverHits.map((hits) => hitCondition(db, hits, context))]);
  const always = { match: null, range: [0, Number.MAX_SAFE_INTEGER] } as const;
  if (accountId !== null)
    condition = bothOf({ ...always, where: ['m.account_id = ?'], values: [accountId] }, condition);
  if (filter !== undefined && Object.keys(filter).length > 0) {
    const own = context.accounts.flatMap(({ addresses = [] }) => addresses);
    const { parts } = passes(filter, own, 'p', 'm');
    condition = bothOf(condition, {
      ...always,
      where: parts.map(({ sql }) => sql),
      values: parts.flatMap((part) => part.values as (string | number)[]),
    });
  }
  return condition;
}

export function search(db: ReadDb, request: SearchRequest, context: Omit<QueryContext, 'db'>): ListPage {
  const condition = conditionOf(db, request, context);
  if (condition === null) return { rows: [], next: null };
  const sort = request.sort ?? newestFirst;
  if (sort.by !== 'date' || sort.ascending) return sortedPage(db, condition, sort, request);
  const places: RowPlace[] = [];
  const threads = new Set<number>();
  const earlier = request.threads && request.before !== null ? newerHit(db, condition) : null;
  for (const hit of nearestHits(db, condition, request.before?.id ?? Number.MAX_SAFE_INTEGER)) {
    if (request.threads) {
      if (threads.has(hit.thread_id)) continue;
      threads.add(hit.thread_id);
      // Its conversation stood on an earlier page.
      if (earlier?.(hit) === true) continue;
    }
    places.push(placeOf(hit));
    if (places.length > request.limit) break;
  }
  const page = places.slice(0, request.limit);
  const last = page.at(-1);
  const rows = rowsAt(db, page);
  return {
    rows: request.threads ? withConversations(db, rows) : rows,
    next: places.length > request.limit && last ? { id: last.id, folderId: last.folderId } : null,
  };
}

const placeOf = ({ id, folder_id }: Hit): RowPlace => ({
  id: id as MessageId,
  folderId: folder_id as FolderId,
});

/** Each message that was found once, where it is nearest to the reader. */
function* nearestHits(db: ReadDb, condition: Condition, before: number): Generator<Hit> {
  let current: Hit | null = null;
  for (const hit of hits(db, condition, before)) {
    if (current?.id === hit.id) {
      if (rank(hit.role) < rank(current.role)) current = hit;
      continue;
    }
    if (current) yield current;
    current = hit;
  }
  if (current) yield current;
}

function sortedPage(
  db: ReadDb,
  condition: Condition,
  { by, ascending }: ListSort,
  { before, limit }: SearchRequest,
): ListPage {
  const places: RowPlace[] = [];
  for (const hit of nearestHits(db, condition, Number.MAX_SAFE_INTEGER)) {
    places.push(placeOf(hit));
    if (places.length === maxSorted) break;
  }
  const keys = new Map(
    by === 'date'
      ? []
      : db
          .prepare<[string], { id: number; key: string | number }>(
            `SELECT id, ${sortKeys[by]} AS key FROM messages WHERE id IN (SELECT value FROM json_each(?))`,
          )
          .all(JSON.stringify(places.map(({ id }) => id)))
          .map(({ id, key }) => [id, key]),
  );
  type Keyed = Pick<ListCursor, 'id' | 'key'>;
  const compare = (a: Keyed, b: Keyed): number => {
    const sign = ascending ? 1 : -1;
    if (by === 'date') return (a.id - b.id) * sign;
    return compareKeys(a.key ?? '', b.key ?? '') * sign || b.id - a.id;
  };
  const sorted = places.map((place) => ({ ...place, key: keys.get(place.id) ?? place.id })).sort(compare);
  const rest = before === null ? sorted : sorted.filter((place) => compare(place, before) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: rowsAt(db, page),
    next: rest.length > limit && last ? last : null,
    ...(places.length < maxSorted ? { total: places.length } : {}),
  };
}

/** Of messages that servers found those that hold of what is checked here. */
export function heldHits(
  db: ReadDb,
  hits: readonly ServerHits[],
  context: Omit<QueryContext, 'db'>,
): Set<MessageId> {
  const found = new Set<MessageId>();
  for (const { ids, check } of hits) {
    if (ids.length === 0) continue;
    const condition = hitCondition(db, { ids, check }, context);
    for (const hit of nearestHits(db, condition, Number.MAX_SAFE_INTEGER)) found.add(hit.id as MessageId);
  }
  return found;
}

export interface UnreadCount {
  readonly unread: number;
  /** There may be more: they were not counted on. */
  readonly more: boolean;
}

/** Where counting ends: the oldest of the newest unread mails that are looked at; null: all are. Of all folders, found once for many counts. */
export function unreadFloor(db: ReadDb): number | null {
  const row = db
    .prepare<[], { message_id: number }>(
      `SELECT message_id FROM placements INDEXED BY placements_unread
       WHERE hidden = 0 AND flags & 1 = 0 ORDER BY message_id DESC LIMIT 1 OFFSET ${maxCounted}`,
    )
    .get();
  return row?.message_id ?? null;
}

/** How many unread mails a query finds, among the newest that are unread, up to where a person does not care any more. */
export function countUnread(
  db: ReadDb,
  request: Pick<SearchRequest, 'query' | 'accountId' | 'serverHits'>,
  context: Omit<QueryContext, 'db'>,
  floor: number | null = unreadFloor(db),
): UnreadCount {
  const condition = conditionOf(db, request, context);
  if (condition === null) return { unread: 0, more: false };
  // The words are looked up once, whatever they find, and the unread lead: asking the index about each of them would cost it each time.
  const { sql, values } = asSql({ ...condition, match: null });
  const from = Math.max(floor === null ? 0 : floor + 1, condition.range[0]);
  const found =
    condition.match === null
      ? ''
      : 'AND m.id IN (SELECT rowid FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ?)';
  const match = condition.match === null ? [] : [condition.match, from, condition.range[1]];
  const rows = db
    .prepare<BindParameters, { id: number }>(
      `SELECT DISTINCT m.id FROM folders f CROSS JOIN placements p INDEXED BY placements_unread ON p.folder_id = f.id
         CROSS JOIN messages m ON m.id = p.message_id ${textJoin(sql)}
       WHERE ${shown} AND p.flags & 1 = 0 AND p.message_id >= ? AND ${sql} ${found} LIMIT ${mostUnread + 1}`,
    )
    .all(from, ...values, ...match);
  const more = rows.length > mostUnread || (floor !== null && from === floor + 1);
  return { unread: Math.min(rows.length, mostUnread), more };
}

const selected = 'm.id, m.thread_id, p.folder_id, f.role';
const shown = 'p.hidden = 0 AND f.hidden = 0';

/** The texts come along only where a phrase is looked for in them. */
function textJoin(sql: string): string {
  return sql.includes('t.text') ? 'LEFT JOIN texts t ON t.message_id = m.id' : '';
}

/** Every place of every message found, newest first; read only as far as it is asked for. */
function hits(db: ReadDb, condition: Condition, before: number): IterableIterator<Hit> {
  const { match, where, values, range } = condition;
  const below = Math.min(before, range[1]);
  const rest = [shown, ...where].join(' AND ');
  const texts = textJoin(rest);
  if (match !== null) {
    // CROSS JOIN: the index leads, in its own order, and stops when the page is full.
    return db
      .prepare<BindParameters, Hit>(
        `SELECT ${selected} FROM search s CROSS JOIN messages m ON m.id = s.rowid ${texts}
           CROSS JOIN placements p ON p.message_id = m.id JOIN folders f ON f.id = p.folder_id
         WHERE s.search MATCH ? AND s.rowid >= ? AND s.rowid < ? AND ${rest} ORDER BY s.rowid DESC`,
      )
      .iterate(match, range[0], below, ...values);
  }
  return db
    .prepare<BindParameters, Hit>(
      `SELECT ${selected} FROM ${leading(where)} JOIN folders f ON f.id = p.folder_id ${texts}
       WHERE m.id >= ? AND m.id < ? AND ${rest} ORDER BY m.id DESC`,
    )
    .iterate(range[0], below, ...values);
}

/**
 * Without words to look up: which table leads. States that few messages have are found by their own small index and sorted; anything
 * else goes through the messages from the newest on.
 */
function leading(conjuncts: readonly string[]): string {
  if (conjuncts.includes('p.flags & 1 = 0'))
    return 'placements p INDEXED BY placements_unread CROSS JOIN messages m ON m.id = p.message_id';
  if (conjuncts.includes('p.flags & 2 <> 0'))
    return 'placements p INDEXED BY placements_starred CROSS JOIN messages m ON m.id = p.message_id';
  if (conjuncts.some((part) => part.startsWith('(m.size >= 1000000')))
    return 'messages m INDEXED BY messages_large CROSS JOIN placements p ON p.message_id = m.id';
  if (conjuncts.includes('m.has_attachments = 1'))
    return 'messages m INDEXED BY messages_with_files CROSS JOIN placements p ON p.message_id = m.id';
  if (conjuncts.includes('p.folder_id IN (?)'))
    return 'placements p INDEXED BY placements_shown CROSS JOIN messages m ON m.id = p.message_id';
  return 'messages m CROSS JOIN placements p ON p.message_id = m.id';
}

/** Is there a newer message of the hit's conversation that was found as well? */
function newerHit(db: ReadDb, condition: Condition): (hit: Hit) => boolean {
  const { sql, values } = asSql({
    ...condition,
    match: null,
  });
  const texts = textJoin(sql);
  const found =
    condition.match === null
      ? ''
      : 'AND EXISTS (SELECT 1 FROM search s WHERE s.search MATCH ? AND s.rowid = m.id)';
  const statement = db.prepare(
    `SELECT 1 FROM messages m CROSS JOIN placements p ON p.message_id = m.id JOIN folders f ON f.id = p.folder_id ${texts}
     WHERE m.thread_id = ? AND m.id > ? AND ${shown} AND ${sql} ${found} LIMIT 1`,
  );
  const match = condition.match === null ? [] : [condition.match];
  return (hit) => statement.get(hit.thread_id, hit.id, ...values, ...match) !== undefined;
}
