import { describe, expect, it } from 'vitest';
import { foldEntry, type LogEntry } from '#shared/domain/group/fold.ts';
import { readSnapshot, writeSnapshot } from '#shared/domain/group/snapshot.ts';
import type { MemoryState } from '#shared/domain/group/logState.ts';
import { contextOf, day, key, minute, nextId, start, TestLog, user } from '#test/support/teamLog.ts';
import { foldAll } from '#test/support/teamLog.ts';

const ben = user('ben');
const three = [{ name: 'anna' }, { name: 'ben' }, { name: 'cleo', until: start + 2 * day }];
const text = (state: MemoryState): string => [...writeSnapshot(state)].join('\n');
const iso = (ms: number): string => new Date(ms).toISOString();
const report = (more: object = {}) => ({
  state: 'healthy',
  lastSuccess: null,
  loginMs: 120,
  listMs: 30,
  trouble: null,
  queued: 0,
  failed: 0,
  version: '1.0.0',
  ...more,
});
const begun = (): TestLog => new TestLog(contextOf(three));

describe('what a member tells of his connection', () => {
  it('is the newest of each, and "no more" takes it back', () => {
    const log = begun();
    log.write({ type: 'health', by: 'ben', report: report() });
    log.write({ type: 'health', by: 'anna', report: report({ state: 'failing' }) });
    expect(log.write({ type: 'health', by: 'ben', report: report({ queued: 3 }) }).result).toBe('accepted');
    const { tellings } = log.state.header;
    expect(tellings[ben]).toMatchObject({ at: log.now, report: { state: 'healthy', queued: 3 } });
    log.write({ type: 'health', by: 'ben', report: null });
    expect(tellings[ben]?.report).toBeNull();
    expect(tellings[user('anna')]?.report).toMatchObject({ state: 'failing' });
  });

  it('an old one that somebody appends again changes nothing', () => {
    const log = begun();
    const { event } = log.write({ type: 'health', by: 'ben', report: report({ state: 'failing' }) });
    log.write({ type: 'health', by: 'ben', report: report() });
    expect(log.append(event)).toMatchObject({ result: 'ignored', reason: 'duplicate' });
    expect(log.state.header.tellings[ben]?.report?.state).toBe('healthy');
  });

  it('counts for members alone, and signed with their keys', () => {
    const log = begun();
    expect(log.write({ type: 'health', by: 'ben', report: report() }, { key: null }).reason).toBe(
      'bad-signature',
    );
    expect(log.write({ type: 'health', by: 'dora', report: report() }).reason).toBe('unknown-key');
    log.now = start + 3 * day;
    expect(log.write({ type: 'health', by: 'cleo', report: report() }).reason).toBe('not-a-member');
    expect(log.state.header.tellings).toEqual({});
  });

  it.each([
    ['a clock that is right', 0],
    ['a clock that is an hour slow', -60 * minute],
    ['a clock that is a day fast', day],
  ])('times are the server’s with %s', (_what, off) => {
    const log = begun();
    const own = log.now + off;
    log.write({
      type: 'health',
      by: 'ben',
      at: iso(own),
      report: report({
        lastSuccess: iso(own - 5 * minute),
        trouble: { code: 'connection-timeout', since: iso(own - 90 * minute), until: iso(own + 5 * minute) },
      }),
    });
    // Nothing happened after it was told.
    expect(log.state.header.tellings[ben]?.report).toMatchObject({
      lastSuccess: log.now - 5 * minute,
      trouble: { code: 'connection-timeout', since: log.now - 90 * minute, until: log.now },
    });
  });

  it.each([
    [
      'an address for the kind of an error',
      { trouble: { code: 'ben@xyz.test', since: iso(start), until: null } },
    ],
    ['words for a version', { version: 'the newest one' }],
    ['a state that nobody knows', { state: 'excellent' }],
  ])('%s makes it no event', (_what, more) => {
    expect(() => begun().event({ type: 'health', by: 'ben', report: report(more) })).toThrow();
  });
});

describe('versions that do not know these events', () => {
  /** As such a version reads them. */
  const unknown = (entry: LogEntry): LogEntry =>
    entry.event?.type === 'health' ? { ...entry, event: null, reason: 'unknown-type' } : entry;

  it('come to the same state, digest and snapshot', () => {
    const log = begun();
    log.write({ type: 'assign', by: 'ben', about: key('m1'), to: 'ben', expect: null });
    log.write({ type: 'health', by: 'ben', report: report() });
    log.now += day;
    log.write({ type: 'health', by: 'anna', report: report() });
    log.write({ type: 'note', by: 'anna', about: key('m1'), text: 'called back', seen: log.seen });
    log.now += day;
    log.write({ type: 'health', by: 'ben', report: null });
    const old = foldAll(log.entries.map(unknown), log.context);
    expect(text(old)).toBe(text(log.state));
    expect(old.header.last).toEqual(log.state.header.last);
    // A copy that the server dates later moves nobody's time on.
    expect(old.header.clock).toBe(log.state.header.clock);
  });

  it('a snapshot carries none of it, and one that is adopted begins without', () => {
    const log = begun();
    log.write({ type: 'health', by: 'ben', report: report() });
    expect(text(log.state)).not.toContain('1.0.0');
    expect(readSnapshot([...writeSnapshot(log.state)]).header.tellings).toEqual({});
  });
});

it('ten thousand of them leave one a member behind', () => {
  const log = begun();
  log.write({ type: 'health', by: 'ben', report: report() });
  const size = JSON.stringify(log.state.header).length;
  const ids = log.state.ids.size;
  for (let n = 0; n < 10_000; n += 1) {
    const event = log.event({ type: 'health', by: 'ben', id: nextId(), report: report({ queued: n }) });
    foldEntry(log.state, { ...log.entry(event), digest: null }, log.context);
  }
  expect(log.state.header.tellings[ben]?.report?.queued).toBe(9_999);
  expect(log.state.ids.size).toBe(ids);
  expect(JSON.stringify(log.state.header).length).toBeLessThan(size + 200);
});
