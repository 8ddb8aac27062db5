/** What users do, carried to the server: against Dovecot, and against the built-in server where it must misbehave. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { insertLocalFolder } from '#engine/store/folders.repo.ts';
import { queueLength, recoverOperations, troubledOperations } from '#engine/store/operations.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { dovecotContents, mail, mails, never, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';

const start = (without: readonly ImapCapability[] = []): Promise<MailServer> =>
  startMailServer({
    domain: 'company.test',
    users: [{ login: 'anna', password }],
    without: { imap: without },
  });

function fill(server: MailServer, folder: string, raws: readonly Buffer[]): void {
  const mailbox = server.user('anna').mailboxes.require(folder);
  for (const raw of raws) mailbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
}

const open = (server: MailServer): SyncFixture =>
  new SyncFixture({ port: server.ports.imap, user: 'anna', password });

/** The subjects that lie in a folder of the built-in server, without those flagged as deleted. */
function lies(server: MailServer, path: string): string[] {
  return (serverContents(server, 'anna')[path] ?? [])
    .filter((line) => !line.includes('\\Deleted'))
    .map((line) => /^\d+ (.*) \[/.exec(line)?.[1] ?? '');
}

const move = (fixture: SyncFixture, from: string, to: string, ...subjects: string[]) =>
  fixture.act({
    kind: 'move',
    accountId: fixture.id,
    folderId: fixture.folder(from).id,
    targetId: fixture.folder(to).id,
    messageIds: fixture.find(from, ...subjects),
  });

const failures = (fixture: SyncFixture) =>
  troubledOperations(fixture.store.read).map(({ kind, state, error }) => [kind, state, error?.code]);

describe('against Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('flags, moves, removal and folders arrive in the order in which they were done, and both sides agree', async () => {
    server.fill(
      'order',
      'INBOX',
      mails(6).map((raw) => ({ raw })),
    );
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'order',
      password: server.password,
    });
    await fixture.pass();
    const inbox = fixture.folder('INBOX').id;
    const accountId = fixture.id;
    fixture.act({
      kind: 'flag',
      accountId,
      folderId: inbox,
      messageIds: fixture.find('INBOX', 'Mail 1', 'Mail 2'),
      add: FlagBit.seen | FlagBit.forwarded,
      remove: 0,
    });
    move(fixture, 'INBOX', 'Archive', 'Mail 2', 'Mail 3');
    fixture.act({
      kind: 'flag',
      accountId,
      folderId: fixture.folder('Archive').id,
      messageIds: fixture.find('Archive', 'Mail 3'),
      add: FlagBit.flagged,
      remove: 0,
    });
    fixture.act({ kind: 'delete', accountId, folderId: inbox, messageIds: fixture.find('INBOX', 'Mail 4') });
    await fixture.pass();
    expect(queueLength(fixture.store.read, accountId).queued).toBe(0);
    expect(fixture.contents()).toEqual(await dovecotContents(server, 'order'));
    expect(fixture.contents()).toMatchObject({
      INBOX: ['1 Mail 1 [$Forwarded \\Seen]', '5 Mail 5 []', '6 Mail 6 []'],
      Archive: ['1 Mail 2 [$Forwarded \\Seen]', '2 Mail 3 [\\Flagged]'],
    });
  });

  test('what is done to a mail that was moved a moment ago waits until the server told its new UID', async () => {
    server.fill(
      'chain',
      'INBOX',
      mails(2).map((raw) => ({ raw })),
    );
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'chain',
      password: server.password,
    });
    await fixture.pass();
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    move(fixture, 'Archive', 'Trash', 'Mail 1');
    move(fixture, 'Trash', 'INBOX', 'Mail 1');
    await fixture.pass();
    expect(fixture.contents()).toEqual(await dovecotContents(server, 'chain'));
    expect(fixture.shown('INBOX')).toEqual(['Mail 2', 'Mail 1']);
  });
});

describe('where another program removed mails that are being acted on', () => {
  test.each([
    ['MOVE', []],
    ['COPY', ['MOVE']],
    ['STORE', ['MOVE']],
  ] as const)('and %s is refused for that, it is done for those that are left', async (command, without) => {
    await using server = await start(without);
    fill(server, 'INBOX', mails(4));
    await using fixture = open(server);
    await fixture.pass();
    const { inbox } = server.user('anna').mailboxes;
    inbox.expunge([2]);
    // As Dovecot words it, and ImapFlow takes it for an OK.
    server.faults.next('refuse', {
      command,
      code: 'EXPUNGEISSUED',
      text: 'Some of the requested messages no longer exist.',
    });
    if (command === 'STORE')
      fixture.act({
        kind: 'flag',
        accountId: fixture.id,
        folderId: fixture.folder('INBOX').id,
        messageIds: fixture.find('INBOX', 'Mail 1', 'Mail 2', 'Mail 3'),
        add: FlagBit.flagged,
        remove: 0,
      });
    else move(fixture, 'INBOX', 'Archive', 'Mail 1', 'Mail 2', 'Mail 3');
    await fixture.pass();
    expect(failures(fixture)).toEqual([]);
    expect(queueLength(fixture.store.read, fixture.id).queued).toBe(0);
    expect(serverContents(server, 'anna')).toMatchObject(
      command === 'STORE'
        ? { INBOX: ['1 Mail 1 [\\Flagged]', '3 Mail 3 [\\Flagged]', '4 Mail 4 []'], Archive: [] }
        : { INBOX: ['4 Mail 4 []'], Archive: ['1 Mail 1 []', '2 Mail 3 []'] },
    );
    await fixture.pass();
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });
});

describe('a MOVE', () => {
  test('that the server refuses is taken back here and listed with the reason', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(2));
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('refuse', { command: 'MOVE', code: 'NOPERM', text: 'not yours' });
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    expect(fixture.shown('INBOX')).toEqual(['Mail 2']);
    await fixture.pass();
    expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 2']);
    expect(fixture.shown('Archive')).toEqual([]);
    expect(failures(fixture)).toEqual([['move', 'failed', 'not-permitted']]);
  });

  test('for which there is no room waits, stays shown, and is carried out when there is', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(1));
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('overquota', { command: 'MOVE' });
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.pass();
    expect(failures(fixture)).toEqual([['move', 'queued', 'over-quota']]);
    expect(fixture.shown('Archive')).toEqual(['Mail 1']);
    // The person asks, or the time has come.
    fixture.store.precious((db) => {
      db.prepare('UPDATE operations SET next_attempt_at = NULL').run();
    });
    await fixture.pass();
    expect(lies(server, 'Archive')).toEqual(['Mail 1']);
    expect(lies(server, 'INBOX')).toEqual([]);
  });

  test.each([
    ['was carried out', true],
    ['was not carried out', false],
  ])('whose answer was lost and that %s happens once', async (_name, carriedOut) => {
    await using server = await start();
    fill(server, 'INBOX', mails(2));
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('drop', { command: 'MOVE', carriedOut });
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.passUntilDone();
    await fixture.pass();
    expect(lies(server, 'Archive')).toEqual(['Mail 1']);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
    expect(queueLength(fixture.store.read, fixture.id).queued).toBe(0);
  });

  test('into a folder that another program removed meanwhile is taken back and shown as failed', async () => {
    await using server = await start();
    server.user('anna').mailboxes.create('Project');
    fill(server, 'INBOX', mails(1));
    await using fixture = open(server);
    await fixture.pass();
    server.user('anna').mailboxes.delete('Project');
    move(fixture, 'INBOX', 'Project', 'Mail 1');
    await fixture.pass();
    expect(fixture.shown('INBOX')).toEqual(['Mail 1']);
    expect(failures(fixture)).toEqual([['move', 'failed', 'mailbox-not-found']]);
  });
});

describe('without MOVE', () => {
  test('a mail is copied, and its original expunged, with nothing that others had flagged', async () => {
    await using server = await start(['MOVE']);
    fill(server, 'INBOX', mails(3));
    server.user('anna').mailboxes.inbox.setFlags(3, 'add', ['\\Deleted']);
    await using fixture = open(server);
    await fixture.pass();
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.pass();
    expect(serverContents(server, 'anna')).toMatchObject({
      INBOX: ['2 Mail 2 []', '3 Mail 3 [\\Deleted]'],
      Archive: ['1 Mail 1 []'],
    });
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test.each([
    ['COPY', 'refused', (server: MailServer) => server.faults.next('refuse', { command: 'COPY' })],
    ['COPY', 'lost', (server: MailServer) => server.faults.next('drop', { command: 'COPY' })],
    [
      'COPY',
      'carried out and its answer lost',
      (server: MailServer) => server.faults.next('drop', { command: 'COPY', carriedOut: true }),
    ],
    ['STORE', 'refused', (server: MailServer) => server.faults.next('refuse', { command: 'STORE' })],
    [
      'STORE',
      'carried out and its answer lost',
      (server: MailServer) => server.faults.next('drop', { command: 'STORE', carriedOut: true }),
    ],
    ['EXPUNGE', 'refused', (server: MailServer) => server.faults.next('refuse', { command: 'EXPUNGE' })],
    [
      'EXPUNGE',
      'carried out and its answer lost',
      (server: MailServer) => server.faults.next('drop', { command: 'EXPUNGE', carriedOut: true }),
    ],
  ])('%s %s: the mail is never lost and never there twice for good', async (_command, _how, arm) => {
    await using server = await start(['MOVE']);
    fill(server, 'INBOX', mails(2));
    await using fixture = open(server);
    await fixture.pass();
    arm(server);
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.passUntilDone();
    await fixture.pass();
    const places = [...lies(server, 'INBOX'), ...lies(server, 'Archive')].filter((one) => one === 'Mail 1');
    const failed = failures(fixture).length > 0;
    // A refused step leaves it where it was, beside a copy perhaps, and says so; a lost answer leaves exactly one.
    if (failed) expect(places.length).toBeGreaterThanOrEqual(1);
    else expect(places).toEqual(['Mail 1']);
    expect(lies(server, 'INBOX')).toContain('Mail 2');
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('a copy that another program takes away before the original is gone is made again, and is not flagged as deleted', async () => {
    await using server = await start(['MOVE']);
    fill(server, 'INBOX', mails(1));
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('drop', { command: 'STORE', carriedOut: true });
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.runner.syncNow(false, never);
    expect(serverContents(server, 'anna')).toMatchObject({
      INBOX: ['1 Mail 1 [\\Deleted]'],
      Archive: ['1 Mail 1 []'],
    });
    server.user('anna').mailboxes.require('Archive').expunge([1]);
    await fixture.passUntilDone();
    await fixture.pass();
    expect(serverContents(server, 'anna')).toMatchObject({ INBOX: [], Archive: ['2 Mail 1 []'] });
    expect(fixture.shown('Archive')).toEqual(['Mail 1']);
  });

  test('and without UIDPLUS the copy is proven by looking, and nothing at all is expunged', async () => {
    await using server = await start(['MOVE', 'UIDPLUS']);
    fill(server, 'INBOX', mails(3));
    server.user('anna').mailboxes.inbox.setFlags(3, 'add', ['\\Deleted']);
    await using fixture = open(server);
    await fixture.pass();
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    await fixture.pass();
    expect(server.log.count('EXPUNGE') + server.log.count('UID EXPUNGE') + server.log.count('CLOSE')).toBe(0);
    expect(serverContents(server, 'anna')).toMatchObject({
      INBOX: ['1 Mail 1 [\\Deleted]', '2 Mail 2 []', '3 Mail 3 [\\Deleted]'],
      Archive: ['1 Mail 1 []'],
    });
    // Flagged as deleted there, it is not shown here.
    expect(fixture.shown('INBOX')).toEqual(['Mail 2']);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('and without UIDPLUS a mail without Message-ID, whose copy nobody can prove, keeps its original', async () => {
    await using server = await start(['MOVE', 'UIDPLUS']);
    fill(server, 'INBOX', [Buffer.from('From: a@x.test\r\nSubject: Nameless\r\n\r\nText\r\n')]);
    await using fixture = open(server);
    await fixture.pass();
    move(fixture, 'INBOX', 'Archive', 'Nameless');
    await fixture.pass();
    expect(lies(server, 'INBOX')).toEqual(['Nameless']);
    expect(fixture.shown('INBOX')).toEqual(['Nameless']);
    expect(failures(fixture)).toEqual([['move', 'failed', 'server-refused']]);
  });
});

describe('operations', () => {
  test('done offline are carried when the server is back, also by the next start of the app', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(3));
    await using first = open(server);
    await first.pass();
    await server.goDown();
    move(first, 'INBOX', 'Archive', 'Mail 1');
    const failed = await first.runner.syncNow(false, new AbortController().signal);
    expect(failed).toMatchObject({ ok: false, error: { code: 'connection-refused' } });
    expect(first.shown('Archive')).toEqual(['Mail 1']);
    await server.goUp();
    await using second = await first.restarted();
    await second.pass();
    expect(lies(server, 'Archive')).toEqual(['Mail 1']);
    expect(second.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('that were on their way when the process died are done exactly once', async () => {
    await using server = await start(['MOVE']);
    fill(server, 'INBOX', mails(2));
    await using fixture = open(server);
    await fixture.pass();
    // Killed after the server copied: the row says "running", and the copy is there.
    move(fixture, 'INBOX', 'Archive', 'Mail 1');
    fixture.store.precious((db) => {
      db.prepare(`UPDATE operations SET state = 'running', attempts = 1`).run();
    });
    fill(server, 'Archive', [mail('Mail 1')]);
    fixture.store.precious((db) => recoverOperations(db));
    await fixture.pass();
    expect(lies(server, 'Archive')).toEqual(['Mail 1']);
    expect(lies(server, 'INBOX')).toEqual(['Mail 2']);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('find their mail again under a new UIDVALIDITY, and never touch another', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(5));
    await using fixture = open(server);
    await fixture.pass();
    server.user('anna').mailboxes.inbox.expunge([1, 2]);
    server.user('anna').mailboxes.inbox.changeUidValidity();
    // UID 3 is "Mail 5" by now.
    fixture.act({
      kind: 'delete',
      accountId: fixture.id,
      folderId: fixture.folder('INBOX').id,
      messageIds: fixture.find('INBOX', 'Mail 3'),
    });
    await fixture.passUntilDone();
    await fixture.pass();
    expect(lies(server, 'INBOX')).toEqual(['Mail 4', 'Mail 5']);
    expect(fixture.contents()).toEqual(serverContents(server, 'anna'));
  });

  test('on a folder that can only be read fail with that reason', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(1));
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('answer', {
      command: 'SELECT',
      bytes: '* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 2]\r\n{tag} OK [READ-ONLY] look only\r\n',
    });
    fixture.act({
      kind: 'delete',
      accountId: fixture.id,
      folderId: fixture.folder('INBOX').id,
      messageIds: fixture.find('INBOX', 'Mail 1'),
    });
    await fixture.pass();
    expect(failures(fixture)).toEqual([['delete', 'failed', 'mailbox-read-only']]);
    expect(fixture.shown('INBOX')).toEqual(['Mail 1']);
  });

  test('make, rename and remove folders; done twice because of a lost answer they are done once', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    const accountId = fixture.id;
    const made = fixture.store.precious((db) =>
      insertLocalFolder(db, accountId, { path: 'Neu', delimiter: '/', role: null }),
    );
    server.faults.next('drop', { command: 'CREATE', carriedOut: true });
    fixture.act({ kind: 'folder-create', accountId, folderId: made.id });
    await fixture.passUntilDone();
    expect(server.user('anna').mailboxes.get('Neu')).not.toBeNull();

    server.faults.next('drop', { command: 'RENAME', carriedOut: true });
    fixture.act({ kind: 'folder-rename', accountId, folderId: fixture.folder('Neu').id, to: 'Alt' });
    await fixture.passUntilDone();
    expect(server.user('anna').mailboxes.get('Neu')).toBeNull();
    expect(fixture.folder('Alt').shownPath).toBe('Alt');

    server.faults.next('drop', { command: 'DELETE', carriedOut: true });
    fixture.act({ kind: 'folder-delete', accountId, folderId: fixture.folder('Alt').id });
    await fixture.passUntilDone();
    await fixture.pass();
    expect(Object.keys(fixture.contents()).sort()).toEqual(
      Object.keys(serverContents(server, 'anna')).sort(),
    );
    expect(failures(fixture)).toEqual([]);
  });

  test('a removed draft goes by its UID, and by its Message-ID where the UID means nothing any more', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    const signal = new AbortController().signal;
    const filed = await fixture.sync.mailbox.append(
      fixture.id,
      'Drafts',
      mail('Draft'),
      ['\\Draft'],
      0,
      signal,
    );
    expect(filed).toMatchObject({ folder: 'Drafts', uid: 1 });
    fixture.store.precious((db) => {
      fixture.sync.mailbox.queueRemoval(db, fixture.id, filed);
    });
    await fixture.pass();
    expect(lies(server, 'Drafts')).toEqual([]);
  });
});
