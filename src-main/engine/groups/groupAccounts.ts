/** The config's group accounts as accounts of this machine: set up, changed, taken over, and gone when the membership ends. */
import { isMemberAt, loginKey } from '#shared/domain/group/configRules.ts';
import type { GroupAccount, SharedConfig, UserId } from '#shared/domain/group/config.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import { AccountSettings, type Credentials } from '#shared/domain/account.ts';
import { mailboxKey } from '#shared/domain/archiveAddress.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Clock, Ids, SecretStore } from '#engine/ports/ports.ts';
import {
  isGrant,
  isOfKind,
  readCredentials,
  writeCredentials,
  type AccountSecret,
} from '#engine/secrets/credentials.ts';
import {
  insertAccount,
  listAccounts,
  setAccountGroup,
  updateAccount,
  type StoredAccount,
} from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { readGroupCredentials, writeGroupCredentials } from './groupCredentials.ts';
import type { InviteCode } from './sealedCredentials.ts';

export interface GroupAccountParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly secrets: SecretStore;
  /** An account was added or its settings changed. */
  readonly saved: (id: AccountId) => void;
  readonly remove: (id: AccountId) => Promise<void>;
  /** Of a group account ("<organisation>/<group>"); null: nobody typed them here or signed in, and no code opened them. */
  readonly credentials: (group: string, account: GroupAccount) => Promise<AccountSecret | null>;
}

export type GroupAccountState =
  'ready' | 'password-missing' | 'sign-in-missing' | 'conflict' | 'not-a-member';

/** As it is an account of this member: where he signs in he does so as himself. */
export function settingsOf(config: SharedConfig, account: GroupAccount, me: UserId): AccountSettings {
  const login = config.users.find(({ id }) => id === me)?.address;
  return AccountSettings.parse({
    name: account.name,
    address: account.address,
    displayName: account.displayName,
    imap: account.imap,
    smtp: account.smtp,
    archiveAddress: account.archiveAddress,
    tls: account.tls ?? { trust: 'system' },
    ...(account.allowPlaintext === undefined ? {} : { allowPlaintext: account.allowPlaintext }),
    ...(account.auth === undefined
      ? {}
      : { auth: { ...account.auth, ...(login === undefined ? {} : { login }) } }),
  });
}

export function localAccount(accounts: readonly StoredAccount[], group: string): StoredAccount | null {
  return accounts.find((one) => one.group === group) ?? null;
}

/**
 * The passwords of a group's mailbox as far as this machine knows them: what an administrator typed in for the group, else those of the
 * group account here, which a code opened or its member typed.
 */
export async function knownGroupCredentials(
  { store, secrets }: Pick<GroupAccountParts, 'store' | 'secrets'>,
  group: string,
): Promise<Credentials | null> {
  const typed = await readGroupCredentials(secrets, group);
  if (typed !== null) return typed;
  const local = localAccount(listAccounts(store.read), group);
  const secret = local === null ? null : await readCredentials(secrets, local.id);
  // A sign-in is one person's, and no password that members share.
  return secret === null || isGrant(secret) ? null : secret;
}

/** The personal account that has this group account's mailbox. */
export function personalTwin(
  accounts: readonly StoredAccount[],
  account: Pick<GroupAccount, 'address' | 'imap'>,
): StoredAccount | null {
  return (
    accounts.find(
      ({ group, settings }) =>
        group === null &&
        (mailboxKey(settings.address) === mailboxKey(account.address) ||
          loginKey(settings) === loginKey(account)),
    ) ?? null
  );
}

export function stateOf(
  accounts: readonly StoredAccount[],
  config: SharedConfig,
  account: GroupAccount,
  me: UserId,
  now: number,
): GroupAccountState {
  if (!isMemberAt(account, me, now)) return 'not-a-member';
  if (localAccount(accounts, groupPath(config, account))) return 'ready';
  if (personalTwin(accounts, account)) return 'conflict';
  return account.auth === undefined ? 'password-missing' : 'sign-in-missing';
}

/** Brings the accounts in line with the config. Personal accounts are never touched: taking one over is asked for. */
export async function applyConfig(parts: GroupAccountParts, config: SharedConfig, me: UserId): Promise<void> {
  const { store, clock } = parts;
  const wanted = new Map(config.groupAccounts.map((account) => [groupPath(config, account), account]));
  for (const { id, group } of listAccounts(store.read)) {
    if (group === null) continue;
    const account = wanted.get(group);
    if (account === undefined || !isMemberAt(account, me, clock.now())) await parts.remove(id);
  }
  for (const [group, account] of wanted) {
    const accounts = listAccounts(store.read);
    const settings = settingsOf(config, account, me);
    const local = localAccount(accounts, group);
    if (local !== null) {
      if (JSON.stringify(local.settings) === JSON.stringify(settings)) continue;
      store.precious((db) =>
        updateAccount(db, local.id, {
          settings,
          active: true,
          pollMinutes: local.pollMinutes,
          closeCircuit: true,
        }),
      );
      // Where passwords gave way to a sign-in, or the other way round, what is kept here is of the wrong kind.
      const kept = await readCredentials(parts.secrets, local.id);
      if (kept !== null && !isOfKind(settings, kept)) {
        const known = await parts.credentials(group, account);
        if (known !== null && isOfKind(settings, known))
          await writeCredentials(parts.secrets, local.id, known);
      }
      parts.saved(local.id);
      continue;
    }
    const state = stateOf(accounts, config, account, me, clock.now());
    if (state !== 'password-missing' && state !== 'sign-in-missing') continue;
    const secret = await parts.credentials(group, account);
    if (secret !== null && isOfKind(settings, secret)) await setUp(parts, group, settings, secret);
  }
}

/** A new invite code carries new passwords to accounts that are set up already. Throws `invite-code-wrong`. */
export async function renewPasswords(
  parts: GroupAccountParts,
  config: SharedConfig,
  me: UserId,
  code: InviteCode,
): Promise<void> {
  for (const account of config.groupAccounts) {
    const group = groupPath(config, account);
    const local = localAccount(listAccounts(parts.store.read), group);
    if (local === null || account.credentials === null || !isMemberAt(account, me, parts.clock.now()))
      continue;
    const opened = await code.open(account.credentials, group);
    const known = await readCredentials(parts.secrets, local.id);
    if (JSON.stringify(known) !== JSON.stringify(opened)) await keepPasswords(parts, group, local.id, opened);
  }
}

/** Other passwords for a group account that is set up; what an administrator had typed for it is out of date as well. */
export async function keepPasswords(
  parts: GroupAccountParts,
  group: string,
  id: AccountId,
  secret: AccountSecret,
): Promise<void> {
  await writeCredentials(parts.secrets, id, secret);
  if (!isGrant(secret) && (await readGroupCredentials(parts.secrets, group)) !== null)
    await writeGroupCredentials(parts.secrets, group, secret);
  parts.saved(id);
}

export async function setUp(
  parts: GroupAccountParts,
  group: string,
  settings: AccountSettings,
  secret: AccountSecret,
): Promise<AccountId> {
  const id = AccountId.parse(parts.ids.uuid());
  await writeCredentials(parts.secrets, id, secret);
  parts.store.precious((db) => {
    insertAccount(db, {
      id,
      settings,
      active: true,
      pollMinutes: null,
      now: parts.clock.now(),
    });
    setAccountGroup(db, id, group);
  });
  parts.saved(id);
  return id;
}

/** The mail that is here already stays; from now on it is the group's. */
export function takeOver(
  parts: GroupAccountParts,
  config: SharedConfig,
  account: GroupAccount,
  me: UserId,
): AccountId {
  const twin = personalTwin(listAccounts(parts.store.read), account);
  if (twin === null) throw new MailError('not-found', { what: 'account' });
  parts.store.precious((db) => {
    updateAccount(db, twin.id, {
      settings: settingsOf(config, account, me),
      active: true,
      pollMinutes: twin.pollMinutes,
      closeCircuit: false,
    });
    setAccountGroup(db, twin.id, groupPath(config, account));
  });
  parts.saved(twin.id);
  return twin.id;
}
