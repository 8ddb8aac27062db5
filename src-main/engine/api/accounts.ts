/** Accounts: list, test, save, remove. The contract's handlers; nothing is saved here that was not tested or asked to be inactive. */
import { noteSizeLimit, sizeLimitOf } from '#engine/send/sizeLimit.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkAccountRules, type SystemAddresses } from '#engine/accounts/accountRules.ts';
import type { TestConnection } from '#engine/accounts/connectionTest.ts';
import type { Supervisor } from '#engine/accounts/supervisor.ts';
import { testedFields, type TestProof, type TestTokens } from '#engine/accounts/testToken.ts';
import type { Clock, Ids, Log, ProfilePaths, SecretStore } from '#engine/ports/ports.ts';
import type { AccountSecrets } from '#engine/accounts/oauth/accountSecrets.ts';
import {
  deleteCredentials,
  readCredentials,
  secretIdentity,
  writeCredentials,
  type AccountSecret,
} from '#engine/secrets/credentials.ts';
import {
  accountQueues,
  deleteAccount,
  getAccount,
  insertAccount,
  listAccounts,
  setAccountActive,
  updateAccount,
  type StoredAccount,
} from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type {
  AccountRow,
  ConnectionTest,
  ServerFacts,
  ServerTest,
  accountCommands,
} from '#shared/contract/accounts.ts';
import type { CommandName, HandlersOf, ParsedRequestOf, PayloadOf } from '#shared/contract/contract.ts';
import {
  byAccountName,
  expectedLogins,
  type AccountSettings,
  type Credentials,
} from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface AccountHandlerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly secrets: SecretStore;
  readonly paths: ProfilePaths;
  readonly locale: string;
  readonly supervisor: Supervisor;
  readonly testConnection: TestConnection;
  readonly tokens: TestTokens;
  /** Of what came along, or is kept: what is tested and saved. */
  readonly accountSecrets: AccountSecrets;
  /** Emits the event `accounts.testStep`. */
  readonly tellTestStep: (step: PayloadOf<'accounts.testStep'>) => void;
  /** Addresses of the organisation: an archive must lie outside of them too. */
  readonly systemAddresses: SystemAddresses;
  /** What else forbids these settings (a group account's mailbox as a personal account, a policy). Throws the reason. */
  readonly forbid: (id: AccountId | null, settings: AccountSettings) => void;
  /** The policy alone. Throws its reason. */
  readonly permit: (id: AccountId | null, settings: AccountSettings) => void;
  /** Throws `not-permitted` for everybody but administrators of the organisation. */
  readonly assertAdmin: () => Promise<void>;
  /** The passwords of a group account, as far as they are known on this machine. */
  readonly groupCredentials: (group: string) => Promise<Credentials | null>;
  /** As an account works here: with what the organisation prescribes. */
  readonly underPolicy: (settings: AccountSettings, group: boolean) => AccountSettings;
}

type AccountCommandName = Extract<CommandName, keyof typeof accountCommands>;

export function createAccountHandlers(parts: AccountHandlerParts): HandlersOf<AccountCommandName> {
  const { store, secrets, supervisor, tokens } = parts;

  const stored = (id: AccountId): StoredAccount => {
    const account = getAccount(store.read, id);
    if (account === null) throw new MailError('not-found', { what: 'account' });
    return account;
  };

  /** Group accounts come from the organisation's signed config and are changed there. */
  const assertPersonal = (account: StoredAccount): void => {
    if (account.group !== null) throw new MailError('not-permitted', { what: 'group account' });
  };

  /** What came along, else what is kept for the account that is edited, else the passwords of a group account. */
  const secretOf = async (request: {
    settings: AccountSettings;
    credentials: Credentials | null;
    signIn: string | null;
    keepPasswordsOf: AccountId | null;
    keepPasswordsOfGroup?: string | undefined;
  }): Promise<AccountSecret> => {
    const { keepPasswordsOfGroup: group } = request;
    const otherwise = group === undefined ? null : await parts.groupCredentials(group);
    // A sign-in to a group account is kept where that account is.
    const own = listAccounts(store.read).find((account) => group !== undefined && account.group === group);
    const keepPasswordsOf =
      request.keepPasswordsOf ?? (request.settings.auth === undefined ? null : (own?.id ?? null));
    return parts.accountSecrets.of({ ...request, keepPasswordsOf, otherwise });
  };

  async function test(
    settings: AccountSettings,
    credentials: AccountSecret,
    signal: AbortSignal,
    watch?: string,
  ): Promise<ConnectionTest> {
    await parts.accountSecrets.assertFresh(credentials, signal);
    const { sizeLimit, ...outcome } = await parts.testConnection(
      settings,
      credentials,
      signal,
      (server, step) => {
        if (watch !== undefined) parts.tellTestStep({ watch, server, step });
      },
    );
    const proof: TestProof = { pollMinutes: outcome.slow?.intervalMinutes ?? null, sizeLimit };
    return { ...outcome, token: outcome.ok ? tokens.issue(settings, credentials, proof) : null };
  }

  async function save(request: ParsedRequestOf<'accounts.save'>): Promise<StoredAccount> {
    const { id, token, active } = request;
    const before = id === null ? null : stored(id);
    if (before) assertPersonal(before);
    parts.forbid(id, request.settings);
    const prescribed = parts.underPolicy(request.settings, false);
    checkAccountRules(id, prescribed, listAccounts(store.read), parts.systemAddresses);
    // What is prescribed is not the account's own, and goes with the policy.
    const settings =
      prescribed === request.settings ? prescribed : { ...request.settings, archiveAddress: null };
    // An inactive account may wait for its sign-in.
    const waits = !active && settings.auth !== undefined && request.signIn === null && id === null;
    const credentials = waits
      ? null
      : await secretOf({ ...request, keepPasswordsOf: request.keepPasswordsOf ?? id });
    const known = before === null ? null : await readCredentials(secrets, before.id);
    const untouched =
      before !== null &&
      testedFields(before.settings) === testedFields(settings) &&
      known !== null &&
      credentials !== null &&
      String(secretIdentity(known)) === String(secretIdentity(credentials));
    const proof = token === null || credentials === null ? null : tokens.verify(token, settings, credentials);
    // A new name or archive address needs no new test of the servers.
    const keepsItsTest = untouched && before.active;
    if (active && proof === null && !keepsItsTest) throw new MailError('settings-not-tested');
    const pollMinutes = proof ? proof.pollMinutes : (before?.pollMinutes ?? null);
    const accountId = before?.id ?? AccountId.parse(parts.ids.uuid());
    // The secret first: an account whose password is nowhere would be shown as broken.
    if (!untouched && credentials !== null) await writeCredentials(secrets, accountId, credentials);
    try {
      store.precious((db) => {
        if (before) {
          updateAccount(db, accountId, {
            settings,
            active,
            pollMinutes,
            closeCircuit: proof !== null || !untouched,
          });
        } else {
          insertAccount(db, { id: accountId, settings, active, pollMinutes, now: parts.clock.now() });
        }
      });
    } catch (error) {
      if (known) await writeCredentials(secrets, accountId, known);
      else await deleteCredentials(secrets, accountId);
      throw error;
    }
    // The first mail of a new account is warned of as the later ones are.
    if (proof?.sizeLimit) noteSizeLimit(store, accountId, proof.sizeLimit);
    if (request.signIn !== null) parts.accountSecrets.saved(request.signIn);
    supervisor.saved(accountId, { tested: proof !== null });
    return stored(accountId);
  }

  return {
    'accounts.list': () => Promise.resolve({ accounts: accountRows(store, supervisor, parts.locale) }),
    'accounts.get': ({ id }) => {
      const { settings, active, group } = stored(id);
      return Promise.resolve({ settings: parts.underPolicy(settings, group !== null), active, group });
    },
    'accounts.permit': ({ id, settings }) => {
      parts.permit(id, settings);
      return Promise.resolve({});
    },
    'accounts.test': async (request, signal) => {
      // Before a password goes out: the server may be one that it must not be told to.
      if (request.forGroup || request.keepPasswordsOfGroup !== undefined) await parts.assertAdmin();
      else parts.permit(request.keepPasswordsOf, request.settings);
      return test(request.settings, await secretOf(request), signal, request.watch);
    },
    'accounts.save': async (request) => {
      const { id, settings, active } = await save(request);
      return { id, name: settings.name, active };
    },
    'accounts.remove': async ({ id }) => {
      assertPersonal(stored(id));
      await removeAccount(parts, id);
      return {};
    },
    'accounts.retest': async ({ id, signIn }, signal) => {
      const account = stored(id);
      const { settings } = account;
      const credentials = await secretOf({
        settings,
        signIn,
        credentials: null,
        keepPasswordsOf: id,
      });
      const result = await test(settings, credentials, signal);
      if (result.ok) {
        if (signIn !== null) {
          await writeCredentials(secrets, id, credentials);
          parts.accountSecrets.saved(signIn);
        }
        store.precious((db) => {
          setAccountActive(db, id, true, result.slow?.intervalMinutes ?? null);
        });
        supervisor.saved(id, { tested: true });
        supervisor.seen(id, factsOf(result.imap));
      }
      return result;
    },
  };
}

/** What a test saw of the incoming server. */
function factsOf({ steps, certificate }: ServerTest): Partial<ServerFacts> {
  const took = (name: string): number | null => steps.find(({ step }) => step === name)?.ms ?? null;
  const until = Date.parse(certificate?.validTo ?? '');
  return {
    loginMs: took('login'),
    listMs: took('folders'),
    ...(Number.isNaN(until) ? {} : { certificateUntil: until }),
  };
}

/** Everything of the account on this machine goes; nothing on its server does. */
export async function removeAccount(
  parts: Pick<AccountHandlerParts, 'store' | 'secrets' | 'supervisor' | 'paths' | 'log'>,
  id: AccountId,
): Promise<void> {
  parts.supervisor.removed(id);
  const files = parts.store.precious((db) => deleteAccount(db, id));
  await deleteCredentials(parts.secrets, id);
  const removed = await Promise.allSettled(
    files.map((file) => rm(join(parts.paths.cache, file), { force: true })),
  );
  const left = removed.filter(({ status }) => status === 'rejected').length;
  if (left > 0) parts.log.warn('cached files of a removed account could not be deleted', { files: left });
}

function signInOf(settings: AccountSettings): Pick<AccountRow, 'signIn'> {
  const { auth, address } = settings;
  if (auth === undefined) return {};
  return { signIn: { provider: auth.provider, address: expectedLogins(settings)[0] ?? address } };
}

/** By account name in the locale's order; the first is the default account. */
export function accountRows(store: Store, supervisor: Supervisor, locale: string): AccountRow[] {
  const queues = accountQueues(store.read);
  return listAccounts(store.read)
    .map((account) => ({ account, id: account.id, name: account.settings.name }))
    .sort(byAccountName(locale))
    .map(({ account, id, name }, index): AccountRow => {
      const queue = queues.get(id);
      return {
        id,
        name,
        address: account.settings.address,
        displayName: account.settings.displayName,
        default: index === 0,
        active: account.active,
        group: account.group,
        canSend: account.settings.smtp !== null,
        ...signInOf(account.settings),
        sizeLimit: sizeLimitOf(store.read, account.id),
        subscribedOnly: account.subscribedOnly,
        health: supervisor.health(id),
        queued: queue?.queued ?? 0,
        failedOperations: queue?.failed ?? 0,
      };
    });
}
