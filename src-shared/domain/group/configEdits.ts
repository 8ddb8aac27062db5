/**
 * What administrators do to a config: each a function from config to config. They refuse what cannot be meant and leave the rules as
 * a whole to checkConfig, which every change goes through in the end.
 */
import type * as z from 'zod';
import type { AccountSettings } from '../account.ts';
import { mailboxKey } from '../archiveAddress.ts';
import type { OrganisationPolicy } from '../policy.ts';
import { MailError } from '../../errors/MailError.ts';
import type { SharedConfig } from './config.ts';
import {
  conductOf,
  GroupId,
  OrganisationId,
  UserId,
  type ConfigUser,
  type GroupAccount,
  type Preset,
  type GroupConduct,
  type PublicKey,
  type SealedCredentials,
} from './config.ts';
import { checkConfig } from './configRules.ts';

/**
 * A membership begins a little before it is written: servers tell arrival dates in whole seconds, and an administrator's clock is not the
 * server's. In a new group there is no past that this could let anybody into.
 */
const joiningSlackMs = 60 * 60_000;
const newGroupSlackMs = 24 * 60 * 60_000;

/** ms since 1970 as the config writes times. */
const iso = (ms: number): string => new Date(ms).toISOString();

/** A short id for a name: "Sales & Service" becomes "sales-service". Never one of `taken`. */
export function idFor(name: string, taken: readonly string[]): string {
  const letters = name
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
  const base = letters === '' ? 'x' : letters;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n.toString()}`;
    if (!taken.includes(id)) return id;
  }
}

/** The local part, as people call each other: "anna" of anna@xyz.test. */
function userIdFor(address: string, taken: readonly string[]): UserId {
  return UserId.parse(idFor(address.slice(0, Math.max(1, address.lastIndexOf('@'))), taken));
}

/** The first revision: one user, who is administrator with this key. */
export function newOrganisation(
  name: string,
  admin: { readonly name: string; readonly address: string; readonly key: PublicKey },
  now: number,
): SharedConfig {
  const id = userIdFor(admin.address, []);
  return checked({
    format: 1,
    organisation: { id: OrganisationId.parse(idFor(name, [])), name },
    revision: 1,
    issuedAt: iso(now),
    admins: [{ user: id, key: admin.key }],
    users: [{ id, name: admin.name, address: admin.address, active: true, keys: [admin.key] }],
    groupAccounts: [],
    presets: [],
    policy: {},
  });
}

/** A user as people name him: by id or by address. Errors: not-found. */
export function findUser(config: SharedConfig, named: string): ConfigUser {
  const found =
    config.users.find(({ id }) => id === named) ??
    config.users.find(({ address }) => mailboxKey(address) === mailboxKey(named));
  if (!found) throw new MailError('not-found', { what: 'user', name: named });
  return found;
}

/** By id, address or name. Errors: not-found. */
export function findGroup(config: SharedConfig, named: string): GroupAccount {
  const { groupAccounts } = config;
  const found =
    groupAccounts.find(({ id }) => id === named) ??
    groupAccounts.find(({ address }) => mailboxKey(address) === mailboxKey(named)) ??
    groupAccounts.find(({ name }) => name === named);
  if (!found) throw new MailError('not-found', { what: 'group', name: named });
  return found;
}

/** Adds a user, or takes one back who left: he keeps his id and his history, and gets no membership back by himself. */
export function addUser(
  config: SharedConfig,
  { address, name, admin }: { address: string; name: string; admin: boolean },
): { config: SharedConfig; user: ConfigUser } {
  const known = config.users.find((one) => mailboxKey(one.address) === mailboxKey(address));
  if (known?.active) throw new MailError('duplicate-account', { address, name: known.name });
  const user: ConfigUser = {
    id:
      known?.id ??
      userIdFor(
        address,
        config.users.map(({ id }) => id),
      ),
    name,
    address,
    active: true,
    keys: known?.keys ?? [],
    ...(known?.retired ? { retired: known.retired } : {}),
    ...(admin ? { wantsAdmin: true } : {}),
  };
  const users = known ? config.users.map((one) => (one === known ? user : one)) : [...config.users, user];
  return { config: checked(appointAdmins({ ...config, users })), user };
}

/** A change of name or address; the id stays, so the history keeps its author (G13). */
export function editUser(
  config: SharedConfig,
  id: string,
  change: { readonly name?: string; readonly address?: string; readonly admin?: boolean },
): SharedConfig {
  const user = findUser(config, id);
  const { admin, ...fields } = change;
  const { wantsAdmin: _, ...rest } = user;
  const wants = admin ?? (user.wantsAdmin === true || config.admins.some((one) => one.user === user.id));
  const edited: ConfigUser = { ...rest, ...fields, ...(wants ? { wantsAdmin: true } : {}) };
  const users = config.users.map((one) => (one === user ? edited : one));
  const admins = wants ? config.admins : withoutAdmin(config, user);
  return checked(appointAdmins({ ...config, users, admins }));
}

/** He stays in the file, so that the history keeps his name; memberships end now, and nobody is left without an administrator. */
export function removeUser(config: SharedConfig, named: string, now: number): SharedConfig {
  const user = findUser(config, named);
  const { wantsAdmin: _, ...rest } = user;
  return checked({
    ...config,
    users: config.users.map((one) => (one === user ? { ...rest, active: false } : one)),
    admins: withoutAdmin(config, user),
    groupAccounts: config.groupAccounts.map((account) => ({
      ...account,
      members: endMembership(account, user.id, now),
      defaultHandler: account.defaultHandler === user.id ? null : account.defaultHandler,
    })),
  });
}

function withoutAdmin(config: SharedConfig, user: ConfigUser): SharedConfig['admins'] {
  const admins = config.admins.filter((admin) => admin.user !== user.id);
  if (admins.length === 0) throw new MailError('not-permitted', { reason: 'last-admin', name: user.name });
  return admins;
}

/** Whoever is to be one and has a confirmed key is one. */
function appointAdmins(config: SharedConfig): SharedConfig {
  const admins = [...config.admins];
  const users = config.users.map((user) => {
    const [key] = user.keys;
    if (user.wantsAdmin !== true || key === undefined) return user;
    if (!admins.some((admin) => admin.user === user.id)) admins.push({ user: user.id, key });
    const { wantsAdmin: _, ...rest } = user;
    return rest;
  });
  return { ...config, users, admins };
}

/** An administrator vouches for a user's key. Keys that others hold are refused by the rules. */
export function confirmKey(config: SharedConfig, id: UserId, key: PublicKey): SharedConfig {
  const user = findUser(config, id);
  if (user.keys.includes(key)) return config;
  const users = config.users.map((one) => (one === user ? { ...one, keys: [...one.keys, key] } : one));
  return checked(appointAdmins({ ...config, users }));
}

/** A lost computer: the key counts no more from now on, what it signed before stays. */
export function retireKey(config: SharedConfig, id: UserId, key: PublicKey, now: number): SharedConfig {
  const user = findUser(config, id);
  const admins = config.admins.filter((admin) => admin.key !== key);
  if (admins.length === 0) throw new MailError('not-permitted', { reason: 'last-admin', name: user.name });
  const retired = [...(user.retired ?? []), { key, until: iso(now) }];
  const users = config.users.map((one) =>
    one === user ? { ...one, keys: one.keys.filter((other) => other !== key), retired } : one,
  );
  return checked({ ...config, users, admins });
}

export interface GroupDraft extends GroupConduct {
  readonly settings: AccountSettings;
  readonly members: readonly string[];
  readonly defaultHandler: string | null;
  readonly logFolder?: string;
  readonly signature?: GroupAccount['signature'] | null;
}

/** Errors: duplicate-account, archive-address-inside, config-invalid with every other fault, not-found. */
export function addGroup(
  config: SharedConfig,
  draft: GroupDraft,
  now: number,
): { config: SharedConfig; group: GroupAccount } {
  // By its address, so that a group which is removed and set up again finds its own log.
  const { address } = draft.settings;
  const taken = config.groupAccounts.map((account) => account.id);
  const id = GroupId.parse(idFor(address.slice(0, Math.max(1, address.lastIndexOf('@'))), taken));
  const named = [...new Set(draft.members.map((one) => findUser(config, one).id))];
  const members = named.map((user) => ({ user, since: iso(now - newGroupSlackMs) }));
  const group: GroupAccount = {
    ...serverFields(draft.settings),
    id,
    ...conductOf(draft),
    members,
    defaultHandler: draft.defaultHandler === null ? null : findUser(config, draft.defaultHandler).id,
    logFolder: draft.logFolder ?? 'Postkorb',
    ...(draft.signature ? { signature: draft.signature } : {}),
    credentials: null,
  };
  return { config: checked({ ...config, groupAccounts: [...config.groupAccounts, group] }), group };
}

export interface GroupChange extends GroupConduct {
  readonly settings?: AccountSettings;
  /** All members from now on. */
  readonly members?: readonly string[];
  readonly defaultHandler?: string | null;
  readonly archiveAddress?: string | null;
  readonly logFolder?: string;
  /** null: each member has his own. */
  readonly signature?: NonNullable<GroupAccount['signature']> | null;
}

export function editGroup(
  config: SharedConfig,
  named: string,
  change: GroupChange,
  now: number,
): SharedConfig {
  const group = findGroup(config, named);
  const { settings, members, defaultHandler, archiveAddress, logFolder, signature } = change;
  const { signature: before, ...kept } = group;
  // What other settings do not say any more is said no more.
  const { auth: _, tls: __, allowPlaintext: ___, ...bare } = kept;
  const rest = settings === undefined ? kept : bare;
  const signed = signature === undefined ? before : (signature ?? undefined);
  const memberships = members === undefined ? group.members : changeMembers(config, group, members, now);
  const edited: GroupAccount = {
    ...rest,
    ...(signed === undefined ? {} : { signature: signed }),
    ...(settings === undefined ? {} : serverFields(settings)),
    ...(archiveAddress === undefined ? {} : { archiveAddress }),
    ...(logFolder === undefined ? {} : { logFolder }),
    ...conductOf(change),
    // Passwords under the invite code are of no use to whoever signs in.
    ...(settings?.auth === undefined ? {} : { credentials: null }),
    members: memberships,
  };
  const isMember = (user: UserId): boolean =>
    memberships.some((one) => one.user === user && one.until === undefined);
  if (defaultHandler !== undefined) {
    edited.defaultHandler = defaultHandler === null ? null : findUser(config, defaultHandler).id;
  } else if (edited.defaultHandler !== null && !isMember(edited.defaultHandler)) {
    edited.defaultHandler = null;
  }
  return checked({
    ...config,
    groupAccounts: config.groupAccounts.map((one) => (one === group ? edited : one)),
  });
}

export function removeGroup(config: SharedConfig, named: string): SharedConfig {
  const group = findGroup(config, named);
  return checked({ ...config, groupAccounts: config.groupAccounts.filter((one) => one !== group) });
}

/** What the organisation allows and prescribes, as a whole. */
export function setPolicy(config: SharedConfig, policy: OrganisationPolicy): SharedConfig {
  return checked({ ...config, policy });
}

/** The accounts that are offered, as a whole. */
export function setPresets(config: SharedConfig, presets: readonly Preset[]): SharedConfig {
  return checked({ ...config, presets: [...presets] });
}

export function setGroupCredentials(
  config: SharedConfig,
  id: GroupId,
  credentials: SealedCredentials | null,
): SharedConfig {
  return {
    ...config,
    groupAccounts: config.groupAccounts.map((one) => (one.id === id ? { ...one, credentials } : one)),
  };
}

function serverFields(settings: AccountSettings) {
  const { name, address, displayName, imap, smtp, archiveAddress, tls, allowPlaintext, auth } = settings;
  return {
    name,
    address,
    displayName,
    imap,
    smtp,
    archiveAddress,
    ...(tls.trust === 'system' ? {} : { tls }),
    ...(allowPlaintext === undefined ? {} : { allowPlaintext }),
    // Who signs in is each member's own matter.
    ...(auth === undefined ? {} : { auth: { method: auth.method, provider: auth.provider } }),
  };
}

/** Who is named and was none becomes a member now; who was one and is not named ceases to be one now. */
function changeMembers(
  config: SharedConfig,
  group: GroupAccount,
  named: readonly string[],
  now: number,
): GroupAccount['members'] {
  const wanted = new Set(named.map((one) => findUser(config, one).id));
  const kept = group.members.flatMap((member) => {
    if (member.until === undefined) return wanted.has(member.user) ? [member] : ended(member, now);
    // Taken out by mistake: within the hour he is put back, and loses nothing that he handles.
    const back = wanted.has(member.user) && Date.parse(member.until) > now - joiningSlackMs;
    return [back ? { user: member.user, since: member.since } : member];
  });
  const current = new Set(kept.filter(({ until }) => until === undefined).map(({ user }) => user));
  const joining = [...wanted].filter((user) => !current.has(user));
  return [...kept, ...joining.map((user) => ({ user, since: iso(now - joiningSlackMs) }))];
}

function endMembership(account: GroupAccount, user: UserId, now: number): GroupAccount['members'] {
  return account.members.flatMap((member) =>
    member.user === user && member.until === undefined ? ended(member, now) : [member],
  );
}

/** One that has not begun yet leaves nothing behind. */
function ended(member: GroupAccount['members'][number], now: number): GroupAccount['members'] {
  return Date.parse(member.since) >= now ? [] : [{ ...member, until: iso(now) }];
}

/** Faults that have an error of their own everywhere else in the app have it here, too. */
function checked(config: z.input<typeof SharedConfig>): SharedConfig {
  const result = checkConfig(JSON.parse(JSON.stringify(config)));
  if (result.ok) return result.config;
  const { faults } = result;
  const [first] = faults;
  const duplicate = ['duplicate-address', 'duplicate-login', 'duplicate-group', 'personal-address'];
  if (faults.every(({ code }) => duplicate.includes(code))) {
    throw new MailError('duplicate-account', { reason: first?.message ?? '' }, { faults });
  }
  if (faults.every(({ code }) => code === 'archive-address-inside')) {
    throw new MailError('archive-address-inside', { reason: first?.message ?? '' }, { faults });
  }
  throw new MailError('config-invalid', { count: faults.length }, { faults });
}
