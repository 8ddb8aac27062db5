import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeaderPace } from '#engine/sync/run/headerPace.ts';
import { believeVanished, chunksNewestFirst, compareUids } from '#engine/sync/plan/judge.ts';

const uids = fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((list) => list.sort((a, b) => a - b));

describe('two sets of UIDs side by side', () => {
  test('what only one side has is found, and taking it over makes both equal', () => {
    fc.assert(
      fc.property(uids, uids, (ours, theirs) => {
        const { gone, missing } = compareUids(ours, theirs);
        const after = ours.filter((uid) => !gone.includes(uid)).concat(missing);
        expect(after.sort((a, b) => a - b)).toEqual(theirs);
        expect(gone.every((uid) => ours.includes(uid))).toBe(true);
      }),
    );
  });
});

describe('VANISHED', () => {
  test('is believed when the counts then agree', () => {
    expect(believeVanished({ held: 10, vanished: 2, exists: 8, complete: true })).toBe(true);
  });
  test('is not believed alone when the counts disagree, nor while they cannot agree', () => {
    expect(believeVanished({ held: 10, vanished: 2, exists: 10, complete: true })).toBe(false);
    expect(believeVanished({ held: 10, vanished: 2, exists: 9, complete: true })).toBe(false);
    expect(believeVanished({ held: 10, vanished: 2, exists: 8, complete: false })).toBe(false);
  });
});

test('chunks run from the newest to the oldest, and hold every UID once, however many each may have', () => {
  expect([...chunksNewestFirst([1, 2, 5, 7, 9], () => 2)]).toEqual([[7, 9], [2, 5], [1]]);
  const sizes = [1, 3, 0];
  expect([...chunksNewestFirst([1, 2, 5, 7, 9], () => sizes.shift() ?? 1)]).toEqual([[9], [2, 5, 7], [1]]);
  fc.assert(
    fc.property(uids, fc.integer({ min: 1, max: 20 }), (list, size) => {
      const chunks = [...chunksNewestFirst(list, () => size)];
      expect(chunks.reverse().flat()).toEqual(list);
    }),
  );
});

test('a slow line is asked for fewer headers in one go, a fast one for a thousand', () => {
  const after = (...fetches: [count: number, ms: number][]): number => {
    const pace = new HeaderPace();
    for (const [count, ms] of fetches) pace.took(count, ms);
    return pace.size;
  };
  expect(after()).toBe(1_000);
  expect(after([100, 40])).toBe(1_000);
  expect(after([100, 1_000])).toBe(300);
  expect(after([100, 60_000])).toBe(100);
  // What a few took says nothing; what the next took says more than the ones before.
  expect(after([100, 1_000], [3, 200])).toBe(300);
  expect(after([100, 1_000], [300, 600])).toBe(1_000);
  expect(after([100, 0])).toBe(1_000);
});
