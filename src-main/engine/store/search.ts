/** Runs a query over everything stored: newest first, page by page. */
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { parseQuery } from '#shared/domain/query.ts';
import { withConversations } from './conversations.ts';
import type { BindParameters, ReadDb } from './handles.ts';
import type { ListCursor, ListPage } from './messageLists.ts';
import { rowsAt, type RowPlace } from './messageRows.ts';
import { asSql, compileQuery, type Condition, type QueryContext } from './searchQuery.ts';

export interface SearchRequest {
  readonly query: string;
  /** Only this account. */
  readonly accountId: AccountId | null;
  readonly before: ListCursor | null;
  readonly limit: number;
  /** One row a conversation: its newest message that was found. */
  readonly threads: boolean;
}

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

export function search(db: ReadDb, request: SearchRequest, context: Omit<QueryContext, 'db'>): ListPage {
  const tree = parseQuery(request.query);
  if (tree === null) return { rows: [], next: null };
  const compiled = compileQuery(tree, { ...context, db });
  const condition: Condition =
    request.accountId === null
      ? compiled
      : {
          ...compiled,
          where: ['m.account_id = ?', ...compiled.where],
          values: [request.accountId, ...compiled.values],
        };
  const places: RowPlace[] = [];
  const threads = new Set<number>();
  const earlier = request.threads && request.before !== null ? newerHit(db, condition) : null;
  let current: Hit | null = null;
  const take = (hit: Hit | null): void => {
    if (hit === null) return;
    if (request.threads) {
      if (threads.has(hit.thread_id)) return;
      threads.add(hit.thread_id);
      // Its conversation stood on an earlier page.
      if (earlier?.(hit) === true) return;
    }
    places.push({ id: hit.id as MessageId, folderId: hit.folder_id as FolderId });
  };
  for (const hit of hits(db, condition, request.before?.id ?? Number.MAX_SAFE_INTEGER)) {
    if (current?.id === hit.id) {
      if (rank(hit.role) < rank(current.role)) current = hit;
      continue;
    }
    take(current);
    current = hit;
    if (places.length > request.limit) break;
  }
  if (places.length <= request.limit) take(current);
  const page = places.slice(0, request.limit);
  const last = page.at(-1);
  const rows = rowsAt(db, page);
  return {
    rows: request.threads ? withConversations(db, rows) : rows,
    next: places.length > request.limit && last ? { id: last.id, folderId: last.folderId } : null,
  };
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
