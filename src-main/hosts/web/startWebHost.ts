/**
 * The app for a browser on this machine: plain HTTP on loopback, behind a one-time token. Every local user and every web page open in
 * the same browser can reach a loopback port, so each request is taken for an attack until it proved otherwise.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '#shared/base/clock.ts';
import { webHost } from '#shared/contract/webHost.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { serveClient } from './clients.ts';
import type { ClientLimits } from './clients.ts';
import { authorityOf, hasSession, isOwnHost, isOwnOrigin } from './guard.ts';
import type { Address } from './guard.ts';
import { createRequestListener } from './requests.ts';
import { createSessions } from './sessions.ts';

export interface WebHostLimits extends ClientLimits {
  /** Bytes of one frame: an attachment of 50 MB as base64 fits. */
  readonly maxFrameBytes: number;
  readonly maxClients: number;
  readonly maxConnections: number;
  /** How long a one-time token may lie unused. */
  readonly tokenLifeMs: number;
}

export const defaultWebHostLimits: WebHostLimits = {
  frames: { perSecond: 200, burst: 2000 },
  backlogBytes: 8_000_000,
  maxBacklogBytes: 200_000_000,
  heartbeatMs: 30_000,
  maxFrameBytes: 70_000_000,
  maxClients: 32,
  maxConnections: 128,
  tokenLifeMs: 10 * 60_000,
};

export interface WebHostOptions {
  /** A way to the engine for each page. */
  readonly openTransport: () => Transport;
  readonly assets: Assets;
  readonly clock: Clock;
  /** "127.0.0.1" (default), "localhost" for the same, or "::1"; anything else is refused with `invalid-input`. */
  readonly host?: string;
  /** 0 (default): a free one. */
  readonly port?: number;
  readonly limits?: Partial<WebHostLimits>;
  /** Told of faults; never of a token, a cookie or a message. */
  readonly report: (error: unknown, why: string) => void;
}

export interface WebHost extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** "http://127.0.0.1:4711", without a token. */
  readonly origin: string;
  /** The address with a new one-time token in its fragment. Whoever gets it gets in: it belongs on the person's screen, in no log and no argv. */
  mintUrl(): string;
}

const loopbackHosts: Readonly<Record<string, string>> = {
  '127.0.0.1': '127.0.0.1',
  localhost: '127.0.0.1',
  '::1': '::1',
};

/** Listens once it resolves. Throws MailError `invalid-input` for a host beyond loopback or a port that is taken. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const limits: WebHostLimits = { ...defaultWebHostLimits, ...options.limits };
  const { clock, report } = options;
  const host = loopbackHosts[options.host ?? '127.0.0.1'];
  if (host === undefined) {
    throw new MailError('invalid-input', { field: 'host', reason: 'not-loopback', host: options.host ?? '' });
  }
  const sessions = createSessions({ clock, tokenLifeMs: limits.tokenLifeMs, maxSessions: limits.maxClients });
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 20_000,
    keepAliveTimeout: 5_000,
    insecureHTTPParser: false,
  });
  server.maxConnections = limits.maxConnections;
  const port = await listen(server, host, options.port ?? 0);
  const address: Address = { host, port };
  const origin = `http://${authorityOf(address)}`;

  // No compression: nothing to gain on loopback, and a small frame cannot become a large one.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxFrameBytes,
    perMessageDeflate: false,
    clientTracking: true,
  });

  server.on('request', createRequestListener({ address, assets: options.assets, sessions, clock }));
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const status = upgradeStatus(request);
    if (status !== 101) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      serveClient(accepted, { clock, limits, openTransport: options.openTransport, report });
    });
  });

  /** Decided before anything of the WebSocket is answered (W02). */
  function upgradeStatus(request: IncomingMessage): number {
    if (!isOwnHost(request, address)) return 421;
    if (request.url !== webHost.enginePath) return 404;
    if (!isOwnOrigin(request, address)) return 403;
    if (!hasSession(request, address, sessions)) return 401;
    return sockets.clients.size >= limits.maxClients ? 503 : 101;
  }

  return {
    host,
    port,
    origin,
    mintUrl: () => `${origin}/#${webHost.tokenFragment}=${sessions.mint()}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      reject(
        new MailError(
          'invalid-input',
          {
            field: 'port',
            port,
            reason: cause.code === 'EADDRINUSE' ? 'port-taken' : (cause.code ?? 'listen'),
          },
          { cause },
        ),
      );
    };
    server.once('error', onError);
    // `exclusive`: never shared with another process of ours; a taken port is an error, not a second listener (W06).
    server.listen({ host, port, exclusive: true, ipv6Only: host === '::1' }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
