import { describe, expect, test } from 'vitest';
import type { FolderRole } from '#shared/domain/message.ts';
import { planFolderList } from '#engine/sync/plan/folderList.ts';

const listed = (path: string, role: FolderRole | null = null) => ({ path, role });
const held = (id: number, path: string, localOnly = false) => ({ id, path, localOnly });

describe('the list of folders', () => {
  test('what is no longer listed is gone, but for folders that the server does not know yet', () => {
    const plan = planFolderList(
      [held(1, 'INBOX'), held(2, 'Old'), held(3, 'Made here', true)],
      [listed('INBOX'), listed('New')],
    );
    expect(plan.gone).toEqual([2]);
    expect(plan.listed.map(({ path }) => path)).toEqual(['INBOX', 'New']);
  });

  test('INBOX is the inbox and no other folder is; each role has one folder', () => {
    const plan = planFolderList(
      [],
      [listed('Posteingang', 'inbox'), listed('INBOX'), listed('Sent', 'sent'), listed('Sent Items', 'sent')],
    );
    expect(plan.listed).toEqual([
      listed('INBOX', 'inbox'),
      listed('Sent', 'sent'),
      listed('Posteingang'),
      listed('Sent Items'),
    ]);
  });

  test('what people look at first comes first', () => {
    const roles: FolderRole[] = ['junk', 'trash', 'all', 'archive', 'drafts', 'sent', 'inbox'];
    const plan = planFolderList(
      [],
      [listed('b'), listed('a'), ...roles.map((role) => listed(role === 'inbox' ? 'INBOX' : role, role))],
    );
    expect(plan.listed.map(({ path }) => path)).toEqual([
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

  test('a folder that a server lists twice, or without a name, is one or none', () => {
    expect(planFolderList([], [listed('A'), listed('A'), listed('')]).listed.map(({ path }) => path)).toEqual(
      ['A'],
    );
  });
});
