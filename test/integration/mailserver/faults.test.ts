import { describe, expect, it } from 'vitest';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer, MailServerOptions } from '#mailserver/startMailServer.ts';
import { startFaultyRelay } from '#mailserver/wire/startFaultyRelay.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { connectImap, connectRaw, password, rawImap, smtpTransport } from './clients.ts';

const start = (options: Partial<MailServerOptions> = {}): Promise<MailServer> =>
  startMailServer({
    domain: 'xyz.test',
    users: [
      { login: 'anna', password },
      { login: 'ben', password },
    ],
    ...options,
  });

const mail = (subject: string, body = 'Hello'): Buffer =>
  Buffer.from(`From: ben@xyz.test\r\nTo: anna@xyz.test\r\nSubject: ${subject}\r\n\r\n${body}\r\n`);

async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>;
  }
  throw new Error('it succeeded');
}

describe('faults of an IMAP server', () => {
  it('happen as often as they were asked for, after the occasions to skip, and are counted', async () => {
    await using server = await start();
    using client = await rawImap(server, 'anna');
    const fault = server.faults.next('refuse', { command: 'NOOP', times: 2, skip: 1 });
    const answers = [];
    for (let i = 0; i < 4; i += 1) answers.push((await client.command('NOOP')).includes(' OK '));
    expect(answers).toEqual([true, false, false, true]);
    expect([fault.hits, fault.left]).toEqual([2, 0]);
    await fault.happened;
  });

  it('hit only the user, the command and the mailbox that they name', async () => {
    await using server = await start();
    server.faults.next('refuse', { command: 'STATUS', user: 'anna', path: 'Sent', code: 'NOPERM' });
    using anna = await rawImap(server, 'anna');
    using ben = await rawImap(server, 'ben');
    expect(await ben.command('STATUS Sent (MESSAGES)')).toContain(' OK ');
    expect(await anna.command('STATUS Trash (MESSAGES)')).toContain(' OK ');
    expect(await anna.command('STATUS Sent (MESSAGES)')).toContain(' NO [NOPERM] ');
  });

  it('are disarmed by disposing them', async () => {
    await using server = await start();
    using client = await rawImap(server, 'anna');
    {
      using _ = server.faults.next('refuse', { command: 'NOOP', times: Infinity });
      expect(await client.command('NOOP')).toContain(' NO ');
    }
    expect(await client.command('NOOP')).toContain(' OK ');
  });

  it('a greeting that never comes', async () => {
    await using server = await start();
    server.faults.next('greeting-never');
    const error = await failure(connectImap(server, 'anna', { greetingTimeout: 50 }));
    expect(error['code']).toBe('GREETING_TIMEOUT');
  });

  it('a goodbye for a greeting', async () => {
    await using server = await start();
    server.faults.next('greeting-bye', { text: 'closed for inventory' });
    using client = await connectRaw(server.ports.imap);
    expect(await client.until(/x^/)).toBe('* BYE [UNAVAILABLE] closed for inventory\r\n');
  });

  it('a greeting that says to be logged in already', async () => {
    await using server = await start();
    server.faults.next('greeting-preauth', { user: 'anna' });
    using client = await connectRaw(server.ports.imap);
    expect(await client.until(/PREAUTH/)).toMatch(/^\* PREAUTH /);
    client.send('a SELECT INBOX\r\n');
    expect(await client.until(/^a /)).toContain('a OK [READ-WRITE]');
  });

  it.each([
    ['auth-failed', 'AUTHENTICATIONFAILED'],
    ['unavailable', 'UNAVAILABLE'],
    ['too-many-connections', 'LIMIT'],
    ['expired', 'EXPIRED'],
  ] as const)('a login refused as %s', async (reason, code) => {
    await using server = await start();
    server.faults.next('login-refused', { reason, protocol: 'imap' });
    const error = await failure(connectImap(server, 'anna'));
    expect(error['serverResponseCode']).toBe(code);
    await using again = await connectImap(server, 'anna');
    expect(again.imap.usable).toBe(true);
  });

  it.each(['COPY', 'MOVE', 'APPEND'] as const)(
    'a mailbox over its quota at %s, which changes nothing',
    async (command) => {
      await using server = await start();
      server.deliver(mail('one'), ['anna@xyz.test']);
      server.faults.next('overquota', { command });
      await using client = await connectImap(server, 'anna');
      await client.imap.mailboxOpen('INBOX');
      const run = {
        COPY: () => client.imap.messageCopy('1', 'Archive'),
        MOVE: () => client.imap.messageMove('1', 'Archive'),
        APPEND: () => client.imap.append('Archive', mail('two')),
      };
      const result = await run[command]().catch((error: unknown) => error);
      expect(
        result === false || (result as Record<string, unknown>)['serverResponseCode'] === 'OVERQUOTA',
      ).toBe(true);
      expect(server.user('anna').mailboxes.require('Archive').messages).toHaveLength(0);
      expect(server.user('anna').mailboxes.inbox.messages).toHaveLength(1);
    },
  );

  it.each([true, false])(
    'a connection that ends instead of an answer (carried out: %s)',
    async (carriedOut) => {
      await using server = await start();
      server.faults.next('drop', { command: 'APPEND', carriedOut });
      await using client = await connectImap(server, 'anna');
      await failure(client.imap.append('Archive', mail('one')));
      expect(client.imap.usable).toBe(false);
      expect(server.user('anna').mailboxes.require('Archive').messages).toHaveLength(carriedOut ? 1 : 0);
    },
  );

  it('an answer that never comes', async () => {
    await using server = await start();
    const fault = server.faults.next('hang', { command: 'SELECT' });
    await using client = await connectImap(server, 'anna');
    const opening = failure(client.imap.mailboxOpen('INBOX'));
    await fault.happened;
    server.dropConnections();
    await opening;
  });

  it('a goodbye in the middle of a command', async () => {
    await using server = await start();
    server.faults.next('bye', { command: 'SELECT', text: 'maintenance' });
    using client = await rawImap(server, 'anna');
    client.send('a SELECT INBOX\r\n');
    expect(await client.until(/x^/)).toBe('* BYE [UNAVAILABLE] maintenance\r\n');
  });

  it('a literal cut off in the middle, and one announced longer than it is', async () => {
    await using server = await start();
    server.deliver(mail('one', 'x'.repeat(5_000)), ['anna@xyz.test']);
    server.faults.next('literal-cut', { afterBytes: 1_000 });
    using cut = await rawImap(server, 'anna');
    await cut.command('SELECT INBOX');
    cut.send('f FETCH 1 (BODY.PEEK[])\r\n');
    const answer = await cut.until(/y^/);
    const [head = '', ...rest] = answer.split('\r\n');
    expect(answer.length - head.length - 2).toBe(1_000);
    expect(rest.join('\r\n')).not.toContain('f OK');

    server.faults.next('literal-length', { delta: 7 });
    using wrong = await rawImap(server, 'anna');
    await wrong.command('SELECT INBOX');
    const whole = await wrong.command('FETCH 1 (BODY.PEEK[])');
    const { size } = /\{(?<size>\d+)\}/.exec(whole)?.groups ?? {};
    expect(Number(size)).toBe((server.user('anna').mailboxes.inbox.byUid(1)?.content.raw.length ?? 0) + 7);
  });

  it('bytes that nobody asked for, before an answer or instead of it', async () => {
    await using server = await start();
    using client = await rawImap(server, 'anna');
    server.faults.next('inject', { command: 'NOOP', bytes: '* 99 FETCH (UID 7 FLAGS (\\Seen))\r\n' });
    expect(await client.command('NOOP')).toMatch(/^\* 99 FETCH .*\r\nr2 OK/);
    server.faults.next('answer', { command: 'NOOP', bytes: '{tag} OK\r\n' });
    expect(await client.command('NOOP')).toBe('r3 OK\r\n');
  });

  it('another UIDVALIDITY at the next SELECT, with the messages numbered afresh', async () => {
    await using server = await start();
    for (const subject of ['one', 'two']) server.deliver(mail(subject), ['anna@xyz.test']);
    server.user('anna').mailboxes.inbox.expunge([1]);
    await using client = await connectImap(server, 'anna');
    const before = await client.imap.mailboxOpen('INBOX');
    await client.imap.mailboxClose();
    server.faults.next('uidvalidity-change', { path: 'INBOX' });
    const after = await client.imap.mailboxOpen('INBOX');
    expect(after.uidValidity).not.toBe(before.uidValidity);
    expect(await client.imap.search({ all: true }, { uid: true })).toEqual([1]);
  });

  it('a UIDVALIDITY that changes under a selected mailbox ends the connection', async () => {
    await using server = await start();
    using client = await rawImap(server, 'anna');
    await client.command('SELECT INBOX');
    server.user('anna').mailboxes.inbox.changeUidValidity();
    expect(await client.until(/x^/)).toMatch(/^\* BYE /);
  });
});

describe('faults of TLS', () => {
  const authority = createAuthority();
  const tls = authority.issue();

  it('there is none: without a fault, STARTTLS and TLS from the first byte both work', async () => {
    await using server = await start({ tls });
    await using upgraded = await connectImap(server, 'anna', {
      doSTARTTLS: true,
      tls: { ca: authority.cert },
    });
    expect(upgraded.imap.secureConnection).toBe(true);
    await using implicit = await connectImap(server, 'anna', {
      port: server.ports.imaps,
      secure: true,
      tls: { ca: authority.cert },
    });
    expect((await implicit.imap.list()).length).toBe(6);
    for (const port of [server.ports.smtp, server.ports.smtps]) {
      using transport = smtpTransport(server, 'anna', {
        port,
        secure: port === server.ports.smtps,
        ignoreTLS: false,
        requireTLS: port === server.ports.smtp,
        tls: { ca: authority.cert },
      });
      expect(await transport.verify()).toBe(true);
    }
  });

  it('STARTTLS is not offered, by IMAP and by SMTP', async () => {
    await using server = await start({ tls });
    server.faults.next('starttls-not-offered', { protocol: 'imap' });
    const error = await failure(
      connectImap(server, 'anna', { doSTARTTLS: true, tls: { ca: authority.cert } }),
    );
    expect(String(error['message'])).toMatch(/STARTTLS/i);
    server.faults.next('starttls-not-offered', { protocol: 'smtp' });
    using transport = smtpTransport(server, 'anna', { ignoreTLS: false, requireTLS: true });
    expect((await failure(transport.verify()))['code']).toBe('ETLS');
    expect(server.log.names()).not.toContain('AUTH');
  });

  it('clear text stands behind the OK to STARTTLS, by IMAP and by SMTP', async () => {
    await using server = await start({ tls });
    server.faults.next('starttls-injection', { protocol: 'imap' });
    const error = await failure(
      connectImap(server, 'anna', { doSTARTTLS: true, tls: { ca: authority.cert } }),
    );
    expect(error['code']).toBe('STARTTLS_INJECTION');
    server.faults.next('starttls-injection', { protocol: 'smtp', bytes: '250 injected\r\n' });
    using client = await connectRaw(server.ports.smtp);
    await client.until(/^220 /);
    client.send('EHLO there\r\n');
    await client.until(/^250 /);
    client.send('STARTTLS\r\n');
    expect(await client.until(/injected/)).toMatch(/^220 .*\r\n250 injected\r\n$/);
  });

  it('a client that says something behind its STARTTLS is cut off', async () => {
    await using server = await start({ tls });
    using client = await connectRaw(server.ports.imap);
    await client.until(/^\* OK/);
    client.send('a STARTTLS\r\nb LOGIN anna secret\r\n');
    await client.closed;
    expect(server.log.names()).toEqual(['STARTTLS']);
  });
});

describe('faults of the network', () => {
  it('cut a connection after any number of bytes, and the bytes before arrive', async () => {
    await using server = await start();
    for (const afterBytes of [0, 1, 17, 60]) {
      server.faults.next('wire', { effect: 'cut', direction: 'to-client', afterBytes, protocol: 'imap' });
      using client = await connectRaw(server.ports.imap);
      expect((await client.until(/x^/)).length).toBe(afterBytes);
    }
  });

  it('cut what the client says: the server sees no more of it', async () => {
    await using server = await start();
    const line = `a LOGIN anna "${password}"\r\n`;
    server.faults.next('wire', { effect: 'cut', direction: 'to-server', afterBytes: line.length + 4 });
    using client = await connectRaw(server.ports.imap);
    await client.until(/^\* OK/);
    client.send(line);
    await client.until(/^a OK/);
    client.send('b CREATE Kunden\r\n');
    await client.closed;
    expect(server.log.names()).toEqual(['LOGIN']);
  });

  it('let the bytes trickle', async () => {
    await using server = await start();
    server.faults.next('wire', {
      effect: 'slow',
      direction: 'to-client',
      bytesPerSecond: 1_000,
      afterBytes: 10,
    });
    using client = await connectRaw(server.ports.imap);
    const started = performance.now();
    const { length } = await client.until(/^\* OK/);
    expect(performance.now() - started).toBeGreaterThan((length - 10) * 0.8);
  });

  it('swallow everything after so many bytes, and keep the connection open', async () => {
    await using server = await start();
    server.faults.next('wire', { effect: 'stall', direction: 'to-client', afterBytes: 0, protocol: 'smtp' });
    using transport = smtpTransport(server, 'anna', { greetingTimeout: 50 });
    expect((await failure(transport.verify()))['message']).toMatch(/Greeting never received/);
  });

  it('stand before any other server as well, and end with what they were put before', async () => {
    await using server = await start();
    await using between = await startFaultyRelay({ to: { host: server.host, port: server.ports.imap } });
    between.faults.next('wire', { effect: 'cut', direction: 'to-client', afterBytes: 9 });
    using cut = await connectRaw(between.port);
    expect(await cut.until(/x^/)).toBe('* OK [CAP');
    await using whole = await connectImap(server, 'anna', { port: between.port });
    expect((await whole.imap.list()).length).toBe(6);
    await server.goDown();
    await new Promise<void>((resolve) => {
      if (!whole.imap.usable) resolve();
      whole.imap.on('close', () => {
        resolve();
      });
    });
    expect(whole.imap.usable).toBe(false);
  });

  it('a server that is down and comes back on the same ports, with everything it had', async () => {
    await using server = await start();
    server.deliver(mail('one'), ['anna@xyz.test']);
    await using client = await connectImap(server, 'anna');
    await server.goDown();
    expect((await failure(connectImap(server, 'anna')))['code']).toBe('ECONNREFUSED');
    await server.goUp();
    await using again = await connectImap(server, 'anna');
    expect((await again.imap.mailboxOpen('INBOX')).exists).toBe(1);
    expect(client.imap.usable).toBe(false);
  });
});
