import { expect, test } from 'vitest';
import { createTranslate } from '#shared/i18n/translate.ts';
import { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { correspondent, rowName } from '#renderer/features/list/rowText.ts';
import { hueOf, initialsOf, avatarHues } from '#renderer/ui/avatarLook.ts';

const row: MessageRow = {
  id: MessageId.parse(1),
  accountId: AccountId.parse('a'),
  folderId: FolderId.parse(1),
  uid: 1,
  threadId: ThreadId.parse(1),
  subject: 'Offer',
  from: { name: 'Ben Berg', address: 'ben@x.example' },
  to: [],
  date: 0,
  flags: { seen: true, flagged: false, answered: false, draft: false, forwarded: false },
  size: 1,
  hasAttachments: false,
  snippet: '',
  pending: false,
};
const en = createTranslate('en');
const de = createTranslate('de');

test('a row is named by sender, subject, date and its marks', () => {
  expect(rowName(row, 'Ben Berg', '14:05', en)).toBe('Ben Berg, Offer, 14:05');
  const marked = { ...row, hasAttachments: true, flags: { ...row.flags, seen: false, flagged: true } };
  expect(rowName(marked, 'Ben Berg', '14:05', en)).toBe(
    'Ben Berg, Offer, 14:05, unread, starred, has attachment',
  );
  expect(rowName(marked, 'Ben Berg', '14:05', de)).toBe(
    'Ben Berg, Offer, 14:05, ungelesen, markiert, mit Anhang',
  );
  expect(rowName({ ...row, subject: '' }, 'Ben', '14:05', en)).toBe('Ben, (no subject), 14:05');
});

test('of mails that I wrote the list says to whom', () => {
  expect(correspondent(row, false, en)).toBe('Ben Berg');
  expect(correspondent({ ...row, from: null }, false, en)).toBe('(no sender)');
  const from = { name: '', address: 'info@xn--bcher-kva.example' };
  expect(correspondent({ ...row, from }, false, en)).toBe('info@bücher.example');
  const to = [
    { name: 'Eva', address: 'e@x.example' },
    { name: '', address: 'f@x.example' },
  ];
  expect(correspondent({ ...row, to }, true, en)).toBe('To: Eva and 1 more');
  expect(correspondent(row, true, en)).toBe('draft');
});

test.each([
  ['Anna Albrecht', 'a@x', 'AA'],
  ['anna', 'a@x', 'A'],
  ['', 'ben@x', 'B'],
  ['"Dr." Eva-Maria Öztürk', 'x@x', 'DÖ'],
  ['😀', '@', '?'],
  ['李 雷', 'x@x', '李雷'],
])('the initials of %j are %s', (name, address, initials) => {
  expect(initialsOf(name, address)).toBe(initials);
});

test('a sender has always the same colour', () => {
  expect(hueOf('Ben@X.example')).toBe(hueOf('ben@x.example'));
  expect(hueOf('a@b.example')).toBeLessThan(avatarHues);
});
