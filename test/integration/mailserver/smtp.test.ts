import { describe, expect, it } from 'vitest';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer, MailServerOptions } from '#mailserver/startMailServer.ts';
import { connectRaw, password, smtpTransport } from './clients.ts';

const start = (options: Partial<MailServerOptions> = {}): Promise<MailServer> =>
  startMailServer({
    domain: 'xyz.test',
    users: [
      { login: 'anna', password },
      { login: 'info', password, addresses: ['info@xyz.test', 'service@xyz.test'] },
    ],
    ...options,
  });

const raw =
  'From: anna@xyz.test\r\nSubject: offer\r\nMessage-ID: <offer@xyz.test>\r\n\r\nGr\u00fc\u00dfe\r\n.\r\nend\r\n';

function send(server: MailServer, to: string[], options: Record<string, unknown> = {}, login = 'anna') {
  using transport = smtpTransport(server, login, options);
  return transport.sendMail({ envelope: { from: 'anna@xyz.test', to }, raw });
}

async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('it succeeded');
}

describe('the built-in SMTP server', () => {
  it('delivers once into a mailbox that several recipients lead to, and keeps what goes outside, byte for byte', async () => {
    await using server = await start();
    await send(server, ['info@xyz.test', 'Service@XYZ.test', 'info+shop@xyz.test', 'archive@elsewhere.test']);
    const { inbox } = server.user('info').mailboxes;
    expect(inbox.messages).toHaveLength(1);
    expect(inbox.messages[0]?.content.raw.toString()).toMatch(/^Return-Path: <anna@xyz\.test>\r\nReceived: /);
    const [accepted] = server.accepted.outside;
    expect(accepted?.outside).toEqual(['archive@elsewhere.test']);
    expect(accepted?.raw.toString()).toBe(raw);
    expect(accepted?.user).toBe('anna');
  });

  it('refuses a stranger in its own domain and takes the others', async () => {
    await using server = await start();
    const sent = await send(server, ['nobody@xyz.test', 'info@xyz.test']);
    expect(sent.rejected).toEqual(['nobody@xyz.test']);
    expect(sent.rejectedErrors?.[0]?.responseCode).toBe(550);
    expect(server.accepted.all).toHaveLength(1);
  });

  it('takes nothing from who did not log in, or not rightly', async () => {
    await using server = await start();
    expect(
      (await failure(send(server, ['info@xyz.test'], { auth: { user: 'anna', pass: 'wrong' } })))['code'],
    ).toBe('EAUTH');
    expect((await failure(send(server, ['info@xyz.test'], { auth: undefined })))['responseCode']).toBe(530);
    expect(server.accepted.all).toHaveLength(0);
  });

  it('says how large a mail may be, and refuses a larger one before and after it came', async () => {
    await using server = await start({ maxMailBytes: 1_000 });
    using transport = smtpTransport(server, 'anna');
    const large = Buffer.from(`Subject: large\r\n\r\n${'x'.repeat(1_100)}\r\n`);
    const envelope = { from: 'anna@xyz.test', to: ['info@xyz.test'] };
    expect((await failure(transport.sendMail({ envelope, raw: large })))['responseCode']).toBe(552);
    await using silent = await start({ maxMailBytes: 1_000, without: { smtp: ['SIZE'] } });
    using other = smtpTransport(silent, 'anna');
    expect((await failure(other.sendMail({ envelope, raw: large })))['responseCode']).toBe(552);
    expect(silent.accepted.all).toHaveLength(0);
  });

  it('does not name an extension that is switched off', async () => {
    await using server = await start({ without: { smtp: ['8BITMIME', 'SMTPUTF8', 'PIPELINING', 'SIZE'] } });
    using client = await connectRaw(server.ports.smtp);
    await client.until(/^220 /);
    client.send('EHLO there\r\n');
    expect(await client.until(/^250 /)).not.toMatch(/8BITMIME|SMTPUTF8|PIPELINING|SIZE/);
  });

  it('keeps a record of commands without passwords', async () => {
    await using server = await start();
    await send(server, ['info@xyz.test']);
    expect(server.log.names()).toEqual(
      ['EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'QUIT'].slice(0, server.log.names().length),
    );
    expect(server.log.names().length).toBeGreaterThanOrEqual(5);
    const all = JSON.stringify(server.log.entries);
    expect(all).not.toContain(password);
    expect(all).not.toContain(Buffer.from(`\0anna\0${password}`).toString('base64'));
  });

  it('refuses a sender, a recipient or a mail with the code that was asked for', async () => {
    await using server = await start();
    server.faults.next('smtp-refuse', { at: 'mail', code: 550, text: '5.7.1 sender not allowed' });
    expect(await failure(send(server, ['info@xyz.test']))).toMatchObject({
      responseCode: 550,
      command: 'MAIL FROM',
    });
    server.faults.next('smtp-refuse', { at: 'rcpt', code: 451, address: 'out@else.test' });
    const sent = await send(server, ['info@xyz.test', 'out@else.test']);
    expect([sent.accepted, sent.rejected]).toEqual([['info@xyz.test'], ['out@else.test']]);
    server.faults.next('smtp-refuse', { at: 'data', code: 452, text: 'try later' });
    expect(await failure(send(server, ['info@xyz.test']))).toMatchObject({
      responseCode: 452,
      command: 'DATA',
    });
    expect(server.accepted.all).toHaveLength(1);
  });

  it.each([true, false])(
    'ends the connection after a mail came and before it said so (accepted: %s)',
    async (accepted) => {
      await using server = await start();
      server.faults.next('smtp-drop', { at: 'data', accepted });
      expect((await failure(send(server, ['info@xyz.test'])))['responseCode']).toBeUndefined();
      expect(server.accepted.all).toHaveLength(accepted ? 1 : 0);
      expect(server.user('info').mailboxes.inbox.messages).toHaveLength(accepted ? 1 : 0);
    },
  );

  it.each([
    ['auth-failed', 535],
    ['unavailable', 454],
    ['too-many-connections', 421],
  ] as const)('refuses a login as %s', async (reason, code) => {
    await using server = await start();
    server.faults.next('login-refused', { protocol: 'smtp', reason });
    expect((await failure(send(server, ['info@xyz.test'])))['responseCode']).toBe(code);
  });

  it('says goodbye for a greeting, or never greets', async () => {
    await using server = await start();
    server.faults.next('greeting-bye', { protocol: 'smtp' });
    expect((await failure(send(server, ['info@xyz.test'])))['responseCode']).toBe(421);
    server.faults.next('greeting-never', { protocol: 'smtp' });
    expect(
      String((await failure(send(server, ['info@xyz.test'], { greetingTimeout: 50 })))['message']),
    ).toMatch(/Greeting never received/);
  });

  it('is waited for by who expects a mail', async () => {
    await using server = await start();
    const expected = server.accepted.find((mail) => mail.to.includes('archive@elsewhere.test'));
    await send(server, ['archive@elsewhere.test']);
    expect((await expected).from).toBe('anna@xyz.test');
  });
});
