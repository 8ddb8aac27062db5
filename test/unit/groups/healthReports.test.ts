import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateSigningKey, SignatureChecker } from '#engine/groups/dsse.ts';
import { createEventIds } from '#engine/groups/eventIds.ts';
import { readEventMail } from '#engine/groups/eventMail.ts';
import { HealthReports, reportBounds, type OwnHealth } from '#engine/groups/healthReports.ts';
import { packSnapshot } from '#engine/groups/snapshotParts.ts';
import { TeamLog } from '#engine/groups/teamLog.ts';
import { listPending, markPendingSent } from '#engine/store/teamLog.repo.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import type { Health } from '#shared/contract/accounts.ts';
import { createFoldContext, type FoldContext } from '#shared/domain/group/foldContext.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';
import { configOf, day, minute, user, validity } from '#test/support/teamLog.ts';

const { key } = generateSigningKey();
const checker = new SignatureChecker();
const ben = user('ben');
const hour = 60 * minute;

function contextAt(now: number): FoldContext {
  const config = configOf([{ name: 'ben', since: now - day, keys: [key.publicKey] }]);
  const context = createFoldContext(config, 'info');
  if (context === null) throw new Error('no such group');
  return context;
}

let fixture: StoreFixture;
let team: TeamLog;
let reports: HealthReports;
let own: OwnHealth | null;
let uid: number;
beforeEach(() => {
  fixture = new StoreFixture();
  const context = contextAt(fixture.clock.now());
  team = new TeamLog({
    store: fixture.store,
    clock: fixture.clock,
    accountId: fixture.account,
    me: ben,
    context: () => context,
    mailbox: {
      open: () => Promise.reject(new MailError('connection-refused')),
      watch: () => Promise.reject(new MailError('connection-refused')),
      append: () => Promise.reject(new MailError('connection-refused')),
    },
    key,
    checker,
    ids: createEventIds(fixture.clock, nodeIds()),
    log: silentLog(),
    organisationName: () => 'XYZ',
    words: () => ({ subject: '', from: { name: '', address: 'ben@xyz.test' }, to: 'info@xyz.test' }),
    onFolded: () => undefined,
  });
  team.store.begin(validity, null);
  uid = 0;
  team.write({ type: 'charter', organisationName: 'XYZ' });
  deliver();
  own = { health: health(), queued: 0, failed: 0, version: '1.0.0' };
  reports = new HealthReports(team, () => own);
});
afterEach(() => fixture[Symbol.dispose]());

function health(more: Partial<Health> = {}): Health {
  return {
    state: 'healthy',
    since: fixture.clock.now(),
    lastSuccess: fixture.clock.now(),
    lastError: null,
    nextAttempt: null,
    gapClosed: null,
    ...more,
  };
}

/** What waits reaches the server and is read back. */
function deliver(): void {
  const { store, account, clock } = fixture;
  for (const { seq, raw } of listPending(store.read, account)) {
    store.write((db) => markPendingSent(db, seq));
    uid += 1;
    team.store.take([readEventMail({ uid, at: clock.now(), size: raw.length, raw }, checker)], validity);
  }
}

function told() {
  deliver();
  return team.store.log?.header.tellings[ben] ?? null;
}
const waiting = (): number => listPending(fixture.store.read, fixture.account).length;
function be(more: Partial<Health>): void {
  if (own === null) return;
  own = { ...own, health: health(more) };
  reports.changed(own.health);
}
const failing = (): Partial<Health> => ({
  state: 'failing',
  lastError: { code: 'connection-timeout', params: { host: 'imap.xyz.test', response: 'ben@xyz.test' } },
});

describe('what is told', () => {
  it('nothing while the member did not choose to; the end of it at once, and once', () => {
    own = null;
    expect(reports.write()).toBeNull();
    expect(waiting()).toBe(0);
    own = { health: health(), queued: 2, failed: 0, version: '1.0.0 (dev build)' };
    reports.write();
    expect(told()?.report).toMatchObject({ state: 'healthy', queued: 2, version: '1.0.0devbuild' });
    own = null;
    reports.write();
    expect(told()?.report).toBeNull();
    reports.write();
    expect(waiting()).toBe(0);
  });

  it('an outage when it is over, by the kind of its error and without a word of the server', async () => {
    reports.write();
    told();
    await fixture.clock.advance(hour);
    be(failing());
    await fixture.clock.advance(20 * minute);
    const over = fixture.clock.now();
    be({});
    reports.write();
    const [pending] = listPending(fixture.store.read, fixture.account);
    expect(JSON.stringify(pending?.event)).not.toContain('imap.xyz.test');
    expect(JSON.stringify(pending?.event)).not.toMatch(/ben@/);
    expect(told()?.report?.trouble).toEqual({
      code: 'connection-timeout',
      since: over - 20 * minute,
      until: over,
    });
  });

  it('not that a connection broke and came back', async () => {
    be(failing());
    await fixture.clock.advance(minute);
    be({});
    reports.write();
    expect(told()?.report?.trouble).toBeNull();
  });

  it('what could not be sent is told as it is by then, never as it was', async () => {
    reports.write();
    expect(waiting()).toBe(1);
    await fixture.clock.advance(5 * hour);
    be({ state: 'needs-attention', lastError: { code: 'over-quota', params: {} } });
    reports.write();
    expect(waiting()).toBe(1);
    expect(told()?.report).toMatchObject({ state: 'needs-attention', trouble: { code: 'over-quota' } });
  });

  it('one that may have reached the server already is not written a second time', () => {
    reports.write();
    const { store, account } = fixture;
    const [pending] = listPending(store.read, account);
    store.write((db) => markPendingSent(db, pending?.seq ?? 0));
    expect(reports.write()).toBeNull();
    expect(waiting()).toBe(1);
  });
});

describe('how often', () => {
  it('a change no sooner than half an hour after the last; nothing new twice a day', async () => {
    reports.write();
    told();
    expect(reports.write()).toBe(reportBounds.renewMs);
    be(failing());
    expect(reports.write()).toBe(reportBounds.changeMs);
    expect(waiting()).toBe(0);
    await fixture.clock.advance(reportBounds.changeMs);
    reports.write();
    expect(told()?.report?.state).toBe('failing');
    await fixture.clock.advance(reportBounds.renewMs - 1);
    expect(reports.write()).toBe(1);
    await fixture.clock.advance(1);
    reports.write();
    expect(waiting()).toBe(1);
  });

  it('a connection that comes and goes all day is told eight times, and the rest the day after', async () => {
    let written = 0;
    for (let round = 0; round < 48; round += 1) {
      be(round % 2 === 0 ? failing() : {});
      reports.write();
      written += waiting();
      told();
      await fixture.clock.advance(30 * minute - 1);
    }
    expect(written).toBe(reportBounds.aDay);
    await fixture.clock.advance(hour);
    reports.write();
    expect(waiting()).toBe(1);
  });

  it('a restart does not begin to count anew', async () => {
    reports.write();
    told();
    await fixture.clock.advance(hour);
    const again = new HealthReports(team, () => own);
    expect(again.write()).toBe(reportBounds.renewMs - hour);
    expect(waiting()).toBe(0);
  });

  it('what is told stays when its events are packed and the log is judged anew', () => {
    reports.write();
    const before = told();
    const state = team.store.stateAt(uid);
    team.store.rebase(uid, state === null ? [] : packSnapshot(state).parts);
    team.store.takeLate([]);
    expect(team.store.log?.header.tellings[ben]).toEqual(before);
  });
});
