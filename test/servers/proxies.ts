/** A SOCKS5 and a CONNECT proxy (also over TLS) on loopback: every name leads to 127.0.0.1, and each that was asked for is written down. */
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { ServerCertificate } from './certificates.ts';

export interface ProxyOptions {
  /** Who may use it; left out: everybody. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Names that it does not let anybody connect to. */
  readonly forbidden?: readonly string[];
  /** Of a CONNECT proxy that is spoken to over TLS. */
  readonly certificate?: ServerCertificate;
}

export interface TestProxy extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** "name:port", as they came. */
  readonly asked: string[];
}

/** RFC 1928 and RFC 1929, as much of it as a client of CONNECT uses. */
export async function startSocksProxy({ login, forbidden = [] }: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const server = net.createServer((client) => {
    const read = reader(client);
    const talk = async (): Promise<void> => {
      const [, methods = 0] = await read(2);
      const offered = await read(methods);
      const method = login ? 2 : 0;
      if (!offered.includes(method)) {
        client.end(Buffer.from([5, 0xff]));
        return;
      }
      client.write(Buffer.from([5, method]));
      if (login) {
        const [, userLength = 0] = await read(2);
        const user = (await read(userLength)).toString();
        const [passwordLength = 0] = await read(1);
        const right = (await read(passwordLength)).toString() === login.password && user === login.user;
        client.write(Buffer.from([1, right ? 0 : 1]));
        if (!right) {
          client.end();
          return;
        }
      }
      const [, , , type] = await read(4);
      const host =
        type === 3
          ? (await read((await read(1))[0] ?? 0)).toString()
          : (await read(type === 1 ? 4 : 16)).join('.');
      const port = (await read(2)).readUInt16BE();
      asked.push(`${host}:${String(port)}`);
      const answer = (code: number): Buffer => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
      if (forbidden.includes(host)) {
        client.end(answer(2));
        return;
      }
      join(client, port, read.rest, {
        connected: () => client.write(answer(0)),
        failed: () => client.end(answer(5)),
      });
    };
    talk().catch(() => client.destroy());
  });
  return listening(server, asked);
}

export async function startConnectProxy({
  login,
  forbidden = [],
  certificate,
}: ProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const noGet = (_request: http.IncomingMessage, response: http.ServerResponse): void =>
    void response.writeHead(405).end();
  const server = certificate
    ? https.createServer({ key: certificate.key, cert: certificate.cert }, noGet)
    : http.createServer(noGet);
  const expected = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  server.on('connect', (request, client: net.Socket, head: Buffer) => {
    const refuse = (status: number): void => void client.end(`HTTP/1.1 ${String(status)} No\r\n\r\n`);
    client.on('error', () => client.destroy());
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      refuse(407);
      return;
    }
    asked.push(request.url ?? '');
    const at = (request.url ?? '').lastIndexOf(':');
    if (forbidden.includes((request.url ?? '').slice(0, at))) refuse(403);
    else
      join(client, Number((request.url ?? '').slice(at + 1)), () => head, {
        connected: () => client.write('HTTP/1.1 200 Connected\r\n\r\n'),
        failed: () => refuse(502),
      });
  });
  return listening(server, asked);
}

function join(
  client: net.Socket,
  port: number,
  early: () => Buffer,
  told: { connected: () => void; failed: () => void },
): void {
  const target = net.connect(port, '127.0.0.1');
  let connected = false;
  target.once('connect', () => {
    connected = true;
    told.connected();
    const first = early();
    if (first.length > 0) target.write(first);
    client.pipe(target);
    target.pipe(client);
  });
  target.once('error', () => {
    if (!connected) told.failed();
    else client.destroy();
  });
  client.once('close', () => target.destroy());
  target.once('close', () => client.end());
}

/** Takes so many bytes at a time; `rest` hands over what came beyond them and ends the reading. */
function reader(socket: net.Socket): ((length: number) => Promise<Buffer>) & { rest: () => Buffer } {
  let held = Buffer.alloc(0);
  let wake: () => void = () => undefined;
  const take = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    wake();
  };
  socket.on('data', take);
  socket.on('error', () => socket.destroy());
  const read = async (length: number): Promise<Buffer> => {
    while (held.length < length) {
      const gone = await new Promise<boolean>((resolve) => {
        wake = () => resolve(false);
        socket.once('close', () => resolve(true));
      });
      if (gone) throw new Error('the client went');
    }
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  return Object.assign(read, {
    rest: () => {
      socket.off('data', take);
      return held;
    },
  });
}

async function listening(server: net.Server, asked: string[]): Promise<TestProxy> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
