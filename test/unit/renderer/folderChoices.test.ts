import { expect, test } from 'vitest';
import { mayHold } from '#renderer/features/folders/folderChoices.ts';
import { AccountId, FolderId } from '#shared/domain/ids.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import { fakeFolder } from '#test/support/fakeMail.ts';

const folder = (path: string, role: FolderRow['role'] = null): FolderRow =>
  fakeFolder({
    id: FolderId.parse(
      1 + ([...path].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 0) % 1_000_003),
    ),
    accountId: AccountId.parse('00000000-0000-4000-8000-000000000001'),
    path,
    role,
  });

test.each([
  ['another folder', folder('Projects'), true],
  ['one of a role', folder('INBOX', 'inbox'), true],
  ['where it is already', folder('Work'), false],
  ['itself', folder('Work/Old'), false],
  ['one below it', folder('Work/Old/2024'), false],
  ['one whose name begins alike', folder('Work/Older'), true],
  ['the archive', folder('Archive', 'archive'), true],
  ['the drafts', folder('Drafts', 'drafts'), false],
  ['spam', folder('Junk', 'junk'), false],
  ['the trash', folder('Trash', 'trash'), false],
  ['the team log', folder('Postkorb', 'log'), false],
])('a folder is brought under %s: %s', (_what, parent, expected) => {
  expect(mayHold(parent, folder('Work/Old'))).toBe(expected);
});

test('where a server has no tree, nothing is brought under anything', () => {
  expect(mayHold(folder('Projects'), { ...folder('Work'), delimiter: null })).toBe(false);
});
