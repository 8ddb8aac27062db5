import { describe, expect, test } from 'vitest';
import { mayUnsubscribe, subscriptionLines } from '#renderer/features/folders/subscriptions.ts';
import { treeLines } from '#renderer/features/folders/tree.ts';
import { FolderId } from '#shared/domain/ids.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import { fakeAccounts, fakeFolder } from '#test/support/fakeMail.ts';

const [account] = fakeAccounts(1);
if (!account) throw new Error('no account');

let ids = 0;
const folder = (path: string, some: Partial<FolderRow> = {}): FolderRow =>
  fakeFolder({ id: FolderId.parse((ids += 1)), accountId: account.id, path, total: 2, unread: 2, ...some });
const away = { subscribed: false, shown: false };

describe('the tree', () => {
  const lines = (...folders: FolderRow[]) =>
    treeLines([account], folders, [], new Set(), 'en')
      .slice(1)
      .map(({ item, level }) => `${'  '.repeat(level - 2)}${item.kind === 'folder' ? item.folder.path : ''}`);
  test.each([
    ['what was unsubscribed is not in it', [folder('A'), folder('B', away)], ['A']],
    [
      'what was unsubscribed stays as the place of what is below it',
      [folder('A', away), folder('A/B')],
      ['A', '  A/B'],
    ],
    ['nothing below it is left: it goes as well', [folder('A', away), folder('A/B', away)], []],
    [
      'a place without mails goes with the last that was below it',
      [folder('A', { selectable: false }), folder('A/B', away)],
      [],
    ],
    ['a place without mails that holds nothing stays', [folder('A', { selectable: false })], ['A']],
  ])('%s', (_what, folders, expected) => {
    expect(lines(...folders)).toEqual(expected);
  });

  test('counts nothing of what is not shown, and makes no favourite of it', () => {
    const hidden = folder('A', away);
    const all = treeLines([account], [hidden, folder('A/B')], [], new Set(), 'en', [hidden.id]);
    expect(all.map(({ item, unread }) => [item.kind, unread])).toEqual([
      ['account', 0],
      ['folder', 0],
      ['folder', 2],
    ]);
  });
});

describe('the list of subscriptions', () => {
  const lines = (query: string, ...folders: FolderRow[]) =>
    subscriptionLines(account, folders, { query, locale: 'en', nameOf: ({ name }) => name }).map((line) => [
      line.folder.path,
      line.folder.shown,
    ]);
  const all = [
    folder('INBOX', { role: 'inbox' }),
    folder('Projects', away),
    folder('Projects/Harbour', away),
    folder('Projects/Yard'),
    folder('Postkorb', { role: 'log' }),
  ];
  test('holds everything but the team log, each as it is', () => {
    expect(lines('', ...all)).toEqual([
      ['INBOX', true],
      ['Projects', false],
      ['Projects/Harbour', false],
      ['Projects/Yard', true],
    ]);
  });
  test('is reduced to what is sought and what is above it', () => {
    expect(lines('harb', ...all)).toEqual([
      ['Projects', false],
      ['Projects/Harbour', false],
    ]);
    expect(lines('nowhere', ...all)).toEqual([]);
  });
  test.each([
    ['a folder of one’s own', folder('A'), true],
    ['one that is away', folder('A', away), true],
    ['one with a role', folder('Sent', { role: 'sent' }), false],
    ['one without mails', folder('A', { selectable: false }), false],
  ])('%s can be ticked: %s', (_what, row, expected) => {
    expect(mayUnsubscribe(row)).toBe(expected);
  });
});
