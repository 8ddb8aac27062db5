import { describe, expect, it } from 'vitest';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer, MailServerOptions } from '#mailserver/startMailServer.ts';
import { imapCapabilities } from '#mailserver/imap/capabilities.ts';
import { connectImap, password, rawImap } from './clients.ts';

const start = (options: Partial<MailServerOptions> = {}): Promise<MailServer> =>
  startMailServer({ domain: 'xyz.test', users: [{ login: 'anna', password }], ...options });

const mail = (subject: string, body = 'Hello'): Buffer =>
  Buffer.from(
    `From: Ben <ben@xyz.test>\r\nTo: anna@xyz.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@xyz.test>\r\n\r\n${body}\r\n`,
  );

describe('the built-in IMAP server to imapflow', () => {
  it('lists the folders with special use and counters in one round trip', async () => {
    await using server = await start();
    server.deliver(mail('one'), ['anna@xyz.test']);
    await using client = await connectImap(server, 'anna');
    server.log.clear();
    const folders = await client.imap.list({ statusQuery: { messages: true, unseen: true, uidNext: true } });
    expect(server.log.names()).toEqual(['LIST']);
    expect(folders.map((folder) => [folder.path, folder.specialUse])).toEqual(
      expect.arrayContaining([
        ['INBOX', '\\Inbox'],
        ['Sent', '\\Sent'],
        ['Drafts', '\\Drafts'],
        ['Archive', '\\Archive'],
        ['Junk', '\\Junk'],
        ['Trash', '\\Trash'],
      ]),
    );
    expect(folders.find((folder) => folder.path === 'INBOX')?.status).toMatchObject({
      messages: 1,
      unseen: 1,
      uidNext: 2,
    });
  });

  it('does everything a client needs with every single capability switched off', async () => {
    for (const missing of [null, ...imapCapabilities]) {
      await using server = await start(missing === null ? {} : { without: { imap: [missing] } });
      server.deliver(mail('one'), ['anna@xyz.test']);
      server.deliver(mail('two'), ['anna@xyz.test']);
      await using client = await connectImap(server, 'anna');
      const { imap } = client;
      if (missing !== null) expect(imap.capabilities.has(missing)).toBe(false);
      expect((await imap.list()).length).toBe(6);
      const opened = await imap.mailboxOpen('INBOX');
      expect(opened.exists).toBe(2);
      const rows = await imap.fetchAll('1:*', {
        uid: true,
        flags: true,
        envelope: true,
        bodyStructure: true,
      });
      expect(rows.map((row) => row.envelope?.subject)).toEqual(['one', 'two']);
      expect(await imap.messageFlagsAdd('1', ['\\Seen', 'Wichtig'], { uid: true })).toBe(true);
      expect(await imap.search({ keyword: 'wichtig' }, { uid: true })).toEqual([1]);
      expect(await imap.messageMove('1', 'Archive', { uid: true })).toBeTruthy();
      expect(await imap.messageDelete('2', { uid: true })).toBe(true);
      expect(await imap.append('INBOX', mail('three'), ['\\Seen'])).toBeTruthy();
      expect(await imap.status('INBOX', { messages: true })).toMatchObject({ messages: 1 });
      await imap.mailboxCreate('Kunden/Müller & Söhne');
      expect((await imap.list()).map((folder) => folder.path)).toContain('Kunden/Müller & Söhne');
      await imap.mailboxClose();
      expect(client.errors, `without ${missing ?? 'nothing'}`).toEqual([]);
      const { mailboxes } = server.user('anna');
      expect(mailboxes.require('Archive').messages).toHaveLength(1);
      expect(mailboxes.inbox.messages.map((stored) => stored.content.raw.toString())).toEqual([
        mail('three').toString(),
      ]);
    }
  });

  it('tells a connection in IDLE at once what another one did', async () => {
    await using server = await start();
    for (const subject of ['one', 'two']) server.deliver(mail(subject), ['anna@xyz.test']);
    using idler = await rawImap(server, 'anna');
    await idler.command('SELECT INBOX');
    idler.send('i1 IDLE\r\n');
    await idler.until(/^\+ /);
    await using other = await connectImap(server, 'anna');
    await other.imap.mailboxOpen('INBOX');
    await other.imap.messageFlagsAdd('1', ['\\Flagged'], { uid: true });
    expect(await idler.until(/FETCH/)).toBe('* 1 FETCH (FLAGS (\\Flagged))\r\n');
    await other.imap.messageMove('1', 'Archive', { uid: true });
    expect(await idler.until(/EXPUNGE/)).toBe('* 1 EXPUNGE\r\n');
    server.deliver(mail('three'), ['anna@xyz.test']);
    expect(await idler.until(/EXISTS/)).toBe('* 2 EXISTS\r\n');
    idler.send('DONE\r\n');
    expect(await idler.until(/^i1 /)).toBe('i1 OK Idle completed\r\n');
  });

  it('tells a returning client by QRESYNC exactly what changed and what went', async () => {
    await using server = await start();
    for (const subject of ['one', 'two', 'three']) server.deliver(mail(subject), ['anna@xyz.test']);
    const { inbox } = server.user('anna').mailboxes;
    const known = inbox.highestModseq;
    inbox.setFlags(3, 'add', ['\\Flagged']);
    inbox.expunge([2]);
    await using client = await connectImap(server, 'anna');
    const events: unknown[] = [];
    client.imap.on('expunge', (event) => events.push(['expunge', event.uid]));
    client.imap.on('flags', (event) => events.push(['flags', event.uid, [...event.flags]]));
    await client.imap.mailboxOpen('INBOX', {
      changedSince: BigInt(known),
      uidValidity: BigInt(inbox.uidValidity),
    });
    expect(events).toEqual([
      ['expunge', 2],
      ['flags', 3, ['\\Flagged']],
    ]);
  });

  it('refuses a conditional STORE for what changed meanwhile, and names it', async () => {
    await using server = await start();
    for (const subject of ['one', 'two']) server.deliver(mail(subject), ['anna@xyz.test']);
    const { inbox } = server.user('anna').mailboxes;
    const known = inbox.highestModseq;
    inbox.setFlags(2, 'add', ['\\Flagged']);
    using client = await rawImap(server, 'anna');
    await client.command('SELECT INBOX');
    const answer = await client.command(
      `UID STORE 1:2 (UNCHANGEDSINCE ${known.toString()}) +FLAGS.SILENT (\\Seen)`,
    );
    expect(answer).toMatch(/OK \[MODIFIED 2\]/);
    expect([...(inbox.byUid(1)?.flags ?? [])]).toEqual(['\\Seen']);
    expect([...(inbox.byUid(2)?.flags ?? [])]).toEqual(['\\Flagged']);
  });

  it.each([
    ['XOAUTH2', 'AUTH=OAUTHBEARER'],
    ['OAUTHBEARER', 'AUTH=XOAUTH2'],
  ] as const)('takes a token by %s, and refuses a stale one', async (mechanism, other) => {
    await using server = await start({
      users: [{ login: 'anna', password, accessToken: 'fresh-token' }],
      without: { imap: [other] },
    });
    const connect = (accessToken: string) =>
      connectImap(server, 'anna', { auth: { user: 'anna', accessToken } });
    await using client = await connect('fresh-token');
    expect(client.imap.usable).toBe(true);
    expect(server.log.entries.map(({ line }) => line).join()).toContain(`AUTHENTICATE ${mechanism} ...`);
    await expect(connect('stale-token')).rejects.toMatchObject({
      serverResponseCode: 'AUTHENTICATIONFAILED',
    });
    expect(JSON.stringify(server.log.entries)).not.toContain('token');
  });

  it('moves no sequence number while a client counts by them', async () => {
    await using server = await start();
    for (const subject of ['one', 'two', 'three']) server.deliver(mail(subject), ['anna@xyz.test']);
    const { inbox } = server.user('anna').mailboxes;
    using client = await rawImap(server, 'anna');
    await client.command('SELECT INBOX');
    inbox.expunge([1]);
    expect(await client.command('FETCH 2 (UID)')).toBe('* 2 FETCH (UID 2)\r\nr3 OK Fetch completed\r\n');
    expect(await client.command('NOOP')).toBe('* 1 EXPUNGE\r\nr4 OK NOOP completed\r\n');
    expect(await client.command('FETCH 2 (UID)')).toBe('* 2 FETCH (UID 3)\r\nr5 OK Fetch completed\r\n');
  });
});
