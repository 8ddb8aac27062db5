/** What must hold for any events whatever. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TeamEvent } from '#shared/domain/group/events.ts';
import { foldEntry, type LogEntry } from '#shared/domain/group/fold.ts';
import type { MemoryState } from '#shared/domain/group/logState.ts';
import { readSnapshot, writeSnapshot } from '#shared/domain/group/snapshot.ts';
import {
  contextOf,
  day,
  foldAll,
  group,
  key,
  keyOf,
  minute,
  nextId,
  start,
  TestLog,
  user,
} from '#test/support/teamLog.ts';

const context = contextOf(
  [
    { name: 'anna' },
    { name: 'ben' },
    { name: 'cleo', until: start + 40 * minute },
    { name: 'dora', since: start + 20 * minute },
    { name: 'eva', keys: [] },
  ],
  { defaultHandler: 'anna' },
);
const text = (state: MemoryState): string => [...writeSnapshot(state)].join('\n');

const who = fc.constantFrom('anna', 'ben', 'cleo', 'dora', 'eva', 'mallory');
const mails = fc.constantFrom('m1', 'm2', 'm3');
/** Offsets into the events so far: 0 is null. */
const earlier = fc.nat(6);

type Shape = (about: string, by: string, past: (back: number) => string | null) => Record<string, unknown>;
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ to: fc.option(who), back: earlier }).map(({ to, back }): Shape => (about, by, past) => ({
    type: 'assign',
    by,
    about,
    to,
    expect: past(back),
  })),
  fc
    .record({ status: fc.constantFrom('open', 'waiting', 'done'), back: earlier })
    .map(({ status, back }): Shape => (about, by, past) => ({
      type: 'status',
      by,
      about,
      status,
      expect: past(back),
      until: status === 'waiting' ? new Date(start + day).toISOString() : null,
    })),
  fc
    .record({ info: fc.array(who), handler: fc.option(who) })
    .map(({ info, handler }): Shape => (about, by) => ({ type: 'intake', by, about, info, handler })),
  fc.constant<Shape>((about, by) => ({ type: 'note', by, about, text: 'a note', mentions: ['ben'] })),
  earlier.map((back): Shape => (about, by, past) => ({
    type: 'note-edit',
    by,
    about,
    note: past(back) ?? nextId(),
    text: 'changed',
  })),
  earlier.map((back): Shape => (about, by, past) => ({
    type: 'note-delete',
    by,
    about,
    note: past(back) ?? nextId(),
  })),
  fc.constant<Shape>((about, by) => ({ type: 'replied', by, about, answer: key('answer') })),
  fc.constant<Shape>((about, by) => ({ type: 'read', by, messages: [about, key('m9')] })),
  fc.nat(900).map((seconds): Shape => (about, by) => ({
    type: 'composing',
    by,
    about,
    at: new Date(start).toISOString(),
    until: seconds < 100 ? null : new Date(start + seconds * 1000).toISOString(),
  })),
  who.map((enrolled): Shape => (_about, by) => ({ type: 'enrol', by, user: by, key: keyOf(enrolled) })),
  fc.constant<Shape>((_about, by) => ({ type: 'charter', by, organisationName: 'XYZ' })),
);
/** Something that a reader may find there. */
const flaw = fc.oneof(
  { weight: 12, arbitrary: fc.constant('none' as const) },
  fc.constantFrom(
    'twice',
    'forged',
    'unsigned',
    'junk',
    'future',
    'foreign',
    'seen-wrong',
    'backdated' as const,
  ),
);
const script = fc.array(fc.record({ shape, about: mails, by: who, flaw }), { minLength: 1, maxLength: 60 });

/** Writes the script into a log and folds it on the way. */
function play(steps: typeof script extends fc.Arbitrary<infer T> ? T : never): TestLog {
  const log = new TestLog(context);
  for (const { shape: make, about, by, flaw: wrong } of steps) {
    const past = (back: number): string | null =>
      back === 0 ? null : (log.entries.at(-back)?.event?.id ?? null);
    const event = log.event(make(key(about), by, past) as { type: TeamEvent['type']; by: string });
    switch (wrong) {
      case 'twice':
        log.append(event);
        log.append(event);
        break;
      case 'forged':
        log.append(event, { key: keyOf('mallory') });
        break;
      case 'unsigned':
        log.append(event, { key: null });
        break;
      case 'junk':
        log.append(event, { event: null, reason: 'junk', digest: null });
        break;
      case 'future':
        log.append({ ...event, at: '2099-01-01T00:00:00Z' });
        break;
      case 'foreign':
        log.append({ ...event, group: 'rival/info' });
        break;
      case 'seen-wrong':
        log.append({ ...event, seen: { uid: log.entries.length, digest: 'e'.repeat(64), validity: '1000' } });
        break;
      case 'backdated':
        log.append(event, { at: start });
        break;
      default:
        log.append(event);
    }
  }
  return log;
}

describe('any log', () => {
  it('any two clients that read the same events agree, however far each got before', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const log = play(steps);
        expect(text(foldAll(log.entries, context))).toBe(text(log.state));
      }),
    );
  });

  it('a snapshot of any prefix and the rest give what the whole log gives', () => {
    fc.assert(
      fc.property(script, fc.nat(60), (steps, cut) => {
        const log = play(steps);
        const prefix = foldAll(log.entries.slice(0, cut), context);
        const restored = readSnapshot(writeSnapshot(prefix));
        for (const entry of log.entries.slice(cut)) foldEntry(restored, entry, context);
        expect(text(restored)).toBe(text(log.state));
        expect([...restored.ids].sort()).toEqual([...log.state.ids].sort());
      }),
    );
  });

  it('what is ignored leaves every message as it was', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const log = play(steps);
        const state = foldAll([], context);
        for (const entry of log.entries) {
          const before = JSON.stringify([...state.messages]);
          const outcome = foldEntry(state, entry, context);
          if (outcome.result === 'ignored') expect(JSON.stringify([...state.messages])).toBe(before);
        }
      }),
    );
  });

  it('unknown, malformed, foreign, forged and doubled entries make no difference wherever they stand', () => {
    fc.assert(
      fc.property(script, fc.array(fc.tuple(fc.nat(60), fc.nat(5)), { maxLength: 20 }), (steps, noise) => {
        const clean = play(steps.map((step) => ({ ...step, flaw: 'none' as const }))).entries;
        const noisy: LogEntry[] = clean.flatMap((entry, at) => [
          entry,
          ...noise.filter(([place]) => place === at).map(([, kind]) => disturbance(entry, kind)),
        ]);
        const messages = (entries: readonly LogEntry[]): string =>
          JSON.stringify([...foldAll(entries, context).messages]);
        expect(messages(noisy)).toBe(messages(clean));
      }),
    );
  });
});

function disturbance(entry: LogEntry, kind: number): LogEntry {
  const { event } = entry;
  if (event === null) throw new Error('no event');
  const other = { ...event, id: nextId() };
  return (
    [
      { ...entry, event: null, reason: 'junk', digest: null },
      { ...entry, event: null, reason: 'malformed' },
      { ...entry, event: null, reason: 'unknown-type' },
      { ...entry, event: { ...other, group: 'rival/info' } },
      // A first key that stands for itself is no forgery: nobody knows the user's key yet.
      event.type === 'enrol' ? entry : { ...entry, event: other, key: keyOf('mallory') },
      // Right after itself: later it could be a second enrolment's business.
      event.type === 'read' || event.type === 'composing'
        ? { ...entry, event: null, reason: 'junk', digest: null }
        : entry,
    ] satisfies LogEntry[]
  )[kind] as LogEntry;
}

describe('any race', () => {
  it('whatever the order of arrival, each round of claims has exactly one winner, and the winner of the last has it', () => {
    const members = ['anna', 'ben', 'dora'];
    const claimants = fc.array(fc.record({ by: fc.constantFrom(...members), lag: fc.nat(3) }), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(claimants, (claims) => {
        const log = new TestLog(context);
        log.now = start + 30 * minute;
        const about = key('m');
        /** What each handling was set by, oldest first. */
        const rounds: (string | null)[] = [null];
        const winners = new Map<string | null, number>();
        for (const { by, lag } of claims) {
          // Somebody who has not read the last `lag` handlings yet.
          const expected = rounds.at(-1 - Math.min(lag, rounds.length - 1)) ?? null;
          const { result, event } = log.write({ type: 'assign', by, about, to: by, expect: expected });
          if (result === 'accepted') {
            winners.set(expected, (winners.get(expected) ?? 0) + 1);
            rounds.push(event.id);
          }
        }
        expect([...winners.values()].every((count) => count === 1)).toBe(true);
        // Every handling that was followed by another had one winner; the last stands.
        expect(winners.size).toBe(rounds.length - 1);
        const message = log.state.messages.get(about);
        expect(message?.assigned?.id ?? null).toBe(rounds.at(-1));
        const lost = message?.history.filter(({ accepted }) => !accepted) ?? [];
        expect(lost.every(({ conflict }) => conflict !== undefined && members.includes(conflict.by))).toBe(
          true,
        );
        expect(lost.length + rounds.length - 1).toBe(claims.length);
      }),
    );
  });
});

it('a hundred thousand events are folded within a second', () => {
  const log = new TestLog(context);
  const entries: LogEntry[] = [];
  const at = new Date(start).toISOString();
  for (let i = 0; i < 25_000; i += 1) {
    const about = key(`mail-${i.toString()}`);
    const { seen } = log;
    for (const event of [
      { type: 'intake', by: 'anna', about, info: ['anna', 'ben'], handler: 'anna' },
      { type: 'assign', by: 'ben', about, to: 'ben', expect: null },
      { type: 'read', by: 'ben', messages: [about] },
      { type: 'status', by: 'ben', about, status: 'done', until: null, expect: null },
    ]) {
      // Not parsed one by one: that is the reader's work and its cost.
      entries.push(log.entry({ v: 1, id: nextId(), group, at, seen, ...event } as unknown as TeamEvent));
    }
    const last = entries.at(-1);
    if (last?.digest) log.state.header.last = { uid: last.uid, digest: last.digest };
  }
  // Time of this thread alone, the best of three: what else runs on the machine is not measured.
  const spent = (): number => {
    const { user: mine, system } = process.threadCpuUsage();
    return (mine + system) / 1000;
  };
  let ms = Infinity;
  let state = foldAll([], context);
  for (let round = 0; round < 3; round += 1) {
    const begin = spent();
    state = foldAll([log.entries[0] as LogEntry, ...entries], context);
    ms = Math.min(ms, spent() - begin);
  }
  expect(state.messages.get(key('mail-24999'))?.status?.status).toBe('done');
  expect(state.messages.get(key('mail-24999'))?.assigned?.to).toBe(user('ben'));
  expect(state.incomplete).toBeNull();
  expect(state.header.group).toBe(group);
  expect(ms).toBeLessThan(1000);
});
