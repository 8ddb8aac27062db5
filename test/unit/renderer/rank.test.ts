import { expect, test } from 'vitest';
import { rank } from '#renderer/features/palette/rank.ts';

const commands = ['New message', 'Mark as unread', 'Mark as read', 'Move', 'Settings', 'Nächste Nachricht'];
const best = (query: string): string | undefined => rank(commands, query, (name) => name)[0];

test.each([
  ['new', 'New message'],
  ['nm', 'New message'],
  ['read', 'Mark as read'],
  ['unr', 'Mark as unread'],
  ['nachste', 'Nächste Nachricht'],
  ['mark read', 'Mark as read'],
  ['set', 'Settings'],
])('%s finds %s first', (query, expected) => {
  expect(best(query)).toBe(expected);
});

test('without a query everything stands in its own order, and nothing matches nonsense', () => {
  expect(rank(commands, ' ', (name) => name)).toEqual(commands);
  expect(rank(commands, 'xyzzy', (name) => name)).toEqual([]);
});
