import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AccountId } from '#shared/domain/ids.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import { createDesktopTransport, type DesktopBridge, type HostAnswer } from '#shared/rpc/desktopBridge.ts';
import {
  createElectronStandIn,
  ownFrame,
  type MenuItem,
  type StandIn,
  type StandInOptions,
  type StandInWindow,
} from '#test/support/electronStandIn.ts';
import { builtShell, pageOf, shownBy } from '#test/support/electronPage.ts';
import { requireWith } from '#test/support/requireWith.ts';

let folder: string;
let standIn: StandIn;

function start(options: Partial<StandInOptions> = {}): void {
  standIn = createElectronStandIn({ userData: folder, ...options });
  requireWith(join(builtShell, 'main.cjs'), 'electron', standIn.electron);
}

const shown = (): Promise<StandInWindow> => shownBy(standIn);
const openPage = (window: StandInWindow): DesktopBridge => pageOf(standIn, window);

const callsOf = (name: string) => standIn.calls.filter((call) => call.name === name);
const labels = (items: readonly MenuItem[]): string[] =>
  items.flatMap((item) => [item.label ?? '', ...labels(item.submenu ?? [])]).filter((label) => label !== '');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shell-'));
  process.env['POSTKORB_PROFILE'] = join(folder, 'profile');
  process.env['POSTKORB_KEYCHAIN'] = 'off';
});
afterEach(async () => {
  if (standIn.windows.length > 0) {
    (standIn.app as unknown as { quit(): void }).quit();
    expect(await standIn.exited).toBe(0);
  }
  delete process.env['POSTKORB_PROFILE'];
  delete process.env['POSTKORB_KEYCHAIN'];
  rmSync(folder, { recursive: true });
});

describe('the built desktop shell', () => {
  test('a page in its window has no Node and no other world: sandboxed, isolated, denied by default', async () => {
    start();
    const window = await shown();
    expect(callsOf('app.enableSandbox')).toHaveLength(1);
    expect(window.url).toBe('postkorb-app://window/index.html');
    expect(window.options['webPreferences']).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    });
    expect(window.shown).toBe(true);
  });

  test('its own scheme serves the built window under a strict policy, and nothing else', async () => {
    start();
    await shown();
    const page = standIn.fetch('postkorb-app://window/index.html');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe-eval');
    for (const url of [
      'postkorb-app://window/../package.json',
      'postkorb-app://window/%2e%2e/%2e%2e/etc/passwd',
      'postkorb-app://other/index.html',
    ]) {
      expect(standIn.fetch(url).status).toBe(404);
    }
  });

  test('the window reaches the engine through preload, IPC and the engine’s thread', async () => {
    start();
    const bridge = openPage(await shown());
    using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
    expect(await client.call('accounts.list', {})).toEqual({ accounts: [] });
    await expect(client.call('accounts.get', { id: AccountId.parse('nobody') })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('W10: the frame of a mail, a foreign page and a window that is not ours are refused', async () => {
    start();
    const window = await shown();
    const frames = [
      { ...ownFrame, parent: ownFrame },
      { ...ownFrame, origin: 'https://evil.example' },
      { ...ownFrame, origin: 'null' },
      null,
    ];
    for (const frame of frames) {
      const answer = (await standIn.invoke(
        window,
        'postkorb:request',
        ['openExternal', { url: 'https://evil.example' }],
        frame,
      )) as HostAnswer;
      expect(answer).toMatchObject({ ok: false, error: { code: 'not-permitted' } });
      standIn.send(window, 'postkorb:connect', [1], frame);
      standIn.send(
        window,
        'postkorb:message',
        [1, { kind: 'call', id: 1, name: 'accounts.list', request: {} }],
        frame,
      );
    }
    expect(callsOf('shell.openExternal')).toHaveLength(0);
    expect(window.webContents.sent.filter(({ channel }) => channel === 'postkorb:message')).toEqual([]);
  });

  test('navigation, new windows, permissions and downloads are denied', async () => {
    start();
    const { webContents } = await shown();
    let prevented = 0;
    const preventDefault = (): void => {
      prevented += 1;
    };
    webContents.emit('will-navigate', { url: 'https://evil.example/', isMainFrame: true, preventDefault });
    webContents.emit('will-frame-navigate', {
      url: 'https://evil.example/',
      isMainFrame: false,
      preventDefault,
    });
    webContents.emit('will-redirect', { url: 'https://evil.example/', preventDefault });
    webContents.emit('will-attach-webview', { preventDefault });
    expect(prevented).toBe(4);
    expect(webContents.windowOpenHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
    const granted: boolean[] = [];
    const { permissionRequest, permissionCheck, devicePermission, beforeRequest } = standIn.session as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    for (const permission of ['media', 'geolocation', 'notifications', 'openExternal']) {
      permissionRequest?.(webContents, permission, (ok: boolean) => granted.push(ok));
      expect(permissionCheck?.(webContents, permission)).toBe(false);
    }
    expect(granted).toEqual([false, false, false, false]);
    expect(devicePermission?.({})).toBe(false);
    const cancelled: unknown[] = [];
    for (const url of ['https://tracker.example/x.gif', 'postkorb-app://window/index.html', 'blob:x']) {
      beforeRequest?.({ url }, (answer: unknown) => cancelled.push(answer));
    }
    expect(cancelled).toEqual([{ cancel: true }, { cancel: false }, { cancel: false }]);
  });

  test('a link of a mail opens outside only after its true host was shown and agreed to', async () => {
    start();
    const { webContents } = await shown();
    webContents.windowOpenHandler?.({ url: 'https://bank.example@evil.example/login' });
    await expect.poll(() => callsOf('dialog.showMessageBox').length).toBe(1);
    expect(callsOf('dialog.showMessageBox')[0]?.args[1]).toMatchObject({
      message: expect.stringContaining('evil.example') as unknown,
    });
    expect(callsOf('shell.openExternal')).toHaveLength(0);
    standIn.answer.showMessageBox = 0;
    webContents.windowOpenHandler?.({ url: 'https://bank.example@evil.example/login' });
    await expect
      .poll(() => callsOf('shell.openExternal').map(({ args }) => args[0]))
      .toEqual(['https://evil.example/login']);
    for (const url of ['file:///etc/passwd', 'smb://host/share', 'javascript:alert(1)', '\\\\host\\share']) {
      webContents.windowOpenHandler?.({ url });
    }
    expect(callsOf('dialog.showMessageBox')).toHaveLength(2);
  });

  test('W11: a mailto: link at the start opens a draft with the allowed fields only', async () => {
    const argv = process.argv;
    process.argv = [
      'node',
      'app',
      'mailto:info@xyz.test?subject=Hi%0d%0aBcc:x@y.test&attach=/etc/passwd&body=text',
    ];
    try {
      start();
      const bridge = openPage(await shown());
      const events: unknown[] = [];
      bridge.onEvent((event) => events.push(event));
      using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
      await client.call('accounts.list', {});
      expect(events).toEqual([
        {
          kind: 'compose',
          draft: { to: 'info@xyz.test', cc: '', bcc: '', subject: 'Hi Bcc:x@y.test', body: 'text' },
        },
      ]);
    } finally {
      process.argv = argv;
    }
  });

  test('a second start shows the window of the first and hands its links over', async () => {
    start();
    const window = await shown();
    const bridge = openPage(window);
    const events: unknown[] = [];
    bridge.onEvent((event) => events.push(event));
    using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
    await client.call('accounts.list', {});
    window.hide();
    standIn.app.emit('second-instance', {}, ['app', '.', 'postkorb://join?x=1', '--flag', 'notes.txt']);
    expect(window.shown).toBe(true);
    expect(events).toEqual([{ kind: 'join', link: 'postkorb://join?x=1' }]);
  });

  test('a mail that is opened as a file comes to the window; one that cannot be read is said in words', async () => {
    const file = join(folder, 'letter.eml');
    writeFileSync(file, 'Subject: x\r\n\r\n');
    start();
    const bridge = openPage(await shown());
    const events: unknown[] = [];
    bridge.onEvent((event) => events.push(event));
    using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
    await client.call('accounts.list', {});
    standIn.app.emit('second-instance', {}, ['app', '.', file]);
    await expect
      .poll(() => events)
      .toEqual([{ kind: 'open-file', content: new Uint8Array(readFileSync(file)) }]);
    standIn.app.emit('open-file', { preventDefault: () => undefined }, join(folder, 'gone.eml'));
    await expect.poll(() => callsOf('dialog.showErrorBox').length).toBe(1);
    expect(callsOf('dialog.showErrorBox')[0]?.args[0]).toContain('gone.eml');
  });

  test('started with a command it is the command line: no window, an answer, an exit status', async () => {
    const [argv, write] = [process.argv, process.stdout.write];
    let said = '';
    process.argv = ['node', 'app', 'account', 'list', '--json'];
    process.stdout.write = ((text: string, done?: () => void) => {
      said += text;
      done?.();
      return true;
    }) as typeof process.stdout.write;
    try {
      start();
      expect(await standIn.exited).toBe(0);
    } finally {
      process.argv = argv;
      process.stdout.write = write;
      process.exitCode = undefined;
    }
    expect(JSON.parse(said)).toEqual([]);
    expect(standIn.windows).toEqual([]);
    expect(callsOf('app.requestSingleInstanceLock')).toEqual([]);
  });

  test('a second instance ends at once and opens nothing', async () => {
    start({ firstInstance: false });
    await expect(standIn.exited).resolves.toBe(0);
    expect(standIn.windows).toEqual([]);
  });

  test('closing hides the window, remembers its place, and quitting closes everything', async () => {
    start();
    const window = await shown();
    let prevented = false;
    window.emit('close', { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    expect(window.shown).toBe(false);
    expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toEqual({
      x: 30,
      y: 40,
      width: 1111,
      height: 777,
      maximized: false,
    });
    standIn.app.emit('activate');
    expect(window.shown).toBe(true);
  });

  test('a remembered place that no screen shows any more is not used', async () => {
    writeFileSync(
      join(folder, 'window.json'),
      JSON.stringify({ x: 5000, y: 40, width: 900, height: 700, maximized: false }),
    );
    start();
    const { options } = await shown();
    expect(options).toMatchObject({ width: 900, height: 700 });
    expect(options).not.toHaveProperty('x');
  });

  test('a button of a notification comes back with its mail, and opens nothing', async () => {
    start();
    const window = await shown();
    const bridge = openPage(window);
    const events: unknown[] = [];
    bridge.onEvent((event) => events.push(event));
    using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
    await client.call('accounts.list', {});
    const target = { accountId: 'anna', folderId: 1, id: 2 };
    const acts = [
      { act: 'read', label: 'Mark as read' },
      { act: 'archive', label: 'Archive' },
    ];
    await bridge.request('notify', { notification: { title: 'Clara', body: 'Plan', target, acts } });
    expect(standIn.notifications[0]?.options).toMatchObject({
      actions: [
        { type: 'button', text: 'Mark as read' },
        { type: 'button', text: 'Archive' },
      ],
    });
    window.hide();
    standIn.notifications[0]?.emit('action', { actionIndex: 1 });
    await expect.poll(() => events).toEqual([{ kind: 'message-act', act: 'archive', target }]);
    expect(window.shown).toBe(false);
  });

  test('notifications, badge and saving are carried out for the window alone', async () => {
    start();
    const window = await shown();
    const bridge = openPage(window);
    expect(
      await bridge.request('notify', { notification: { title: 'Ben', body: '<b>Hi</b>', tag: 't' } }),
    ).toEqual({
      ok: true,
      value: true,
    });
    expect(standIn.notifications[0]).toMatchObject({
      open: true,
      options: { title: 'Ben', body: '<b>Hi</b>' },
    });
    window.hide();
    standIn.notifications[0]?.emit('click');
    expect(window.shown).toBe(true);
    await bridge.request('setBadge', { unread: 7 });
    expect(callsOf('app.setBadgeCount').at(-1)?.args).toEqual([7]);
    const target = join(folder, 'saved.txt');
    standIn.answer.showSaveDialog = { canceled: false, filePath: target };
    const file = {
      filename: '../../evil.txt',
      contentType: 'text/plain',
      content: new Uint8Array([104, 105]),
    };
    expect(await bridge.request('saveFile', file)).toEqual({ ok: true, value: 'saved' });
    expect(readFileSync(target, 'utf8')).toBe('hi');
    const asked = callsOf('dialog.showSaveDialog')[0]?.args[1] as { defaultPath: string };
    expect(asked.defaultPath).toBe(join(folder, 'evil.txt'));
    standIn.answer.showSaveDialog = { canceled: false, filePath: join(folder, 'no', 'such', 'folder.txt') };
    expect(await bridge.request('saveFile', file)).toMatchObject({
      ok: false,
      error: { code: 'file-unreadable' },
    });
    expect(await bridge.request('runProgram', {})).toMatchObject({
      ok: false,
      error: { code: 'unknown-command' },
    });
    expect(await bridge.request('setBadge', { unread: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input' },
    });
  });

  test('a file that is written piece by piece is there when it is whole, and overwrites nothing that nobody was asked about', async () => {
    start();
    const bridge = openPage(await shown());
    const ask = async (name: string, request: object): Promise<unknown> => {
      const answer = await bridge.request(name, request);
      return answer.ok ? answer.value : answer.error.code;
    };
    const bytes = (text: string) => new Uint8Array(Buffer.from(text));

    expect(await ask('createFile', { filename: 'a.mbox', folder: null })).toBeNull();
    const target = join(folder, 'a.mbox');
    standIn.answer.showSaveDialog = { canceled: false, filePath: target };
    const id = await ask('createFile', { filename: 'a.mbox', folder: null });
    await ask('writeFile', { id, content: bytes('one ') });
    await ask('writeFile', { id, content: bytes('two') });
    expect(existsSync(target)).toBe(false);
    await ask('closeFile', { id, keep: true });
    expect(readFileSync(target, 'utf8')).toBe('one two');

    const stopped = await ask('createFile', { filename: 'a.mbox', folder: null });
    await ask('writeFile', { id: stopped, content: bytes('half') });
    await ask('closeFile', { id: stopped, keep: false });
    expect(readFileSync(target, 'utf8')).toBe('one two');
    expect(await ask('writeFile', { id: stopped, content: bytes('late') })).toBe('not-found');

    expect(await ask('chooseFolder', {})).toBeNull();
    expect(await ask('createFile', { filename: 'b.eml', folder: 77 })).toBe('not-found');
    const chosen = join(folder, 'chosen');
    mkdirSync(chosen);
    standIn.answer.showOpenDialog = { canceled: false, filePaths: [chosen] };
    const place = await ask('chooseFolder', {});
    for (const text of ['first', 'second']) {
      const one = await ask('createFile', { filename: '../b.eml', folder: place });
      await ask('writeFile', { id: one, content: bytes(text) });
      await ask('closeFile', { id: one, keep: true });
    }
    expect(readdirSync(chosen).sort()).toEqual(['b (2).eml', 'b.eml']);
    expect(readFileSync(join(chosen, 'b.eml'), 'utf8')).toBe('first');
  });

  test('menu and tray speak the language of the settings, and act in the window', async () => {
    start({ locale: 'de-DE' });
    const window = await shown();
    expect(labels(standIn.menus.application)).toEqual(
      expect.arrayContaining(['Datei', 'Neue Nachricht', 'Antworten']),
    );
    expect(labels(standIn.menus.tray)).toContain('Postkorb öffnen');
    const bridge = openPage(window);
    const events: unknown[] = [];
    bridge.onEvent((event) => events.push(event));
    using client = createRpcClient(createDesktopTransport(bridge), { report: () => undefined });
    await client.call('settings.set', { language: 'en' });
    await expect.poll(() => labels(standIn.menus.application)).toContain('File');
    const find = (items: readonly MenuItem[]): MenuItem | undefined =>
      items.flatMap((item) => [item, ...(item.submenu ?? [])]).find(({ label }) => label === 'New message');
    find(standIn.menus.application)?.click?.();
    expect(events).toEqual([{ kind: 'menu', action: 'new-message' }]);
  });

  test('a page whose process ended is loaded anew', async () => {
    start();
    const { webContents } = await shown();
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(webContents.reloads).toBe(1);
  });
});
