/** The shared config as its administrators edit it: a draft until it is published. */
import { MailError } from '#shared/errors/MailError.ts';
import type { CommandName, HandlersOf, ResponseOf } from '#shared/contract/contract.ts';
import {
  addGroup,
  addUser,
  confirmKey,
  editGroup,
  editUser,
  findGroup,
  findUser,
  removeGroup,
  removeUser,
  retireKey,
  setPolicy,
  setPresets,
} from '#shared/domain/group/configEdits.ts';
import { diffConfigs } from '#shared/domain/group/configDiff.ts';
import type { SharedConfig, UserId } from '#shared/domain/group/config.ts';
import { membersAt } from '#shared/domain/group/configRules.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import type { AccountSecrets } from '#engine/accounts/oauth/accountSecrets.ts';
import { testedFields, type TestTokens } from '#engine/accounts/testToken.ts';
import { fingerprintOf } from '#engine/groups/fingerprint.ts';
import {
  keepPasswords,
  knownGroupCredentials,
  localAccount,
  settingsOf,
  type GroupAccountParts,
} from '#engine/groups/groupAccounts.ts';
import { writeGroupCredentials } from '#engine/groups/groupCredentials.ts';
import type { GroupWork } from '#engine/groups/groupWork.ts';
import type { OrganisationHome } from '#engine/groups/organisation.ts';
import { personOf } from '#engine/groups/people.ts';
import { isGrant, isOfKind, type AccountSecret } from '#engine/secrets/credentials.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';

export interface ConfigDraftParts {
  readonly store: Store;
  readonly home: OrganisationHome;
  readonly work: GroupWork;
  readonly accounts: GroupAccountParts;
  readonly tokens: TestTokens;
  readonly accountSecrets: AccountSecrets;
  /** Where sign-ins for accounts that are not in force yet are kept, by group. */
  readonly signedIn: Map<string, string>;
}

export type ConfigDraftName = Extract<
  CommandName,
  | `groups.${'draft' | 'discardDraft' | 'addUser' | 'editUser' | 'removeUser' | 'confirmKey' | 'retireKey'}`
  | `groups.${'addAccount' | 'editAccount' | 'removeAccount' | 'setPolicy' | 'setPresets'}`
>;

export function createConfigDraftHandlers(parts: ConfigDraftParts): HandlersOf<ConfigDraftName> {
  const { store, home, work, accounts, tokens, accountSecrets, signedIn } = parts;
  const me = (): UserId => home.stored?.me ?? ('' as UserId);
  return {
    'groups.draft': async () => {
      await home.assertAdmin();
      const config = home.edited;
      if (config === null) throw new MailError('no-organisation');
      const keys = [...config.admins.map(({ key }) => key), ...config.users.flatMap((user) => user.keys)];
      return {
        config,
        changes: diffConfigs(home.config, config),
        requests: keyRequests(work, config),
        fingerprints: Object.fromEntries(keys.map((key) => [key, fingerprintOf(key)])),
      };
    },
    'groups.discardDraft': async () => {
      await home.assertAdmin();
      home.discardDraft();
      return {};
    },
    'groups.addUser': (request) =>
      home.edit((config) => {
        const { config: next, user } = addUser(config, request);
        return { config: next, result: { id: user.id, name: user.name } };
      }),
    'groups.editUser': ({ user, name, address, admin }) =>
      home.edit((config) => ({
        config: editUser(config, user, {
          ...(name === undefined ? {} : { name }),
          ...(address === undefined ? {} : { address }),
          ...(admin === undefined ? {} : { admin }),
        }),
        result: {},
      })),
    'groups.removeUser': ({ user }) =>
      home.edit((config, now) => {
        const { id } = findUser(config, user);
        const groups = config.groupAccounts
          .filter((account) => membersAt(account, now).includes(id))
          .map(({ name }) => name);
        return { config: removeUser(config, user, now), result: { groups } };
      }),
    'groups.confirmKey': ({ user, key }) =>
      home.edit((config) => ({ config: confirmKey(config, user, key), result: {} })),
    'groups.retireKey': ({ user, key }) =>
      home.edit((config, now) => ({ config: retireKey(config, user, key, now), result: {} })),
    'groups.addAccount': async ({ settings, credentials, signIn, token, ...work }) => {
      await home.assertAdmin();
      const secret = await accountSecrets.of({ settings, credentials, signIn, keepPasswordsOf: null });
      if (tokens.verify(token, settings, secret) === null) throw new MailError('settings-not-tested');
      const { group, path } = await home.edit((config, now) => {
        const added = addGroup(config, { settings, ...work }, now);
        return {
          config: added.config,
          result: { group: added.group, path: groupPath(added.config, added.group) },
        };
      });
      if (signIn !== null) signedIn.set(path, signIn);
      else if (!isGrant(secret)) await writeGroupCredentials(accounts.secrets, path, secret);
      return { id: group.id, name: group.name };
    },
    'groups.editAccount': async ({
      group,
      settings,
      credentials,
      signIn,
      token,
      members,
      defaultHandler,
      archiveAddress,
      signature,
      ...conduct
    }) => {
      await home.assertAdmin();
      const config = home.edited;
      if (config === null) throw new MailError('no-organisation');
      const account = findGroup(config, group);
      const path = groupPath(config, account);
      const other = credentials !== undefined || signIn !== null;
      const local = localAccount(listAccounts(store.read), path);
      let secret: AccountSecret | null = null;
      if (settings !== undefined) {
        const same = testedFields(settings) === testedFields(settingsOf(config, account, me()));
        if (!same || other) {
          const known = await knownGroupCredentials(accounts, path);
          if (settings.auth === undefined && credentials === undefined && known === null)
            throw new MailError('settings-not-tested');
          secret = await accountSecrets.of({
            settings,
            credentials: credentials ?? null,
            signIn,
            keepPasswordsOf: settings.auth === undefined ? null : (local?.id ?? null),
            otherwise: known,
          });
          if (token === undefined || tokens.verify(token, settings, secret) === null)
            throw new MailError('settings-not-tested');
        }
      } else if (other) throw new MailError('settings-not-tested');
      await home.edit((edited, now) => ({
        config: editGroup(
          edited,
          account.id,
          {
            ...conduct,
            ...(settings === undefined ? {} : { settings }),
            ...(members === undefined ? {} : { members }),
            ...(defaultHandler === undefined ? {} : { defaultHandler }),
            ...(archiveAddress === undefined ? {} : { archiveAddress }),
            ...(signature === undefined ? {} : { signature }),
          },
          now,
        ),
        result: undefined,
      }));
      if (secret === null || !other) return {};
      if (!isGrant(secret)) await writeGroupCredentials(accounts.secrets, path, secret);
      // It passed a test, so it is the mailbox's by now, whatever of it is published when; of the other kind once that is published.
      if (local !== null && isOfKind(local.settings, secret)) {
        await keepPasswords(accounts, path, local.id, secret);
        if (signIn !== null) accountSecrets.saved(signIn);
      } else if (signIn !== null) signedIn.set(path, signIn);
      return {};
    },
    'groups.setPolicy': ({ policy }) =>
      home.edit((config) => ({ config: setPolicy(config, policy), result: {} })),
    'groups.setPresets': ({ presets }) =>
      home.edit((config) => ({ config: setPresets(config, presets), result: {} })),
    'groups.removeAccount': ({ group }) =>
      home.edit((config) => ({ config: removeGroup(config, group), result: {} })),
  };
}

/** Keys that ask to be confirmed, from all logs. */
function keyRequests(work: GroupWork, config: SharedConfig): ResponseOf<'groups.draft'>['requests'] {
  const asked = new Map<string, ResponseOf<'groups.draft'>['requests'][number]>();
  for (const { team } of work.logs) {
    const header = team.store.log?.header;
    for (const { user, key, at } of [...(header?.requests ?? []), ...(header?.enrolled ?? [])]) {
      if (config.users.find(({ id }) => id === user)?.keys.includes(key) !== false) continue;
      asked.set(key, { user: personOf(config, user), key, fingerprint: fingerprintOf(key), at });
    }
  }
  return [...asked.values()];
}

/** First keys that nobody disputes are confirmed by the next publication; a second one of a user is an administrator's decision. */
export function withEnrolled(work: GroupWork, config: SharedConfig): SharedConfig {
  let next = config;
  for (const { team } of work.logs) {
    for (const { user, key, signer } of team.store.log?.header.enrolled ?? []) {
      const known = next.users.find(({ id }) => id === user);
      if (
        known?.active === true &&
        known.keys.length === 0 &&
        (known.retired ?? []).length === 0 &&
        signer === key
      )
        next = confirmKey(next, user, key);
    }
  }
  return next;
}
