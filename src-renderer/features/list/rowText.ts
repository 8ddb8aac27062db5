/** What a row says: who, about what, when, and which marks it carries. Pure. */
import type { Address, MessageRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';
import { isUnread, markWords } from '../group/groupMark.ts';

/** Of mails that this person wrote, a list shows to whom they go. */
export function correspondent(row: MessageRow, outgoing: boolean, t: Translate): string {
  if (outgoing) {
    const [first, ...others] = row.to;
    if (!first) return t('list.draft');
    const name = first.name || readableAddress(first.address);
    const names = others.length > 0 ? t('common.and', { first: name, count: others.length }) : name;
    return t('list.to', { names });
  }
  return row.from?.name || readableAddress(row.from?.address ?? '') || t('common.noSender');
}

/** As people call each other: the first name, or what an address begins with. */
export function shortName({ name, address }: Address): string {
  const given = name.includes(',') ? name.slice(name.indexOf(',') + 1) : name;
  const [first = ''] = given.trim().split(/\s+/);
  return first || name.trim() || (address.split('@')[0] ?? '');
}

/** Who takes part in a conversation: "Ben, Clara and me"; of many the first one and the last ones. */
export function participants(
  people: readonly Address[],
  isOwn: (address: string) => boolean,
  t: Translate,
): string {
  const me = (one: Address): boolean => isOwn(one.address);
  const [only, ...others] = people.filter((one, at) => !me(one) || people.findIndex(me) === at);
  if (!only) return t('common.noSender');
  if (others.length === 0)
    return me(only) ? t('list.me') : only.name || readableAddress(only.address) || t('common.noSender');
  const short = (one: Address): string => (me(one) ? t('list.me') : shortName(one));
  if (others.length <= 3) return [only, ...others].map(short).join(', ');
  return `${short(only)} … ${others.slice(-2).map(short).join(', ')}`;
}

/** The accessible name: "Ben Berg, Offer, 14:05, unread, has attachment". */
export function rowName(
  row: MessageRow,
  sender: string,
  date: string,
  t: Translate,
  now = Date.now(),
): string {
  const { conversation } = row;
  const marks = [
    isUnread(row) ? t('list.unread') : null,
    conversation !== undefined && conversation.size > 1
      ? t('list.ofConversation', { count: conversation.size })
      : null,
    conversation !== undefined && conversation.size > 1 && conversation.unread > 0
      ? t('list.unreadWithin', { count: conversation.unread })
      : null,
    row.flags.flagged ? t('list.starred') : null,
    row.hasAttachments ? t('list.hasAttachment') : null,
    row.flags.answered ? t('list.answered') : null,
    row.flags.forwarded ? t('list.forwarded') : null,
    row.flags.draft ? t('list.draft') : null,
    row.pending ? t('list.pending') : null,
    ...(row.group ? markWords(row.group, now, t) : []),
  ].filter((mark) => mark !== null);
  const subject = row.subject || t('common.noSubject');
  return [t('list.row', { sender, subject, date }), ...marks].join(', ');
}
