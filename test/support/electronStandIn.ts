/**
 * A recorded stand-in of the `electron` module: enough of it that the built main and preload bundles run, everything they ask of it is
 * written down, and a test plays the person and the page. What Electron does by itself (sandbox, fuses, windows) is tested on real
 * Electron alone.
 */
import { EventEmitter } from 'node:events';
import http from 'node:http';

type Listener = (...args: never[]) => unknown;

export interface StandIn {
  /** What `require('electron')` gives. */
  readonly electron: Record<string, unknown>;
  /** Every call by its name ("app.enableSandbox") with its arguments, in order. */
  readonly calls: { name: string; args: readonly unknown[] }[];
  readonly app: EventEmitter;
  readonly windows: StandInWindow[];
  readonly notifications: StandInNotification[];
  /** Plays the page of a window: what its preload sends and invokes. `frame` is the sender; default: the top frame of our own page. */
  send(window: StandInWindow, channel: string, args: readonly unknown[], frame?: object | null): void;
  invoke(
    window: StandInWindow,
    channel: string,
    args: readonly unknown[],
    frame?: object | null,
  ): Promise<unknown>;
  /** The response of our scheme to a GET. */
  fetch(url: string): Response;
  /** Handlers set on the session, by name. */
  readonly session: Record<string, (...args: never[]) => unknown>;
  /** The menu's template, and the tray's. */
  readonly menus: { readonly application: MenuItem[]; readonly tray: MenuItem[] };
  /** What the next question of `dialog` is answered with. */
  answer: {
    showMessageBox: number;
    showSaveDialog: { canceled: boolean; filePath: string };
    showOpenDialog: { canceled: boolean; filePaths: string[] };
  };
  readonly exited: Promise<number>;
}

export interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}

export const ownFrame = {
  parent: null,
  origin: 'postkorb-app://window',
  url: 'postkorb-app://window/index.html',
};

export class StandInContents extends EventEmitter {
  readonly sent: { channel: string; args: readonly unknown[] }[] = [];
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  destroyed = false;
  reloads = 0;
  send(channel: string, ...args: unknown[]): void {
    this.sent.push({ channel, args });
    this.emit('sent', channel, ...args);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  reload(): void {
    this.reloads += 1;
  }
}

export class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents();
  readonly options: Record<string, unknown>;
  shown = false;
  url = '';
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  }
  show(): void {
    this.shown = true;
  }
  hide(): void {
    this.shown = false;
  }
  focus(): void {
    this.shown = true;
  }
  restore(): void {
    this.shown = true;
  }
  maximize(): void {
    this.options['maximized'] = true;
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return false;
  }
  setOverlayIcon(): void {
    // Windows alone.
  }
  getNormalBounds(): { x: number; y: number; width: number; height: number } {
    return { x: 30, y: 40, width: 1111, height: 777 };
  }
}

export class StandInNotification extends EventEmitter {
  readonly options: { title: string; body: string };
  open = false;
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  show(): void {
    this.open = true;
  }
  close(): void {
    this.open = false;
    this.emit('close');
  }
}

export interface StandInOptions {
  readonly userData: string;
  readonly locale?: string;
  /** false: another instance holds the lock. */
  readonly firstInstance?: boolean;
  /** As it is installed, in this version. */
  readonly packaged?: string;
}

export function createElectronStandIn(options: StandInOptions): StandIn {
  const calls: StandIn['calls'] = [];
  const windows: StandInWindow[] = [];
  const notifications: StandInNotification[] = [];
  const session: StandIn['session'] = {};
  const menus: { application: MenuItem[]; tray: MenuItem[] } = { application: [], tray: [] };
  const handlers = new Map<string, Listener>();
  const ipcMain = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const answer: StandIn['answer'] = {
    showMessageBox: 1,
    showSaveDialog: { canceled: true, filePath: '' },
    showOpenDialog: { canceled: true, filePaths: [] },
  };
  let scheme: ((request: { url: string; method: string }) => Response) | null = null;
  const record =
    <T>(name: string, result?: T) =>
    (...args: unknown[]): T => {
      calls.push({ name, args });
      return result as T;
    };

  const app = Object.assign(new EventEmitter(), {
    isPackaged: options.packaged !== undefined,
    getVersion: () => options.packaged ?? '0.0.0',
    getName: () => 'Postkorb',
    getAppPath: () => options.userData,
    releaseSingleInstanceLock: record('app.releaseSingleInstanceLock'),
    relaunch: record('app.relaunch'),
    setName: record('app.setName'),
    setAppUserModelId: record('app.setAppUserModelId'),
    enableSandbox: record('app.enableSandbox'),
    requestSingleInstanceLock: record('app.requestSingleInstanceLock', options.firstInstance ?? true),
    whenReady: () => Promise.resolve(),
    getPath: () => options.userData,
    getLocale: () => options.locale ?? 'en-US',
    setBadgeCount: record('app.setBadgeCount', true),
    setAsDefaultProtocolClient: record('app.setAsDefaultProtocolClient', true),
    exit: (code: number) => exited.resolve(code),
    quit(): void {
      calls.push({ name: 'app.quit', args: [] });
      let prevented = false;
      const event = { preventDefault: () => (prevented = true) };
      app.emit('before-quit', event);
      if (prevented) return;
      app.emit('will-quit', event);
      if (prevented) return;
      app.emit('quit', {}, 0);
      exited.resolve(0);
    },
  });

  class BrowserWindow extends StandInWindow {
    constructor(windowOptions: Record<string, unknown>) {
      super(windowOptions);
      windows.push(this);
      app.emit('web-contents-created', {}, this.webContents);
    }
  }
  class Notification extends StandInNotification {
    static isSupported(): boolean {
      return true;
    }
    constructor(notification: { title: string; body: string }) {
      super(notification);
      notifications.push(this);
    }
  }
  class Tray extends EventEmitter {
    setToolTip = record('tray.setToolTip');
    setContextMenu(menu: { template: MenuItem[] }): void {
      menus.tray = menu.template;
    }
    destroy = record('tray.destroy');
  }
  const setter =
    (name: string) =>
    (handler: (...args: never[]) => unknown): void => {
      session[name] = handler;
    };
  const defaultSession = {
    protocol: {
      handle: (_scheme: string, handler: typeof scheme) => {
        scheme = handler;
      },
    },
    setPermissionRequestHandler: setter('permissionRequest'),
    setPermissionCheckHandler: setter('permissionCheck'),
    setDevicePermissionHandler: setter('devicePermission'),
    setDisplayMediaRequestHandler: setter('displayMedia'),
    on: (name: string, handler: (...args: never[]) => unknown) => setter(name)(handler),
    webRequest: { onBeforeRequest: setter('beforeRequest') },
  };
  const image = { resize: () => image };

  const electron: Record<string, unknown> = {
    app,
    BrowserWindow,
    Notification,
    Tray,
    Menu: {
      buildFromTemplate: (template: MenuItem[]) => ({ template }),
      setApplicationMenu: (menu: { template: MenuItem[] }) => {
        menus.application = menu.template;
      },
    },
    session: { defaultSession, fromPartition: () => ({}) },
    protocol: { registerSchemesAsPrivileged: record('protocol.registerSchemesAsPrivileged') },
    ipcMain: Object.assign(ipcMain, {
      handle: (channel: string, handler: Listener) => handlers.set(channel, handler),
      removeHandler: (channel: string) => handlers.delete(channel),
    }),
    nativeImage: { createFromPath: record('nativeImage.createFromPath', image) },
    nativeTheme: { themeSource: 'system' },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    shell: { openExternal: record('shell.openExternal', Promise.resolve()) },
    dialog: {
      showErrorBox: record('dialog.showErrorBox'),
      showMessageBox: (...args: unknown[]) => {
        calls.push({ name: 'dialog.showMessageBox', args });
        return Promise.resolve({ response: answer.showMessageBox });
      },
      showSaveDialog: (...args: unknown[]) => {
        calls.push({ name: 'dialog.showSaveDialog', args });
        return Promise.resolve(answer.showSaveDialog);
      },
      showOpenDialog: (...args: unknown[]) => {
        calls.push({ name: 'dialog.showOpenDialog', args });
        return Promise.resolve(answer.showOpenDialog);
      },
    },
    powerMonitor: new EventEmitter(),
    // What the library that fetches updates asks for.
    autoUpdater: new EventEmitter(),
    net: {
      request: ({ session: _, redirect: __, ...request }: Record<string, unknown>) =>
        http.request({ ...request, agent: false }),
    },
  };

  const eventOf = (window: StandInWindow, frame: object | null): object => ({
    sender: window.webContents,
    senderFrame: frame,
  });
  return {
    electron,
    calls,
    app,
    windows,
    notifications,
    session,
    menus,
    answer,
    exited: exited.promise,
    send: (window, channel, args, frame = ownFrame) => {
      ipcMain.emit(channel, eventOf(window, frame), ...args);
    },
    invoke: async (window, channel, args, frame = ownFrame) => {
      const handler = handlers.get(channel) as ((...all: unknown[]) => unknown) | undefined;
      if (!handler) throw new Error(`nobody handles ${channel}`);
      return await handler(eventOf(window, frame), ...args);
    },
    fetch: (url) => {
      if (scheme === null) throw new Error('the scheme is not served');
      return scheme({ url, method: 'GET' });
    },
  };
}
