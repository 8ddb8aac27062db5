/** A browser host on a free port before a scripted engine, and the means to speak to it as an attacker would: byte by byte. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { webHost } from '#shared/contract/webHost.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import { createTransportPair } from '#shared/rpc/inProcess.ts';
import { createJsonCodec } from '#shared/rpc/jsonCodec.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import { createWebSocketTransport } from '#shared/rpc/webSocket.ts';
import { readAssets } from '#hosts/node/assets.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startWebHost } from '#hosts/web/startWebHost.ts';
import type { WebHost, WebHostLimits } from '#hosts/web/startWebHost.ts';
import { createScriptedApi } from '#test/contract/scriptedApi.ts';
import type { ScriptedApi } from '#test/contract/scriptedApi.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Ask {
  readonly method?: string;
  readonly path?: string;
  /** null takes a header away that would be right. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
}

export interface Harness extends AsyncDisposable {
  readonly host: WebHost;
  readonly api: ScriptedApi;
  readonly reports: string[];
  ask(ask?: Ask): Promise<Answer>;
  /** The POST of a well-behaved page, as far as `change` leaves it so. */
  exchange(token: string, change?: Ask): Promise<Answer>;
  token(): string;
  /** A cookie of a fresh session. */
  logIn(): Promise<string>;
  /** Tries to open the WebSocket as a well-behaved page, as far as `headers` leave it so: 101 or the refusal's status. */
  upgrade(headers: Readonly<Record<string, string | null>>, path?: string): Promise<number>;
  openSocket(cookie: string, options?: ClientOptions): Promise<WebSocket>;
  openClient(cookie: string): Promise<RpcClient>;
  /** Bytes out, everything that comes back until the other side closes. */
  raw(bytes: string): Promise<string>;
}

const withoutNull = (headers: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null));

export async function startHarness(limits: Partial<WebHostLimits> = {}): Promise<Harness> {
  const outside = await mkdtemp(join(tmpdir(), 'postkorb-web-'));
  const folder = join(outside, 'renderer');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Postkorb</title>');
  await writeFile(join(folder, 'assets/main-a1b2c3d4.js'), 'export {};');
  await writeFile(join(folder, 'notes.txt'), 'of no kind that a window needs');
  await writeFile(join(outside, 'secret.json'), '{"secret":true}');
  await symlink(join(outside, 'secret.json'), join(folder, 'link.json'));

  const api = createScriptedApi();
  const reports: string[] = [];
  const host = await startWebHost({
    clock: systemClock(),
    assets: await readAssets(folder),
    limits,
    report: (error, why) => reports.push(`${why}: ${String(error)}`),
    openTransport: () => {
      const [near, far] = createTransportPair();
      createRpcServer(api, far, { report: (error, why) => reports.push(`${why}: ${String(error)}`) });
      return near;
    },
  });
  const { origin, port } = host;
  const right = { host: `127.0.0.1:${port}` };
  const sockets = new Set<WebSocket>();

  const ask = ({ method = 'GET', path = '/', headers = {}, body }: Ask = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request({
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: withoutNull({ ...right, ...headers }),
        setHost: false,
        agent: false,
      });
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const token = (): string => host.mintUrl().split(`#${webHost.tokenFragment}=`)[1] ?? '';
  const exchange: Harness['exchange'] = (secret, change = {}) =>
    ask({
      method: 'POST',
      path: webHost.sessionPath,
      body: JSON.stringify({ token: secret }),
      ...change,
      headers: {
        origin,
        [webHost.sessionHeader]: '1',
        'content-type': 'application/json',
        ...change.headers,
      },
    });
  const logIn = async (): Promise<string> => {
    const { headers } = await exchange(token());
    return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  };
  const openSocket: Harness['openSocket'] = async (cookie, options = {}) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${webHost.enginePath}`, {
      ...options,
      headers: { cookie, origin },
    });
    sockets.add(socket);
    await once(socket, 'open');
    return socket;
  };

  return {
    host,
    api,
    reports,
    ask,
    exchange,
    token,
    logIn,
    openSocket,
    async openClient(cookie) {
      return createRpcClient(createWebSocketTransport(await openSocket(cookie), createJsonCodec()));
    },
    upgrade: (headers, path = webHost.enginePath) =>
      new Promise((resolve, reject) => {
        const outgoing = request({
          host: '127.0.0.1',
          port,
          path,
          setHost: false,
          agent: false,
          headers: withoutNull({
            ...right,
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            origin,
            ...headers,
          }),
        });
        outgoing.on('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        outgoing.on('upgrade', (_response, socket) => {
          socket.destroy();
          resolve(101);
        });
        outgoing.on('error', reject);
        outgoing.end();
      }),
    raw: (bytes) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let text = '';
        socket.setEncoding('latin1');
        socket.on('data', (piece: string) => (text += piece));
        socket.on('close', () => resolve(text));
        socket.on('error', reject);
        socket.write(bytes, 'latin1');
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate();
      await host[Symbol.asyncDispose]();
      await rm(outside, { recursive: true });
    },
  };
}
