/** A real browser, and a listener for everything that it should not ask for. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const places = [
  process.env['POSTKORB_CHROMIUM'],
  // The same engine without the browser around it: a window takes a third of the time to open.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** A listener on loopback that counts whatever arrives (the "beacon" of the threats' table). */
export interface Beacon extends AsyncDisposable {
  readonly port: number;
  /** What was asked for, as "host path", with its revealing headers. */
  readonly hits: string[];
}

export async function startBeacon(): Promise<Beacon> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    const { host = '', cookie = '', referer = '' } = request.headers;
    // The browser's own questions (the time, its updates) are nobody's here.
    if (!/\.(?:google|googleapis|gstatic)\.com(?::\d+)?$/.test(host)) {
      hits.push([host, request.url ?? '', cookie, referer].filter(Boolean).join(' '));
    }
    response.writeHead(200, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' });
    response.end('hit');
  });
  server.on('connection', (socket) => {
    // A connection that asks for nothing (a preconnect) has told enough.
    const timer = setTimeout(() => hits.push('a connection without a request'), 300);
    socket.once('data', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hits,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * With a beacon every name in the world leads to it, so that nothing that a page reaches for goes unseen. `shell` false: the browser as
 * people have it, which gives a frame without rights a process of its own, as the desktop's does.
 */
export async function startBrowser(beacon?: Beacon, { shell = true } = {}): Promise<Browser> {
  const executablePath = places.find(
    (place) => place !== undefined && (shell || !place.includes('headless-shell')) && existsSync(place),
  );
  if (executablePath === undefined) {
    throw new Error(
      `no Chromium found; name one by POSTKORB_CHROMIUM (looked in ${places.filter(Boolean).join(', ')})`,
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      // Without a sandbox of its own: test machines often run as root.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(beacon ? [`--host-resolver-rules=MAP * 127.0.0.1:${beacon.port}, EXCLUDE 127.0.0.1`] : []),
    ],
  });
}
