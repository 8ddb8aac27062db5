import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { discover } from '#engine/accounts/discovery/discover.ts';
import { openNames, type Names } from '#engine/accounts/discovery/names.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { describeWith } from '#test/servers/available.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { startDnsmasq } from '#test/servers/dnsmasq.ts';
import { startNginx } from '#test/servers/nginx.ts';

const web = '127.0.0.77';
const redirecting = '127.0.0.78';
const silent = '127.0.0.79';
const mail = '127.0.0.80';

const config = (
  host: string,
): string => `<clientConfig version="1.1"><emailProvider id="x"><displayName>X</displayName>
<incomingServer type="imap"><hostname>${host}</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username><authentication>OAuth2</authentication><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>${host}</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>`;

describeWith(['dnsmasq', 'nginx'], 'discovery', () => {
  const owned = new AsyncDisposableStack();
  let server: string;
  /** Of whoever asked the server of guess.test. */
  let knocks = 0;

  beforeAll(async () => {
    const authority = createAuthority();
    const names = [
      'autoconfig.own.test',
      'wellknown.test',
      'autoconfig.elsewhere.test',
      'autoconfig.redirect.test',
      'autoconfig.hoster.test',
      'autoconfig.bomb.test',
      'imap.guess.test',
    ];
    const certificate = authority.issue({ hosts: names });
    // The authorities are read once, at the first handshake of this process.
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), authority.cert]);
    const nginx = owned.use(
      await startNginx({
        certificate,
        config: `listen ${web}:443 ssl; listen ${redirecting}:443 ssl;
          if ($host = autoconfig.redirect.test) { return 302 https://autoconfig.own.test/mail/config-v1.1.xml; }
          if ($host = autoconfig.elsewhere.test) { rewrite ^/mail/config-v1.1.xml$ /elsewhere.xml break; }
          if ($host = autoconfig.hoster.test) { rewrite ^/mail/config-v1.1.xml$ /hoster.xml break; }
          if ($host = autoconfig.bomb.test) { rewrite ^/mail/config-v1.1.xml$ /bomb.xml break; }`,
      }),
    );
    mkdirSync(join(nginx.root, 'mail'));
    mkdirSync(join(nginx.root, '.well-known/autoconfig/mail'), { recursive: true });
    writeFileSync(join(nginx.root, 'mail/config-v1.1.xml'), config('mail.own.test'));
    writeFileSync(
      join(nginx.root, '.well-known/autoconfig/mail/config-v1.1.xml'),
      config('mail.wellknown.test'),
    );
    writeFileSync(join(nginx.root, 'elsewhere.xml'), config('mail.stranger.test'));
    writeFileSync(join(nginx.root, 'hoster.xml'), config('mail.hoster.test'));
    writeFileSync(
      join(nginx.root, 'bomb.xml'),
      `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${config('mail.&b;.test')}`,
    );
    const dns = owned.use(
      await startDnsmasq({
        hosts: {
          'autoconfig.own.test': web,
          'wellknown.test': web,
          'autoconfig.elsewhere.test': web,
          'autoconfig.redirect.test': redirecting,
          'autoconfig.hoster.test': web,
          'autoconfig.bomb.test': web,
          'mail.srv.test': web,
          'imap.guess.test': mail,
          'imap.blackhole.test': silent,
          'mail.blackhole.test': silent,
          'autoconfig.blackhole.test': silent,
          'blackhole.test': silent,
          'smtp.blackhole.test': silent,
        },
        mx: [
          { domain: 'customer.test', exchange: 'mx1.hoster.test', priority: 10 },
          { domain: 'company.test', exchange: 'company-test.mail.protection.outlook.com', priority: 0 },
        ],
        srv: [
          { name: '_imaps._tcp.srv.test', target: 'mail.srv.test', port: 1993 },
          { name: '_submission._tcp.srv.test', target: 'mail.srv.test', port: 587 },
        ],
      }),
    );
    server = dns.server;
    for (const port of [443, 993, 143, 465, 587]) owned.use(await listen(createServer(), silent, port));
    const imap = tls.createServer({ key: certificate.key, cert: certificate.cert }, (socket) => {
      knocks += 1;
      socket.on('error', () => undefined);
      socket.write('* OK ready\r\n');
    });
    owned.use(await listen(imap, mail, 993));
  });
  afterAll(() => owned.disposeAsync());

  const find = (address: string, options: { allowLoopback?: boolean } = {}) =>
    discover(
      address,
      {
        clock: systemClock(),
        names: openNames([server]),
        allowLoopback: options.allowLoopback ?? true,
        preset: () => null,
      },
      new AbortController().signal,
    );

  test('autoconfig of the domain itself is taken, its placeholders filled in', async () => {
    expect(await find('anna@own.test')).toMatchObject({
      source: 'autoconfig',
      imap: { host: 'mail.own.test', port: 993, security: 'tls', user: 'anna' },
      smtp: { host: 'mail.own.test', port: 587, security: 'starttls', user: 'anna@own.test' },
      authentication: ['oauth2', 'password'],
      confirm: null,
      unverified: false,
    });
  });

  test('the well-known address is asked too', async () => {
    expect(await find('anna@wellknown.test')).toMatchObject({
      source: 'well-known',
      imap: { host: 'mail.wellknown.test' },
    });
  });

  test('servers under another domain are confirmed by a person first', async () => {
    expect(await find('anna@elsewhere.test')).toMatchObject({
      imap: { host: 'mail.stranger.test' },
      confirm: { domain: 'stranger.test' },
    });
  });

  test('N22: a redirect to another host is refused, with the reason', async () => {
    const result = await find('anna@redirect.test');
    expect(result.source).toBeNull();
    expect(result.tried).toContainEqual(
      expect.objectContaining({
        source: 'autoconfig',
        ok: false,
        error: expect.objectContaining({ code: 'not-permitted' }) as unknown,
      }),
    );
  });

  test('N22: entities are not expanded, and the file is refused', async () => {
    const result = await find('anna@bomb.test');
    expect(result.tried.find(({ source }) => source === 'autoconfig')?.error?.code).toBe('invalid-input');
    expect(result.imap).toBeNull();
  });

  test('services named in the name system are found (RFC 6186, RFC 8314)', async () => {
    expect(await find('anna@srv.test')).toMatchObject({
      source: 'srv',
      imap: { host: 'mail.srv.test', port: 1993, security: 'tls', user: 'anna@srv.test' },
      smtp: { host: 'mail.srv.test', port: 587, security: 'starttls' },
      unverified: true,
    });
  });

  test('who delivers the mail of a domain tells who hosts it', async () => {
    expect(await find('anna@company.test')).toMatchObject({
      source: 'mx',
      imap: { host: 'outlook.office365.com' },
      authentication: ['oauth2'],
    });
    expect(await find('anna@customer.test')).toMatchObject({
      source: 'mx',
      imap: { host: 'mail.hoster.test' },
      confirm: { domain: 'hoster.test' },
    });
  });

  test('a large provider is known without asking anybody', async () => {
    expect(await find('anna@gmx.de')).toMatchObject({
      source: 'provider',
      imap: { host: 'imap.gmx.net' },
      tried: [],
    });
  });

  test('the usual names and ports are guessed last', async () => {
    expect(await find('anna@guess.test')).toMatchObject({
      source: 'guess',
      imap: { host: 'imap.guess.test', port: 993, security: 'tls' },
      smtp: null,
      unverified: true,
    });
  });

  test('a server that the organisation does not allow is not knocked at, and for an address that it does not allow nobody is asked', async () => {
    let asked = 0;
    const names = openNames([server]);
    const refuse = (what: string) => (): void => {
      throw new MailError('policy-host', { name: what });
    };
    const parts = { clock: systemClock(), names, allowLoopback: true, preset: () => null };
    const { signal } = new AbortController();
    const before = knocks;
    const found = await discover(
      'anna@guess.test',
      { ...parts, permits: { address: () => undefined, host: refuse('guess.test') } },
      signal,
    );
    const guesses = found.tried.filter(({ source }) => source === 'guess');
    expect(found.source).toBeNull();
    expect(new Set(guesses.map(({ error }) => error?.code))).toEqual(new Set(['policy-host']));
    expect(knocks).toBe(before);
    const counted: Names = {
      addresses: (...given) => ((asked += 1), names.addresses(...given)),
      mx: (...given) => ((asked += 1), names.mx(...given)),
      srv: (...given) => ((asked += 1), names.srv(...given)),
    };
    await expect(
      discover(
        'anna@guess.test',
        { ...parts, names: counted, permits: { address: refuse('guess.test'), host: () => undefined } },
        signal,
      ),
    ).rejects.toMatchObject({ code: 'policy-host' });
    expect(asked).toBe(0);
  });

  test('one that finds nothing ends within ten seconds and says what it tried, also where every port is silent', async () => {
    const begin = performance.now();
    const result = await find('anna@blackhole.test');
    expect(performance.now() - begin).toBeLessThan(10_000);
    expect(result).toMatchObject({ source: null, imap: null });
    expect(new Set(result.tried.map(({ source }) => source))).toEqual(
      new Set(['autoconfig', 'well-known', 'srv', 'mx', 'guess']),
    );
  });

  test('what listens on this machine is not asked unless a person said so', async () => {
    const result = await find('anna@own.test', { allowLoopback: false });
    expect(result.source).toBeNull();
  });
});

async function listen(server: Server, host: string, port: number): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
