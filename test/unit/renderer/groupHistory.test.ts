import { expect, test } from 'vitest';
import type { GroupState, Person } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import { createTranslate } from '#shared/i18n/translate.ts';
import { handlerLine, historyLine } from '#renderer/features/group/history.ts';

type Entry = GroupState['history'][number];
const person = (name: string): Person => ({ id: UserId.parse(name.toLowerCase()), name, address: '' });
const ben = person('Ben');
const clara = person('Clara');
const entry = (event: string, more: Partial<Entry> = {}): Entry => ({
  at: 0,
  by: ben,
  event,
  accepted: true,
  ...more,
});
const en = createTranslate('en');
const de = createTranslate('de');

test.each<[Entry, string]>([
  [entry('intake', { to: null }), 'Arrived'],
  [entry('intake', { to: clara }), 'Arrived for Clara'],
  [entry('assign', { to: ben }), 'Ben took it over'],
  [entry('assign', { to: clara }), 'Ben assigned it to Clara'],
  [entry('assign', { to: null }), 'Ben released it'],
  [entry('status', { status: 'done' }), 'Ben marked it as done'],
  [entry('replied'), 'Ben answered'],
  [entry('left', { to: clara }), 'Ben left the group; it fell to Clara'],
  [entry('something-of-tomorrow'), 'Ben: something-of-tomorrow'],
])('history: %j', (one, line) => {
  expect(historyLine(one, en)).toBe(line);
});

test('what lost says who was faster; what still waits for the server has not lost', () => {
  const lost = entry('assign', { to: ben, accepted: false, conflict: { by: clara, at: 0 } });
  expect(historyLine(lost, en)).toBe('Ben wanted to take it over; Clara was faster');
  expect(historyLine(lost, de)).toBe('Ben wollte übernehmen; Clara war schneller');
  expect(historyLine(entry('assign', { to: ben, accepted: false, pending: true }), en)).toBe(
    'Ben took it over',
  );
});

test('the headline says who has it, and me by "you"', () => {
  expect(handlerLine({ handler: ben, status: 'open' }, 'clara', en)).toBe('Ben handles this message');
  expect(handlerLine({ handler: ben, status: 'open' }, 'ben', en)).toBe('You handle this message');
  expect(handlerLine({ handler: null, status: 'waiting' }, 'ben', en)).toBe(
    'Nobody handles this message yet',
  );
  expect(handlerLine({ handler: ben, status: 'done' }, 'clara', en)).toBe('Done, handled by Ben');
});
