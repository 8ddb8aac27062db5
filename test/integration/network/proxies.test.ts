/** Mail and web through a proxy, with an organisation's own authority; every name exists at the proxy alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { createConnectionTest } from '#engine/accounts/connectionTest.ts';
import { discover } from '#engine/accounts/discovery/discover.ts';
import { createBoundedFetch } from '#engine/accounts/oauth/boundedFetch.ts';
import { request } from '#engine/groups/configHttp.ts';
import { parseProxy } from '#engine/net/environmentProxy.ts';
import { createNetwork, type Network, type NetworkParts } from '#engine/net/network.ts';
import { fetchRemoteImage } from '#engine/net/remoteImage.ts';
import { sendOverSmtp } from '#engine/send/smtpSession.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { ManualProxy } from '#shared/domain/proxy.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { describeWith } from '#test/servers/available.ts';
import {
  createAuthority,
  loopbackHosts,
  type CertificateAuthority,
  type ServerCertificate,
} from '#test/servers/certificates.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startNginx, type Nginx } from '#test/servers/nginx.ts';
import { freePorts } from '#test/servers/ports.ts';
import { startPostfix, type Postfix } from '#test/servers/postfix.ts';
import { startConnectProxy, startSocksProxy, type ProxyOptions } from '#test/servers/proxies.ts';
import { silentLog } from '#test/support/silentLog.ts';

const host = 'mail.xyz.test';
const login = { user: 'anna', password: 'proxy-geheim' };
const never = new AbortController().signal;

describeWith(['dovecot', 'postfix', 'nginx'], 'the way out to the network', () => {
  let folder: string;
  let caFile: string;
  let authority: CertificateAuthority;
  let mail: Dovecot;
  let outgoing: Postfix;
  let web: Nginx;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-network-'));
    authority = createAuthority('XYZ own authority');
    caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const certificate = authority.issue({ hosts: [host, ...loopbackHosts] });
    mail = await startDovecot({ certificate });
    [outgoing, web] = await Promise.all([startPostfix(mail), startNginx({ certificate })]);
    writeFileSync(join(web.root, 'config.json'), '{"here":true}');
    writeFileSync(join(web.root, 'dot.png'), 'no picture, but called one');
  });
  afterAll(async () => {
    await outgoing[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), web[Symbol.asyncDispose]()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const networkOf = (parts: Partial<NetworkParts> = {}): Network =>
    createNetwork({
      clock: systemClock(),
      log: silentLog(),
      environment: {},
      proxy: () => ({ mode: 'none' }),
      password: () => null,
      caFiles: () => [caFile],
      ...parts,
    });
  const through = (
    type: ManualProxy['type'],
    port: number,
    who: typeof login | null = null,
    more: Partial<NetworkParts> = {},
  ): Network =>
    networkOf({
      proxy: () => ({ mode: 'manual', type, host: '127.0.0.1', port, ...(who ? { user: who.user } : {}) }),
      password: () => who?.password ?? null,
      ...more,
    });
  const settings = (change: Partial<AccountSettings> = {}): AccountSettings => ({
    name: 'Anna',
    address: 'anna@xyz.test',
    displayName: '',
    imap: { host, port: mail.ports.imaps, security: 'tls', user: 'anna@xyz.test' },
    smtp: { host, port: outgoing.ports.submission, security: 'starttls', user: 'anna@xyz.test' },
    archiveAddress: null,
    tls: { trust: 'system' },
    ...change,
  });
  const tried = (network: Network, change: Partial<AccountSettings> = {}) =>
    createConnectionTest({ clock: systemClock(), log: silentLog(), network })(
      settings(change),
      { imapPassword: mail.password, smtpPassword: null },
      never,
    );
  const open = (type: ManualProxy['type'], options?: ProxyOptions) =>
    type === 'socks5'
      ? startSocksProxy(options)
      : startConnectProxy({ ...options, ...(type === 'https' ? { certificate: mail.certificate } : {}) });

  const ways = [
    ['socks5', null],
    ['socks5', login],
    ['http', null],
    ['http', login],
    ['https', login],
  ] as const;
  test.each(ways)('mail and web go through %s (%j), and nobody here looks a name up', async (type, who) => {
    await using proxy = await open(type, who ? { login: who } : {});
    const network = through(type, proxy.port, who);
    const { imap, smtp } = await tried(network);
    expect(imap.steps.map(({ step, ok }) => [step, ok])).toEqual(
      ['resolve', 'connect', 'tls', 'login', 'folders'].map((step) => [step, true]),
    );
    expect(smtp?.steps.at(-1)).toMatchObject({ step: 'sender', ok: true });
    const sent = await sendOverSmtp({
      settings: settings(),
      login: { kind: 'password', password: mail.password },
      envelope: { from: 'anna@xyz.test', to: ['bert@xyz.test'] },
      raw: Buffer.from('From: anna@xyz.test\r\nTo: bert@xyz.test\r\nSubject: Through\r\n\r\nHello\r\n'),
      onDataBegins: () => undefined,
      signal: never,
      network,
    });
    expect(sent).toMatchObject({ kind: 'accepted' });
    const url = `https://${host}:${String(web.ports.https)}`;
    expect(await request({ method: 'GET', url: `${url}/config.json` }, never, network)).toMatchObject({
      status: 200,
      body: '{"here":true}',
    });
    const answer = await createBoundedFetch(network)(`${url}/config.json`, { method: 'GET', headers: {} });
    expect(await answer.json()).toEqual({ here: true });
    await expect(
      fetchRemoteImage(`${url}/none.png`, { allowLoopback: false, network, signal: never }),
    ).rejects.toMatchObject({ code: 'not-permitted', params: { what: 'picture' } });
    expect(new Set(proxy.asked)).toEqual(
      new Set(
        [mail.ports.imaps, outgoing.ports.submission, web.ports.https].map(
          (port) => `${host}:${String(port)}`,
        ),
      ),
    );
  });

  it('a server in clear text is reached too; this machine itself is not behind a proxy', async () => {
    await using proxy = await open('socks5');
    const network = through('socks5', proxy.port);
    const plain = {
      imap: { host, port: mail.ports.imap, security: 'none', user: 'anna@xyz.test' },
      smtp: null,
      allowPlaintext: true,
    } as const;
    expect(await tried(network, plain)).toMatchObject({ ok: true });
    expect(await tried(network, { ...plain, imap: { ...plain.imap, host: '127.0.0.1' } })).toMatchObject({
      ok: true,
    });
    expect(proxy.asked).toEqual([`${host}:${String(mail.ports.imap)}`]);
  });

  const failures = [
    ['socks5', 'a wrong password', 'proxy-login'],
    ['http', 'a wrong password', 'proxy-login'],
    ['socks5', 'a login that is not given', 'proxy-login'],
    ['socks5', 'a server that is not allowed', 'proxy-refused'],
    ['http', 'a server that is not allowed', 'proxy-refused'],
    ['socks5', 'a port where nobody listens', 'proxy-target'],
    ['http', 'a port where nobody listens', 'proxy-target'],
    ['socks5', 'a proxy that is not there', 'proxy-unreachable'],
    ['socks5', 'a proxy of the other kind', 'proxy-fault'],
    ['https', 'a proxy of the other kind', 'proxy-fault'],
    ['https', 'a wrong password', 'proxy-login'],
    ['https', 'a server that is not allowed', 'proxy-refused'],
  ] as const;
  test.each(failures)('%s, %s: the error says %s', async (type, what, code) => {
    await using proxy = await open(
      what === 'a proxy of the other kind' ? 'http' : type,
      what.includes('password') || what.includes('login')
        ? { login }
        : what.includes('allowed')
          ? { forbidden: [host] }
          : {},
    );
    const [nobody = 0] = await freePorts(1);
    const who = what === 'a wrong password' ? { ...login, password: 'canary' } : null;
    const network = through(type, what.includes('not there') ? nobody : proxy.port, who);
    const port = what.includes('listens') ? { port: nobody } : {};
    const { ok, imap } = await tried(network, { imap: { ...settings().imap, ...port }, smtp: null });
    expect(ok).toBe(false);
    const last = imap.steps.at(-1);
    expect(last).toMatchObject({ step: 'connect', ok: false, error: { code } });
    expect(JSON.stringify(last)).not.toContain('canary');
    const { message } = errorText(last?.error ?? { code: '', params: {} }, 'en');
    expect(message).toContain('127.0.0.1');
  });

  it('a proxy over TLS is judged by the same authorities as a server, and told its login only then', async () => {
    const other = createAuthority('Somebody else');
    const said: string[] = [];
    const judged = async (certificate: ServerCertificate, files: string[]) => {
      await using proxy = await startConnectProxy({ login, certificate });
      const network = through('https', proxy.port, login, { caFiles: () => files });
      const { imap } = await tried(network, { smtp: null });
      said.push(...proxy.asked);
      return imap.steps.at(-1)?.error;
    };
    const wrong = [
      [other.issue({ hosts: [...loopbackHosts] }), [caFile], 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      [authority.issue({ hosts: ['elsewhere.test'] }), [caFile], 'ERR_TLS_CERT_ALTNAME_INVALID'],
      [
        authority.issue({ hosts: [...loopbackHosts], notBefore: new Date(0), notAfter: new Date(1e9) }),
        [caFile],
        'CERT_HAS_EXPIRED',
      ],
      [authority.issue({ hosts: [...loopbackHosts] }), [], 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ] as const;
    for (const [certificate, files, reason] of wrong) {
      const error = await judged(certificate, [...files]);
      expect(error).toMatchObject({ code: 'proxy-certificate', params: { reason } });
    }
    expect(said).toEqual([]);
    expect(await judged(authority.issue({ hosts: [...loopbackHosts] }), [caFile])).toBeUndefined();
  });

  it('the environment names a proxy, and whom it is not for', async () => {
    await using proxy = await open('socks5', { login });
    const environment = {
      ALL_PROXY: `socks5h://${login.user}:${login.password}@127.0.0.1:${String(proxy.port)}`,
      no_proxy: '.intern.test,localhost',
    };
    const network = networkOf({ environment, proxy: () => ({ mode: 'system' }) });
    expect(await tried(network, { smtp: null })).toMatchObject({ ok: true });
    expect(network.through('imap.intern.test', 'mail')).toBeNull();
    expect(network.through('intern.test', 'web')).toBeNull();
    expect(networkOf({ proxy: () => ({ mode: 'system' }) }).through(host, 'mail')).toBeNull();
    const broken = networkOf({
      environment: { https_proxy: 'ftp://a:canary@b' },
      proxy: () => ({ mode: 'system' }),
    });
    expect(() => broken.through(host, 'web')).toThrow('proxy-setting');
    expect(parseProxy('https://anna@proxy.xyz.test')).toMatchObject({ type: 'https', port: 443 });
  });

  it('behind a proxy the discovery asks the name system nothing', async () => {
    await using proxy = await open('http');
    const asked: string[] = [];
    const note = (name: string): Promise<never[]> => {
      asked.push(name);
      return Promise.resolve([]);
    };
    const found = await discover(
      'anna@xyz.test',
      {
        clock: systemClock(),
        names: { mx: note, srv: note, addresses: note },
        allowLoopback: false,
        network: through('http', proxy.port),
        preset: () => null,
        budgetMs: 4000,
      },
      never,
    );
    expect(found.source).toBeNull();
    expect(asked).toEqual([]);
    expect(proxy.asked).toContain('imap.xyz.test:993');
  });

  it('an authority of one’s own is unknown, said with what to do, until its file is named', async () => {
    const local = {
      imap: { ...settings().imap, host: 'localhost' },
      smtp: { ...settings().imap, host: 'localhost', port: outgoing.ports.smtps },
    };
    const without = await tried(networkOf({ caFiles: () => [] }), local);
    for (const server of [without.imap, without.smtp]) {
      const error = server?.steps.at(-1)?.error ?? { code: '', params: {} };
      expect(error.code).toBe('certificate-untrusted');
      expect(errorText(error, 'en').hint).toMatch(/Further certificate authorities/);
      expect(errorText(error, 'de').hint).toMatch(/Weitere Zertifizierungsstellen/);
    }
    const url = `https://localhost:${String(web.ports.https)}/config.json`;
    await expect(
      request({ method: 'GET', url }, never, networkOf({ caFiles: () => [] })),
    ).rejects.toMatchObject({
      code: 'config-unreachable',
      params: { reason: 'certificate-untrusted' },
    });
    expect(await tried(networkOf(), local)).toMatchObject({ ok: true });
    expect((await request({ method: 'GET', url }, never, networkOf())).status).toBe(200);
  });

  it('a file with authorities counts as soon as it is there, and one of no use changes nothing', async () => {
    const later = join(folder, 'later.pem');
    const network = networkOf({ caFiles: () => [later] });
    const url = `https://localhost:${String(web.ports.https)}/config.json`;
    const status = () =>
      request({ method: 'GET', url }, never, network).then(
        (answer) => answer.status,
        () => 0,
      );
    expect(await status()).toBe(0);
    writeFileSync(later, 'no certificate');
    expect(await status()).toBe(0);
    writeFileSync(later, `# ours\n${readFileSync(caFile, 'utf8')}\n`);
    expect(await status()).toBe(200);
  });
});
