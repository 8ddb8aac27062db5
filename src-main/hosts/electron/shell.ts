/** The desktop shell: wires Electron's parts to ours, and owns them. Everything that can be decided without Electron is decided elsewhere. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserWindow, WebContents } from 'electron';
import type * as Electron from 'electron';
import type { AppUpdater } from 'electron-updater';
import { DisposableStore } from '#shared/base/disposables.ts';
import { drop } from '#shared/base/drop.ts';
import type { Settings } from '#shared/contract/app.ts';
import type { HostBridge, HostCapabilities, HostEvent, MenuAction } from '#shared/contract/host.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { createTranslate, resolveLanguage, type Translate } from '#shared/i18n/translate.ts';
import { readAssets } from '#hosts/node/assets.ts';
import type { EngineConnection } from '#hosts/node/connectEngine.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { serveAppScheme } from './appProtocol.ts';
import { createAttention } from './attention.ts';
import { channels } from './channels.ts';
import { bridgeEngine } from './engineBridge.ts';
import { createExternalLinks } from './externalLinks.ts';
import { answerHostRequests } from './hostRequests.ts';
import { readLaunchArgument, readLaunchArguments, type LaunchRequest } from './launchArguments.ts';
import { openMainWindow } from './mainWindow.ts';
import { setMenu } from './menu.ts';
import { isOwnPage } from './senderCheck.ts';
import { countUnsent, letThrough } from './unsentMail.ts';
import { watchForUpdates, type UpdateRole, type UpdateWatch } from './updates.ts';
import { denyByDefault, denyPermissions } from './windowSecurity.ts';

export interface ShellParts {
  readonly electron: typeof Electron;
  readonly engine: EngineConnection;
  readonly platform: NodeJS.Platform;
  readonly argv: readonly string[];
  /** What the system handed over before the shell listened. */
  readonly opened?: readonly string[];
  /** Folder of the built files: renderer/, electron/preload.cjs, icons. */
  readonly dist: string;
  readonly resources: string;
  /** null: newer versions are not this program's matter. */
  readonly updates: { readonly updater: AppUpdater; readonly role: Exclude<UpdateRole, 'none'> } | null;
  readonly report: (error: unknown, why: string) => void;
}

const platforms: Partial<Record<NodeJS.Platform, HostBridge['platform']>> = {
  win32: 'windows',
  darwin: 'macos',
  linux: 'linux',
};

/** Call once the app is ready and holds the single-instance lock. Resolves when the window is being shown. */
export async function startShell(parts: ShellParts): Promise<void> {
  const { electron, engine, platform, report, dist, resources } = parts;
  const { app, BrowserWindow: Window, Menu, session } = electron;
  const owned = new DisposableStore();
  const trusted = new Set<WebContents>();
  const { client } = engine;
  let window: BrowserWindow | null = null;
  let quitting = false;
  let language = resolveLanguage('system', app.getLocale());
  let translate: Translate = createTranslate(language);
  /** Told once the page listens: a start by a link must not be lost. */
  let early: HostEvent[] | null = [];

  const quit = (): void => app.quit();
  const tell = (event: HostEvent): void => {
    if (early) early.push(event);
    else window?.webContents.send(channels.event, event);
  };
  const act = (action: MenuAction): void => {
    showWindow();
    tell({ kind: 'menu', action });
  };

  const icon = electron.nativeImage.createFromPath(join(resources, 'icons', 'icon.png'));
  const attention = owned.add(
    createAttention({
      app,
      Notification: electron.Notification,
      Tray: electron.Tray,
      Menu,
      icon: platform === 'win32' || platform === 'linux' ? icon.resize({ width: 32, height: 32 }) : icon,
      platform,
      translate: () => translate,
      window: () => window,
      showWindow: () => showWindow(),
      tell,
      act,
      quit,
    }),
  );

  const can: HostCapabilities = {
    notify: electron.Notification.isSupported(),
    badge: true,
    saveFile: true,
    openExternal: true,
    tray: platform !== 'darwin',
    mailto: true,
    updates: parts.updates !== null,
  };
  const assets = await readAssets(join(dist, 'renderer'));
  serveAppScheme(session.defaultSession, assets);
  denyPermissions(session.defaultSession);

  const links = createExternalLinks({
    shell: electron.shell,
    dialog: electron.dialog,
    window: () => window,
    translate: () => translate,
    compose: (draft) => tell({ kind: 'compose', draft }),
    report,
  });
  denyByDefault(app, {
    onLink: (url) => drop(links.follow(url), 'following a link', report),
  });

  const bridge = owned.add(
    bridgeEngine({
      ipcMain: electron.ipcMain,
      trusted: (event) => isOwnPage(event, trusted),
      openTransport: () => {
        // A page that connects listens to events as well.
        const waiting = early ?? [];
        early = null;
        queueMicrotask(() => {
          waiting.forEach(tell);
          // A page that is loaded anew knows nothing of it.
          if (watch && watch.state.is !== 'idle') tell({ kind: 'update', state: watch.state });
        });
        return engine.openTransport();
      },
      report,
    }),
  );
  owned.add(
    answerHostRequests({
      ipcMain: electron.ipcMain,
      dialog: electron.dialog,
      trusted: (event) => isOwnPage(event, trusted),
      window: () => window,
      downloads: () => app.getPath('downloads'),
      notify: (notification) => attention.notify(notification),
      setBadge: (unread) => attention.setBadge(unread),
      openExternal: (url) => links.open(url),
      makeDefaultMailProgram: () => app.setAsDefaultProtocolClient('mailto'),
      lookForUpdate: () => watch?.look() ?? Promise.resolve(),
      installUpdate: () => installUpdate(),
      report,
    }),
  );

  let ownKeys = false;
  const relabel = (): void => {
    setMenu(Menu, { translate, macos: platform === 'darwin', ownKeys, act, quit });
    attention.relabel();
  };
  // Until the settings are read nothing is fetched.
  let updates: Settings['updates'] = 'off';
  let watch: UpdateWatch | null = null;
  const followSettings = async (): Promise<void> => {
    const settings = await client.call('settings.get', {});
    electron.nativeTheme.themeSource = settings.theme;
    updates = settings.updates;
    watch?.modeChanged();
    language = resolveLanguage(settings.language, app.getLocale());
    translate = createTranslate(language);
    ownKeys = settings.keymap !== 'postkorb' || Object.keys(settings.shortcuts).length > 0;
    relabel();
  };
  relabel();
  const readSettings = (): void =>
    drop(followSettings(), 'reading the settings', (error, why) => {
      if (!quitting) report(error, why);
    });
  readSettings();
  owned.add(
    client.on('changed', ({ changes }) => {
      if (changes.some(({ kind }) => kind === 'settings')) readSettings();
    }),
  );

  const open = (): BrowserWindow => {
    const opened = openMainWindow({
      BrowserWindow: Window,
      screen: electron.screen,
      preload: join(dist, 'electron', 'preload.cjs'),
      stateFile: join(app.getPath('userData'), 'window.json'),
      icon,
      boot: { platform: platforms[platform] ?? 'other', can },
      hidesOnClose: () => !quitting,
      report,
    });
    const contents = opened.webContents;
    trusted.add(contents);
    contents.once('destroyed', () => trusted.delete(contents));
    opened.on('closed', () => {
      if (window === opened) window = null;
    });
    return opened;
  };
  function showWindow(): void {
    if (window === null) {
      window = open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  const launch = (request: LaunchRequest): void => {
    showWindow();
    if (request.kind === 'compose') tell(request);
    else if (request.kind === 'join') tell({ kind: 'join', link: request.link });
    else drop(openFile(request.path), 'opening a mail file', failedToOpen);
  };
  /** A mail as a file is shown like any other: hostile. */
  const openFile = async (path: string): Promise<void> => {
    try {
      const { size } = await stat(path);
      if (size > maxMailFile) throw new MailError('mail-too-large', { size, limit: maxMailFile });
      tell({ kind: 'open-file', content: new Uint8Array(await readFile(path)) });
    } catch (error) {
      if (error instanceof MailError) throw error;
      throw new MailError('file-unreadable', { file: path }, { cause: error });
    }
  };
  const failedToOpen = (error: unknown, why: string): void => {
    report(error, why);
    const { message, hint } = errorText(toWire(error), language);
    electron.dialog.showErrorBox(message, hint);
  };

  app.on('second-instance', (_event, argv) => {
    showWindow();
    readLaunchArguments(argv, app.isPackaged).forEach(launch);
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const request = readLaunchArgument(url);
    if (request) launch(request);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    const request = readLaunchArgument(path);
    if (request) launch(request);
  });
  app.on('activate', showWindow);
  // The tray keeps the app alive; without this Electron quits with its last window.
  app.on('window-all-closed', () => undefined);
  electron.powerMonitor.on('resume', () => {
    tell({ kind: 'resumed' });
    drop(client.call('sync.run', {}), 'looking for mail after waking up', report);
  });
  app.setAsDefaultProtocolClient('postkorb');

  if (parts.updates) {
    watch = owned.add(
      watchForUpdates({
        ...parts.updates,
        clock: systemClock(),
        mode: () => updates,
        tell: (state) => tell({ kind: 'update', state }),
        report,
      }),
    );
  }

  let closed = false;
  let closing: Promise<void> | null = null;
  /** What was done is on disk; the engine still closes its connections and its store in order, within a bound. */
  const close = (): Promise<void> => {
    closing ??= (async () => {
      try {
        // Cut off in the middle, nobody would know whether it was sent.
        await within(patienceMs, letThrough(client)).catch(() => undefined);
        // Its thread does not end before the window's way to it does.
        bridge[Symbol.dispose]();
        await within(patienceMs, engine[Symbol.asyncDispose]());
      } finally {
        closed = true;
      }
    })();
    return closing;
  };
  engine.onLost((error) => {
    if (closing !== null) return;
    report(error, 'the engine is gone');
    electron.dialog.showErrorBox(translate('app.startFailed'), translate('app.startFailed.hint'));
    app.exit(1);
  });

  let mayQuit = false;
  let asking = false;
  /** Who sent a mail a moment ago believes it on its way: quitting now would leave it here until the next start. */
  const askToQuit = async (): Promise<void> => {
    const count = await within(patienceMs, countUnsent(client)).catch(() => 0);
    if (count !== undefined && count > 0) {
      showWindow();
      const question = {
        type: 'question' as const,
        message: translate('quit.unsent', { count }),
        detail: translate('quit.unsent.detail'),
        buttons: [translate('quit.stay'), translate('quit.anyway')],
        defaultId: 0,
        cancelId: 0,
      };
      const { response } = await (window === null
        ? electron.dialog.showMessageBox(question)
        : electron.dialog.showMessageBox(window, question));
      if (response === 0) return;
    }
    mayQuit = true;
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (mayQuit || closing !== null) {
      quitting = true;
      return;
    }
    event.preventDefault();
    if (asking) return;
    asking = true;
    drop(
      askToQuit().finally(() => (asking = false)),
      'asking before quitting',
      report,
    );
  });
  app.on('will-quit', (event) => {
    owned[Symbol.dispose]();
    if (closed) return;
    event.preventDefault();
    drop(
      close().finally(() => app.quit()),
      'closing the engine',
      report,
    );
  });
  /** The new version may start before this one has ended: by then it must find profile and lock free. */
  const installUpdate = async (): Promise<boolean> => {
    const ready = watch;
    if (ready?.state.is !== 'ready' || updates !== 'automatic') return false;
    quitting = true;
    await close();
    app.releaseSingleInstanceLock();
    if (!ready.install()) {
      // Without an engine this window is of no use any more.
      app.relaunch();
      app.quit();
    }
    return true;
  };

  window = open();
  readLaunchArguments(parts.argv, app.isPackaged).forEach(launch);
  for (const argument of parts.opened ?? []) {
    const request = readLaunchArgument(argument);
    if (request) launch(request);
  }
}

/** undefined: it took longer. */
async function within<T>(ms: number, work: PromiseLike<T>): Promise<T | undefined> {
  const end = Promise.withResolvers<undefined>();
  using _ = systemClock().setTimer(ms, () => end.resolve(undefined));
  return await Promise.race([work, end.promise]);
}

/** So long an engine may take to close when the app quits. */
const patienceMs = 5000;
const maxMailFile = 100 * 1024 * 1024;
