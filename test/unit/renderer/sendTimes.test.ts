import { expect, test } from 'vitest';
import { boxesOf, momentOf, proposedTimes } from '#renderer/features/composer/sendTimes.ts';

const at = (text: string): number => new Date(text).getTime();

test('proposals: an hour from now, tomorrow morning, Monday morning', () => {
  expect(proposedTimes(at('2026-03-04T15:20:31'))).toEqual([
    { key: 'inAnHour', at: at('2026-03-04T16:20:00') },
    { key: 'tomorrow', at: at('2026-03-05T08:00:00') },
    { key: 'monday', at: at('2026-03-09T08:00:00') },
  ]);
});

test('on a Sunday tomorrow is Monday already; on a Monday it is the next one', () => {
  expect(proposedTimes(at('2026-03-08T15:20:00')).map(({ key }) => key)).toEqual(['inAnHour', 'tomorrow']);
  expect(proposedTimes(at('2026-03-09T07:00:00')).at(-1)?.at).toBe(at('2026-03-16T08:00:00'));
});

test('a date and a time are a moment, and back', () => {
  const moment = at('2026-12-31T23:45:00');
  const { date, time } = boxesOf(moment);
  expect({ date, time }).toEqual({ date: '2026-12-31', time: '23:45' });
  expect(momentOf(date, time)).toBe(moment);
  expect(momentOf('2026-02-30', '10:00')).toBeNull();
  expect(momentOf('', '10:00')).toBeNull();
  expect(momentOf('2026-02-20', '')).toBeNull();
});
