/** What readers and sending get from an account's server. */
import { describe, expect, test } from 'vitest';
import { getText, messagesWithoutText, structureOf } from '#engine/store/texts.repo.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { mail, mails, never, serverContents, SyncFixture } from './syncFixture.ts';

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
const open = (server: MailServer): SyncFixture =>
  new SyncFixture({ port: server.ports.imap, user: 'anna', password });
const one = (fixture: SyncFixture, subject: string, folder = 'INBOX'): MessageId => {
  const [id] = fixture.find(folder, subject);
  if (id === undefined) throw new Error(subject);
  return id;
};

const picture = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256));
const rich = Buffer.from(
  [
    'From: Anna <anna@company.test>',
    'To: bert@company.test',
    'Subject: Rich',
    'Message-ID: <rich@company.test>',
    'Date: Mon, 01 Jan 2024 10:00:00 +0000',
    'Authentication-Results: mx.company.test; dkim=pass',
    'List-Unsubscribe: <https://company.test/leave>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=FC=DFe',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<p>Grüße</p>').toString('base64'),
    '--inner--',
    '--outer',
    'Content-Type: image/png; name="bild.png"',
    'Content-Disposition: attachment; filename="bild.png"',
    'Content-Transfer-Encoding: base64',
    '',
    picture.toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--outer--',
    '',
  ].join('\r\n'),
);

describe('a reader', () => {
  test('gets the text, out of its encodings, with what the headers say of it', async () => {
    await using server = await start();
    fill(server, [rich]);
    await using fixture = open(server);
    await fixture.pass(true);
    expect(getText(fixture.store.read, one(fixture, 'Rich'))).toEqual({
      text: 'Grüße',
      html: '<p>Grüße</p>',
      warnings: [],
      authenticationResults: ['mx.company.test; dkim=pass'],
      listUnsubscribe: '<https://company.test/leave>',
    });
  });

  test('gets the same when the text is fetched because somebody opened the mail', async () => {
    await using server = await start();
    fill(server, [rich, ...mails(150)]);
    await using fixture = open(server);
    await fixture.pass();
    const id = one(fixture, 'Rich');
    // Too old for the texts that every pass brings along.
    expect(getText(fixture.store.read, id)).toBeNull();
    await fixture.sync.reader.fetchText(id, never);
    expect(getText(fixture.store.read, id)?.html).toBe('<p>Grüße</p>');
  });

  test('gets all of a text of which the pass fetched the beginning', async () => {
    await using server = await start();
    const words = 'Lorem ipsum dolor sit amet. '.repeat(100_000);
    fill(server, [mail('Long', { body: words }), mail('Short')]);
    await using fixture = open(server);
    await fixture.pass(true);
    const id = one(fixture, 'Long');
    const stored = getText(fixture.store.read, id);
    expect(stored?.text?.length).toBeLessThan(words.length);
    expect(stored?.warnings).toEqual([{ code: 'text-incomplete', detail: '2 MB' }]);
    expect(getText(fixture.store.read, one(fixture, 'Short'))?.warnings).toEqual([]);
    await fixture.sync.reader.fetchText(id, never);
    const whole = getText(fixture.store.read, id);
    expect(whole?.text?.trim().length).toBe(words.trim().length);
    expect(whole?.warnings).toEqual([]);
  });

  test('gets an attachment decoded and the source to the byte; the server is not told that it was read', async () => {
    await using server = await start();
    fill(server, [rich]);
    await using fixture = open(server);
    await fixture.pass();
    const id = one(fixture, 'Rich');
    const [attachment] = structureOf(fixture.store.read, id)?.attachments ?? [];
    if (attachment === undefined) throw new Error('no attachment');
    expect(attachment).toMatchObject({ part: '2', filename: 'bild.png', contentType: 'image/png' });
    expect(Buffer.from(await fixture.sync.reader.fetchPart(id, attachment, never))).toEqual(picture);
    expect(Buffer.from(await fixture.sync.reader.fetchSource(id, never))).toEqual(rich);
    expect(serverContents(server, 'anna')['INBOX']).toEqual(['1 Rich []']);
  });

  test('is told that a mail is gone, and finds it in its other place where it has one', async () => {
    await using server = await start();
    fill(server, mails(2));
    await using fixture = open(server);
    await fixture.pass();
    const [first, second] = fixture.find('INBOX', 'Mail 1', 'Mail 2');
    server.user('anna').mailboxes.inbox.expunge([1, 2]);
    await expect(fixture.sync.reader.fetchSource(first as MessageId, never)).rejects.toMatchObject({
      code: 'message-gone',
    });
    fill(server, [mail('Mail 2')], 'Archive');
    await fixture.pass();
    expect(Buffer.from(await fixture.sync.reader.fetchSource(second as MessageId, never))).toEqual(
      mail('Mail 2'),
    );
  });

  test('never gets another mail that lies under the UID by now', async () => {
    await using server = await start();
    fill(server, mails(3));
    await using fixture = open(server);
    await fixture.pass();
    const id = one(fixture, 'Mail 2');
    server.user('anna').mailboxes.inbox.expunge([1]);
    server.user('anna').mailboxes.inbox.changeUidValidity();
    await expect(fixture.sync.reader.fetchSource(id, never)).rejects.toMatchObject({
      code: 'mailbox-changed',
    });
    await fixture.pass();
    expect(Buffer.from(await fixture.sync.reader.fetchSource(id, never))).toEqual(mail('Mail 2'));
  });

  test('gets what he asked for although the connection breaks once in the middle', async () => {
    await using server = await start();
    fill(server, [mail('Long', { body: 'x'.repeat(100_000) })]);
    await using fixture = open(server);
    await fixture.pass();
    const id = one(fixture, 'Long');
    server.faults.next('literal-cut', { afterBytes: 50_000 });
    expect((await fixture.sync.reader.fetchSource(id, never)).length).toBeGreaterThan(100_000);
  });
});

describe('texts', () => {
  test('that the server refuses are put aside, and all others are there', async () => {
    await using server = await start();
    fill(server, mails(6));
    await using fixture = open(server);
    await fixture.pass();
    fixture.store.write((db) => {
      db.prepare('DELETE FROM texts').run();
      db.prepare('UPDATE messages SET text_state = 0').run();
    });
    server.faults.next('refuse', { command: 'FETCH', times: 2 });
    await fixture.pass(true);
    expect(messagesWithoutText(fixture.store.read, fixture.id, 10)).toEqual([]);
    const states = fixture.store.read
      .prepare<[], { text_state: number }>('SELECT text_state FROM messages ORDER BY id')
      .all()
      .map(({ text_state: state }) => state);
    expect(states.filter((state) => state === 1).length).toBeGreaterThanOrEqual(5);
  });

  test('of a mail that another program moves just then are fetched where it is found', async () => {
    await using server = await start();
    fill(server, mails(3));
    await using fixture = open(server);
    const { faults, log } = server;
    const take = faults.take.bind(faults);
    let moved = false;
    faults.take = (name, fits) => {
      const isForTexts = / FETCH .*BODY\.PEEK\[1\]/.test(log.entries.at(-1)?.line ?? '');
      if (isForTexts && !moved) {
        moved = true;
        server.user('anna').mailboxes.inbox.expunge([2]);
        fill(server, [mail('Mail 2')], 'Archive');
      }
      return take(name, fits);
    };
    await fixture.pass(true);
    expect(moved).toBe(true);
    await fixture.pass(true);
    expect(fixture.shown('Archive')).toEqual(['Mail 2']);
    expect(getText(fixture.store.read, one(fixture, 'Mail 2', 'Archive'))?.text?.trim()).toBe(
      'Text of Mail 2',
    );
  });

  test('of several folders and shapes come together, each under its own mail', async () => {
    await using server = await start();
    fill(server, [rich, ...mails(3)]);
    fill(server, [...mails(3, 50), Buffer.from('Subject: Bare\r\nMessage-ID: <bare@x>\r\n\r\n')], 'Archive');
    await using fixture = open(server);
    await fixture.pass(true);
    const rows = fixture.store.read
      .prepare<[], { id: number; subject: string }>('SELECT id, subject FROM messages')
      .all();
    expect(rows.length).toBe(8);
    for (const { id, subject } of rows) {
      const text = getText(fixture.store.read, id as MessageId)?.text ?? null;
      if (subject.startsWith('Mail')) expect(text?.trim()).toBe(`Text of ${subject}`);
      else expect(text?.trim() ?? '').toBe(subject === 'Rich' ? 'Grüße' : '');
    }
  });
});

describe('sending', () => {
  test.each<[string, readonly ImapCapability[]]>([
    ['with UIDPLUS', []],
    ['without UIDPLUS', ['UIDPLUS']],
  ])('files a copy %s and learns where it is', async (_name, without) => {
    await using server = await start(without);
    await using fixture = open(server);
    await fixture.pass();
    const { mailbox } = fixture.sync;
    expect(mailbox.folderFor(fixture.id, 'sent')).toBe('Sent');
    fill(server, [mail('Filler')], 'Sent');
    const filed = await mailbox.append(
      fixture.id,
      'Sent',
      mail('Copy'),
      ['\\Seen'],
      Date.UTC(2024, 0, 2),
      never,
    );
    expect(filed).toEqual({ folder: 'Sent', uid: 2, uidValidity: fixture.folder('Sent').uidValidity });
    expect(await mailbox.findByMessageId(fixture.id, 'Sent', 'Copy@company.test', never)).toEqual(filed);
    expect(await mailbox.findByMessageId(fixture.id, 'Sent', 'opy@company.test', never)).toBeNull();
    expect(serverContents(server, 'anna')['Sent']).toEqual(['1 Filler []', '2 Copy [\\Seen]']);
  });

  test('learns that there is no room for the copy', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    server.faults.next('overquota', { command: 'APPEND' });
    await expect(
      fixture.sync.mailbox.append(fixture.id, 'Sent', mail('Copy'), [], 0, never),
    ).rejects.toMatchObject({ code: 'over-quota' });
  });

  test('works for an account that has no runner yet', async () => {
    await using server = await start();
    await using fixture = open(server);
    await fixture.pass();
    await fixture.runner[Symbol.asyncDispose]();
    expect(await fixture.sync.mailbox.findByMessageId(fixture.id, 'INBOX', 'none@x', never)).toBeNull();
  });
});

describe('a server that trickles or stops', () => {
  test.each([
    ['stops in the middle of an answer', { effect: 'stall', afterBytes: 3_000 }],
    ['sends a byte a second', { effect: 'slow', bytesPerSecond: 1, afterBytes: 3_000 }],
  ] as const)('%s is given up within minutes, and the account is told', async (_name, fault) => {
    await using server = await start();
    fill(server, mails(50));
    const clock = new FakeClock();
    await using fixture = new SyncFixture({ port: server.ports.imap, user: 'anna', password, clock });
    server.faults.next('wire', { direction: 'to-client', ...fault, times: Infinity });
    const from = clock.now();
    let result: { ok: boolean; error?: { code: string } } | null = null;
    void fixture.runner.syncNow(false, never).then((told) => (result = told));
    while (result === null) {
      await clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(result).toMatchObject({ ok: false, error: { code: 'deadline-exceeded' } });
    expect(clock.now() - from).toBeLessThan(10 * 60_000);
  });
});
