/** The request that leaves a list: what it tells, and what it does not follow. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, test } from 'vitest';
import { createNetwork, directNetwork, type Network } from '#engine/net/network.ts';
import { requestOneClick } from '#engine/net/oneClickRequest.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { silentLog } from '#test/support/silentLog.ts';

const authority = createAuthority();
const { cert, key } = authority.issue();
const asked: { path: string; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer({ cert, key }, (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    asked.push({ path: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body });
    const status = { '/u': 202, '/moved': 302, '/gone': 410 }[request.url ?? ''] ?? 500;
    response.writeHead(status, { location: '/u', 'set-cookie': 'who=anna' }).end('<html>');
  });
});
const folder = mkdtempSync(join(tmpdir(), 'postkorb-one-click-'));
let network: Network;
let base: string;
beforeAll(async () => {
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  network = createNetwork({
    clock: systemClock(),
    log: silentLog(),
    environment: {},
    proxy: () => ({ mode: 'none' }),
    password: () => null,
    caFiles: () => [join(folder, 'ca.pem')],
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `https://localhost:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
});

const leave = (path: string, options: { allowLoopback?: boolean; network?: Network } = {}): Promise<void> =>
  requestOneClick(new URL(path, base), {
    allowLoopback: true,
    network,
    signal: new AbortController().signal,
    ...options,
  });

it('is one POST of the line that the RFC names, and tells nothing of who sends it', async () => {
  await leave('/u');
  expect(asked).toMatchObject([{ path: 'POST /u', body: 'List-Unsubscribe=One-Click' }]);
  expect(Object.keys(asked[0]?.headers ?? {}).sort()).toEqual([
    ...['connection', 'content-length', 'content-type', 'host', 'user-agent'],
  ]);
});

test.each([
  ['/moved', 302],
  ['/gone', 410],
  ['/other', 500],
])('%s is a refusal, and is not followed', async (path, status) => {
  await expect(leave(path)).rejects.toMatchObject({
    code: 'unsubscribe-refused',
    params: { host: 'localhost', status },
  });
  expect(asked).toHaveLength(1);
});

test('this machine is never asked, nor a server whose certificate nobody vouches for', async () => {
  await expect(leave('/u', { allowLoopback: false })).rejects.toMatchObject({ code: 'not-permitted' });
  await expect(leave('/u', { network: directNetwork })).rejects.toMatchObject({
    code: expect.stringMatching(/^certificate-/) as string,
  });
  expect(asked).toEqual([]);
});
