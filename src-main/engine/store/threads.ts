/** Conversations: a message belongs to the one that any Message-ID of its own or of its References is known in. */
import type { AccountId } from '#shared/domain/ids.ts';
import type { WriteDb } from './handles.ts';

/** Enough for any conversation, and a bound on what a crafted header can cost (M03). The first one is its root. */
const maxReferences = 60;

/** The Message-IDs that tie a message to others, bounded. Self references and cycles need no care: it is a set. */
export function threadLinks(
  messageId: string | null,
  inReplyTo: string | null,
  references: readonly string[],
): string[] {
  const links = new Set<string>();
  if (messageId !== null) links.add(messageId);
  if (references.length <= maxReferences) for (const id of references) links.add(id);
  else {
    links.add(references[0] ?? '');
    for (const id of references.slice(1 - maxReferences)) links.add(id);
  }
  if (inReplyTo !== null) links.add(inReplyTo);
  return [...links].filter((id) => id !== '' && id.length <= 998);
}

/** Finds the conversations of one batch of messages; what it looked up once it remembers. */
export class Threads {
  readonly #db: WriteDb;
  readonly #accountId: AccountId;
  readonly #known = new Map<string, number>();
  /** Looked up, and in no conversation yet. */
  readonly #missing = new Set<string>();

  constructor(db: WriteDb, accountId: AccountId) {
    this.#db = db;
    this.#accountId = accountId;
  }

  /** Looks up at once what `join` will be asked about: one question instead of one a link. */
  foresee(links: readonly string[]): void {
    const rows = this.#db
      .prepare<[string, string], { message_id: string; thread_id: number }>(
        `SELECT message_id, thread_id FROM thread_refs
         WHERE account_id = ? AND message_id IN (SELECT value FROM json_each(?))`,
      )
      .all(this.#accountId, JSON.stringify(links));
    for (const row of rows) this.#known.set(row.message_id, row.thread_id);
    for (const link of links) if (!this.#known.has(link)) this.#missing.add(link);
  }

  /**
   * The conversation of a message with these links; `id` is the message's own and names a new one. When the message joins what were
   * several conversations, they become the oldest of them. Call it before the message's own row is written.
   */
  join(id: number, links: readonly string[]): number {
    if (links.length === 0) return id;
    const unknown: string[] = [];
    const found = new Set<number>();
    for (const link of links) {
      const thread = this.#lookUp(link);
      if (thread === undefined) unknown.push(link);
      else found.add(thread);
    }
    const [oldest, ...others] = [...found].sort((a, b) => a - b);
    const thread = oldest ?? id;
    for (const other of others) mergeThreads(this.#db, this.#accountId, other, thread);
    if (others.length > 0) this.#known.clear();
    const insert = this.#db.prepare<[string, string, number]>(
      'INSERT INTO thread_refs (account_id, message_id, thread_id) VALUES (?, ?, ?)',
    );
    for (const link of unknown) {
      insert.run(this.#accountId, link, thread);
      this.#known.set(link, thread);
      this.#missing.delete(link);
    }
    return thread;
  }

  #lookUp(link: string): number | undefined {
    const known = this.#known.get(link);
    if (known !== undefined || this.#missing.has(link)) return known;
    const thread = this.#db
      .prepare<[string, string], { thread_id: number }>(
        'SELECT thread_id FROM thread_refs WHERE account_id = ? AND message_id = ?',
      )
      .get(this.#accountId, link)?.thread_id;
    if (thread !== undefined) this.#known.set(link, thread);
    return thread;
  }
}

function mergeThreads(db: WriteDb, accountId: AccountId, from: number, into: number): void {
  const moved = db
    .prepare<[number], { folder_id: number; message_id: number }>(
      `SELECT p.folder_id, p.message_id FROM messages m JOIN placements p ON p.message_id = m.id WHERE m.thread_id = ?`,
    )
    .all(from);
  // The triggers look for a conversation's newest message by the placements' thread, so these go first.
  db.prepare(
    `UPDATE placements SET thread_id = ? WHERE message_id IN (SELECT id FROM messages WHERE thread_id = ?)`,
  ).run(into, from);
  db.prepare('UPDATE messages SET thread_id = ? WHERE thread_id = ?').run(into, from);
  db.prepare('UPDATE thread_refs SET thread_id = ? WHERE thread_id = ?').run(into, from);
  const byFolder = Map.groupBy(moved, (row) => row.folder_id);
  for (const [folderId, rows] of byFolder)
    db.changed({
      kind: 'messages',
      accountId,
      folderId: folderId as never,
      ids: rows.map((row) => row.message_id as never),
    });
}
