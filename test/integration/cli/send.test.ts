import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { arrived, look } from '#test/servers/mailbox.ts';
import type { CliBench, Json } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

const archive = 'archive@elsewhere.test';

describeWith(['dovecot', 'postfix'], 'sending on the command line', () => {
  let servers: MailServers;
  let cli: CliBench & { readonly account: string };
  let send: (...args: readonly string[]) => Promise<Json>;
  let number = 0;
  let subject = '';

  beforeAll(async () => {
    servers = await startMailServers();
    cli = await servers.bench('anna', { archiveAddress: archive, displayName: 'Änna Albrecht' });
    await cli.ok('sync');
    send = (...args) =>
      cli.json('send', '--account', cli.account, '--subject', subject, '--text', 'Hello.', ...args);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    number += 1;
    subject = `Subject ${number} ünd more`;
  });

  const called = async (who: string, folder?: string): Promise<Awaited<ReturnType<typeof look>>> =>
    (await look(servers.dovecot, who, folder)).filter((message) => message.subject === subject);

  it('goes to all recipients, once into Sent, and as a blind copy to the archive, of which nobody hears', async () => {
    const { status, value } = await send(
      ...['--to', 'Bert <bert@xyz.test>', '--cc', 'cora@outside.test', '--bcc', 'dora@xyz.test'],
    );
    expect(status).toBe(0);
    expect(value).toMatchObject({ smtp: 'accepted', archive: 'sent', sent: { folder: 'Sent' } });
    expect(value.sent.uid).toBeGreaterThan(0);
    expect(value.recipients.map((one: Json) => [one.address, one.status])).toEqual([
      ['bert@xyz.test', 'accepted'],
      ['cora@outside.test', 'accepted'],
      ['dora@xyz.test', 'accepted'],
    ]);

    const bert = (await arrived(servers.dovecot, 'bert@xyz.test', 1))[0]!;
    const cora = (await arrived(servers.dovecot, 'cora@outside.test', 1))[0]!;
    const dora = (await arrived(servers.dovecot, 'dora@xyz.test', 1))[0]!;
    const copy = (await arrived(servers.dovecot, archive, 1))[0]!;
    const [filed, ...others] = await called('anna@xyz.test', 'Sent');
    expect(others).toEqual([]);
    expect(filed?.uid).toBe(value.sent.uid);
    expect(filed?.flags.has('\\Seen')).toBe(true);

    for (const one of [bert, cora, dora, copy, filed!]) {
      const raw = one.raw.toString('utf8');
      expect(one.messageId).toBe(value.messageId);
      expect(raw).not.toContain(one === copy ? 'dora@' : archive);
      expect(raw).not.toMatch(/^bcc:/im);
      expect(raw).toMatch(/^From: .*<anna@xyz\.test>/m);
    }
    // The same bytes: below what the servers on the way put on top.
    const own = (raw: Buffer): string => {
      const text = raw.toString('latin1');
      return text.slice(text.search(/^(?!Return-Path|Delivered-To|Received|\s).*:/m));
    };
    expect(own(copy.raw)).toBe(own(bert.raw));
    expect(bert.raw.toString('latin1')).not.toContain('elsewhere.test');
  });

  it('an answer stands in the conversation and marks what it answers', async () => {
    await servers.dovecot.deliver(
      'anna@xyz.test',
      `From: Bert <bert@xyz.test>\r\nTo: anna@xyz.test\r\nSubject: Question\r\nMessage-ID: <question@xyz.test>\r\nReferences: <earlier@xyz.test>\r\n\r\nWhy?\r\n`,
    );
    await cli.ok('sync');
    const { messages } = await cli.ok('messages', '--account', cli.account, '--folder', 'INBOX');
    const question = messages.find((message: Json) => message.subject === 'Question');
    const sent = await cli.ok(
      ...['send', '--account', cli.account, '--reply-to-message', String(question.id), '--text', 'Because.'],
    );
    expect(sent.recipients.map((one: Json) => one.address)).toEqual(['bert@xyz.test']);
    const answers = (await look(servers.dovecot, 'anna@xyz.test', 'Sent')).filter(
      (one) => one.messageId === sent.messageId,
    );
    const raw = answers[0]!.raw.toString();
    expect(raw).toMatch(/^In-Reply-To: <question@xyz\.test>/m);
    expect(raw.replace(/\r\n\s+/g, ' ')).toMatch(/^References: <earlier@xyz\.test> <question@xyz\.test>/m);
    expect(raw).toMatch(/^Subject: Re: Question/m);
    await cli.ok('sync');
    const inbox = await look(servers.dovecot, 'anna@xyz.test');
    expect(inbox.find((one) => one.messageId === '<question@xyz.test>')?.flags.has('\\Answered')).toBe(true);
  });

  it('HTML and attachments travel whole', async () => {
    const html = cli.write('mail.html', '<p>Schöne <b>Grüße</b></p>');
    const file = cli.write('Preisliste für März.txt', 'Äpfel 1,20 €\n');
    const { status, value } = await send('--to', 'emil@xyz.test', '--html', html, '--attach', file);
    expect(status).toBe(0);
    await arrived(servers.dovecot, 'emil@xyz.test', 1);
    const raw = cli.write('arrived.eml', (await called('emil@xyz.test'))[0]!.raw.toString('latin1'));
    const parsed = await cli.ok('parse', raw);
    expect(parsed.messageId).toBe(value.messageId);
    expect(parsed.html).toContain('<b>Grüße</b>');
    expect(parsed.attachments).toMatchObject([{ filename: 'Preisliste für März.txt', inline: false }]);
  });

  it('a recipient that the server refuses is told by name; the others get it', async () => {
    const { value } = await send('--to', 'fred@xyz.test', '--to', 'unknown@xyz.test');
    const byAddress = Object.fromEntries(value.recipients.map((one: Json) => [one.address, one]));
    expect(byAddress['unknown@xyz.test']).toMatchObject({ status: 'refused' });
    expect(byAddress['unknown@xyz.test'].response).toMatch(/550/);
    expect(byAddress['fred@xyz.test']).toMatchObject({ status: 'accepted' });
    expect(value.smtp).toBe('accepted');
    await arrived(servers.dovecot, 'fred@xyz.test', 1);
  });

  it('a mail that no recipient may have is rejected (1), with no copy anywhere, and nothing is lost', async () => {
    const { status, value } = await send('--to', 'unknown@xyz.test');
    expect(status).toBe(1);
    expect(value).toMatchObject({ smtp: 'rejected', sent: null });
    expect(value.error.code).toBe('recipients-refused');
    expect(await called('anna@xyz.test', 'Sent')).toEqual([]);
    expect((await cli.ok('outbox')).some((row: Json) => row.id === value.id && row.subject === subject)).toBe(
      true,
    );
  });

  it('a mail that the server cannot take now waits, is tried again on demand, and goes out once', async () => {
    await servers.postfix.stop();
    let id: string;
    try {
      const { value } = await send('--to', 'gina@xyz.test');
      expect(value).toMatchObject({ smtp: 'queued', sent: null });
      ({ id } = value);
      expect((await cli.ok('outbox')).find((row: Json) => row.id === id)).toMatchObject({ smtp: 'queued' });
    } finally {
      await servers.postfix.start();
    }
    const retried = await cli.ok('outbox', 'retry', id);
    expect(retried).toMatchObject({ smtp: 'accepted', archive: 'sent', sent: { folder: 'Sent' } });
    expect(await arrived(servers.dovecot, 'gina@xyz.test', 1)).toHaveLength(1);
    expect(await called('anna@xyz.test', 'Sent')).toHaveLength(1);
  });

  it('--later keeps it until then; cancel takes it back and nobody gets it', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { status, value } = await send('--to', 'hans@xyz.test', '--later', tomorrow);
    expect([status, value.smtp]).toEqual([0, 'queued']);
    expect(new Date(value.sendAt).toISOString()).toBe(tomorrow);
    await cli.ok('sync');
    expect((await cli.ok('outbox', 'cancel', value.id)).cancelled).toBe(true);
    expect((await cli.ok('outbox')).find((row: Json) => row.id === value.id)?.smtp ?? 'rejected').toBe(
      'rejected',
    );
    await servers.dovecot.deliver('hans@xyz.test', 'Subject: other\r\n\r\nx\r\n');
    expect(await called('hans@xyz.test')).toEqual([]);
  });

  it('an archive that does not take its copy holds up nothing, and is kept as pending', async () => {
    await using other = await servers.bench('ivan', { archiveAddress: 'later@elsewhere.test' });
    await other.ok('sync');
    const value = await other.ok(
      ...['send', '--account', other.account, '--to', 'jana@xyz.test', '--subject', subject, '--text', 'x'],
    );
    expect(value).toMatchObject({ smtp: 'accepted', archive: 'pending', sent: { folder: 'Sent' } });
    await arrived(servers.dovecot, 'jana@xyz.test', 1);
  });

  it('without an archive address there is none', async () => {
    await using other = await servers.bench('karl');
    const value = await other.ok(
      ...['send', '--account', other.account, '--to', 'lena@xyz.test', '--subject', subject, '--text', 'x'],
    );
    expect(value).toMatchObject({ smtp: 'accepted', archive: 'none' });
  });

  describe('N20: what would add a header or a command', () => {
    it.each([
      ['--subject', 'Hi\r\nBcc: evil@outside.test'],
      ['--to', 'bert@xyz.test\r\nBcc: evil@outside.test'],
      ['--to', 'bert@xyz.test>\r\nRCPT TO:<evil@outside.test'],
      ['--cc', 'a\u0000b@xyz.test'],
    ])('%s %j is refused', async (option, text) => {
      const args = [
        'send',
        '--account',
        cli.account,
        '--text',
        'x',
        '--to',
        'bert@xyz.test',
        '--subject',
        's',
      ];
      // Node itself takes no NUL in an argument.
      if (text.includes('\u0000')) return;
      const ran = await cli.json(...args, option, text);
      expect([ran.status, ran.value.error.code]).toEqual([2, 'invalid-input']);
    });
  });

  it.each([
    [['--to', 'nonsense'], 'invalid-input'],
    [['--to', '"x@evil.test y"@'], 'invalid-input'],
    [[], 'invalid-input'],
    [['--to', 'b@xyz.test', '--later', 'soon'], 'invalid-input'],
    [['--to', 'b@xyz.test', '--attach', '/does/not/exist'], 'file-unreadable'],
  ])('%j is not usable, and leaves no draft behind', async (args, code) => {
    const ran = await send(...args);
    expect([ran.status, ran.value.error.code]).toEqual([2, code]);
  });
});
