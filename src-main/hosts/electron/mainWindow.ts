/** The window: made once, shown again when it is hidden, its place remembered. */
import type { BrowserWindow, BrowserWindowConstructorOptions, NativeImage, Screen } from 'electron';
import type { HostBridge, HostCapabilities } from '#shared/contract/host.ts';
import { windowUrl } from './appProtocol.ts';
import { bootArgument } from './channels.ts';
import { readWindowState, writeWindowState } from './windowState.ts';

export interface MainWindowParts {
  readonly BrowserWindow: typeof BrowserWindow;
  readonly screen: Pick<Screen, 'getAllDisplays'>;
  readonly preload: string;
  readonly stateFile: string;
  readonly icon: NativeImage;
  readonly boot: { readonly platform: HostBridge['platform']; readonly can: HostCapabilities };
  /** Closing hides the window where a tray or a dock brings it back, and mail goes on arriving. */
  readonly hidesOnClose: () => boolean;
  readonly report: (error: unknown, why: string) => void;
}

/** A page in this window has no Node, no other world than its own, and no way around the policy. */
export function windowOptions(
  parts: Pick<MainWindowParts, 'preload' | 'boot' | 'icon'>,
): BrowserWindowConstructorOptions {
  return {
    title: 'Postkorb',
    show: false,
    minWidth: 420,
    minHeight: 320,
    icon: parts.icon,
    // The colour of the empty window until the page is there; the page's own follows the theme.
    backgroundColor: '#f6f7f8',
    webPreferences: {
      preload: parts.preload,
      additionalArguments: [`${bootArgument}${JSON.stringify(parts.boot)}`],
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: true,
    },
  };
}

export function openMainWindow(parts: MainWindowParts): BrowserWindow {
  const { stateFile, screen } = parts;
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { maximized = false, ...bounds } = readWindowState(stateFile, areas);
  const window = new parts.BrowserWindow({ ...windowOptions(parts), ...bounds });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    if (!parts.hidesOnClose()) return;
    event.preventDefault();
    window.hide();
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    parts.report(new Error(reason), 'the window’s process ended');
    // Drafts are on disk: a fresh page finds them again.
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
  window.loadURL(windowUrl).catch((error: unknown) => parts.report(error, 'loading the window'));
  return window;
}
