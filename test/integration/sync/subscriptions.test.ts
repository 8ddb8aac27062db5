/** Subscriptions carried to the server: against Dovecot, and against the built-in server where it must misbehave. */
import { describe, expect, test } from 'vitest';
import { insertLocalFolder } from '#engine/store/folders.repo.ts';
import { subscribeFolder } from '#engine/store/folderActs.ts';
import { troubledOperations } from '#engine/store/operations.repo.ts';
import { countWithoutText, hasText } from '#engine/store/texts.repo.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import type { Clock } from '#shared/base/clock.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { mail, never, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';

async function start(clock?: Clock): Promise<MailServer> {
  const server = await startMailServer({
    domain: 'company.test',
    users: [{ login: 'anna', password }],
    ...(clock ? { clock } : {}),
  });
  const { mailboxes } = server.user('anna');
  mailboxes.create('News');
  mailboxes.subscribe('News');
  return server;
}
const open = (server: MailServer) => new SyncFixture({ port: server.ports.imap, user: 'anna', password });
const isSubscribed = (server: MailServer, path: string) => server.user('anna').mailboxes.isSubscribed(path);

function decide(fixture: SyncFixture, path: string, subscribed: boolean): void {
  fixture.store.precious((db) => {
    subscribeFolder(db, fixture.folder(path).id, { subscribed, putAway: !subscribed }, 0);
  });
}

describeWith(['dovecot'], 'against Dovecot', () => {
  test('folders that are made, renamed, unsubscribed and deleted leave the subscriptions that are meant', async () => {
    await using server = await startDovecot();
    const subscriptions = async () =>
      (await server.doveadm('mailbox', 'list', '-s', '-u', 'sub')).split('\n').filter(Boolean).sort();
    server.fill('sub', 'INBOX', []);
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'sub',
      password: server.password,
    });
    await fixture.pass();
    const before = await subscriptions();
    const make = (path: string) => {
      const { id } = fixture.store.precious((db) =>
        insertLocalFolder(db, fixture.id, { path, delimiter: '/', role: null }),
      );
      fixture.act({ kind: 'folder-create', accountId: fixture.id, folderId: id });
    };
    const added = async () => (await subscriptions()).filter((path) => !before.includes(path));
    for (const path of ['Größe', 'Größe/Tür', 'Größe/Maß']) make(path);
    await fixture.pass();
    expect(await added()).toEqual(['Größe', 'Größe/Maß', 'Größe/Tür']);

    decide(fixture, 'Größe/Tür', false);
    await fixture.pass();
    expect(await added()).toEqual(['Größe', 'Größe/Maß']);
    expect(fixture.folder('Größe/Tür')).toMatchObject({ subscribed: false, shown: false });

    fixture.act({
      kind: 'folder-rename',
      accountId: fixture.id,
      folderId: fixture.folder('Größe').id,
      to: 'Maße',
    });
    await fixture.pass();
    expect(await added()).toEqual(['Maße', 'Maße/Maß']);
    expect(fixture.folder('Maße/Maß')).toMatchObject({ subscribed: true, shown: true });
    expect(fixture.folder('Maße/Tür')).toMatchObject({ subscribed: false, shown: false });

    decide(fixture, 'Maße/Tür', true);
    fixture.act({
      kind: 'folder-delete',
      accountId: fixture.id,
      folderId: fixture.folder('Maße/Maß').id,
    });
    await fixture.pass();
    expect(await added()).toEqual(['Maße', 'Maße/Tür']);
    expect(troubledOperations(fixture.store.read)).toEqual([]);
  });
});

describe('a folder that was unsubscribed', () => {
  test('offline and before a restart is so on the server afterwards', async () => {
    await using server = await start();
    const first = open(server);
    await first.pass();
    server.faults.next('drop', { command: 'UNSUBSCRIBE' });
    decide(first, 'News', false);
    expect((await first.runner.syncNow(false, never)).ok).toBe(false);
    expect(isSubscribed(server, 'News')).toBe(true);
    await using second = await first.restarted();
    expect(second.folder('News').shown).toBe(false);
    await second.passUntilDone();
    expect(isSubscribed(server, 'News')).toBe(false);
    expect(second.folder('News')).toMatchObject({ subscribed: false, shown: false });
  });

  test('is read no more, keeps what is known of it, and is read again when it is back', async () => {
    await using server = await start();
    const news = server.user('anna').mailboxes.require('News');
    const arrive = (subject: string) =>
      news.append({ raw: mail(subject), internalDate: Date.UTC(2024, 0, 1) });
    arrive('One');
    await using fixture = open(server);
    await fixture.pass();
    decide(fixture, 'News', false);
    await fixture.pass();
    arrive('Two');
    await fixture.pass(true);
    expect(fixture.shown('News')).toEqual(['One']);
    decide(fixture, 'News', true);
    await fixture.pass();
    expect(isSubscribed(server, 'News')).toBe(true);
    expect(fixture.shown('News')).toEqual(['One', 'Two']);
  });

  test('is asked for no texts, but for those that somebody opens, until it is back', async () => {
    await using server = await start();
    const { mailboxes } = server.user('anna');
    const arrive = (path: string, subject: string) =>
      mailboxes.require(path).append({ raw: mail(subject), internalDate: Date.UTC(2024, 0, 1) });
    for (const subject of ['Opened', 'Known']) arrive('News', subject);
    for (const path of ['News', 'INBOX']) arrive(path, 'In both');
    await using fixture = open(server);
    const missing = () => countWithoutText(fixture.store.read, fixture.id);
    // Texts are held up until the folder is out of sight.
    const held = { id: `texts ${fixture.id}`, kind: 'texts' as const, accountId: fixture.id, folder: null };
    const job = fixture.jobs.begin(held);
    fixture.jobs.pause(held.id);
    job[Symbol.dispose]();
    await fixture.pass();
    expect(missing()).toBe(3);
    decide(fixture, 'News', false);
    expect(missing()).toBe(1);
    fixture.jobs.resume(held.id);
    await fixture.pass();
    const texts = (): boolean[] =>
      fixture.find('News', 'Opened', 'Known', 'In both').map((id) => hasText(fixture.store.read, id));
    expect([missing(), ...texts()]).toEqual([0, false, false, true]);
    const [opened] = fixture.find('News', 'Opened');
    if (opened !== undefined) await fixture.sync.reader.fetchText(opened, never);
    expect(texts()).toEqual([true, false, true]);
    decide(fixture, 'News', true);
    await fixture.pass();
    expect(texts()).toEqual([true, true, true]);
  });

  test('is back, with the failure in words, where the server refuses', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('refuse', { command: 'UNSUBSCRIBE', text: 'not here' });
    decide(fixture, 'News', false);
    await fixture.pass();
    expect(fixture.folder('News')).toMatchObject({ subscribed: true, shown: true });
    expect(troubledOperations(fixture.store.read)).toMatchObject([
      { kind: 'folder-unsubscribe', subject: 'News', state: 'failed', error: { code: 'server-refused' } },
    ]);
  });

  test('is done where the server refuses because it is so already', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    server.user('anna').mailboxes.unsubscribe('News');
    server.faults.next('refuse', { command: 'UNSUBSCRIBE', text: 'not subscribed' });
    decide(fixture, 'News', false);
    await fixture.pass();
    expect(fixture.folder('News').shown).toBe(false);
    expect(troubledOperations(fixture.store.read)).toEqual([]);
  });

  test('is not brought back by a list that the server made before', async () => {
    const clock = new FakeClock(0);
    await using server = await start(clock);
    await using fixture = open(server);
    await fixture.pass();
    const held = server.faults.next('delay', { command: 'LIST', ms: 1000 });
    server.faults.next('answer', {
      command: 'LIST',
      bytes:
        '* LIST (\\Subscribed) "/" INBOX\r\n* LIST (\\Subscribed) "/" News\r\n{tag} OK List completed\r\n',
    });
    const pass = fixture.pass();
    await held.happened;
    decide(fixture, 'News', false);
    await fixture.runner.carryNow(never);
    expect(isSubscribed(server, 'News')).toBe(false);
    const shown: boolean[] = [];
    using _changes = fixture.store.changes.subscribe(() => {
      shown.push(fixture.folder('News').shown);
    });
    await clock.advance(1000);
    await pass;
    expect(fixture.folder('News')).toMatchObject({ subscribed: false, shown: false });
    expect(shown).not.toContain(true);
  });
});

test('a folder whose rename is under way is not taken for a new one by a list from in between', async () => {
  const clock = new FakeClock(0);
  await using server = await start(clock);
  await using fixture = open(server);
  await fixture.pass();
  const { id } = fixture.folder('News');
  const listing = server.faults.next('delay', { command: 'LIST', ms: 1000 });
  const renaming = server.faults.next('delay', { command: 'SUBSCRIBE', ms: 2000 });
  const pass = fixture.pass();
  await listing.happened;
  fixture.act({ kind: 'folder-rename', accountId: fixture.id, folderId: id, to: 'Letters' });
  const carried = fixture.runner.carryNow(never);
  await renaming.happened;
  await clock.advance(1000);
  await clock.advance(2000);
  await Promise.all([pass, carried]);
  expect(fixture.folder('Letters')).toMatchObject({ id, shownPath: 'Letters', subscribed: true });
  expect(troubledOperations(fixture.store.read)).toEqual([]);
});
