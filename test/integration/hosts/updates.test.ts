/** The real updater of the packages over a feed on this machine; of Electron there is a stand-in. What a window is told is looked at. */
import { EventEmitter } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type * as Library from 'electron-updater';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { updateRole, watchForUpdates, type UpdateWatch } from '#hosts/electron/updates.ts';
import type { UpdateState } from '#shared/contract/host.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { standInFor } from '#test/support/requireWith.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What a new version is: here a script that says that it was started. */
const program = (marker: string): string => `#!/bin/sh\necho "$APPIMAGE_EXIT_AFTER_INSTALL" > '${marker}'\n`;
const sha512 = (content: string): string => createHash('sha512').update(content).digest('base64');

describe('newer versions', () => {
  let folder: string;
  let server: Server;
  /** What stands at the feed's place, by path; a string is answered with 200. */
  let served: Map<string, string | number>;
  let asked: string[];
  let app: EventEmitter & { quits: number };
  let standIn: Disposable;
  let watch: UpdateWatch | null;
  let mode: 'automatic' | 'notify' | 'off';
  let told: UpdateState[];
  let reports: string[];
  let clock: FakeClock;
  let kept: NodeJS.ProcessEnv;

  const marker = (): string => join(folder, 'started');
  const port = (): number => (server.address() as AddressInfo).port;
  const feed = (version: string, more: { sha512?: string; staging?: number } = {}): string =>
    [
      `version: ${version}`,
      'files:',
      `  - url: Postkorb-${version}.AppImage`,
      `    sha512: ${more.sha512 ?? sha512(program(marker()))}`,
      `    size: ${program(marker()).length}`,
      ...(more.staging === undefined ? [] : [`stagingPercentage: ${more.staging}`]),
      "releaseDate: '2026-11-01T00:00:00.000Z'",
      '',
    ].join('\n');
  const offer = (version: string, more?: Parameters<typeof feed>[1]): void => {
    served.set('/latest-linux.yml', feed(version, more));
    served.set(`/Postkorb-${version}.AppImage`, program(marker()));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-updates-'));
    served = new Map<string, string | number>();
    [asked, told, reports, mode] = [[], [], [], 'automatic'];
    clock = new FakeClock();
    watch = null;
    server = createServer((incoming, answer) => {
      const { pathname } = new URL(incoming.url ?? '', 'http://x');
      asked.push(pathname);
      const found = served.get(pathname) ?? 404;
      answer.writeHead(typeof found === 'number' ? found : 200, { connection: 'close' });
      answer.end(typeof found === 'number' ? 'no' : found);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    writeFileSync(
      join(folder, 'app-update.yml'),
      `provider: generic\nurl: http://127.0.0.1:${port()}\nupdaterCacheDirName: postkorb-updater\n`,
    );
    kept = { ...process.env };
    process.env['APPIMAGE'] = join(folder, 'Postkorb.AppImage');
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
    process.env['TEST_UPDATER_ARCH'] = 'x64';
    writeFileSync(process.env['APPIMAGE'], 'the old version');
    Object.assign(process, { resourcesPath: folder });
    app = Object.assign(new EventEmitter(), {
      quits: 0,
      isPackaged: true,
      getVersion: () => '1.0.0',
      getName: () => 'Postkorb',
      getPath: () => folder,
      getAppPath: () => folder,
      whenReady: () => Promise.resolve(),
      quit: () => (app.quits += 1),
    });
    standIn = standInFor('electron', {
      app,
      autoUpdater: new EventEmitter(),
      session: { fromPartition: () => ({}) },
      net: {
        request: ({ session: _, redirect: __, ...options }: Record<string, unknown>) =>
          httpRequest({ ...options, agent: false }),
      },
    });
  });
  afterEach(async () => {
    watch?.[Symbol.dispose]();
    standIn[Symbol.dispose]();
    for (const name of ['APPIMAGE', 'XDG_CACHE_HOME', 'TEST_UPDATER_ARCH']) {
      if (kept[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = kept[name];
    }
    Reflect.deleteProperty(process, 'resourcesPath');
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  });

  function start(
    updater: Library.AppImageUpdater | Library.NsisUpdater = new (library().AppImageUpdater)(),
  ): UpdateWatch {
    watch = watchForUpdates({
      updater,
      role: 'installs',
      clock,
      mode: () => mode,
      tell: (state) => told.push(state),
      report: (_error, why) => reports.push(why),
    });
    return watch;
  }
  const library = (): typeof Library => createRequire(import.meta.url)('electron-updater') as typeof Library;
  /** A look to its end. */
  const look = async (): Promise<UpdateState> => {
    await (watch ?? start()).look();
    return told.at(-1)!;
  };

  it('a newer one is fetched with its progress, and installed when the program ends, not before', async () => {
    offer('1.1.0');
    start();
    expect(asked).toEqual([]);
    await clock.advance(minute);
    await expect.poll(() => watch?.state).toEqual({ is: 'ready', version: '1.1.0' });
    expect(told[0]).toEqual({ is: 'looking' });
    expect(told[1]).toEqual({ is: 'downloading', version: '1.1.0', percent: 0 });
    expect(app.quits).toBe(0);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe('the old version');
    expect(existsSync(marker())).toBe(false);
    // Looked at no more until the next start.
    const before = asked.length;
    await clock.advance(24 * hour);
    expect(asked).toHaveLength(before);
    app.emit('quit', {}, 0);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe(program(marker()));
    expect(readFileSync(marker(), 'utf8')).toBe('true\n');
  });

  it('the same or an older one is none, and is looked for again after six hours', async () => {
    for (const version of ['1.0.0', '0.9.0']) {
      offer(version);
      expect(await look()).toEqual({ is: 'newest', checkedAt: clock.now() });
    }
    const before = asked.length;
    await clock.advance(6 * hour - 1);
    expect(asked).toHaveLength(before);
    offer('1.1.0');
    await clock.advance(1);
    await expect.poll(() => watch?.state.is).toBe('ready');
  });

  describe('a staged roll-out reaches the share that the feed names, and each installation is always the same', () => {
    // The last four bytes of its id are a fraction of one: here 0.2.
    const id = '11111111-1111-5111-8111-111133333333';
    test.each([
      [0, 'newest'],
      [19, 'newest'],
      [21, 'ready'],
      [100, 'ready'],
    ])('%s %%: %s', async (staging, expected) => {
      writeFileSync(join(folder, '.updaterId'), id);
      offer('1.1.0', { staging });
      expect((await look()).is).toBe(expected);
      expect(readFileSync(join(folder, '.updaterId'), 'utf8')).toBe(id);
    });
  });

  it('a file that is not the announced one is refused and said, kept nowhere, and asked for again in an hour', async () => {
    offer('1.1.0', { sha512: sha512('something else') });
    expect(await look()).toEqual({ is: 'failed', fault: 'file-refused', version: '1.1.0' });
    app.emit('quit', {}, 0);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe('the old version');
    expect(existsSync(join(folder, 'cache/postkorb-updater/pending/Postkorb-1.1.0.AppImage'))).toBe(false);
    expect(reports).toEqual(['update: file-refused']);
    offer('1.1.0');
    await clock.advance(hour);
    await expect.poll(() => watch?.state.is).toBe('ready');
  });

  describe('a feed of no use is a fault by its name, quiet, and asked again in an hour', () => {
    const whole = (): string => feed('1.1.0');
    const cases: [string, () => string | number, string][] = [
      ['nothing there', () => 404, 'feed-missing'],
      ['a server that fails', () => 503, 'feed-unreachable'],
      ['a page of a captive portal', () => '<!DOCTYPE html><html><body>Log in</body></html>', 'feed-invalid'],
      ['nothing in it', () => '', 'feed-invalid'],
      ['no YAML', () => 'version: "1.1', 'feed-invalid'],
      ['half of it: a version and no file', () => whole().slice(0, whole().indexOf('files')), 'feed-invalid'],
      [
        'half of it: a file without a checksum',
        () => whole().slice(0, whole().indexOf('sha512')),
        'feed-invalid',
      ],
      ['a version that is none', () => whole().replace('1.1.0', 'newest'), 'feed-invalid'],
    ];
    test.each(cases)('%s', async (_name, answer, fault) => {
      served.set('/latest-linux.yml', answer());
      expect(await look()).toEqual({ is: 'failed', fault, version: null });
      expect(reports).toEqual([`update: ${fault}`]);
      expect(asked.filter((path) => !path.startsWith('/latest'))).toEqual([]);
      served.set('/latest-linux.yml', feed('1.0.0'));
      await clock.advance(hour);
      await expect.poll(() => watch?.state.is).toBe('newest');
    });

    test('a server that is not there', async () => {
      const closed = createServer().listen(0, '127.0.0.1');
      await once(closed, 'listening');
      const { port: gone } = closed.address() as AddressInfo;
      closed.close();
      await once(closed, 'close');
      writeFileSync(
        join(folder, 'app-update.yml'),
        `provider: generic\nurl: http://127.0.0.1:${gone}\nupdaterCacheDirName: postkorb-updater\n`,
      );
      expect(await look()).toEqual({ is: 'failed', fault: 'feed-unreachable', version: null });
    });

    test('a file that is not there', async () => {
      offer('1.1.0');
      served.delete('/Postkorb-1.1.0.AppImage');
      expect(await look()).toEqual({ is: 'failed', fault: 'download-failed', version: '1.1.0' });
    });
  });

  it('"off" asks nobody, "notify" says that there is one and fetches nothing, and each counts from when it is set', async () => {
    offer('1.1.0');
    mode = 'off';
    start();
    await clock.advance(24 * hour);
    await watch?.look();
    expect([asked, told]).toEqual([[], []]);

    mode = 'notify';
    watch?.modeChanged();
    await clock.advance(minute);
    await expect.poll(() => watch?.state).toEqual({ is: 'available', version: '1.1.0' });
    expect(asked).toEqual(['/latest-linux.yml']);

    mode = 'automatic';
    watch?.modeChanged();
    await clock.advance(minute);
    await expect.poll(() => watch?.state.is).toBe('ready');

    // The organisation's word comes while the new version lies ready.
    mode = 'notify';
    watch?.modeChanged();
    expect(watch?.state).toEqual({ is: 'available', version: '1.1.0' });
    expect(watch?.install()).toBe(false);
    app.emit('quit', {}, 0);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe('the old version');
  });

  it.each(['notify', 'off'] as const)('what lies ready is not installed once "%s" is set', async (rule) => {
    offer('1.1.0');
    expect((await look()).is).toBe('ready');
    mode = rule;
    watch?.modeChanged();
    expect(watch?.state.is).not.toBe('ready');
    app.emit('quit', {}, 0);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe('the old version');
  });

  it('a restart is a person’s: it replaces the program, starts the new one and ends this', async () => {
    offer('1.1.0');
    expect(watch?.install() ?? start().install()).toBe(false);
    await look();
    expect(watch?.install()).toBe(true);
    await expect.poll(() => app.quits).toBe(1);
    await expect.poll(() => existsSync(marker())).toBe(true);
    expect(readFileSync(process.env['APPIMAGE']!, 'utf8')).toBe(program(marker()));
  });

  it('an installer that is not signed by its publisher is refused and said (Windows)', async () => {
    writeFileSync(
      join(folder, 'app-update.yml'),
      `provider: generic\nurl: http://127.0.0.1:${port()}\nupdaterCacheDirName: postkorb-updater\npublisherName: [Postkorb]\n`,
    );
    served.set('/latest.yml', feed('1.1.0').replaceAll('AppImage', 'exe'));
    served.set('/Postkorb-1.1.0.exe', program(marker()));
    const updater = new (library().NsisUpdater)();
    Object.assign(updater, { _testOnlyOptions: { platform: 'win32', isUseDifferentialDownload: false } });
    const judged: unknown[] = [];
    let verdict: string | null = 'signed by somebody else';
    updater.verifyUpdateCodeSignature = (names) => {
      judged.push(names);
      return Promise.resolve(verdict);
    };
    start(updater);
    expect(await look()).toEqual({ is: 'failed', fault: 'signature-refused', version: '1.1.0' });
    verdict = null;
    expect(await look()).toEqual({ is: 'ready', version: '1.1.0' });
    expect(judged).toEqual([['Postkorb'], ['Postkorb']]);
  });
});

test.each([
  ['win32', {}, 'installs'],
  ['darwin', {}, 'installs'],
  ['linux', { APPIMAGE: '/x/Postkorb.AppImage' }, 'installs'],
  // A package of the system's (deb, rpm): it has its own way, and the rights for it.
  ['linux', {}, 'tells'],
  ['linux', { FLATPAK_ID: 'eu.postkorb.app' }, 'none'],
  ['linux', { SNAP: '/snap/postkorb/1' }, 'none'],
] as const)('on %s with %j this program %s', (platform, env, role) => {
  expect(updateRole(platform, env)).toBe(role);
});
