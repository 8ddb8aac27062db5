/**
 * Looks for a newer version, fetches it and installs it at the next start. The feed stands in the package (electron-builder writes it);
 * the library keeps to the staged roll-out that the feed names, refuses a downgrade, and takes a file by its SHA-512 in the feed and, on
 * Windows and macOS, by its signature (docs/packages.md). Nothing here ever restarts the program by itself.
 */
import type { AppUpdater, UpdateInfo } from 'electron-updater';
import type { Clock } from '#shared/base/clock.ts';
import type { Settings } from '#shared/contract/app.ts';
import { drop } from '#shared/base/drop.ts';
import type { UpdateFault, UpdateState } from '#shared/contract/host.ts';

/** How this copy of the program gets to a newer version. */
export type UpdateRole =
  /** By itself. */
  | 'installs'
  /** It can say that there is one; the system's package management installs it, with the rights that this needs. */
  | 'tells'
  /** It is neither its own nor this program's matter. */
  | 'none';

export function updateRole(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): UpdateRole {
  if (platform !== 'linux') return 'installs';
  if (env['FLATPAK_ID'] !== undefined || env['SNAP'] !== undefined) return 'none';
  return env['APPIMAGE'] === undefined ? 'tells' : 'installs';
}

export interface UpdateParts {
  readonly updater: Pick<
    AppUpdater,
    | 'autoDownload'
    | 'autoInstallOnAppQuit'
    | 'allowDowngrade'
    | 'disableWebInstaller'
    | 'logger'
    | 'checkForUpdates'
    | 'downloadUpdate'
    | 'quitAndInstall'
    | 'on'
    | 'removeListener'
  >;
  readonly role: Exclude<UpdateRole, 'none'>;
  readonly clock: Clock;
  /** As the person or the organisation wants it; asked before each step. */
  readonly mode: () => Settings['updates'];
  /** Told of each change. */
  readonly tell: (state: UpdateState) => void;
  readonly report: (error: unknown, why: string) => void;
}

export interface UpdateWatch extends Disposable {
  readonly state: UpdateState;
  /** Looks now, also where it was looked a moment ago; does nothing where looking is switched off. */
  look(): Promise<void>;
  /** The settings or the policy may have changed. */
  modeChanged(): void;
  /** Ends the program, installs what is ready and starts it anew; false: nothing is ready, or it could not be begun. */
  install(): boolean;
}

const firstLookMs = 60_000;
const intervalMs = 6 * 60 * 60_000;
const afterFaultMs = 60 * 60_000;

/** By the codes of electron-updater and builder-util-runtime. */
const faultOfCode: Readonly<Record<string, UpdateFault>> = {
  ERR_UPDATER_INVALID_UPDATE_INFO: 'feed-invalid',
  ERR_UPDATER_INVALID_VERSION: 'feed-invalid',
  ERR_UPDATER_NO_FILES_PROVIDED: 'feed-invalid',
  ERR_UPDATER_NO_CHECKSUM: 'feed-invalid',
  ERR_UPDATER_CHANNEL_FILE_NOT_FOUND: 'feed-missing',
  ERR_CHECKSUM_MISMATCH: 'file-refused',
  ERR_UPDATER_INVALID_SIGNATURE: 'signature-refused',
};

function faultOf(error: unknown, otherwise: UpdateFault): UpdateFault {
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' ? faultOfCode[code] : undefined) ?? otherwise;
}

/** Half a feed can name a version and no file to it. */
function isWhole(info: Partial<UpdateInfo>): boolean {
  return (
    Array.isArray(info.files) &&
    info.files.length > 0 &&
    info.files.every((file: unknown) => {
      const { url, sha512 } = (file ?? {}) as Record<string, unknown>;
      return typeof url === 'string' && typeof sha512 === 'string';
    })
  );
}

export function watchForUpdates(parts: UpdateParts): UpdateWatch {
  const { updater, role, clock, mode, report } = parts;
  updater.autoDownload = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // It would print addresses and stacks; what went wrong is reported by its name.
  updater.logger = null;
  const installs = (): boolean => role === 'installs' && mode() === 'automatic';
  updater.autoInstallOnAppQuit = installs();

  let state: UpdateState = { is: 'idle' };
  let timer: Disposable;
  let looking: Promise<void> | null = null;
  let lastMode = mode();
  let installFailed = false;
  const become = (next: UpdateState): void => {
    state = next;
    parts.tell(next);
  };
  const failed = (error: unknown, fault: UpdateFault, version: string | null): void => {
    report(error, `update: ${fault}`);
    become({ is: 'failed', fault, version });
  };
  const lookAgainIn = (ms: number): void => {
    timer[Symbol.dispose]();
    timer = clock.setTimer(ms, () => drop(look(), 'looking for an update', report));
  };

  const fetch = async (version: string): Promise<void> => {
    become({ is: 'downloading', version, percent: 0 });
    try {
      await updater.downloadUpdate();
    } catch (error) {
      failed(error, faultOf(error, 'download-failed'), version);
      return;
    }
    // Switched off meanwhile: what lies there is not installed.
    if (installs()) become({ is: 'ready', version });
    else become({ is: 'available', version });
  };
  const lookOnce = async (): Promise<void> => {
    become({ is: 'looking' });
    let found: Awaited<ReturnType<AppUpdater['checkForUpdates']>>;
    try {
      found = await updater.checkForUpdates();
    } catch (error) {
      failed(error, faultOf(error, isReached(error) ? 'feed-invalid' : 'feed-unreachable'), null);
      return;
    }
    if (!found?.isUpdateAvailable || mode() === 'off') {
      become({ is: 'newest', checkedAt: clock.now() });
      return;
    }
    const { updateInfo } = found;
    if (!isWhole(updateInfo)) failed(new Error('half a feed'), 'feed-invalid', null);
    else if (installs()) await fetch(updateInfo.version);
    else become({ is: 'available', version: updateInfo.version });
  };
  const look = (): Promise<void> => {
    // What is ready stays so until the next start.
    if (mode() === 'off' || state.is === 'ready') {
      lookAgainIn(intervalMs);
      return Promise.resolve();
    }
    looking ??= lookOnce().finally(() => {
      looking = null;
      lookAgainIn(state.is === 'failed' ? afterFaultMs : intervalMs);
    });
    return looking;
  };

  const onProgress = ({ percent }: { percent: number }): void => {
    const whole = Math.floor(percent);
    if (state.is === 'downloading' && whole > state.percent) become({ ...state, percent: whole });
  };
  // Each fault also rejects the call that met it; this is for those of the installer.
  const onError = (error: Error): void => {
    if (looking !== null) return;
    installFailed = true;
    failed(error, 'install-failed', 'version' in state ? state.version : null);
  };
  updater.on('download-progress', onProgress);
  updater.on('error', onError);
  timer = clock.setTimer(firstLookMs, () => drop(look(), 'looking for an update', report));

  return {
    get state() {
      return state;
    },
    look,
    modeChanged() {
      const now = mode();
      updater.autoInstallOnAppQuit = installs();
      if (now === lastMode) return;
      lastMode = now;
      if (state.is === 'ready' && !installs()) become({ is: 'available', version: state.version });
      if (now === 'off') become({ is: 'idle' });
      else lookAgainIn(firstLookMs);
    },
    install() {
      if (state.is !== 'ready' || !installs()) return false;
      installFailed = false;
      updater.quitAndInstall(true, true);
      return !installFailed;
    },
    [Symbol.dispose]() {
      timer[Symbol.dispose]();
      updater.removeListener('download-progress', onProgress);
      updater.removeListener('error', onError);
    },
  };
}

/** Whether a server answered at all: what it said is then the fault. */
function isReached(error: unknown): boolean {
  const { code, statusCode, message } = (error ?? {}) as {
    code?: unknown;
    statusCode?: unknown;
    message?: unknown;
  };
  if (typeof statusCode === 'number') return false;
  // Of Node's sockets and of Chromium's.
  const ofNetwork = typeof code === 'string' && /^E[A-Z]+$|^ERR_(?!UPDATER)/.test(code);
  return !ofNetwork && !(typeof message === 'string' && message.startsWith('net::'));
}
