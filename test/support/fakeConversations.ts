/** Conversations of the engine in memory: what its store does by indexes, by looking at everything. */
import type { FolderRow, MessageRow } from '#shared/domain/message.ts';

const elsewhere = new Set(['junk', 'trash', 'log']);

/** All of a conversation as it is seen from a folder, oldest first. */
export function conversationRows(
  all: readonly MessageRow[],
  folders: readonly FolderRow[],
  row: MessageRow,
): MessageRow[] {
  const roles = new Map(folders.map(({ id, role }) => [id, role]));
  return all
    .filter(
      (one) =>
        one.threadId === row.threadId &&
        (one.folderId === row.folderId || !elsewhere.has(roles.get(one.folderId) ?? '')),
    )
    .sort((a, b) => a.id - b.id);
}

/** The newest of each conversation in each folder. */
export function newestOfEach<T extends { readonly content: Pick<MessageRow, 'threadId' | 'folderId'> }>(
  newestFirst: readonly T[],
): T[] {
  const seen = new Set<string>();
  return newestFirst.filter(({ content: { threadId, folderId } }) => {
    const key = `${threadId}:${folderId}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** `row` as it stands for its conversation. */
export function asConversation(
  row: MessageRow,
  all: readonly MessageRow[],
  folders: readonly FolderRow[],
): MessageRow {
  const whole = conversationRows(all, folders, row);
  const here = whole.filter(({ folderId }) => folderId === row.folderId);
  const unread = here.filter(({ flags }) => !flags.seen).length;
  const people = new Map(whole.flatMap(({ from }) => (from ? [[from.address, from] as const] : [])));
  return {
    ...row,
    flags: { ...row.flags, seen: unread === 0, flagged: here.some(({ flags }) => flags.flagged) },
    hasAttachments: whole.some(({ hasAttachments }) => hasAttachments),
    conversation: { total: here.length, unread, size: whole.length, people: [...people.values()] },
  };
}
