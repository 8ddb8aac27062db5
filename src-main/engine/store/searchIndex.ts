/** Brings the search index up to date with what was stored without it. */
import type { MessageId } from '#shared/domain/ids.ts';
import { WordFolder } from './wordFolder.ts';
import type { ReadDb, WriteDb } from './handles.ts';
import { bodyWords, indexMessage, rememberLongWords } from './searchRows.ts';
import { getText } from './texts.repo.ts';

/**
 * Writes the search rows of up to `limit` messages that lack one or whose text came since, newest first.
 * @returns how many it wrote
 */
export function indexBatch(db: WriteDb, limit: number): number {
  const ids = db
    .prepare<[number], { id: number }>('SELECT id FROM messages WHERE indexed = 0 ORDER BY id DESC LIMIT ?')
    .all(limit)
    .map((row) => row.id as MessageId)
    // FTS5 writes its pending rows to the disk each time that a row id is lower than the one before.
    .reverse();
  const done = db.prepare('UPDATE messages SET indexed = 1 WHERE id = ?');
  const folder = new WordFolder();
  const unmet: string[] = [];
  const bodies = ids.map((id) => [id, bodyWords(getText(db, id), folder, unmet)] as const);
  for (const [id, body] of bodies) {
    indexMessage(db, id, body, folder, unmet);
    done.run(id);
  }
  rememberLongWords(db, unmet);
  return ids.length;
}

/** Does a message wait to be indexed? */
export function indexIsBehind(db: ReadDb): boolean {
  return db.prepare<[]>('SELECT 1 FROM messages WHERE indexed = 0 LIMIT 1').get() !== undefined;
}
