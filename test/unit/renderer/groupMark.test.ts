import { expect, test } from 'vitest';
import { createTranslate } from '#shared/i18n/translate.ts';
import type { GroupMark } from '#shared/domain/message.ts';
import { isUnread, markWords, seenAct, symbolLook, symbolName } from '#renderer/features/group/groupMark.ts';

const open: GroupMark = {
  group: 'kontor/info',
  handler: { id: 'ben', name: 'Ben' },
  mine: false,
  status: 'open',
  until: null,
  notes: 0,
  readByMe: true,
  marksSeen: false,
  composing: [],
  pending: false,
};
const en = createTranslate('en');
const de = createTranslate('de');

test('the symbol is named by the handler, in both languages', () => {
  expect(symbolName(open, en)).toBe('Group: handled by Ben');
  expect(symbolName(open, de)).toBe('Gruppe: Bearbeiter Ben');
  expect(symbolName({ ...open, handler: null }, en)).toBe('Group: no handler');
  expect(symbolName({ ...open, handler: null }, de)).toBe('Gruppe: ohne Bearbeiter');
});

test.each([
  ['somebody else’s', {}, 'other'],
  ['mine', { mine: true }, 'mine'],
  ['nobody’s', { handler: null }, 'nobody'],
  ['done, whoever had it', { mine: true, status: 'done' }, 'done'],
  ['waiting without a date', { status: 'waiting' }, 'waiting'],
  ['waiting until later', { status: 'waiting', until: 11 }, 'waiting'],
  ['waiting until a moment that is over', { status: 'waiting', until: 10 }, 'due'],
] as const)('a mail that is %s looks like it', (_what, change, look) => {
  expect(symbolLook({ ...open, ...change }, 10)).toBe(look);
});

test('a row says what its symbol shows besides the handler', () => {
  expect(markWords(open, 0, en)).toEqual([]);
  const busy: GroupMark = {
    ...open,
    status: 'waiting',
    notes: 2,
    composing: [{ id: 'clara', name: 'Clara' }],
    pending: true,
  };
  expect(markWords(busy, 0, en)).toEqual([
    'waiting',
    'Clara is answering',
    '2 notes',
    'not yet on the server',
  ]);
});

test('what a colleague has read is unread to me until I read it; his unread mail is not mine', () => {
  const seen = { seen: true, flagged: false, answered: false, draft: false, forwarded: false };
  const unseen = { ...seen, seen: false };
  expect(isUnread({ flags: seen })).toBe(false);
  expect(isUnread({ flags: unseen })).toBe(true);
  expect(isUnread({ flags: seen, group: { ...open, readByMe: false } })).toBe(true);
  // The server's flag is the handler's.
  expect(isUnread({ flags: unseen, group: open })).toBe(false);
  expect(isUnread({ flags: unseen, group: { ...open, mine: true, marksSeen: true } })).toBe(true);
  // Where anybody's reading counts, what somebody put back to unread is unread for all.
  expect(isUnread({ flags: unseen, group: { ...open, marksSeen: true } })).toBe(true);
});

test.each([
  ['a mail of one’s own that was read', undefined, true, 'markUnread'],
  ['one that was not', undefined, false, 'markRead'],
  ['a group’s that I have not read, whoever else has', { readByMe: false }, true, 'markRead'],
  ['a group’s that others handle and I have read: the server’s mark is theirs', {}, false, null],
  ['a group’s whose mark is mine', { marksSeen: true }, true, 'markUnread'],
] as const)('%s can be marked as what it is not', (_what, change, seen, act) => {
  const flags = { seen, flagged: false, answered: false, draft: false, forwarded: false };
  expect(seenAct({ flags, ...(change ? { group: { ...open, ...change } } : {}) })).toBe(act);
});
