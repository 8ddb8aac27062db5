import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UidRanges, uidSet, uidSets } from '#engine/imap/uidSet.ts';

const uid = fc.integer({ min: 1, max: 500 });

describe('sets of UIDs', () => {
  test('what is written is read again as the same set', () => {
    fc.assert(
      fc.property(fc.array(uid), (uids) => {
        const sorted = [...new Set(uids)].sort((a, b) => a - b);
        const set = uidSet(uids);
        expect(UidRanges.parse(set).uids(1000)).toEqual(sorted);
        expect(UidRanges.of(uids).size).toBe(sorted.length);
      }),
    );
  });

  test('a UID is in the set if one of its ranges holds it, in whatever order they were told', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(uid, uid)), (ranges) => {
        const set = UidRanges.parse(ranges.map(([a, b]) => `${a}:${b}`).join(','));
        for (let candidate = 1; candidate <= 500; candidate += 7) {
          const inside = ranges.some(([a, b]) => candidate >= Math.min(a, b) && candidate <= Math.max(a, b));
          expect(set.has(candidate)).toBe(inside);
        }
      }),
    );
  });

  test('a set of four billion UIDs costs nothing until somebody wants them one by one, and then it is refused', () => {
    const all = UidRanges.parse('1:4294967295');
    expect(all.has(4_000_000_000)).toBe(true);
    expect(all.size).toBe(4_294_967_295);
    expect(() => all.uids(1000)).toThrow(expect.objectContaining({ code: 'response-too-large' }));
  });

  test.each([
    ['', ''],
    ['0', ''],
    ['a', ''],
    ['5:', ''],
    ['1:*', ''],
    ['7,0:3,9', '7,9'],
    ['99999999999', ''],
    ['4:2', '2:4'],
    ['1:3,4:6,5', '1:6'],
  ])('%j is read as %j', (told, read) => {
    expect(UidRanges.parse(told).toString()).toBe(read);
  });

  test('a command line never gets longer than servers take, and no UID is lost on the way', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 0xffff_ffff }), { maxLength: 400 }), (uids) => {
        const sets = uidSets(uids, 200);
        for (const { set, uids: held } of sets) {
          expect(set.length).toBeLessThanOrEqual(200);
          expect(UidRanges.parse(set).uids(1000)).toEqual(held);
        }
        expect(sets.flatMap((one) => one.uids)).toEqual([...uids].sort((a, b) => a - b));
      }),
    );
  });
});
