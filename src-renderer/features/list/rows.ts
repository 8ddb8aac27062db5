/** Rows of a message list as data: keys, their order, and how fresh rows are taken in. Pure. */
import type { FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { ConversationSummary, MessageRow } from '#shared/domain/message.ts';
import type { ActRef } from '#shared/contract/messages.ts';

/** The same message may lie in several folders; each place is a row of its own. */
export type RowKey = string;

interface Keyed {
  readonly id: MessageId;
  readonly folderId: FolderId;
  readonly threadId?: ThreadId;
  readonly conversation?: ConversationSummary | undefined;
}

/** A row that stands for a conversation is the same row whichever message of it is the newest. */
export function rowKey({ id, folderId, threadId, conversation }: Keyed): RowKey {
  return conversation === undefined ? `${id}:${folderId}` : `c${threadId ?? 0}:${folderId}`;
}

/** What an act on this row concerns: the message, or all of its conversation in that folder. */
export function refOf({ id, folderId, conversation }: MessageRow): ActRef {
  return conversation === undefined ? { id, folderId } : { id, folderId, conversation: true };
}

/** As the message that it shows, without the rest of its conversation. */
export function messageAlone({ conversation: _, ...row }: MessageRow): MessageRow {
  return row;
}

/** How many messages an act on these rows concerns. */
export function messageCount(rows: readonly MessageRow[]): number {
  return rows.reduce((sum, { conversation }) => sum + (conversation?.total ?? 1), 0);
}

/** `rows` after a flag of some messages changed, whether they stand there themselves or in a conversation. */
export function withFlag(
  rows: readonly MessageRow[],
  changed: readonly MessageRow[],
  flag: 'seen' | 'flagged',
  on: boolean,
): MessageRow[] {
  const keys = new Set(changed.map(rowKey));
  return rows.map((row) => {
    const { conversation } = row;
    const whole = keys.has(rowKey(row));
    const inside =
      conversation === undefined
        ? 0
        : changed.filter(
            (one) =>
              one.conversation === undefined &&
              one.threadId === row.threadId &&
              one.folderId === row.folderId,
          ).length;
    if (!whole && inside === 0) return row;
    if (flag === 'flagged' || conversation === undefined)
      return { ...row, flags: { ...row.flags, [flag]: on } };
    // Marking a conversation as unread marks its newest message.
    const unread = on ? (whole ? 0 : conversation.unread - inside) : whole ? 1 : conversation.unread + inside;
    const bounded = Math.max(0, Math.min(conversation.total, unread));
    return {
      ...row,
      flags: { ...row.flags, seen: bounded === 0 },
      conversation: { ...conversation, unread: bounded },
    };
  });
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
