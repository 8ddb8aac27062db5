import { expect, test } from 'vitest';
import { dayOf, morningOf, proposedWaits } from '#renderer/features/group/waitTimes.ts';

const now = new Date(2026, 1, 27, 15, 30).getTime();

test('mails wait until a morning', () => {
  expect(proposedWaits(now).map(({ key, at }) => [key, dayOf(at), new Date(at).getHours()])).toEqual([
    ['tomorrow', '2026-02-28', 8],
    ['days', '2026-03-02', 8],
    ['week', '2026-03-06', 8],
  ]);
});

test.each(['', '2026-02-30', '2026-02-27', '2025-12-01', 'soon'])('%j is no day to wait until', (date) => {
  expect(morningOf(date, now)).toBeNull();
});

test('another day is', () => {
  expect(morningOf('2026-02-28', now)).toBe(new Date(2026, 1, 28, 8).getTime());
});
