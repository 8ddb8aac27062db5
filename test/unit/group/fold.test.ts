import { describe, expect, it } from 'vitest';
import { foldEntry } from '#shared/domain/group/fold.ts';
import { readSnapshot, writeSnapshot } from '#shared/domain/group/snapshot.ts';
import type { MemoryState } from '#shared/domain/group/logState.ts';
import {
  contextOf,
  day,
  foldAll,
  key,
  keyOf,
  minute,
  start,
  TestLog,
  user,
  validity,
} from '#test/support/teamLog.ts';

const anna = user('anna');
const ben = user('ben');
const cleo = user('cleo');
const three = [{ name: 'anna' }, { name: 'ben' }, { name: 'cleo' }];
const mail = key('m1');
const text = (state: MemoryState): string => [...writeSnapshot(state)].join('\n');

function begun(people = three): TestLog {
  return new TestLog(contextOf(people));
}

describe('handlers', () => {
  it('the first of two claims wins, and the loser is told who was faster', () => {
    const log = begun();
    const won = log.write({ type: 'assign', by: 'ben', about: mail, to: 'ben', expect: null });
    const lost = log.write({ type: 'assign', by: 'cleo', about: mail, to: 'cleo', expect: null });
    expect(won.result).toBe('accepted');
    expect(lost).toMatchObject({ result: 'lost', reason: 'overtaken' });
    const message = log.state.messages.get(mail);
    expect(message?.assigned?.to).toBe(ben);
    expect(message?.history.map(({ by, accepted, conflict }) => [by, accepted, conflict?.by])).toEqual([
      [ben, true, undefined],
      [cleo, false, ben],
    ]);
  });

  it('a claim that expects the handling it saw takes it over', () => {
    const log = begun();
    const first = log.write({ type: 'assign', by: 'ben', about: mail, to: 'ben', expect: null });
    log.write({ type: 'assign', by: 'cleo', about: mail, to: 'cleo', expect: first.event.id });
    expect(log.state.messages.get(mail)?.assigned?.to).toBe(cleo);
  });

  it('an intake that arrives after a claim keeps the claim and adds who was informed', () => {
    const log = begun();
    log.write({ type: 'assign', by: 'ben', about: mail, to: 'ben', expect: null });
    log.write({ type: 'intake', by: 'anna', about: mail, info: ['anna', 'ben'], handler: 'anna' });
    const message = log.state.messages.get(mail);
    expect(message?.assigned?.to).toBe(ben);
    expect(message?.intake?.info).toEqual([anna, ben]);
  });

  it('a claim made before the intake was written does not lose to it', () => {
    const log = begun();
    log.write({ type: 'intake', by: 'anna', about: mail, info: ['anna', 'ben'], handler: 'anna' });
    expect(log.write({ type: 'assign', by: 'ben', about: mail, to: 'ben', expect: null }).result).toBe(
      'accepted',
    );
  });

  it('only the first intake counts', () => {
    const log = begun();
    log.write({ type: 'intake', by: 'anna', about: mail, info: ['anna'], handler: 'anna' });
    expect(log.write({ type: 'intake', by: 'ben', about: mail, info: [], handler: 'ben' })).toMatchObject({
      result: 'ignored',
      reason: 'already-taken-in',
    });
    expect(log.state.messages.get(mail)?.intake?.handler).toBe(anna);
  });

  it('nobody is assigned who is no member', () => {
    const log = begun();
    expect(log.write({ type: 'assign', by: 'ben', about: mail, to: 'dora', expect: null }).reason).toBe(
      'unknown-recipient',
    );
    expect(log.state.messages.get(mail)).toBeUndefined();
  });
});

describe('status, notes, reading, answering', () => {
  it('of two changes of the status that expect the same, one wins', () => {
    const log = begun();
    log.write({ type: 'status', by: 'ben', about: mail, status: 'done', expect: null });
    expect(
      log.write({ type: 'status', by: 'cleo', about: mail, status: 'waiting', expect: null }).result,
    ).toBe('lost');
    expect(log.state.messages.get(mail)?.status?.status).toBe('done');
  });

  it('a note is changed and removed by its author alone', () => {
    const log = begun();
    const { event } = log.write({
      type: 'note',
      by: 'ben',
      about: mail,
      text: 'called back',
      mentions: ['anna'],
    });
    expect(log.write({ type: 'note-edit', by: 'cleo', about: mail, note: event.id, text: 'no' }).reason).toBe(
      'not-the-author',
    );
    expect(log.write({ type: 'note-delete', by: 'cleo', about: mail, note: event.id }).reason).toBe(
      'not-the-author',
    );
    log.write({ type: 'note-edit', by: 'ben', about: mail, note: event.id, text: 'called twice' });
    expect(log.state.messages.get(mail)?.notes).toMatchObject([
      { text: 'called twice', by: ben, mentions: [] },
    ]);
    log.write({ type: 'note-delete', by: 'ben', about: mail, note: event.id });
    expect(log.state.messages.get(mail)?.notes).toEqual([]);
  });

  it('a mail is read by a person once, at the first time', () => {
    const log = begun();
    log.write({ type: 'read', by: 'ben', messages: [mail, mail, key('m2')] });
    const at = log.now;
    log.write({ type: 'read', by: 'ben', messages: [mail] });
    expect(log.state.messages.get(mail)?.readBy).toEqual({ ben: at });
  });

  it('an answer is known by what it answered', () => {
    const log = begun();
    log.write({ type: 'replied', by: 'ben', about: mail, answer: key('answer') });
    expect(log.state.messages.get(key('answer'))?.answerTo).toBe(mail);
    expect(log.state.messages.get(mail)?.answers).toMatchObject([{ by: ben, key: key('answer') }]);
  });

  it('composing lasts as long as its author said, from the arrival at the server on, whatever his clock says', () => {
    const log = begun();
    const at = new Date(start + 300 * day);
    const until = new Date(at.getTime() + 3 * minute);
    log.write({
      type: 'composing',
      by: 'ben',
      about: mail,
      at: at.toISOString(),
      until: until.toISOString(),
    });
    expect(log.state.messages.get(mail)?.composing).toEqual({ ben: log.now + 3 * minute });
  });

  it('composing ends after ten minutes at most, with the answer, and when its author stops', () => {
    const log = begun();
    log.write({
      type: 'composing',
      by: 'ben',
      about: mail,
      until: new Date(log.now + 5 * day).toISOString(),
    });
    expect(log.state.messages.get(mail)?.composing).toEqual({ ben: log.now + 10 * minute });
    log.write({ type: 'composing', by: 'ben', about: mail, until: null });
    expect(log.state.messages.get(mail)?.composing).toEqual({});
    log.write({
      type: 'composing',
      by: 'ben',
      about: mail,
      until: new Date(log.now + 5 * minute).toISOString(),
    });
    log.write({ type: 'replied', by: 'ben', about: mail, answer: key('answer') });
    expect(log.state.messages.get(mail)?.composing).toEqual({});
  });
});

describe('what does not count changes nothing (G08, G12)', () => {
  const claim = { type: 'assign', about: mail, to: 'ben', expect: null } as const;

  const cases: [string, (log: TestLog) => { reason: string | null }][] = [
    [
      'junk',
      (log) => log.append(log.event({ ...claim, by: 'ben' }), { event: null, reason: 'junk', digest: null }),
    ],
    [
      'malformed',
      (log) => log.append(log.event({ ...claim, by: 'ben' }), { event: null, reason: 'malformed' }),
    ],
    [
      'too-large',
      (log) =>
        log.append(log.event({ ...claim, by: 'ben' }), { event: null, reason: 'too-large', digest: null }),
    ],
    [
      'unknown-type',
      (log) => log.append(log.event({ ...claim, by: 'ben' }), { event: null, reason: 'unknown-type' }),
    ],
    [
      'unknown-version',
      (log) => log.append(log.event({ ...claim, by: 'ben' }), { event: null, reason: 'unknown-version' }),
    ],
    ['bad-signature', (log) => log.write({ ...claim, by: 'ben' }, { key: null })],
    ['unknown-key', (log) => log.write({ ...claim, by: 'ben' }, { key: keyOf('cleo') })],
    ['foreign-group', (log) => log.write({ ...claim, by: 'ben', group: 'xyz/other' })],
    ['foreign-group', (log) => log.write({ ...claim, by: 'ben', group: 'rival/info' })],
    ['not-a-member', (log) => log.write({ ...claim, by: 'left' })],
    ['not-a-member', (log) => log.write({ ...claim, by: 'later' })],
    ['clock', (log) => log.write({ ...claim, by: 'ben', at: '2099-01-01T00:00:00Z' })],
    ['charter-again', (log) => log.write({ type: 'charter', by: 'ben', organisationName: 'XYZ' })],
    [
      'no-such-note',
      (log) =>
        log.write({
          type: 'note-edit',
          by: 'ben',
          about: mail,
          note: '01930000-0000-7000-8000-00000000ffff',
          text: 'x',
        }),
    ],
  ];
  const people = [...three, { name: 'left', until: start }, { name: 'later', since: start + day }];

  it.each(cases)('%s', (reason, write) => {
    const log = new TestLog(contextOf(people));
    log.write({ type: 'note', by: 'anna', about: key('other'), text: 'x' });
    const before = JSON.stringify([...log.state.messages]);
    expect(write(log).reason).toBe(reason);
    expect(JSON.stringify([...log.state.messages])).toBe(before);
  });

  it('a member whose clock is wrong by a year works as everybody else (G11)', () => {
    const log = begun();
    for (const at of ['2025-01-05T09:00:00Z', '2027-01-05T09:00:00Z', '1970-01-01T00:00:00Z']) {
      const about = key(at.slice(0, 4));
      expect(log.write({ type: 'assign', by: 'ben', about, to: 'ben', expect: null, at }).result).toBe(
        'accepted',
      );
      expect(log.state.messages.get(about)?.assigned?.at).toBe(log.now);
    }
  });

  it('an event that stands twice in the log counts once (R06)', () => {
    const log = begun();
    const { event } = log.write({ type: 'note', by: 'ben', about: mail, text: 'once' });
    expect(log.append(event).reason).toBe('duplicate');
    expect(log.state.messages.get(mail)?.notes).toHaveLength(1);
  });

  it('an old event of somebody who left and came back is not replayed', () => {
    const context = contextOf([...three, { name: 'dora', since: start + 3 * day }]);
    const log = new TestLog(context);
    const { event, reason } = log.write({ ...claim, by: 'dora', to: 'dora' });
    expect(reason).toBe('not-a-member');
    log.now = start + 4 * day;
    expect(log.append(event).reason).toBe('duplicate');
    expect(log.state.messages.get(mail)).toBeUndefined();
  });

  it('events before the charter do not count', () => {
    const log = new TestLog(contextOf(three), false);
    expect(log.write({ ...claim, by: 'ben' }).reason).toBe('before-charter');
  });

  it('a log that begins with the charter of another organisation is not ours', () => {
    const log = new TestLog(contextOf(three), false);
    log.write({ type: 'charter', by: 'mallory', group: 'rival/info', organisationName: 'Rival' });
    expect(log.state.header.foreign).toEqual({ group: 'rival/info', organisationName: 'Rival' });
    expect(log.write({ type: 'charter', by: 'anna', organisationName: 'XYZ' }).reason).toBe('foreign-group');
    expect(log.write({ ...claim, by: 'ben' }).reason).toBe('foreign-group');
  });

  it('a charter of another organisation later on changes nothing', () => {
    const log = begun();
    log.write({ type: 'charter', by: 'mallory', group: 'rival/info', organisationName: 'Rival' });
    expect(log.state.header.foreign).toBeNull();
    expect(log.write({ ...claim, by: 'ben' }).result).toBe('accepted');
  });
});

describe('membership at the moment of the event', () => {
  const people = [{ name: 'anna' }, { name: 'ben', until: start + 10 * minute }, { name: 'cleo' }];

  it('a member who left keeps his past and has no future', () => {
    const log = new TestLog(contextOf(people));
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'before' }).result).toBe('accepted');
    log.now = start + 20 * minute;
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'after' }).reason).toBe('not-a-member');
    expect(log.state.messages.get(mail)?.notes).toHaveLength(1);
  });

  it('an APPEND with a date in the past does not bring him back', () => {
    const log = new TestLog(contextOf(people));
    log.now = start + 20 * minute;
    log.write({ type: 'note', by: 'anna', about: mail, text: 'x' });
    const event = log.event({ type: 'note', by: 'ben', about: mail, text: 'backdated' });
    expect(log.append(event, { at: start + 5 * minute }).reason).toBe('not-a-member');
  });

  it('a copy of a read receipt with a date in the future does not move the time', () => {
    const log = new TestLog(contextOf(people));
    const { event } = log.write({ type: 'read', by: 'anna', messages: [mail] });
    log.append(event, { at: Date.parse('2099-01-01T00:00:00Z') });
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'still here' }).result).toBe('accepted');
  });
});

describe('keys', () => {
  const unlisted = [{ name: 'anna' }, { name: 'ben', keys: [] }];
  const old = keyOf('ben');
  const fresh = keyOf('ben 2');

  it('the first key of a user counts until the config names his keys', () => {
    const log = new TestLog(contextOf(unlisted));
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'x' }).reason).toBe('unknown-key');
    expect(log.write({ type: 'enrol', by: 'ben', user: 'ben', key: old }).result).toBe('accepted');
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'x' }).result).toBe('accepted');
    // The administrator's next revision says that Ben's key is another one.
    const state = foldAll(log.entries, contextOf([{ name: 'anna' }, { name: 'ben', keys: [fresh] }]));
    expect(state.messages.get(mail)).toBeUndefined();
    expect(state.header.requests).toMatchObject([{ user: ben, key: old }]);
  });

  it('a snapshot carries no older judgement about keys along', () => {
    const log = new TestLog(contextOf(unlisted));
    log.write({ type: 'enrol', by: 'ben', user: 'ben', key: old });
    const restored = readSnapshot(writeSnapshot(log.state));
    const named = contextOf([{ name: 'anna' }, { name: 'ben', keys: [fresh] }]);
    const entry = log.entry(log.event({ type: 'note', by: 'ben', about: mail, text: 'x' }));
    expect(foldEntry(restored, entry, named).reason).toBe('unknown-key');
  });

  it('another key asks, and counts once the old one vouches for it', () => {
    const log = new TestLog(contextOf(unlisted));
    log.write({ type: 'enrol', by: 'ben', user: 'ben', key: old });
    expect(log.write({ type: 'enrol', by: 'ben', user: 'ben', key: fresh }, { key: fresh }).reason).toBe(
      'key-unconfirmed',
    );
    expect(log.state.header.requests).toMatchObject([{ user: ben, key: fresh }]);
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'x' }, { key: fresh }).reason).toBe(
      'key-unconfirmed',
    );
    expect(log.write({ type: 'enrol', by: 'ben', user: 'ben', key: fresh }).result).toBe('accepted');
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'x' }, { key: fresh }).result).toBe(
      'accepted',
    );
    expect(log.state.header.requests).toEqual([]);
  });

  it('nobody enrols a key for somebody else', () => {
    const log = new TestLog(contextOf(unlisted));
    expect(log.write({ type: 'enrol', by: 'anna', user: 'ben', key: fresh }).reason).toBe('not-the-author');
    // In Ben's name, but with a key that is not the one to be enrolled and not his.
    expect(
      log.write({ type: 'enrol', by: 'ben', user: 'ben', key: fresh }, { key: keyOf('mallory') }).reason,
    ).toBe('key-unconfirmed');
    expect(log.state.header.enrolled).toEqual([]);
    expect(log.state.header.requests).toEqual([]);
  });

  it('a key of the config needs no enrolment', () => {
    const log = new TestLog(contextOf([{ name: 'anna' }, { name: 'ben', keys: [old] }]));
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'x' }).result).toBe('accepted');
  });

  it('a retired key keeps what it signed before, and signs nothing any more', () => {
    const until = new Date(start + 5 * minute).toISOString();
    const log = new TestLog(
      contextOf([{ name: 'anna' }, { name: 'ben', keys: [fresh], retired: [{ key: old, until }] }]),
    );
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'before' }).result).toBe('accepted');
    log.now = start + 5 * minute;
    expect(log.write({ type: 'note', by: 'ben', about: mail, text: 'after' }).reason).toBe('unknown-key');
    expect(log.write({ type: 'enrol', by: 'ben', user: 'ben', key: keyOf('thief') }).reason).toBe(
      'key-unconfirmed',
    );
  });
});

describe('history that was tampered with (G09)', () => {
  const written = (): TestLog => {
    const log = begun();
    for (let i = 0; i < 5; i += 1) {
      log.write({
        type: 'assign',
        by: 'ben',
        about: key(`m${i.toString()}`),
        to: 'ben',
        expect: null,
        seen: log.seen,
      });
    }
    return log;
  };

  it('whole history is complete', () => {
    expect(written().state.incomplete).toBeNull();
  });

  it('an event that was removed is noticed by the next one that had seen it', () => {
    const log = written();
    // As a client reads it whose server lost the third event: its chain differs from there on.
    const rest = new TestLog(log.context, false);
    for (const entry of log.entries)
      if (entry.uid !== 3 && entry.event) rest.append(entry.event, { uid: entry.uid });
    expect(rest.state.incomplete).toMatchObject({ uid: 4, by: ben });
  });

  it('events in another order are noticed', () => {
    const log = written();
    const [a, b, c, d, ...more] = log.entries.map(({ event }) => event);
    const swapped = new TestLog(log.context, false);
    for (const event of [a, c, b, d, ...more]) if (event) swapped.append(event);
    expect(swapped.state.incomplete).not.toBeNull();
  });

  it('what was seen under another UIDVALIDITY is judged by its digest alone', () => {
    const log = begun();
    log.write({ type: 'note', by: 'ben', about: mail, text: 'x', seen: { ...log.seen, validity: '999' } });
    log.write({
      type: 'note',
      by: 'ben',
      about: mail,
      text: 'x',
      seen: { uid: 1, digest: 'f'.repeat(64), validity: '999' },
    });
    expect(log.state.incomplete).toBeNull();
  });

  it('an author far behind is no sign of anything', () => {
    const log = begun();
    const { seen } = log;
    for (let i = 0; i < 300; i += 1)
      log.write({ type: 'read', by: 'cleo', messages: [key(`r${i.toString()}`)] });
    log.write({ type: 'note', by: 'ben', about: mail, text: 'after a holiday', seen });
    expect(log.state.incomplete).toBeNull();
  });
});

it('the same events give the same state, told by the same text', () => {
  const log = begun();
  log.write({ type: 'assign', by: 'ben', about: mail, to: 'ben', expect: null });
  log.write({ type: 'note', by: 'anna', about: key('m0'), text: 'x' });
  expect(text(foldAll(log.entries, log.context))).toBe(text(log.state));
  expect(log.state.header.validity).toBe(validity);
});
