/** A newer version in the built shell: the real library over a feed on this machine, a stand-in of Electron, a mail that is not sent yet. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';
import type { UpdateState } from '#shared/contract/host.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import { createDesktopHost, createDesktopTransport } from '#shared/rpc/desktopBridge.ts';
import { builtShell, pageOf, shownBy } from '#test/support/electronPage.ts';
import { createElectronStandIn, type StandIn } from '#test/support/electronStandIn.ts';
import { requireWith, standInFor } from '#test/support/requireWith.ts';

const password = 'geheim';
let owned: AsyncDisposableStack;
let folder: string;
let feed: Server;
let mail: MailServer;
let standIn: StandIn;

const installed = (): string => readFileSync(join(folder, 'Postkorb.AppImage'), 'utf8');
const started = (): string => join(folder, 'started');
const quit = (): void => (standIn.app as unknown as { quit(): void }).quit();
const questions = (): unknown[] => standIn.calls.filter(({ name }) => name === 'dialog.showMessageBox');

beforeEach(async () => {
  owned = new AsyncDisposableStack();
  folder = mkdtempSync(join(tmpdir(), 'postkorb-updates-'));
  owned.defer(() => rmSync(folder, { recursive: true }));
  // It says whether it was started, or only put in place.
  const program = `#!/bin/sh\necho "$APPIMAGE_EXIT_AFTER_INSTALL" > '${started()}'\n`;
  const sha512 = createHash('sha512').update(program).digest('base64');
  feed = createServer(({ url = '' }, answer) => {
    answer.setHeader('connection', 'close');
    answer.end(
      url.includes('.yml')
        ? `version: 1.1.0\nfiles:\n  - url: new.AppImage\n    sha512: ${sha512}\n    size: ${String(program.length)}\n`
        : program,
    );
  });
  feed.listen(0, '127.0.0.1');
  await once(feed, 'listening');
  owned.defer(async () => {
    feed.close();
    feed.closeAllConnections();
    await once(feed, 'close');
  });
  const { port } = feed.address() as AddressInfo;
  writeFileSync(
    join(folder, 'app-update.yml'),
    `provider: generic\nurl: http://127.0.0.1:${String(port)}\nupdaterCacheDirName: updater\n`,
  );
  writeFileSync(join(folder, 'Postkorb.AppImage'), 'the old version');
  mail = owned.use(
    await startMailServer({
      domain: 'xyz.test',
      users: [{ login: 'anna', password, addresses: ['anna@xyz.test'] }],
    }),
  );
  const before = { env: { ...process.env }, argv: process.argv };
  Object.assign(process.env, {
    APPIMAGE: join(folder, 'Postkorb.AppImage'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    TEST_UPDATER_ARCH: 'x64',
    POSTKORB_PROFILE: join(folder, 'profile'),
    POSTKORB_KEYCHAIN: 'off',
  });
  Object.assign(process, { resourcesPath: folder, argv: ['postkorb'] });
  owned.defer(() => {
    process.argv = before.argv;
    Reflect.deleteProperty(process, 'resourcesPath');
    for (const name of Object.keys(process.env))
      if (!(name in before.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before.env);
  });
  mkdirSync(join(folder, 'data'));
  standIn = createElectronStandIn({ userData: join(folder, 'data'), packaged: '1.0.0' });
  owned.use(standInFor('electron', standIn.electron));
  renewLibrary();
  requireWith(join(builtShell, 'main.cjs'), 'electron', standIn.electron);
});
afterEach(() => owned.disposeAsync());

/** The library has one updater for each process, made for the first program that it met. */
function renewLibrary(): void {
  const require = createRequire(import.meta.url);
  const { autoUpdater } = require('electron-updater') as { autoUpdater: object };
  const { ElectronAppAdapter } = require('electron-updater/out/ElectronAppAdapter') as {
    ElectronAppAdapter: new (app: unknown) => object;
  };
  Object.assign(autoUpdater, {
    app: new ElectronAppAdapter(standIn.app),
    quitAndInstallCalled: false,
    quitHandlerAdded: false,
    downloadedUpdateHelper: null,
    // Forgets what it read of another.
    updateConfigPath: join(folder, 'app-update.yml'),
  });
}

/** The window of the program: an account in it, the newer version ready, and a mail that may still be taken back. */
async function withUnsentMail() {
  const window = await shownBy(standIn);
  const bridge = pageOf(standIn, window);
  const client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
  owned.use(client);
  const host = createDesktopHost(bridge);
  const states: UpdateState[] = [];
  host.onEvent((event) => {
    if (event.kind === 'update') states.push(event.state);
  });
  const server = (port: number) => ({ host: mail.host, port, security: 'none' as const, user: 'anna' });
  const own = {
    settings: {
      name: 'Anna',
      address: 'anna@xyz.test',
      displayName: '',
      imap: server(mail.ports.imap),
      smtp: server(mail.ports.smtp),
      archiveAddress: null,
      tls: { trust: 'system' as const },
    },
    credentials: { imapPassword: password, smtpPassword: null },
  };
  const { token } = await client.call('accounts.test', own);
  const { id: accountId } = await client.call('accounts.save', { ...own, id: null, token, active: true });
  await host.lookForUpdate();
  await expect.poll(() => states.at(-1)).toEqual({ is: 'ready', version: '1.1.0' });
  const draft = await client.call('drafts.create', { accountId });
  const content = { ...draft.content, to: 'anna@xyz.test', subject: 'To myself', text: 'Hello' };
  await client.call('drafts.save', { id: draft.id, accountId, content });
  return { window, host, client, send: () => client.call('outbox.send', { draftId: draft.id }) };
}

test('who quits while a mail is not sent is asked; when he does, the new version is put in its place', async () => {
  const { window, client, send } = await withUnsentMail();
  window.shown = false;
  await send();
  standIn.answer.showMessageBox = 0;
  quit();
  await expect.poll(questions).toHaveLength(1);
  expect(questions()[0]).toMatchObject({
    args: [window, { message: 'A mail is not sent yet.', buttons: ['Keep running', 'Quit'] }],
  });
  expect(window.shown).toBe(true);
  // It runs on, and so does its engine.
  expect(await client.call('accounts.list', {})).toMatchObject({ accounts: [{ name: 'Anna' }] });
  expect(installed()).toBe('the old version');
  standIn.answer.showMessageBox = 1;
  quit();
  expect(await standIn.exited).toBe(0);
  expect(questions()).toHaveLength(2);
  expect(installed()).toContain('#!/bin/sh');
  await expect.poll(() => existsSync(started()) && readFileSync(started(), 'utf8')).toBe('true\n');
});

test('a restart to update closes the engine first, asks nobody twice, and starts the new version', async () => {
  const { host, send } = await withUnsentMail();
  await send();
  expect(await host.installUpdate()).toBe(true);
  expect(await standIn.exited).toBe(0);
  expect(questions()).toEqual([]);
  expect(existsSync(join(folder, 'profile', 'mail.sqlite-wal'))).toBe(false);
  const names = standIn.calls.map(({ name }) => name);
  expect(names.indexOf('app.releaseSingleInstanceLock')).toBeLessThan(names.indexOf('app.quit'));
  expect(installed()).toContain('#!/bin/sh');
  await expect.poll(() => existsSync(started()) && readFileSync(started(), 'utf8')).toBe('\n');
});
