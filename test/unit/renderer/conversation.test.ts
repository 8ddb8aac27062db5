import { describe, expect, test } from 'vitest';
import { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { ConversationSummary, MessageRow } from '#shared/domain/message.ts';
import { createTranslate } from '#shared/i18n/translate.ts';
import { messageAlone, messageCount, refOf, rowKey, withFlag } from '#renderer/features/list/rows.ts';
import { participants, rowName, shortName } from '#renderer/features/list/rowText.ts';
import { afterRemoval, opensExpanded, startOf } from '#renderer/features/reader/conversation.ts';

const en = createTranslate('en');

function row(id: number, more: Partial<MessageRow> & { seen?: boolean; draft?: boolean } = {}): MessageRow {
  const { seen = true, draft = false, ...rest } = more;
  return {
    id: MessageId.parse(id),
    accountId: AccountId.parse('a'),
    folderId: FolderId.parse(1),
    uid: id,
    threadId: ThreadId.parse(1),
    subject: 'Offer',
    from: { name: 'Ben Berg', address: 'ben@x.example' },
    to: [],
    date: 0,
    flags: { seen, flagged: false, answered: false, draft, forwarded: false },
    size: 1,
    hasAttachments: false,
    snippet: '',
    pending: false,
    ...rest,
  };
}
const summary = (more: Partial<ConversationSummary>): ConversationSummary => ({
  total: 2,
  unread: 0,
  size: 3,
  people: [],
  ...more,
});

describe('a row of a list of conversations', () => {
  test('stays the same row when a newer message comes to stand for it', () => {
    const before = row(5, { conversation: summary({}) });
    const after = row(9, { conversation: summary({ total: 3 }) });
    expect(rowKey(after)).toBe(rowKey(before));
    expect(rowKey(row(5))).not.toBe(rowKey(before));
  });

  test('acts on all of the conversation in its folder, a message alone on itself', () => {
    const whole = row(5, { conversation: summary({ total: 4 }) });
    expect(refOf(whole)).toEqual({ id: 5, folderId: 1, conversation: true });
    expect(refOf(messageAlone(whole))).toEqual({ id: 5, folderId: 1 });
    expect(messageCount([whole, row(6)])).toBe(5);
  });

  test.each<[string, number, MessageRow[], boolean, { unread: number; seen: boolean }]>([
    ['all of it is read', 3, [row(9, { conversation: summary({}) })], true, { unread: 0, seen: true }],
    ['one message of it is read', 2, [row(5)], true, { unread: 1, seen: false }],
    ['the last unread one is read', 1, [row(5)], true, { unread: 0, seen: true }],
    [
      'it is marked as unread: its newest message',
      0,
      [row(9, { conversation: summary({}) })],
      false,
      { unread: 1, seen: false },
    ],
    [
      'a message of another conversation is read',
      2,
      [row(5, { threadId: ThreadId.parse(7) })],
      true,
      { unread: 2, seen: false },
    ],
    [
      'a message of it in another folder is read',
      2,
      [row(5, { folderId: FolderId.parse(7) })],
      true,
      { unread: 2, seen: false },
    ],
  ])('counts what is unread when %s', (_name, unread, changed, on, expected) => {
    const before = row(9, { seen: unread === 0, conversation: summary({ total: 4, unread }) });
    const [after] = withFlag([before], changed, 'seen', on);
    expect({ unread: after?.conversation?.unread, seen: after?.flags.seen }).toEqual(expected);
  });

  test('says how long the conversation is and what of it is unread', () => {
    const name = (more: Partial<ConversationSummary>, seen: boolean): string =>
      rowName(row(1, { seen, conversation: summary(more) }), 'Ben, me', '14:05', en);
    expect(name({ size: 3, unread: 2 }, false)).toBe(
      'Ben, me, Offer, 14:05, unread, conversation of 3 messages, 2 of them unread',
    );
    expect(name({ size: 3 }, true)).toBe('Ben, me, Offer, 14:05, conversation of 3 messages');
    expect(name({ size: 1, unread: 1 }, false)).toBe('Ben, me, Offer, 14:05, unread');
  });
});

describe('who takes part', () => {
  const people = (...names: string[]) =>
    names.map((name) => ({ name: name.includes('@') ? '' : name, address: `${name}@x.example` }));
  const isOwn = (address: string): boolean => address.startsWith('Anna');

  test.each<[string[], string]>([
    [['Ben Berger'], 'Ben Berger'],
    [['Ben Berger', 'Anna Albrecht', 'Clara Claussen'], 'Ben, me, Clara'],
    [['Anna Albrecht', 'Anna A.'], 'me'],
    [['Berger, Ben', 'Clara'], 'Ben, Clara'],
    [['A a', 'B b', 'C c', 'D d', 'E e', 'F f'], 'A … E, F'],
    [[], '(no sender)'],
  ])('%j is told as %j', (names, told) => {
    expect(participants(people(...names), isOwn, en)).toBe(told);
  });

  test('a person without a name is called by what the address begins with', () => {
    expect(shortName({ name: '', address: 'lena.lorenz@x.example' })).toBe('lena.lorenz');
    expect(shortName({ name: ' , ', address: 'a@x.example' })).toBe(',');
  });
});

describe('a conversation that is opened', () => {
  const rows = [row(1), row(2, { seen: false }), row(3, { seen: false }), row(4), row(5)];

  test('begins at the first unread message in the order of reading', () => {
    expect(startOf(rows, MessageId.parse(4), 'oldest-first')?.id).toBe(2);
    expect(startOf(rows, MessageId.parse(4), 'newest-first')?.id).toBe(3);
  });

  test('without unread ones begins at the one that the list shows, not at my answer to it', () => {
    const read = [row(1), row(4), row(5)];
    expect(startOf(read, MessageId.parse(4), 'oldest-first')?.id).toBe(4);
    expect(startOf(read, MessageId.parse(99), 'oldest-first')?.id).toBe(5);
    expect(startOf([], MessageId.parse(1), 'oldest-first')).toBeUndefined();
  });

  test('expands what is unread and what the list shows; a draft is not unread', () => {
    const opened = MessageId.parse(4);
    expect(rows.filter((one) => opensExpanded(one, opened)).map(({ id }) => id)).toEqual([2, 3, 4]);
    expect(opensExpanded(row(9, { seen: false, draft: true }), opened)).toBe(false);
    expect(
      startOf([row(1), row(9, { seen: false, draft: true })], MessageId.parse(1), 'oldest-first')?.id,
    ).toBe(1);
  });

  test.each([
    [[2], 2, 3],
    [[5], 5, 4],
    [[4, 5], 5, 3],
    [[1], 3, 3],
    [[1, 2, 3, 4, 5], 2, null],
  ])('after %j went, with %i open, stands on %j', (gone, current, expected) => {
    const ids = new Set(gone.map((id) => MessageId.parse(id)));
    expect(afterRemoval(rows, ids, MessageId.parse(current))?.id ?? null).toBe(expected);
  });
});
