/** What the engine in memory leaves out of a list, and in which order it gives the rest. */
import type { ListFilter, ListSort } from '#shared/contract/messages.ts';
import type { FakeMessage } from './fakeMail.ts';

export function arranged(
  newestFirst: readonly FakeMessage[],
  sort: ListSort = { by: 'date', ascending: false },
  filter: ListFilter = {},
): FakeMessage[] {
  const { by, ascending } = sort;
  const found = newestFirst.filter(
    ({ content }) =>
      !(filter.unread && content.flags.seen) &&
      !(filter.starred && !content.flags.flagged) &&
      !(filter.attachments && content.attachments.length === 0) &&
      !(filter.toMe && !content.to.some(({ address }) => address.startsWith('anna@'))),
  );
  const key = ({ content }: FakeMessage): string | number =>
    by === 'sender'
      ? (content.from?.name ?? '')
      : by === 'subject'
        ? content.subject
        : by === 'size'
          ? content.size
          : content.id;
  if (by === 'date' && !ascending) return found;
  const sign = ascending ? 1 : -1;
  return found.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
}
