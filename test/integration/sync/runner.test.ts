/** The background work of an account: waiting for news, outages, announcements, what a person asks for meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { writeSettings } from '#engine/store/settings.repo.ts';
import { countWithoutText, hasText } from '#engine/store/texts.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { dovecotContents, mail, mails, never, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';

const start = (without: readonly ImapCapability[] = []): Promise<MailServer> =>
  startMailServer({
    domain: 'company.test',
    users: [{ login: 'anna', password }],
    without: { imap: without },
  });

const fill = (server: MailServer, raws: readonly Buffer[], folder = 'INBOX'): void => {
  const mailbox = server.user('anna').mailboxes.require(folder);
  for (const raw of raws) mailbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
};

const open = (server: MailServer, options: { clock?: FakeClock; pollMinutes?: number } = {}) =>
  new SyncFixture({ port: server.ports.imap, user: 'anna', password, ...options });

/** A turn of the event loop, sockets included. */
const tick = () => new Promise((resolve) => setImmediate(resolve));
const idles = (server: MailServer): number => server.log.count('IDLE');
/** Resolves when the server has been asked to IDLE so often. */
const untilIdle = async (server: MailServer, count = 1): Promise<void> => {
  while (idles(server) < count) await tick();
};
/** Lets the test's time go on, with turns for the sockets in between, until it is so. Returns how much passed. */
async function passing(clock: FakeClock, condition: () => boolean): Promise<number> {
  const from = clock.now();
  while (!condition()) {
    await clock.advance(1_000);
    await tick();
  }
  return clock.now() - from;
}
const untilSilent = async (fixture: SyncFixture): Promise<void> => {
  await fixture.until(() => fixture.events.some(({ type }) => type === 'succeeded'));
};

/** The download of older headers, where it is one. */
const job = (fixture: SyncFixture) => fixture.jobs.list().find(({ kind }) => kind === 'headers');

describe('against Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('a mail that arrives is stored, announced once, and its text fetched, without anybody asking', async () => {
    server.fill(
      'idle',
      'INBOX',
      mails(3).map((raw) => ({ raw })),
    );
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'idle',
      password: server.password,
    });
    fixture.runner.start();
    await untilSilent(fixture);
    await server.deliver('idle', mail('Good news'));
    await fixture.until(() => fixture.newMail.length > 0);
    expect(fixture.newMail).toEqual([
      {
        accountId: fixture.id,
        folderId: fixture.folder('INBOX').id,
        id: fixture.find('INBOX', 'Good news')[0],
        from: 'Anna Albrecht',
        subject: 'Good news',
      },
    ]);
    const [id] = fixture.find('INBOX', 'Good news');
    await fixture.until(() => id !== undefined && hasText(fixture.store.read, id));
  });

  test('what another program does in the inbox is seen at once, and what we do arrives there', async () => {
    server.fill(
      'both',
      'INBOX',
      mails(5).map((raw) => ({ raw })),
    );
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'both',
      password: server.password,
    });
    fixture.runner.start();
    await untilSilent(fixture);
    await server.doveadm('expunge', '-u', 'both', 'mailbox', 'INBOX', 'uid', '2');
    await fixture.until(() => fixture.shown('INBOX').length === 4);
    await server.doveadm('flags', 'add', '-u', 'both', '\\Seen', 'mailbox', 'INBOX', 'uid', '3');
    await fixture.until(() => fixture.folder('INBOX').unread === 3);
    fixture.act({
      kind: 'move',
      accountId: fixture.id,
      folderId: fixture.folder('INBOX').id,
      targetId: fixture.folder('Trash').id,
      messageIds: fixture.find('INBOX', 'Mail 1'),
    });
    await fixture.until(() => fixture.contents()['Trash']?.[0]?.startsWith('1 ') === true);
    await fixture.until(() => fixture.contents()['INBOX']?.length === 3);
    expect(fixture.contents()).toEqual(await dovecotContents(server, 'both'));
  });

  test('a first synchronisation that is held up takes new mail, what is opened and what is done; gone on with, all is as on the server', async () => {
    const all = (folder: string, raws: readonly Buffer[]): void => {
      server.fill(
        'held',
        folder,
        raws.map((raw) => ({ raw })),
      );
    };
    all('INBOX', mails(1_150));
    all('Projects', mails(130, 2_000));
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'held',
      password: server.password,
    });
    const id = `headers ${fixture.id}`;
    fixture.runner.start();
    await fixture.until(() => {
      if (job(fixture)?.state === 'running') fixture.jobs.pause(id);
      return job(fixture)?.state === 'paused' && fixture.shownCount('Projects') > 0;
    });
    await untilSilent(fixture);
    // What may be looked into is there: the newest page of each folder.
    expect([fixture.shownCount('INBOX'), fixture.shownCount('Projects')]).toEqual([100, 100]);
    await server.deliver('held', mail('News'));
    await fixture.until(() => fixture.newMail.length === 1);
    const [opened] = fixture.find('INBOX', 'Mail 1150');
    if (opened === undefined) throw new Error('no first page');
    expect(hasText(fixture.store.read, opened)).toBe(false);
    await fixture.sync.reader.fetchText(opened, never);
    fixture.act({
      kind: 'move',
      accountId: fixture.id,
      folderId: fixture.folder('INBOX').id,
      targetId: fixture.folder('Trash').id,
      messageIds: fixture.find('INBOX', 'Mail 1149'),
    });
    await fixture.until(() => fixture.contents()['Trash']?.[0]?.startsWith('1 ') === true);
    // A pass that is asked for sees what changed, and brings no old mail and no text along.
    await server.doveadm('flags', 'add', '-u', 'held', '\\Flagged', 'mailbox', 'Projects', 'uid', '130');
    await fixture.pass();
    expect(fixture.contents()['Projects']?.at(-1)).toContain('\\Flagged');
    expect([fixture.shownCount('INBOX'), fixture.shownCount('Projects')]).toEqual([100, 100]);
    expect(countWithoutText(fixture.store.read, fixture.id)).toBe(200);
    expect(job(fixture)).toMatchObject({ state: 'paused', total: 1_281 });

    fixture.jobs.resume(id);
    await fixture.until(() => job(fixture) === undefined);
    expect(fixture.contents()).toEqual(await dovecotContents(server, 'held'));
    expect(fixture.newMail).toHaveLength(1);
  });
});

describe('a server that ends its sessions', () => {
  test('says goodbye in the middle of waiting for news: a closed connection, tried again by itself', async () => {
    await using server = await startDovecot();
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'kicked',
      password: server.password,
    });
    fixture.runner.start();
    await untilSilent(fixture);
    await server.doveadm('kick', 'kicked');
    await fixture.until(() => fixture.events.some(({ type }) => type === 'failed'));
    const [failed] = fixture.events.filter((event) => event.type === 'failed');
    expect(failed?.error).toMatchObject({ code: 'connection-closed', retry: 'now' });
  });
});

describe('a pass that becomes due just when news come', () => {
  test('is made all the same, and the texts of the news are fetched', async () => {
    await using server = await start();
    fill(server, mails(3));
    await using fixture = open(server);
    fixture.runner.start();
    await untilIdle(server);
    // The IDLE takes some turns to end after the news: the pass comes in each of them.
    for (let turns = 0; turns < 8; turns += 1) {
      const subject = `News ${String(turns)}`;
      fill(server, [mail(subject)]);
      fill(server, [mail(subject)], 'Archive');
      for (let turn = 0; turn < turns; turn += 1) await tick();
      fixture.runner.kick();
      await fixture.until(
        () =>
          fixture.shown('Archive').includes(subject) &&
          fixture.shown('INBOX').includes(subject) &&
          countWithoutText(fixture.store.read, fixture.id) === 0,
      );
    }
  });
});

describe('a first synchronisation that a person holds up', () => {
  test('in the middle: what was asked for is kept, no more is, and a lost connection does not let it go on', async () => {
    await using server = await start();
    fill(server, mails(2_300));
    await using fixture = open(server);
    const id = `headers ${fixture.id}`;
    // The first page, and one round of what is older.
    const asked = server.faults.next('delay', { command: 'FETCH', having: 'BODYSTRUCTURE', skip: 1, ms: 0 });
    fixture.runner.start();
    await asked.happened;
    fixture.jobs.pause(id);
    await untilIdle(server);
    const kept = fixture.shownCount('INBOX');
    expect(kept).toBeGreaterThan(100);
    expect(kept).toBeLessThanOrEqual(1_100);
    expect(job(fixture)).toMatchObject({ state: 'paused', done: kept, total: 2_300 });
    server.log.clear();
    server.dropConnections();
    await fixture.until(() => fixture.events.some(({ type }) => type === 'failed'));
    fixture.runner.start();
    await untilIdle(server);
    expect(job(fixture)?.state).toBe('paused');
    expect(fixture.shownCount('INBOX')).toBe(kept);
    fixture.jobs.resume(id);
    await fixture.until(
      () => countWithoutText(fixture.store.read, fixture.id) === 0 && job(fixture) === undefined,
    );
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('over a slow line: comes to rest after fewer than a thousand', async () => {
    const clock = new FakeClock();
    await using server = await startMailServer({
      domain: 'company.test',
      users: [{ login: 'anna', password }],
      clock,
    });
    fill(server, mails(1_500));
    await using fixture = open(server, { clock });
    const id = `headers ${fixture.id}`;
    const slow = () => server.faults.next('delay', { command: 'FETCH', having: 'BODYSTRUCTURE', ms: 1_500 });
    // The newest hundred take a second and a half: two hundred are what fits.
    const first = slow();
    const second = slow();
    fixture.runner.start();
    await first.happened;
    await clock.advance(1_500);
    await second.happened;
    fixture.jobs.pause(id);
    await clock.advance(1_500);
    await untilIdle(server);
    expect(fixture.shownCount('INBOX')).toBe(300);
  });

  test('has no job where a few mails are missing', async () => {
    await using server = await start();
    fill(server, mails(300));
    await using fixture = open(server);
    const told: string[] = [];
    fixture.runner.start();
    await fixture.until(() => {
      told.push(...fixture.jobs.list().map(({ kind }) => kind));
      return fixture.shownCount('INBOX') === 300;
    });
    expect(told).not.toContain('headers');
  });
});

describe('texts that a person holds up', () => {
  test('stay away while new mail comes and is announced, and come when he lets them go on', async () => {
    await using server = await start();
    fill(server, mails(3));
    await using fixture = open(server);
    const id = `texts ${fixture.id}`;
    const before = fixture.jobs.begin({ id, kind: 'texts', accountId: fixture.id, folder: null });
    fixture.jobs.pause(id);
    before[Symbol.dispose]();
    fixture.runner.start();
    await untilIdle(server);
    fill(server, [mail('News')]);
    await fixture.until(() => fixture.newMail.length === 1);
    const [news] = fixture.find('INBOX', 'News');
    await expect.poll(() => fixture.jobs.list()).toMatchObject([{ id, state: 'paused', total: 3 }]);
    const missing = () => countWithoutText(fixture.store.read, fixture.id);
    expect(missing()).toBe(4);
    // A pass that somebody asks for brings no texts along either; opening a mail does.
    await fixture.pass(true);
    expect(missing()).toBe(4);
    if (news !== undefined) await fixture.sync.reader.fetchText(news, never);
    fixture.jobs.resume(id);
    await fixture.until(() => missing() === 0);
    await expect.poll(() => fixture.jobs.list()).toEqual([]);
  });
});

describe('announcements', () => {
  test('never tell of what was there before, of what was read elsewhere, or of one mail twice', async () => {
    await using server = await start();
    fill(server, mails(3));
    await using fixture = open(server);
    fixture.runner.start();
    await untilIdle(server);
    const inbox = server.user('anna').mailboxes.inbox;
    inbox.append({ raw: mail('Read on the phone'), internalDate: Date.now(), flags: ['\\Seen'] });
    fill(server, [mail('News')]);
    await fixture.until(() => fixture.newMail.length === 1);
    // Moved away and back by another program: the same mail, under another UID.
    inbox.expunge([5]);
    await fixture.until(() => fixture.shown('INBOX').length === 4);
    fill(server, [mail('News')]);
    await fixture.until(() => fixture.shown('INBOX').length === 5);
    // All is listed anew under another UIDVALIDITY.
    inbox.changeUidValidity();
    fill(server, [mail('Last')]);
    await fixture.passUntilDone();
    expect(fixture.newMail.map(({ subject }) => subject)).toEqual(['News']);
  });

  test('do not come from other folders than the inbox', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    fill(server, [mail('Filed by a rule')], 'Archive');
    fill(server, [mail('For you')]);
    await fixture.pass();
    expect(fixture.newMail.map(({ subject }) => subject)).toEqual(['For you']);
  });

  test('come from a folder that was given a level of its own, from then on, and no longer when that is "off"', async () => {
    await using server = await start();
    fill(server, [mail('There before')], 'Archive');
    await using fixture = open(server);
    await fixture.pass();
    const level = (to: 'quiet' | 'off'): void => {
      const folderNews = [{ folderId: fixture.folder('Archive').id, level: to }];
      fixture.store.write((db) => writeSettings(db, { folderNews }));
    };
    level('quiet');
    fill(server, [mail('Filed by a rule')], 'Archive');
    fill(server, [mail('Filed elsewhere')], 'Sent');
    await fixture.pass();
    level('off');
    fill(server, [mail('Filed later')], 'Archive');
    await fixture.pass();
    expect(fixture.newMail.map(({ subject }) => subject)).toEqual(['Filed by a rule']);
  });
});

describe('an outage', () => {
  test('is told as a failure; when it is over the gap is closed, with the mails that came in between', async () => {
    await using server = await start();
    fill(server, mails(2));
    await using fixture = open(server);
    fixture.runner.start();
    await untilIdle(server);
    await server.goDown();
    await fixture.until(() => fixture.events.some(({ type }) => type === 'failed'));
    fill(server, mails(3, 50));
    await server.goUp();
    fixture.events.length = 0;
    // The supervisor does this, when its back-off says so.
    fixture.runner.start();
    await fixture.until(() => fixture.events.some(({ type }) => type === 'gap-closed'));
    expect(fixture.events).toContainEqual(expect.objectContaining({ type: 'gap-closed', messages: 3 }));
    expect(fixture.newMail.length).toBe(3);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('a refused password is tried once, and not again before somebody decides so', async () => {
    await using server = await start();
    await using fixture = open(server);
    server.user('anna').password = 'changed';
    fixture.runner.start();
    await fixture.until(() => fixture.events.length > 0);
    expect(fixture.events).toMatchObject([{ type: 'failed', error: { code: 'credentials-rejected' } }]);
    const logins = server.log.count('LOGIN') + server.log.count('AUTHENTICATE');
    await expect(
      fixture.sync.mailbox.findByMessageId(fixture.id, 'INBOX', 'x@y', never),
    ).rejects.toMatchObject({ code: 'credentials-rejected' });
    fixture.runner.kick();
    expect(server.log.count('LOGIN') + server.log.count('AUTHENTICATE')).toBe(logins);
  });

  test('of one connection alone is noticed by its silence, and another takes its place', async () => {
    await using server = await start();
    fill(server, mails(1));
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    await untilIdle(server);
    const asked = server.faults.next('hang', { command: 'NOOP' });
    expect(await passing(clock, () => asked.hits > 0)).toBeGreaterThanOrEqual(149_000);
    expect(await passing(clock, () => idles(server) > 1)).toBeLessThan(60_000);
    fill(server, [mail('Over the new one')]);
    await fixture.until(() => fixture.newMail.length === 1);
    expect(fixture.events.map(({ type }) => type)).not.toContain('failed');
  });

  test('that lasts is noticed by the silence, and reported', async () => {
    await using server = await start();
    fill(server, mails(1));
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    await untilIdle(server);
    server.faults.next('hang', { command: 'NOOP' });
    server.faults.next('greeting-never', { times: Infinity });
    await passing(clock, () => fixture.events.some(({ type }) => type === 'failed'));
    expect(fixture.events.at(-1)).toMatchObject({ error: { code: 'deadline-exceeded' } });
  });
});

describe('waiting', () => {
  test('is begun anew after each sign of life, and goes on', async () => {
    await using server = await start();
    fill(server, mails(1));
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    for (let round = 1; round <= 3; round += 1) {
      expect(await passing(clock, () => idles(server) > round)).toBeLessThan(29 * 60_000);
    }
    fill(server, [mail('Still there')]);
    await fixture.until(() => fixture.newMail.length === 1);
    expect(server.log.count('NOOP')).toBeGreaterThan(0);
    expect(fixture.events.map(({ type }) => type)).not.toContain('failed');
  });

  test('misses nothing that the server tells beside the answer to something else', async () => {
    await using server = await start();
    fill(server, mails(1));
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    await untilIdle(server);
    // While it looks whether there is more, after the first news.
    const looking = server.faults.next('delay', { command: 'FETCH', having: 'CHANGEDSINCE', skip: 1, ms: 0 });
    fill(server, [mail('News')]);
    await looking.happened;
    fill(server, [mail('Meanwhile')]);
    await fixture.until(() => fixture.newMail.length === 2);
    // While it is asked for a sign of life.
    const asked = server.faults.next('delay', { command: 'NOOP', ms: 0 });
    await passing(clock, () => asked.hits > 0);
    fill(server, [mail('Just then')]);
    await fixture.until(() => fixture.newMail.length === 3);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('also looks at the other folders from time to time, over the same connection', async () => {
    await using server = await start();
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    await untilIdle(server);
    fill(server, [mail('Filed by a rule')], 'Archive');
    server.log.clear();
    await passing(clock, () => fixture.shown('Archive').length === 1);
    const asked = server.log.entries.filter(({ command }) => command === 'LIST');
    const idled = server.log.entries.filter(({ command }) => command === 'IDLE');
    expect(asked.length).toBe(1);
    expect(idled.some(({ connection }) => connection === asked[0]?.connection)).toBe(true);
  });

  test('on a server without IDLE is polling, each minute', async () => {
    await using server = await start(['IDLE']);
    const clock = new FakeClock();
    await using fixture = open(server, { clock });
    fixture.runner.start();
    await untilSilent(fixture);
    fill(server, [mail('Polled')]);
    expect(await passing(clock, () => fixture.newMail.length === 1)).toBeLessThan(125_000);
  });

  test('on a slow account is done without a connection, and it is looked at every so many minutes', async () => {
    await using server = await start();
    const clock = new FakeClock();
    await using fixture = open(server, { clock, pollMinutes: 10 });
    fixture.runner.start();
    await untilSilent(fixture);
    while (server.connections > 0) await tick();
    fill(server, [mail('Later')]);
    const waited = await passing(clock, () => server.connections > 0);
    expect(waited).toBeGreaterThanOrEqual(9 * 60_000);
    expect(waited).toBeLessThan(11 * 60_000);
    await fixture.until(() => fixture.newMail.length === 1);
    expect(idles(server)).toBe(0);
  });
});

describe('what a person asks for', () => {
  test('is carried to the server at once while the account waits', async () => {
    await using server = await start();
    fill(server, mails(1));
    await using fixture = open(server);
    fixture.runner.start();
    await untilIdle(server);
    fixture.act({
      kind: 'flag',
      accountId: fixture.id,
      folderId: fixture.folder('INBOX').id,
      messageIds: fixture.find('INBOX', 'Mail 1'),
      add: FlagBit.seen,
      remove: 0,
    });
    await fixture.until(() => server.user('anna').mailboxes.inbox.byUid(1)?.flags.has('\\Seen') === true);
  });

  test('does not wait behind a first pass, however long that takes', async () => {
    await using server = await start();
    fill(server, mails(300));
    await using fixture = open(server);
    // The history hangs for ever.
    const hung = server.faults.next('hang', { command: 'SEARCH' });
    fixture.runner.start();
    await hung.happened;
    const [id] = fixture.find('INBOX', 'Mail 300');
    if (id === undefined) throw new Error('no first page');
    await fixture.sync.reader.fetchText(id, never);
    expect(hasText(fixture.store.read, id)).toBe(true);
    expect(fixture.folder('INBOX').lowUid).toBe(201);
  });

  test('a pass asked for while the account waits brings what other folders have', async () => {
    await using server = await start();
    await using fixture = open(server);
    fixture.runner.start();
    await untilIdle(server);
    fill(server, [mail('Elsewhere')], 'Archive');
    expect(await fixture.pass()).toMatchObject({ ok: true, added: 1 });
  });

  test('ends at once when the account is closed', async () => {
    await using server = await start();
    fill(server, mails(10));
    const fixture = open(server);
    fixture.runner.start();
    const pass = fixture.runner.syncNow(true, never);
    await fixture[Symbol.asyncDispose]();
    expect(await pass).toMatchObject({ ok: expect.any(Boolean) as boolean });
    while (server.connections > 0) await tick();
  });
});

describe('round trips', () => {
  test('from an empty profile the first page of the inbox is stored after at most ten of them', async () => {
    await using server = await start();
    fill(server, mails(500));
    await using fixture = open(server);
    server.faults.next('hang', { command: 'LIST' });
    const pass = fixture.runner.syncNow(false, never);
    while (server.log.count('LIST') === 0) await tick();
    // What was asked before the list, and the connection itself; the greeting comes with it.
    expect(server.log.names().indexOf('LIST') + 1).toBeLessThanOrEqual(10);
    expect(fixture.shownCount('INBOX')).toBe(100);
    server.dropConnections();
    await pass;
  });

  test('a pass over fifty folders in which nothing changed is one LIST and no SELECT', async () => {
    await using server = await start();
    for (let folder = 0; folder < 45; folder += 1) {
      server.user('anna').mailboxes.create(`Folder ${String(folder)}`);
      fill(server, mails(2), `Folder ${String(folder)}`);
    }
    await using fixture = open(server);
    await fixture.pass();
    server.log.clear();
    expect(await fixture.pass()).toMatchObject({ folders: 51, added: 0, changed: 0 });
    expect(server.log.count('SELECT') + server.log.count('EXAMINE') + server.log.count('STATUS')).toBe(0);
    expect(server.log.count('LIST')).toBe(1);
  });
});
