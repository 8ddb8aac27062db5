import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './available.ts';
import { startNginx } from './nginx.ts';
import type { Nginx } from './nginx.ts';

describeWith(['nginx'], 'the nginx of the tests', () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx();
  });
  afterAll(() => nginx[Symbol.asyncDispose]());

  const ask = async (
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ): Promise<Response> => {
    const response = await fetch(nginx.url(path, 'http'), {
      ...init,
      headers: { connection: 'close', ...init.headers },
    });
    await response.clone().arrayBuffer();
    return response;
  };

  it('gives a file with its ETag, and 304 while it is the same', async () => {
    writeFileSync(join(nginx.root, 'config.json'), '{}');
    const first = await ask('config.json');
    const etag = first.headers.get('etag') ?? '';
    expect(await first.text()).toBe('{}');
    expect((await ask('config.json', { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask('absent.json')).status).toBe(404);
  });

  it('takes a PUT under /dav/, makes the folders for it, and nowhere else', async () => {
    expect((await ask('dav/a/b.json', { method: 'PUT', body: '1' })).status).toBe(201);
    expect(readFileSync(join(nginx.root, 'dav/a/b.json'), 'utf8')).toBe('1');
    expect((await ask('dav/a/b.json', { method: 'PUT', body: '2' })).status).toBe(204);
    expect((await ask('other.json', { method: 'PUT', body: '1' })).status).toBe(405);
    expect(nginx.requests()).toContain('PUT /dav/a/b.json 201');
  });

  it('asks for name and password under /private/', async () => {
    expect((await ask('private/x', { method: 'PUT', body: '1' })).status).toBe(401);
    const authorization = `Basic ${btoa(`${nginx.user}:${nginx.password}`)}`;
    expect((await ask('private/x', { method: 'PUT', body: '1', headers: { authorization } })).status).toBe(
      201,
    );
  });

  it('speaks TLS with a certificate of its own CA', async () => {
    writeFileSync(join(nginx.root, 'tls.txt'), 'yes');
    const text = await new Promise<string>((resolve, reject) => {
      get(nginx.url('tls.txt'), { ca: nginx.ca, agent: false }, (response) => {
        let all = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (all += chunk));
        response.on('end', () => {
          resolve(all);
        });
      }).on('error', reject);
    });
    expect(text).toBe('yes');
  });

  it('stops, comes back with its files, and leaves nothing behind', async () => {
    const other = await startNginx();
    writeFileSync(join(other.root, 'kept.txt'), 'kept');
    await other.stop();
    await expect(fetch(other.url('kept.txt', 'http'))).rejects.toThrow();
    await other.start();
    expect(
      await (await fetch(other.url('kept.txt', 'http'), { headers: { connection: 'close' } })).text(),
    ).toBe('kept');
    await other[Symbol.asyncDispose]();
    expect(existsSync(other.root)).toBe(false);
  });
});
