import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webHost } from '#shared/contract/webHost.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startWebHost } from '#hosts/web/startWebHost.ts';
import { untilCancelled } from '#test/contract/scriptedApi.ts';
import { until } from '#test/contract/transportConformance.ts';
import { startHarness } from './webHostHarness.ts';
import type { Harness } from './webHostHarness.ts';

const refusal = (address: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, address);
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
  });

describe('the browser host', () => {
  let web: Harness;
  beforeEach(async () => {
    web = await startHarness();
  });
  afterEach(async () => {
    await web[Symbol.asyncDispose]();
  });

  describe('W01: names that lead to us are not our address', () => {
    it.each([
      'evil.test',
      'localhost',
      '127.0.0.1',
      'localhost:PORT',
      '127.0.0.1.:PORT',
      '127.1:PORT',
      '0177.0.0.1:PORT',
      '[::1]:PORT',
      '127.0.0.1:PORT ,evil.test',
      '127.0.0.1:1',
    ])('Host: %s is answered 421, on every path', async (name) => {
      const headers = { host: name.replace('PORT', String(web.host.port)) };
      expect((await web.ask({ headers })).status).toBe(421);
      expect((await web.ask({ headers, path: '/no/such' })).status).toBe(421);
      expect((await web.exchange(web.token(), { headers })).status).toBe(421);
      const cookie = await web.logIn();
      expect(await web.upgrade({ ...headers, cookie })).toBe(421);
    });

    it('a request without Host, or with two, is not served', async () => {
      expect(await web.raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      const own = `Host: 127.0.0.1:${web.host.port}`;
      const two = await web.raw(`GET / HTTP/1.1\r\n${own}\r\nHost: evil.test\r\nConnection: close\r\n\r\n`);
      expect(two).not.toContain('<title>');
      const absolute = `GET http://evil.test/ HTTP/1.1\r\n${own}\r\nConnection: close\r\n\r\n`;
      expect(await web.raw(absolute)).toMatch(/^HTTP\/1\.1 404 /);
    });
  });

  describe('W02: pages of other origins get no WebSocket', () => {
    it.each([
      ['a foreign origin', { origin: 'http://evil.test' }],
      ['no origin', { origin: null }],
      ['the null origin', { origin: 'null' }],
      ['another port', { origin: 'http://127.0.0.1:1' }],
      ['https of the same', { origin: 'https://127.0.0.1:PORT' }],
      ['the same with a path', { origin: 'http://127.0.0.1:PORT/' }],
      ['another site by its own word', { 'sec-fetch-site': 'cross-site' }],
      ['another port of this host by its own word', { 'sec-fetch-site': 'same-site' }],
    ])('%s is refused before the upgrade, even with the cookie', async (_title, headers) => {
      const cookie = await web.logIn();
      const filled = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [
          key,
          value === null ? null : value.replace('PORT', String(web.host.port)),
        ]),
      );
      expect(await web.upgrade({ cookie, ...filled })).toBe(403);
      expect(await web.upgrade({ cookie })).toBe(101);
    });

    it('without a session, or with another one, there is no WebSocket', async () => {
      const cookie = await web.logIn();
      expect(await web.upgrade({})).toBe(401);
      expect(await web.upgrade({ cookie: `${cookie}x` })).toBe(401);
      expect(await web.upgrade({ cookie: cookie.replace(/=.*/, `=${'A'.repeat(43)}`) })).toBe(401);
      expect(await web.upgrade({ cookie: `other=1; ${cookie}` })).toBe(101);
      expect(await web.upgrade({ cookie }, '/other')).toBe(404);
    });
  });

  describe('W03: the one-time token', () => {
    it('is 256 bits in the fragment, and good for one exchange', async () => {
      const url = new URL(web.host.mintUrl());
      expect(url.origin).toBe(web.host.origin);
      expect(url.search).toBe('');
      const token = new URLSearchParams(url.hash.slice(1)).get(webHost.tokenFragment) ?? '';
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
      expect((await web.exchange(token)).status).toBe(204);
      expect((await web.exchange(token)).status).toBe(403);
    });

    it('becomes a cookie that no script reads, no other site sends and no other port uses', async () => {
      const { headers } = await web.exchange(web.token());
      const [cookie] = headers['set-cookie'] ?? [];
      expect(cookie).toMatch(
        new RegExp(`^postkorb-${web.host.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
      );
      expect(headers['cache-control']).toBe('no-store');
    });

    it('is dead after its life, and an exchange that failed for another reason does not burn it', async () => {
      await using short = await startHarness({ tokenLifeMs: -1 });
      expect((await short.exchange(short.token())).status).toBe(403);
      const token = web.token();
      expect((await web.exchange(token, { headers: { origin: 'http://evil.test' } })).status).toBe(403);
      expect((await web.exchange(token)).status).toBe(204);
    });

    it('opens as many sessions as tokens were minted, each of its own', async () => {
      const [first, second] = [await web.logIn(), await web.logIn()];
      expect(first).not.toBe(second);
      expect(await web.upgrade({ cookie: first })).toBe(101);
      expect(await web.upgrade({ cookie: second })).toBe(101);
    });

    it('neither it nor the cookie is in anything that is reported', async () => {
      const token = web.token();
      const cookie = await web.logIn();
      web.api.on('app.info', async () => {
        throw new Error('a fault of ours');
      });
      const client = await web.openClient(cookie);
      await client.call('app.info', {}).catch(() => undefined);
      await web.exchange(token, { body: '{"token":' });
      expect(web.reports).toHaveLength(1);
      expect(web.reports.join()).not.toContain(token);
      expect(web.reports.join()).not.toContain(cookie.split('=')[1]);
    });

    it('no page leaks it onward: no referrer is ever sent', async () => {
      expect((await web.ask()).headers['referrer-policy']).toBe('no-referrer');
    });
  });

  describe('W04: other sites cannot make the browser act for them', () => {
    it.each([
      ['a form', { 'content-type': 'application/x-www-form-urlencoded', [webHost.sessionHeader]: null }, 403],
      ['text/plain', { 'content-type': 'text/plain' }, 415],
      ['a fetch without the header', { [webHost.sessionHeader]: null }, 403],
      ['a foreign origin', { origin: 'http://evil.test' }, 403],
      ['no origin', { origin: null }, 403],
      ['the null origin', { origin: 'null' }, 403],
      ['another port of this host', { origin: 'http://127.0.0.1:1' }, 403],
    ])('an exchange by %s is refused', async (_title, headers, status) => {
      expect((await web.exchange(web.token(), { headers })).status).toBe(status);
    });

    it('no preflight is ever answered with a permission', async () => {
      const { status, headers } = await web.ask({
        method: 'OPTIONS',
        path: webHost.sessionPath,
        headers: { origin: 'http://evil.test', 'access-control-request-method': 'POST' },
      });
      expect(status).toBe(405);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    });

    it('a GET opens no session, and other methods do nothing', async () => {
      const path = `${webHost.sessionPath}?token=${web.token()}`;
      expect((await web.ask({ path })).status).toBe(404);
      for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'TRACE']) {
        expect((await web.ask({ method })).status).toBe(405);
      }
    });

    it('another site may link to the app, not load its files', async () => {
      const load = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' };
      const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
      expect((await web.ask({ path: '/assets/main-a1b2c3d4.js', headers: load })).status).toBe(403);
      expect((await web.ask({ headers: link })).status).toBe(200);
    });
  });

  it('W05: every answer, errors included, forbids framing, sniffing and foreign scripts', async () => {
    const answers = [
      await web.ask(),
      await web.ask({ path: '/<script>alert(1)</script>' }),
      await web.ask({ headers: { host: 'evil.test' } }),
      await web.ask({ method: 'PUT' }),
      await web.exchange(web.token()),
      await web.exchange('x'),
    ];
    for (const { headers, body, status } of answers) {
      const policy = headers['content-security-policy'] ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      if (status >= 400) {
        expect(headers['content-type']).toBe('text/plain; charset=utf-8');
        expect(body).toBe(`${status}\n`);
      }
    }
  });

  describe('W06: nobody beyond this machine', () => {
    it('only the loopback address listens', async () => {
      const outside = Object.values(networkInterfaces())
        .flat()
        .flatMap((entry) => (entry && !entry.internal && entry.family === 'IPv4' ? [entry.address] : []));
      for (const address of outside) expect(await refusal(address, web.host.port)).toBe('ECONNREFUSED');
      expect(await refusal('127.0.0.1', web.host.port)).toBe('connected');
    });

    it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org', ''])('host %j is refused', async (host) => {
      const options = {
        host,
        clock: systemClock(),
        assets: new Map(),
        openTransport: () => expect.fail('nobody asked'),
        report: () => undefined,
      };
      await expect(startWebHost(options)).rejects.toMatchObject({
        code: 'invalid-input',
        params: { field: 'host' },
      });
    });

    it('a port that another program took first is an error in words, not a second listener', async () => {
      const squatter = createServer();
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const { port } = squatter.address() as AddressInfo;
      const starting = startWebHost({
        port,
        clock: systemClock(),
        assets: new Map(),
        openTransport: () => expect.fail('nobody asked'),
        report: () => undefined,
      });
      await expect(starting).rejects.toMatchObject({
        code: 'invalid-input',
        params: { field: 'port', port, reason: 'port-taken' },
      });
      await expect(starting).rejects.toBeInstanceOf(MailError);
      squatter.close();
      await once(squatter, 'close');
    });
  });

  describe('W07: no page can harm another', () => {
    it('a frame beyond the limit closes its own page alone', async () => {
      await using small = await startHarness({ maxFrameBytes: 10_000 });
      small.api.on('settings.get', async () => 'served');
      const cookie = await small.logIn();
      const hostile = await small.openSocket(cookie);
      const good = await small.openClient(cookie);
      hostile.on('error', () => undefined);
      hostile.send('x'.repeat(10_001));
      const [code] = (await once(hostile, 'close')) as [number];
      expect(code).toBe(1009);
      expect(await good.call('settings.get', {})).toBe('served');
    });

    it('a page that floods is read at its rate while others are served at once', async () => {
      await using limited = await startHarness({ frames: { perSecond: 1, burst: 50 } });
      let flooded = 0;
      limited.api.on('app.notices', async () => {
        flooded += 1;
        return { notices: [] };
      });
      limited.api.on('settings.get', async () => 'served');
      const cookie = await limited.logIn();
      const flood = await limited.openSocket(cookie);
      const good = await limited.openClient(cookie);
      const padding = 'x'.repeat(2000);
      for (let id = 1; id <= 20_000; id += 1) {
        flood.send(JSON.stringify({ kind: 'call', id, name: 'app.notices', request: { padding } }));
      }
      await until(() => flooded > 0);
      for (let at = 0; at < 20; at += 1) expect(await good.call('settings.get', {})).toBe('served');
      // What was on its way in one piece when the reading stopped is still served, nothing like the whole.
      expect(flooded).toBeLessThan(500);
      expect(flood.bufferedAmount).toBeGreaterThan(0);
    });

    it('a page that does not read is given up beyond its backlog, others are served', async () => {
      await using limited = await startHarness({ backlogBytes: 100_000, maxBacklogBytes: 8_000_000 });
      const large = new Uint8Array(1_000_000);
      limited.api.on('messages.source', async () => ({ raw: large }));
      limited.api.on('settings.get', async () => 'served');
      const cookie = await limited.logIn();
      const slow = await limited.openSocket(cookie);
      const good = await limited.openClient(cookie);
      slow.pause();
      const closed = once(slow, 'close');
      slow.send(JSON.stringify({ kind: 'subscribe', id: 1, name: 'changed' }));
      await until(() => limited.api.listeners === 1);
      const text = 'x'.repeat(1_000_000);
      while (limited.api.listeners === 1) {
        limited.api.emit('changed', text);
        expect(await good.call('settings.get', {})).toBe('served');
        await new Promise((resolve) => setImmediate(resolve));
      }
      slow.resume();
      await closed;
      expect(limited.reports).toHaveLength(1);
    });

    it('requests of a page that does not read its answers wait, and are all answered when it reads', async () => {
      await using limited = await startHarness({ backlogBytes: 100_000 });
      let asked = 0;
      limited.api.on('messages.source', async () => {
        asked += 1;
        return { raw: new Uint8Array(1_000_000) };
      });
      const cookie = await limited.logIn();
      const slow = await limited.openSocket(cookie);
      slow.pause();
      const padding = 'x'.repeat(50_000);
      for (let id = 1; id <= 60; id += 1) {
        slow.send(JSON.stringify({ kind: 'call', id, name: 'messages.source', request: { padding } }));
      }
      await until(() => asked > 0);
      const good = await limited.openClient(cookie);
      limited.api.on('settings.get', async () => 'served');
      for (let at = 0; at < 50; at += 1) await good.call('settings.get', {});
      expect(asked).toBeLessThan(60);
      let answers = 0;
      slow.on('message', () => (answers += 1));
      slow.resume();
      await until(() => answers === 60);
    });

    it('compression is never agreed to, so no small frame becomes a large one', async () => {
      const socket = await web.openSocket(await web.logIn(), { perMessageDeflate: true });
      expect(socket.extensions).toBe('');
    });

    it('a half-open page is noticed by its missing pong, and what it asked for is cancelled', async () => {
      await using quick = await startHarness({ heartbeatMs: 30 });
      quick.api.on('sync.run', untilCancelled);
      const silent = await quick.openSocket(await quick.logIn(), { autoPong: false });
      silent.send(JSON.stringify({ kind: 'call', id: 1, name: 'sync.run', request: {} }));
      await once(silent, 'close');
      await until(() => quick.api.cancelled.length === 1);
    });

    it('more pages than the limit are refused, and a closed one frees its place', async () => {
      await using limited = await startHarness({ maxClients: 2 });
      const cookie = await limited.logIn();
      const first = await limited.openSocket(cookie);
      await limited.openSocket(cookie);
      expect(await limited.upgrade({ cookie })).toBe(503);
      first.close();
      await once(first, 'close');
      let status = 0;
      while (status !== 101) status = await limited.upgrade({ cookie });
    });

    it('an exchange with an endless body is cut off, and guessing tokens is slowed', async () => {
      const { status } = await web.exchange('x', { body: JSON.stringify({ token: 'x'.repeat(5000) }) });
      expect(status).toBe(413);
      const statuses = [];
      for (let at = 0; at < 30; at += 1) statuses.push((await web.exchange('A'.repeat(43))).status);
      expect(statuses).toContain(429);
      expect(statuses).not.toContain(204);
    });

    it.each([
      'null',
      '[]',
      '"x"',
      '{}',
      '{"token":null}',
      '{"token":{"length":43}}',
      '{"__proto__":{"token":"x"}}',
      '{',
      '',
    ])('an exchange with the body %j is refused', async (body) => {
      expect((await web.exchange('', { body })).status).toBe(403);
    });
  });

  describe('W08: only files of the build, by their exact names', () => {
    it('serves the window, with a lasting copy only of what carries a digest in its name', async () => {
      const index = await web.ask();
      expect(index.body).toContain('<title>Postkorb</title>');
      expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(index.headers['cache-control']).toBe('no-cache');
      const script = await web.ask({ path: '/assets/main-a1b2c3d4.js?v=1' });
      expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect(script.headers['cache-control']).toContain('immutable');
      const again = await web.ask({ headers: { 'if-none-match': index.headers.etag ?? '' } });
      expect(again.status).toBe(304);
      const head = await web.ask({ method: 'HEAD' });
      expect([head.status, head.body]).toEqual([200, '']);
    });

    it.each([
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/%2e%2e%2fsecret.json',
      '/assets/..%5c..%5csecret.json',
      '/assets/../../secret.json',
      '//secret.json',
      '/link.json',
      '/notes.txt',
      '/INDEX.HTML',
      '/index.html/',
      '/index.html%00.js',
      '/assets',
      '/assets/',
      '/__proto__',
      '/constructor',
    ])('%s is not found', async (path) => {
      expect((await web.ask({ path })).status).toBe(404);
    });
  });

  it('several pages use the engine at once, and each hears the events', async () => {
    web.api.on('settings.get', async () => 'served');
    const clients = await Promise.all([1, 2, 3].map(async () => web.openClient(await web.logIn())));
    const heard: unknown[] = [];
    for (const client of clients) client.on('changed', (payload) => heard.push(payload));
    for (const client of clients) expect(await client.call('settings.get', {})).toBe('served');
    expect(web.api.listeners).toBe(3);
    web.api.emit('changed', { changes: [] });
    await until(() => heard.length === 3);
  });

  it('closing the host ends every page and frees the port', async () => {
    await using other = await startHarness();
    const socket = await other.openSocket(await other.logIn());
    const closed = once(socket, 'close');
    await other.host[Symbol.asyncDispose]();
    await closed;
    expect(await refusal('127.0.0.1', other.host.port)).toBe('ECONNREFUSED');
  });
});
