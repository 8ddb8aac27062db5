/** What a person must know once. Kept over restarts until it is dismissed. */
import { Notice } from '#shared/contract/app.ts';
import type { ReadDb, WriteDb } from './handles.ts';

/** A notice with the same id takes the place of the earlier one: a fault that repeats is one notice. */
export function recordNotice(db: WriteDb, notice: Notice): void {
  db.prepare('INSERT OR REPLACE INTO notices (id, code, params, at) VALUES (?, ?, ?, ?)').run(
    notice.id,
    notice.code,
    JSON.stringify(notice.params),
    notice.at,
  );
}

/** Newest first. */
export function listNotices(db: ReadDb): Notice[] {
  return db
    .prepare<[], { id: string; code: string; params: string; at: number }>(
      'SELECT id, code, params, at FROM notices ORDER BY at DESC, id LIMIT 500',
    )
    .all()
    .map((row) => Notice.parse({ ...row, params: JSON.parse(row.params) as unknown }));
}

export function dismissNotice(db: WriteDb, id: string): void {
  db.prepare('DELETE FROM notices WHERE id = ?').run(id);
}
