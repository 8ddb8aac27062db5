import { describe, expect, it } from 'vitest';
import type { TeamEvent } from '#shared/domain/group/events.ts';
import { electionDelayMs, electionOrder, type MailFacts } from '#shared/domain/group/firstHandler.ts';
import type { FoldContext } from '#shared/domain/group/foldContext.ts';
import { isOnList, viewMessage, type MessageView } from '#shared/domain/group/messageView.ts';
import { contextOf, day, key, minute, sha256, start, TestLog, user } from '#test/support/teamLog.ts';

const anna = user('anna');
const ben = user('ben');
const cleo = user('cleo');
const people = [{ name: 'anna' }, { name: 'ben' }, { name: 'cleo' }];
const context = contextOf(people, { defaultHandler: 'anna' });

function facts(name: string, more: Partial<MailFacts> = {}): MailFacts {
  return { key: key(name), arrivedAt: start + minute, thread: [], ...more };
}
function view(
  log: TestLog,
  mail: MailFacts,
  more: { context?: FoldContext; now?: number; pending?: readonly TeamEvent[] } = {},
): MessageView {
  return viewMessage(log.state, { mail, context: log.context, now: log.now, ...more });
}

describe('before anybody did anything', () => {
  it('all members have it for information and the default handler handles it', () => {
    expect(view(new TestLog(context), facts('new'))).toMatchObject({
      info: [anna, ben, cleo],
      handler: anna,
      since: start + minute,
      status: 'open',
      history: [],
      settled: false,
      expect: { assign: null, status: null },
    });
  });

  it('an intake changes nothing of what was shown', () => {
    const log = new TestLog(context);
    const mail = facts('new');
    const before = view(log, mail);
    log.write({ type: 'intake', by: 'ben', about: mail.key, info: before.info, handler: before.handler });
    const { history, ...after } = view(log, mail);
    expect({ ...after, history: [] }).toEqual(before);
    expect(history).toHaveLength(1);
  });

  it('those are informed who were members when it arrived', () => {
    const log = new TestLog(
      contextOf([...people, { name: 'dora', since: start + day }, { name: 'emil', until: start }]),
    );
    expect(view(log, facts('new')).info).toEqual([anna, ben, cleo]);
    expect(view(log, facts('later', { arrivedAt: start + 2 * day })).info).toEqual([
      anna,
      ben,
      cleo,
      user('dora'),
    ]);
  });

  it('the next mail of a thread goes to the handler of the one before', () => {
    const log = new TestLog(context);
    log.write({ type: 'assign', by: 'ben', about: key('first'), to: 'ben', expect: null });
    expect(view(log, facts('second', { thread: [key('unknown'), key('first')] })).handler).toBe(ben);
  });

  it('an answer to our answer goes to the handler of what we answered', () => {
    const log = new TestLog(context);
    log.write({ type: 'assign', by: 'ben', about: key('first'), to: 'ben', expect: null });
    log.write({ type: 'replied', by: 'ben', about: key('first'), answer: key('ours') });
    expect(view(log, facts('second', { thread: [key('ours')] })).handler).toBe(ben);
  });

  it('a thread whose handler left goes to the default handler', () => {
    const log = new TestLog(
      contextOf([{ name: 'anna' }, { name: 'ben', until: start + day }], { defaultHandler: 'anna' }),
    );
    log.write({ type: 'assign', by: 'ben', about: key('first'), to: 'ben', expect: null });
    expect(view(log, facts('second', { arrivedAt: start + 2 * day, thread: [key('first')] })).handler).toBe(
      anna,
    );
  });

  it('mail from long before the group is settled until somebody acts on it', () => {
    const log = new TestLog(context);
    expect(view(log, facts('last-week', { arrivedAt: start - 7 * day }))).toMatchObject({
      handler: anna,
      settled: false,
    });
    const old = facts('old', { arrivedAt: start - 30 * day });
    expect(view(log, old)).toMatchObject({ handler: null, settled: true, info: [anna, ben, cleo] });
    log.write({ type: 'assign', by: 'ben', about: old.key, to: 'ben', expect: null });
    expect(view(log, old)).toMatchObject({ handler: ben, settled: false });
  });
});

describe('a handler who left', () => {
  const leaving = contextOf(
    [
      { name: 'anna' },
      { name: 'ben', until: start + day },
      { name: 'ben', since: start + 3 * day },
      { name: 'cleo' },
    ].slice(0, 2),
    {
      defaultHandler: 'anna',
    },
  );

  it('his open handlings fall to the default handler, and the history says so', () => {
    const log = new TestLog(leaving);
    const mail = facts('m');
    log.write({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
    expect(view(log, mail).handler).toBe(ben);
    const later = view(log, mail, { now: start + 2 * day });
    expect(later).toMatchObject({ handler: anna, since: start + day });
    expect(later.history.at(-1)).toEqual({
      type: 'left',
      at: start + day,
      by: ben,
      to: anna,
      accepted: true,
    });
  });

  it('whoever takes it over from there wins', () => {
    const log = new TestLog(leaving);
    const mail = facts('m');
    log.write({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
    log.now = start + 2 * day;
    const { expect: seen } = view(log, mail);
    expect(
      log.write({ type: 'assign', by: 'anna', about: mail.key, to: 'anna', expect: seen.assign }).result,
    ).toBe('accepted');
  });

  it('coming back does not bring it back', () => {
    const config = contextOf([{ name: 'anna' }, { name: 'ben', until: start + day }]);
    const log = new TestLog(config);
    const mail = facts('m');
    log.write({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
    const again: FoldContext = {
      ...config,
      isMember: (who, at) => config.isMember(who, at) || (who === ben && at >= start + 3 * day),
    };
    expect(view(log, mail, { context: again, now: start + 4 * day }).handler).toBeNull();
  });
});

describe('what was done here and waits for the server', () => {
  it('is shown as pending, and the fold does not know of it', () => {
    const log = new TestLog(context);
    const mail = facts('m');
    const claim = log.event({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
    const note = log.event({ type: 'note', by: 'ben', about: mail.key, text: 'on it' });
    const shown = view(log, mail, { pending: [claim, note] });
    expect(shown).toMatchObject({ handler: ben, pending: true, expect: { assign: claim.id } });
    expect(shown.history.every((entry) => 'pending' in entry)).toBe(true);
    expect(view(log, mail)).toMatchObject({ handler: anna, pending: false, notes: [] });
  });

  it('a pending claim that has lost by now is not shown as won', () => {
    const log = new TestLog(context);
    const mail = facts('m');
    const claim = log.event({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
    log.write({ type: 'assign', by: 'cleo', about: mail.key, to: 'cleo', expect: null });
    expect(view(log, mail, { pending: [claim] }).handler).toBe(cleo);
  });
});

it('waiting is due when its time is over', () => {
  const log = new TestLog(context);
  const mail = facts('m');
  const until = new Date(start + day).toISOString();
  log.write({ type: 'status', by: 'ben', about: mail.key, status: 'waiting', until, expect: null });
  expect(view(log, mail)).toMatchObject({ status: 'waiting', until: start + day, due: false });
  expect(view(log, mail, { now: start + day }).due).toBe(true);
});

it('nobody is shown as composing after his time', () => {
  const log = new TestLog(context);
  const mail = facts('m');
  log.write({
    type: 'composing',
    by: 'ben',
    about: mail.key,
    until: new Date(log.now + 2 * minute).toISOString(),
  });
  expect(view(log, mail).composing).toEqual([{ user: ben, until: log.now + 2 * minute }]);
  expect(view(log, mail, { now: log.now + 2 * minute }).composing).toEqual([]);
});

it('lists: handled by me, unassigned, for information', () => {
  const log = new TestLog(contextOf(people));
  const mail = facts('m');
  const lists = (): string[] =>
    (['handled-by-me', 'unassigned', 'for-information'] as const).filter((list) =>
      isOnList(list, view(log, mail), ben),
    );
  expect(lists()).toEqual(['unassigned', 'for-information']);
  const claim = log.write({ type: 'assign', by: 'ben', about: mail.key, to: 'ben', expect: null });
  expect(lists()).toEqual(['handled-by-me']);
  log.write({ type: 'assign', by: 'ben', about: mail.key, to: 'cleo', expect: claim.event.id });
  expect(lists()).toEqual(['for-information']);
  // Done by a colleague, but not seen yet.
  log.write({ type: 'status', by: 'cleo', about: mail.key, status: 'done', expect: null });
  expect(lists()).toEqual(['for-information']);
  log.write({ type: 'read', by: 'ben', messages: [mail.key] });
  expect(lists()).toEqual([]);
});

describe('who writes the intake', () => {
  it('is the same for everybody and spread over the members', () => {
    const first = Array.from(
      { length: 300 },
      (_, i) => electionOrder(sha256, key(`m${i.toString()}`), [anna, ben, cleo])[0],
    );
    for (const member of [anna, ben, cleo])
      expect(first.filter((one) => one === member).length).toBeGreaterThan(60);
    expect(electionOrder(sha256, key('m'), [cleo, ben, anna])).toEqual(
      electionOrder(sha256, key('m'), [anna, ben, cleo]),
    );
  });

  it('others wait, one after another', () => {
    expect([0, 1, 2, 100].map(electionDelayMs)).toEqual([0, 60_000, 90_000, 600_000]);
  });
});
