/** How a conversation opens: what is expanded, where reading begins, and how fresh rows are taken in. Pure. */
import type { MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';

export type ConversationOrder = 'oldest-first' | 'newest-first';

/**
 * Where reading begins: at the first unread message in the order of reading, else at the one that the list shows.
 * @param rows oldest first
 */
export function startOf(
  rows: readonly MessageRow[],
  opened: MessageId,
  order: ConversationOrder,
): MessageRow | undefined {
  const unread = ({ flags }: MessageRow): boolean => !flags.seen && !flags.draft;
  return (
    (order === 'oldest-first' ? rows.find(unread) : rows.findLast(unread)) ??
    rows.find(({ id }) => id === opened) ??
    rows.at(-1)
  );
}

/** Unread messages and the one that the list shows; the others are a line each. */
export function opensExpanded(row: MessageRow, opened: MessageId): boolean {
  return row.id === opened || (!row.flags.seen && !row.flags.draft);
}

/** The message to stand on after `gone` went: the next one in reading order, else the one before. */
export function afterRemoval<T extends { readonly id: MessageId }>(
  inOrder: readonly T[],
  gone: ReadonlySet<MessageId>,
  current: MessageId | null,
): T | null {
  const at = Math.max(
    0,
    inOrder.findIndex(({ id }) => id === current),
  );
  const stays = ({ id }: T): boolean => !gone.has(id);
  return inOrder.slice(at).find(stays) ?? inOrder.slice(0, at).findLast(stays) ?? null;
}
