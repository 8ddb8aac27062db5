/**
 * Looks for a newer version, fetches it and installs it at the next start. The feed stands in the package (electron-builder writes it);
 * the library checks the signature (Windows, macOS) or the SHA-512 of the signed feed, refuses a downgrade and keeps to the staged
 * roll-out that the feed names.
 */
import type { AppUpdater } from 'electron-updater';
import type { Clock } from '#shared/base/clock.ts';
import type { Settings } from '#shared/contract/app.ts';
import { drop } from '#shared/base/drop.ts';
import { toDisposable } from '#shared/base/disposables.ts';

export interface UpdateParts {
  readonly updater: Pick<
    AppUpdater,
    'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'checkForUpdates' | 'on' | 'removeListener'
  >;
  readonly clock: Clock;
  /** As the person or the organisation wants it; asked before each look. */
  readonly mode: () => Settings['updates'];
  /** There is one, and it is not fetched. */
  readonly available: (version: string) => void;
  readonly ready: (version: string) => void;
  readonly report: (error: unknown, why: string) => void;
}

const firstLookMs = 60_000;
const intervalMs = 6 * 60 * 60_000;

export function watchForUpdates({ updater, clock, mode, available, ready, report }: UpdateParts): Disposable {
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  const onAvailable = ({ version }: { version: string }): void => {
    if (mode() === 'notify') available(version);
  };
  const onReady = ({ version }: { version: string }): void => ready(version);
  const onError = (error: Error): void => report(error, 'looking for an update');
  updater.on('update-available', onAvailable);
  updater.on('update-downloaded', onReady);
  updater.on('error', onError);
  let timer: Disposable;
  const look = (): void => {
    const wanted = mode();
    updater.autoDownload = wanted === 'automatic';
    if (wanted !== 'off') drop(updater.checkForUpdates(), 'looking for an update', report);
    timer = clock.setTimer(intervalMs, look);
  };
  timer = clock.setTimer(firstLookMs, look);
  return toDisposable(() => {
    timer[Symbol.dispose]();
    updater.removeListener('update-available', onAvailable);
    updater.removeListener('update-downloaded', onReady);
    updater.removeListener('error', onError);
  });
}
