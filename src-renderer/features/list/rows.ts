/** Rows of a message list as data: keys, their order, and how fresh rows are taken in. Pure. */
import type { FolderId, MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import type { MessageRef } from '#shared/contract/messages.ts';

/** The same message may lie in several folders; each place is a row of its own. */
export type RowKey = string;

export function rowKey({ id, folderId }: { id: MessageId; folderId: FolderId }): RowKey {
  return `${id}:${folderId}`;
}

export function refOf({ id, folderId }: MessageRow): MessageRef {
  return { id, folderId };
}

/** Newest first: ids rise with the date. */
export function compareRows(a: MessageRow, b: MessageRow): number {
  return b.id - a.id || b.folderId - a.folderId;
}

/**
 * `rows` with what was read again: `fresh` replaces or joins, and of `asked` those that did not come back are gone.
 * A row older than the oldest of `rows` joins only where the list is `complete`; else it comes with a later page.
 */
export function mergeRows(
  rows: readonly MessageRow[],
  asked: ReadonlySet<RowKey>,
  fresh: readonly MessageRow[],
  complete: boolean,
): MessageRow[] {
  const byKey = new Map(fresh.map((row) => [rowKey(row), row]));
  const oldest = rows.at(-1);
  const kept: MessageRow[] = [];
  for (const row of rows) {
    const key = rowKey(row);
    const again = byKey.get(key);
    if (again) {
      kept.push(again);
      byKey.delete(key);
    } else if (!asked.has(key)) kept.push(row);
  }
  const joining = [...byKey.values()].filter(
    (row) => complete || (oldest !== undefined && compareRows(row, oldest) < 0),
  );
  if (joining.length === 0) return kept;
  return [...kept, ...joining].sort(compareRows);
}

/** Appends a page, leaving out what a change has brought in already. */
export function appendPage(rows: readonly MessageRow[], page: readonly MessageRow[]): MessageRow[] {
  const known = new Set(rows.map(rowKey));
  return [...rows, ...page.filter((row) => !known.has(rowKey(row)))];
}

/** The key to stand on after `removed` went: the next older row that stays, else the next newer, else none. */
export function keyAfterRemoval(
  rows: readonly MessageRow[],
  removed: ReadonlySet<RowKey>,
  active: RowKey | null,
): RowKey | null {
  const at = rows.findIndex((row) => rowKey(row) === active);
  const from = at >= 0 ? at : rows.findIndex((row) => removed.has(rowKey(row)));
  if (from < 0) return null;
  for (let index = from; index < rows.length; index += 1) {
    const row = rows[index];
    if (row && !removed.has(rowKey(row))) return rowKey(row);
  }
  for (let index = from - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (row && !removed.has(rowKey(row))) return rowKey(row);
  }
  return null;
}
