import { expect, test } from 'vitest';
import { windowTitle } from '#renderer/app/windowTitle.ts';

const account = (displayName: string, group: string | null = null) => ({
  displayName,
  address: 'a@xyz.test',
  group,
});

test.each([
  ['nobody yet', [], 'Postkorb'],
  ['the name', [account('Anna Albrecht')], 'Anna Albrecht – Postkorb'],
  ['a person before a group', [account('Info', 'xyz/info'), account('Ben')], 'Ben – Postkorb'],
  ['a group where there is no person', [account('Info', 'xyz/info')], 'Info – Postkorb'],
  ['the address where there is no name', [account(' ')], 'a@xyz.test – Postkorb'],
])('a window is called by %s', (_what, accounts, title) => {
  expect(windowTitle(accounts)).toBe(title);
});
