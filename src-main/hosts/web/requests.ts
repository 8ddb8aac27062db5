/** Answers plain HTTP: the window's files, and the exchange of a one-time token for a session. GET changes nothing (W04). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { webHost } from '#shared/contract/webHost.ts';
import type { Assets } from '#hosts/node/assets.ts';
import { securityHeaders } from '#hosts/node/pageSecurity.ts';
import { authorityOf, cookieNameOf, isForeignSubresource, isOwnHost, isOwnOrigin } from './guard.ts';
import type { Address } from './guard.ts';
import type { Sessions } from './sessions.ts';
import { createTokenBucket } from './tokenBucket.ts';
import type { Clock } from '#shared/base/clock.ts';

const maxExchangeBytes = 1024;

export interface RequestContext {
  readonly address: Address;
  readonly assets: Assets;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export function createRequestListener(context: RequestContext): Answer {
  const { address, assets, sessions, clock } = context;
  const headers = securityHeaders([`ws://${authorityOf(address)}`]);
  /** 256 bits are not guessed; this keeps a hammering process from costing anything. */
  const exchanges = createTokenBucket(clock, { perSecond: 5, burst: 20 });

  const refuse = (response: ServerResponse, status: number, more: Record<string, string> = {}): void => {
    const text = `${status}\n`;
    response.writeHead(status, {
      ...headers,
      ...more,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': text.length,
      'cache-control': 'no-store',
    });
    response.end(text);
  };

  const serveFile: Answer = (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const asset = assets.get(path);
    if (!asset) return refuse(response, 404);
    if (isForeignSubresource(request)) return refuse(response, 403);
    const caching = {
      etag: asset.etag,
      'cache-control': asset.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.headers['if-none-match'] === asset.etag) {
      response.writeHead(304, { ...headers, ...caching });
      response.end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      ...caching,
      'content-type': asset.contentType,
      'content-length': asset.body.byteLength,
    });
    response.end(request.method === 'HEAD' ? undefined : asset.body);
  };

  const finishExchange = (response: ServerResponse, body: string): void => {
    const secret = sessions.exchange(readToken(body));
    if (secret === null) return refuse(response, 403);
    response.writeHead(204, {
      ...headers,
      'cache-control': 'no-store',
      'set-cookie': `${cookieNameOf(address)}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
    });
    response.end();
  };

  const exchange: Answer = (request, response) => {
    if (!isOwnOrigin(request, address)) return refuse(response, 403);
    if (request.headers[webHost.sessionHeader] === undefined) return refuse(response, 403);
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return refuse(response, 415);
    if (!exchanges.take()) return refuse(response, 429, { 'retry-after': '1' });
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= maxExchangeBytes) pieces.push(piece);
      else if (!response.headersSent) {
        refuse(response, 413, { connection: 'close' });
        request.destroy();
      }
    });
    request.on('end', () => {
      if (!response.headersSent) finishExchange(response, Buffer.concat(pieces).toString('utf8'));
    });
  };

  return (request, response) => {
    if (!isOwnHost(request, address)) return refuse(response, 421, { connection: 'close' });
    if (request.method === 'GET' || request.method === 'HEAD') return serveFile(request, response);
    if (request.method === 'POST' && request.url === webHost.sessionPath) return exchange(request, response);
    return refuse(response, request.method === 'POST' ? 404 : 405, { connection: 'close' });
  };
}

function readToken(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : undefined;
    return typeof token === 'string' ? token : '';
  } catch {
    return '';
  }
}
