/**
 * The way back from the browser after a sign-in: one page on a free port of the loopback interface (RFC 8252, 7.3). It answers GET and
 * nothing else, and only who calls it by its own name.
 */
import http from 'node:http';
import type { RedirectListener } from '#engine/ports/ports.ts';

const graceMs = 1000;

type Answer = Parameters<RedirectListener['listen']>[1];

const security = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

export function loopbackRedirects(): RedirectListener {
  return {
    async listen(host, answer) {
      const first = await serve('127.0.0.1', 0, host, answer);
      const servers = [first];
      // "localhost" is ::1 to some browsers; a machine without IPv6 does without.
      if (host === 'localhost') {
        const second = await serve('::1', first.port, host, answer).catch(() => null);
        if (second) servers.push(second);
      }
      return {
        port: first.port,
        [Symbol.asyncDispose]: async () => {
          await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
        },
      };
    },
  };
}

async function serve(
  address: string,
  port: number,
  name: string,
  answer: Answer,
): Promise<{ port: number } & AsyncDisposable> {
  const server = http.createServer(
    { maxHeaderSize: 32 * 1024, requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 1 },
    (request, response) => {
      void respond(request, response, new Set([name, '127.0.0.1', 'localhost']), answer);
    },
  );
  server.maxConnections = 20;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: address, port, exclusive: true }, resolve);
  await promise;
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        // What is being answered may end; a connection that a browser opened in advance would not.
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          closed();
        });
        server.closeIdleConnections();
      }),
  };
}

async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  names: ReadonlySet<string>,
  answer: Answer,
): Promise<void> {
  const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  // Another name that leads here is another page's doing (DNS rebinding).
  if (url === null || url.pathname !== '/' || request.method !== 'GET' || !names.has(host)) {
    response.writeHead(404, security).end();
    return;
  }
  try {
    const { status, html } = await answer(url.searchParams);
    response.writeHead(status, security).end(html);
  } catch {
    response.writeHead(500, security).end();
  }
}
