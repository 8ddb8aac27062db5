/** Where the shared config lies: a real web server and real files, and what they may answer instead (G05). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchConfig, storeConfig } from '#engine/groups/configSource.ts';
import { readJoinTarget, writeJoinLink } from '#engine/groups/joinLink.ts';
import { startNginx, type Nginx } from '#test/servers/nginx.ts';

let web: Nginx;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postkorb-source-'));
  web = await startNginx({
    config: `
      location = /login { default_type text/html; return 200 "<!doctype html><title>Sign in</title>"; }
      location = /page { default_type application/json; return 200 "<!doctype html>"; }
      location = /away { return 302 https://elsewhere.test/xyz.json; }
      location = /moved { return 302 /xyz.json; }`,
  });
  writeFileSync(join(web.root, 'xyz.json'), '{"a":1}');
  writeFileSync(join(web.root, 'huge.json'), Buffer.alloc(10 * 1024 * 1024, 32));
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const at = (path: string): string => web.url(path, 'http');
const fetched = (source: string) => fetchConfig(source, null, never);

describe('a web server', () => {
  test('tells what lies there once, and by its ETag that nothing changed', async () => {
    const { text, etag } = await fetched(at('/xyz.json'));
    expect(text).toBe('{"a":1}');
    expect(await fetchConfig(at('/xyz.json'), etag, never)).toEqual({ text: null, etag });
    expect((await fetched(at('/moved'))).text).toBe('{"a":1}');
  });

  test.each([
    ['/missing.json', 'config-unreachable'],
    ['/login', 'config-wrong-type'],
    ['/huge.json', 'config-too-large'],
    ['/away', 'config-redirected'],
  ])('%s is refused: %s', async (path, code) => {
    await expect(fetched(at(path))).rejects.toMatchObject({ code });
  });

  test('a certificate that nobody vouches for, and clear text beyond this machine, are refused', async () => {
    await expect(fetched(web.url('/xyz.json', 'https'))).rejects.toMatchObject({
      code: 'config-unreachable',
    });
    await expect(fetched('http://config.example/xyz.json')).rejects.toMatchObject({
      code: 'plaintext-not-allowed',
    });
  });

  test('user and password go to the server and into no error', async () => {
    const url = new URL(at('/private/xyz.json'));
    url.username = web.user;
    url.password = web.password;
    await storeConfig(url.href, '{"private":true}', () => undefined, never);
    expect((await fetched(url.href)).text).toBe('{"private":true}');
    const refused = await fetched(at('/private/xyz.json')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'config-unreachable', params: { reason: 'HTTP 401' } });
    expect(JSON.stringify(await fetched(`${url.href}x`).catch((error: unknown) => error))).not.toContain(
      web.password,
    );
  });

  test('of several who publish at once exactly one does, and the others are told', async () => {
    const url = at('/dav/race.json');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, i) =>
        storeConfig(
          url,
          `{"n":${i.toString()}}`,
          (current) => {
            if (current !== null) throw new Error('somebody was faster');
          },
          never,
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect((await fetched(url)).text).toBe(`{"n":${winner.toString()}}`);
  });
});

describe('a file', () => {
  test('is replaced whole, by one at a time, and leaves nothing beside it', async () => {
    const path = join(folder, 'xyz.json');
    await storeConfig(path, 'first', (current) => expect(current).toBeNull(), never);
    const { etag } = await fetched(path);
    expect((await fetchConfig(path, etag, never)).text).toBeNull();
    const refusal = new Error('not mine');
    await expect(
      storeConfig(
        path,
        'second',
        () => {
          throw refusal;
        },
        never,
      ),
    ).rejects.toBe(refusal);
    expect(readFileSync(path, 'utf8')).toBe('first');
    writeFileSync(`${path}.lock`, '');
    await expect(storeConfig(path, 'second', () => undefined, never)).rejects.toMatchObject({
      code: 'config-conflict',
    });
    rmSync(`${path}.lock`);
    await storeConfig(path, 'second', () => undefined, never);
    expect((await fetchConfig(path, etag, never)).text).toBe('second');
  });

  test('that is missing is said to be', async () => {
    await expect(fetched(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'config-unreachable',
      params: { reason: 'ENOENT' },
    });
  });
});

describe('join links', () => {
  const key = 'ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567';

  test('come back as they were written', () => {
    const link = writeJoinLink('https://x.test/a b.json?c=d&e', key, 'Müller & Söhne');
    expect(readJoinTarget(` ${link}\n`)).toEqual({
      source: 'https://x.test/a b.json?c=d&e',
      fingerprint: key,
    });
    expect(readJoinTarget('/srv/xyz.json')).toEqual({ source: '/srv/xyz.json', fingerprint: null });
  });

  test.each([
    'postkorb://join',
    'postkorb://join?url=x',
    `postkorb://join?key=${key}`,
    'postkorb://leave?url=x',
    'https://x.test/xyz.json',
  ])('%s is none', (link) => {
    expect(() => readJoinTarget(link)).toThrow(expect.objectContaining({ code: 'join-link-invalid' }));
  });
});
