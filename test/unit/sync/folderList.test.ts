import { describe, expect, test } from 'vitest';
import type { FolderRole } from '#shared/domain/message.ts';
import { orderedFolders } from '#engine/sync/plan/folderList.ts';

const listed = (path: string, role: FolderRole | null = null) => ({ path, role });

describe('the list of folders', () => {
  test('INBOX is the inbox and no other folder is; each role has one folder', () => {
    expect(
      orderedFolders([
        listed('Posteingang', 'inbox'),
        listed('INBOX'),
        listed('Sent', 'sent'),
        listed('Sent Items', 'sent'),
      ]),
    ).toEqual([
      listed('INBOX', 'inbox'),
      listed('Sent', 'sent'),
      listed('Posteingang'),
      listed('Sent Items'),
    ]);
  });

  test('what people look at first comes first', () => {
    const roles: FolderRole[] = ['junk', 'trash', 'all', 'archive', 'drafts', 'sent', 'inbox'];
    const ordered = orderedFolders([
      listed('b'),
      listed('a'),
      ...roles.map((role) => listed(role === 'inbox' ? 'INBOX' : role, role)),
    ]);
    expect(ordered.map(({ path }) => path)).toEqual([
      'INBOX',
      'sent',
      'drafts',
      'archive',
      'a',
      'b',
      'all',
      'trash',
      'junk',
    ]);
  });

  test('the team log of a group account is known by its path, whatever the server takes it for', () => {
    const ordered = orderedFolders([listed('Postkorb', 'archive'), listed('Archive', 'archive')], 'Postkorb');
    expect(ordered).toEqual([listed('Postkorb', 'log'), listed('Archive', 'archive')]);
  });

  test('a folder that a server lists twice, or without a name, is one or none', () => {
    expect(orderedFolders([listed('A'), listed('A'), listed('')]).map(({ path }) => path)).toEqual(['A']);
  });
});
