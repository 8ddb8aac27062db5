/** The app itself: settings, notices, sync runs, remote pictures. The contract's handlers. */
import type { Supervisor } from '#engine/accounts/supervisor.ts';
import type { Network } from '#engine/net/network.ts';
import { fetchRemoteImage } from '#engine/net/remoteImage.ts';
import type { ProfilePaths, SecretStore } from '#engine/ports/ports.ts';
import { getAccount, listAccounts } from '#engine/store/accounts.repo.ts';
import { dismissNotice, listNotices } from '#engine/store/notices.repo.ts';
import { readSettings, writeSettings } from '#engine/store/settings.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { assertFree, settingsUnder } from './policy.ts';
import type { Policy } from '#shared/domain/policy.ts';
import type { appCommands, SyncProgress } from '#shared/contract/app.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface AppHandlerParts {
  readonly store: Store;
  readonly supervisor: Supervisor;
  readonly secrets: SecretStore;
  readonly paths: ProfilePaths;
  readonly version: string;
  readonly locale: string;
  /** What each account's background work is at. */
  readonly progress: () => readonly SyncProgress[];
  /** Pictures on this machine may be fetched: for the demo and for tests. */
  readonly allowLoopbackImages: boolean;
  readonly network: Network;
  readonly policy: () => Policy;
  /** The settings were changed, or what the organisation prescribes of them. */
  readonly onSettings: () => void;
}

type AppCommandName = Extract<CommandName, keyof typeof appCommands>;

export function createAppHandlers(parts: AppHandlerParts): HandlersOf<AppCommandName> {
  const { store, supervisor } = parts;

  /** All active accounts, or the one that is named whatever its state. */
  const chosen = (accountId: AccountId | undefined): AccountId[] => {
    if (accountId === undefined) {
      return listAccounts(store.read)
        .filter(({ active }) => active)
        .map(({ id }) => id);
    }
    if (getAccount(store.read, accountId) === null) throw new MailError('not-found', { what: 'account' });
    return [accountId];
  };

  return {
    'app.info': () =>
      Promise.resolve({
        version: parts.version,
        locale: parts.locale,
        secrets: parts.secrets.kind,
        profile: parts.paths.root,
      }),
    'app.notices': () => Promise.resolve({ notices: listNotices(store.read) }),
    'app.dismissNotice': ({ id }) => {
      store.write((db) => dismissNotice(db, id));
      return Promise.resolve({});
    },
    'settings.get': () => Promise.resolve(settingsUnder(parts.policy(), readSettings(store.read))),
    'settings.set': async (change) => {
      const policy = parts.policy();
      assertFree(policy, change);
      const saved = await Promise.resolve(store.precious((db) => writeSettings(db, change)));
      const settings = settingsUnder(policy, saved);
      if (['logLevel', 'proxy', 'caFiles'].some((key) => Object.hasOwn(change, key))) parts.onSettings();
      return settings;
    },
    'sync.run': async ({ accountId, full }, signal) => ({
      // Side by side: a slow server delays no other account.
      accounts: await Promise.all(chosen(accountId).map((id) => supervisor.syncNow(id, full, signal))),
    }),
    'sync.progress': () => Promise.resolve({ accounts: [...parts.progress()] }),
    'remote.image': async ({ url }, signal) => {
      if (parts.policy().remoteContent === 'never') throw new MailError('policy-remote-content');
      return fetchRemoteImage(url, {
        allowLoopback: parts.allowLoopbackImages,
        network: parts.network,
        signal,
      });
    },
  };
}
