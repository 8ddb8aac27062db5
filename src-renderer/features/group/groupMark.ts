/** What a group's mark on a mail says: names for the symbol and the row, and how the symbol looks. Pure. */
import type { GroupMark, MessageRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';

export type SymbolLook = 'mine' | 'other' | 'nobody' | 'done' | 'waiting' | 'due';

/** Done and waiting say more at a glance than whose it is, which the name still tells. */
export function symbolLook({ handler, mine, status, until }: GroupMark, now: number): SymbolLook {
  if (status === 'done') return 'done';
  if (status === 'waiting') return until !== null && until <= now ? 'due' : 'waiting';
  if (handler === null) return 'nobody';
  return mine ? 'mine' : 'other';
}

/** The accessible name of the symbol; part of the product's contract (UI.md). */
export function symbolName({ handler }: GroupMark, t: Translate): string {
  return handler === null ? t('group.symbol.none') : t('group.symbol', { name: handler.name });
}

/** What a row's name says besides its symbol: "done", "Ben is answering". */
export function markWords(mark: GroupMark, now: number, t: Translate): string[] {
  const look = symbolLook(mark, now);
  return [
    look === 'done' || look === 'waiting' || look === 'due' ? t(`group.mark.${look}`) : null,
    answeringNames(mark, t),
    mark.notes > 0 ? t('group.mark.notes', { count: mark.notes }) : null,
    mark.pending ? t('group.mark.pending') : null,
  ].filter((word) => word !== null);
}

/** "Ben is answering"; null: nobody is. */
export function answeringNames({ composing }: Pick<GroupMark, 'composing'>, t: Translate): string | null {
  if (composing.length === 0) return null;
  return t('group.answering', {
    names: composing.map(({ name }) => name).join(', '),
    count: composing.length,
  });
}

/** Somebody else answers for this mail: the server's "seen" is then his, and "read" is each member's own. */
export function othersHandle({ group }: Pick<MessageRow, 'group'>): boolean {
  return group !== undefined && group.handler !== null && !group.mine;
}

/** Does this person's reading set the server's flag? In a shared mailbox it may be the handler's alone. */
export function marksSeen({ group }: Pick<MessageRow, 'group'>): boolean {
  return group === undefined || group.marksSeen;
}

/** Is this mail unread for this person? In a shared mailbox the server's flag may be a colleague's. */
export function isUnread(row: Pick<MessageRow, 'group' | 'flags'>): boolean {
  const { group, flags } = row;
  if (group === undefined) return !flags.seen;
  return !group.readByMe || (group.marksSeen && !flags.seen);
}

/** What can be done about a mail's being read; null: the server's mark is its handler's, and this person has read it. */
export function seenAct(row: Pick<MessageRow, 'group' | 'flags'>): 'markRead' | 'markUnread' | null {
  if (isUnread(row)) return 'markRead';
  return marksSeen(row) ? 'markUnread' : null;
}
