/** What a row says: who, about what, when, and which marks it carries. Pure. */
import type { MessageRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import { isUnread, markWords } from '../group/groupMark.ts';

/** Of mails that this person wrote, a list shows to whom they go. */
export function correspondent(row: MessageRow, outgoing: boolean, t: Translate): string {
  if (outgoing) {
    const [first, ...others] = row.to;
    if (!first) return t('list.draft');
    const name = first.name || first.address;
    const names = others.length > 0 ? t('common.and', { first: name, count: others.length }) : name;
    return t('list.to', { names });
  }
  return row.from?.name || row.from?.address || t('common.noSender');
}

/** The accessible name: "Ben Berg, Offer, 14:05, unread, has attachment". */
export function rowName(
  row: MessageRow,
  sender: string,
  date: string,
  t: Translate,
  now = Date.now(),
): string {
  const marks = [
    isUnread(row) ? t('list.unread') : null,
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
