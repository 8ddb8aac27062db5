import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planVisit, whyVisit } from '#engine/sync/plan/folderVisit.ts';
import type { VisitOptions } from '#engine/sync/plan/folderVisit.ts';
import { levelOf } from '#engine/sync/plan/state.ts';
import type { FolderStatusFacts, KnownFolder, SelectedFacts } from '#engine/sync/plan/state.ts';

const known: KnownFolder = {
  uidValidity: '7',
  uidNext: 101,
  lowUid: 1,
  highestModseq: '50',
  count: 90,
  serverTotal: 90,
  serverUnseen: 3,
};
const status: FolderStatusFacts = {
  messages: 90,
  unseen: 3,
  uidNext: 101,
  uidValidity: '7',
  highestModseq: '50',
};
const selected: SelectedFacts = { uidValidity: '7', uidNext: 101, exists: 90, highestModseq: '50' };
const options: VisitOptions = { level: 'qresync', thoroughness: 'recent', recentFrom: 60 };
const without: FolderStatusFacts = { ...status, highestModseq: null };
const steps = (k: Partial<KnownFolder>, s: Partial<SelectedFacts>, o: Partial<VisitOptions> = {}) =>
  planVisit({ ...known, ...k }, { ...selected, ...s }, { ...options, ...o });

describe('is a folder worth a SELECT?', () => {
  test.each<[string, Partial<KnownFolder>, FolderStatusFacts | null, string | null]>([
    ['nothing changed', {}, status, null],
    ['it was never synchronised', { uidValidity: null }, status, 'first'],
    ['the server told nothing of it', {}, null, 'no-status'],
    ['the server left out UIDNEXT', {}, { ...status, uidNext: null }, 'no-status'],
    ['another UIDVALIDITY', {}, { ...status, uidValidity: '8' }, 'uidvalidity'],
    ['new mail', {}, { ...status, uidNext: 102, messages: 91 }, 'uidnext'],
    ['UIDNEXT fell', {}, { ...status, uidNext: 90 }, 'uidnext'],
    ['new mail that is gone again', {}, { ...status, uidNext: 102 }, 'uidnext'],
    ['a flag changed', {}, { ...status, highestModseq: '51' }, 'modseq'],
    ['HIGHESTMODSEQ fell', {}, { ...status, highestModseq: '49' }, 'modseq'],
    ['the server has modification sequences by now', { highestModseq: null }, status, 'modseq'],
    ['something is gone', {}, { ...status, messages: 89 }, 'messages'],
    ['older headers are still to come', { lowUid: 40 }, status, 'history'],
    ['without sequences: nothing changed', {}, without, null],
    ['without sequences: something was read', {}, { ...without, unseen: 2 }, 'unseen'],
  ])('%s', (_name, more, told, expected) => {
    expect(whyVisit({ ...known, ...more }, told, { lookAtFlags: false })).toBe(expected);
  });

  test('where the server cannot say that a flag changed, it is looked at from time to time', () => {
    expect(whyVisit(known, without, { lookAtFlags: true })).toBe('look-at-flags');
    expect(whyVisit(known, status, { lookAtFlags: true })).toBeNull();
  });
});

describe('which level', () => {
  test.each([
    [{ condstore: true, qresync: true }, '1', 'qresync'],
    [{ condstore: true, qresync: false }, '1', 'condstore'],
    [{ condstore: false, qresync: false }, '1', 'uidnext'],
    [{ condstore: true, qresync: true }, null, 'uidnext'],
  ])('%j with HIGHESTMODSEQ %s is %s', (enabled, modseq, level) => {
    expect(levelOf(enabled, modseq)).toBe(level);
  });
});

describe('what is done in a folder', () => {
  test('a new one: the newest page first, then the history', () => {
    expect(steps({ uidValidity: null, count: 0 }, {})).toEqual([
      { do: 'first-page' },
      { do: 'history' },
      { do: 'check' },
    ]);
    expect(steps({ uidValidity: null, count: 0 }, { exists: 0 })).toEqual([{ do: 'first-page' }]);
  });

  test('another UIDVALIDITY, or UIDs that begin again: everything under the old UIDs is forgotten', () => {
    expect(steps({}, { uidValidity: '8' })[0]).toEqual({ do: 'reset', because: 'uidvalidity' });
    expect(steps({}, { uidNext: 100 })[0]).toEqual({ do: 'reset', because: 'uidnext-fell' });
    expect(steps({}, { uidNext: 0 })).not.toContainEqual(expect.objectContaining({ do: 'reset' }));
  });

  test('the three levels differ in how changes are found', () => {
    const more = { uidNext: 105, highestModseq: '60' };
    expect(steps({}, more)).toEqual([
      { do: 'new', from: 101 },
      { do: 'changes', since: '50', vanished: true },
      { do: 'check' },
    ]);
    expect(steps({}, more, { level: 'condstore' })).toEqual([
      { do: 'new', from: 101 },
      { do: 'changes', since: '50', vanished: false },
      { do: 'check' },
    ]);
    expect(steps({}, { ...more, highestModseq: null }, { level: 'uidnext' })).toEqual([
      { do: 'new', from: 101 },
      { do: 'flags', from: 60 },
      { do: 'check' },
    ]);
  });

  test('HIGHESTMODSEQ that fell says nothing about changes: all flags and all UIDs are looked at', () => {
    expect(steps({}, { highestModseq: '49' })).toEqual([{ do: 'flags', from: 1 }, { do: 'compare' }]);
    expect(steps({ highestModseq: '9007199254740993' }, { highestModseq: '9007199254740992' })).toEqual([
      { do: 'flags', from: 1 },
      { do: 'compare' },
    ]);
  });

  test('sequences that the server has only now: the same', () => {
    expect(steps({ highestModseq: null }, {})).toEqual([{ do: 'flags', from: 1 }, { do: 'compare' }]);
  });

  test('a thorough visit looks at every flag and every UID, whatever the server claims', () => {
    for (const level of ['qresync', 'condstore', 'uidnext'] as const)
      expect(steps({}, {}, { level, thoroughness: 'all' })).toEqual([
        { do: 'flags', from: 1 },
        { do: 'compare' },
      ]);
  });

  test('the look at flags stays within what is held', () => {
    expect(steps({ lowUid: 80 }, { highestModseq: null }, { level: 'uidnext' })[0]).toEqual({
      do: 'flags',
      from: 80,
    });
  });

  test('every plan ends with the counts compared, and begins with what is new', () => {
    const uid = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(
        fc.record({ uidValidity: fc.constantFrom('7', '8', null), uidNext: uid, lowUid: uid, count: uid }),
        fc.record({ uidNext: uid, exists: fc.integer({ min: 1, max: 1000 }) }),
        fc.constantFrom('50', '60', '40', null),
        fc.constantFrom<VisitOptions['level']>('qresync', 'condstore', 'uidnext'),
        (k, s, highestModseq, level) => {
          const plan = steps(k, { ...s, highestModseq }, { level });
          expect(['check', 'compare']).toContain(plan.at(-1)?.do);
          const order = ['reset', 'first-page', 'new', 'changes', 'flags'];
          const first = plan.map((step) => order.indexOf(step.do)).filter((at) => at >= 0);
          expect(first).toEqual([...first].sort((a, b) => a - b));
        },
      ),
    );
  });
});
