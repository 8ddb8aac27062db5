/**
 * Looks for a newer version, fetches it and installs it at the next start. The feed stands in the package (electron-builder writes it);
 * the library checks the signature (Windows, macOS) or the SHA-512 of the signed feed, refuses a downgrade and keeps to the staged
 * roll-out that the feed names.
 */
import type { AppUpdater } from 'electron-updater';
import type { Clock } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import { toDisposable } from '#shared/base/disposables.ts';

export interface UpdateParts {
  readonly updater: Pick<
    AppUpdater,
    'autoDownload' | 'autoInstallOnAppQuit' | 'allowDowngrade' | 'checkForUpdates' | 'on' | 'removeListener'
  >;
  readonly clock: Clock;
  readonly ready: (version: string) => void;
  readonly report: (error: unknown, why: string) => void;
}

const firstLookMs = 60_000;
const intervalMs = 6 * 60 * 60_000;

export function watchForUpdates({ updater, clock, ready, report }: UpdateParts): Disposable {
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  const onReady = ({ version }: { version: string }): void => ready(version);
  const onError = (error: Error): void => report(error, 'looking for an update');
  updater.on('update-downloaded', onReady);
  updater.on('error', onError);
  let timer: Disposable;
  const look = (): void => {
    drop(updater.checkForUpdates(), 'looking for an update', report);
    timer = clock.setTimer(intervalMs, look);
  };
  timer = clock.setTimer(firstLookMs, look);
  return toDisposable(() => {
    timer[Symbol.dispose]();
    updater.removeListener('update-downloaded', onReady);
    updater.removeListener('error', onError);
  });
}
