/** The rules of a shared config. One that breaks any is refused whole, with every fault named by where it stands. */
import { forbiddenPlaintext } from '../account.ts';
import { mailboxKey } from '../archiveAddress.ts';
import { asciiDomain } from '../asciiDomain.ts';
import type { Fault } from '../../errors/MailError.ts';
import { issueFaults } from '../schemaFaults.ts';
import { SharedConfig, type GroupAccount } from './config.ts';

export type ConfigCheck =
  | { readonly ok: true; readonly config: SharedConfig }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses and checks a payload that came as JSON. Never throws. */
export function checkConfig(payload: unknown): ConfigCheck {
  if (typeof payload === 'object' && payload !== null && 'format' in payload && payload.format !== 1) {
    return {
      ok: false,
      faults: [
        fault(
          'format',
          'unknown-format',
          `format ${JSON.stringify(payload.format)} is not known to this version`,
        ),
      ],
    };
  }
  const parsed = SharedConfig.safeParse(payload);
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.flatMap(issueFaults) };
  const faults = ruleFaults(parsed.data);
  return faults.length === 0 ? { ok: true, config: parsed.data } : { ok: false, faults };
}

function fault(path: string, code: string, message: string): Fault {
  return { path, code, message };
}

/** Names every later one that has the same key as an earlier one, and the earlier one's place. */
function duplicates<T>(
  items: readonly T[],
  place: (index: number) => string,
  key: (item: T) => string,
  code: string,
  what: string,
): Fault[] {
  const first = new Map<string, number>();
  const faults: Fault[] = [];
  items.forEach((item, index) => {
    const value = key(item);
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, index);
    else faults.push(fault(place(index), code, `${what} "${value}" is also that of ${place(earlier)}`));
  });
  return faults;
}

/** One text for all spellings of a login: two that are alike lead into one mailbox (G04). */
export function loginKey({ imap }: Pick<GroupAccount, 'imap'>): string {
  return `${mailboxKey(imap.user)} at ${asciiDomain(imap.host)}`;
}

function ruleFaults(config: SharedConfig): Fault[] {
  const user = (index: number): string => `users[${index}]`;
  const group = (index: number): string => `groupAccounts[${index}]`;
  const { users, groupAccounts } = config;
  const faults: Fault[] = [
    ...duplicates(
      users,
      (i) => `${user(i)}.id`,
      (one) => one.id,
      'duplicate-user',
      'user',
    ),
    ...duplicates(
      users,
      (i) => `${user(i)}.address`,
      (one) => mailboxKey(one.address),
      'duplicate-address',
      'the address',
    ),
    ...duplicates(
      groupAccounts,
      (i) => `${group(i)}.id`,
      (one) => one.id,
      'duplicate-group',
      'group account',
    ),
    ...duplicates(
      groupAccounts,
      (i) => `${group(i)}.address`,
      (one) => mailboxKey(one.address),
      'duplicate-address',
      'the address',
    ),
    ...duplicates(groupAccounts, (i) => `${group(i)}.imap`, loginKey, 'duplicate-login', 'the mailbox'),
  ];
  const byId = new Map(users.map((one) => [one.id, one]));
  const keyOwners = new Map<string, string>();
  users.forEach((one, index) => {
    for (const key of one.keys) {
      const owner = keyOwners.get(key);
      if (owner !== undefined && owner !== one.id)
        faults.push(fault(`${user(index)}.keys`, 'duplicate-key', `this key is also that of "${owner}"`));
      keyOwners.set(key, one.id);
    }
  });
  config.admins.forEach((admin, index) => {
    const known = byId.get(admin.user);
    if (!known)
      faults.push(fault(`admins[${index}].user`, 'unknown-user', `there is no user "${admin.user}"`));
    else if (!known.active)
      faults.push(
        fault(
          `admins[${index}].user`,
          'inactive-user',
          `"${admin.user}" is not active and cannot be an administrator`,
        ),
      );
  });
  const inside = new Map<string, string>();
  users.forEach((one, index) => inside.set(mailboxKey(one.address), `${user(index)}.address`));
  groupAccounts.forEach((one, index) => {
    const owner = inside.get(mailboxKey(one.address));
    if (owner === undefined) return;
    const message = `a group account cannot be a person's own mailbox; this is ${owner}`;
    faults.push(fault(`${group(index)}.address`, 'personal-address', message));
  });
  groupAccounts.forEach((one, index) => inside.set(mailboxKey(one.address), `${group(index)}.address`));
  faults.push(...archiveFaults('policy.archiveAddress', config.policy.archiveAddress ?? null, inside));
  faults.push(...presetFaults(config.presets, inside));
  groupAccounts.forEach((one, index) => {
    faults.push(...groupFaults(one, group(index), byId, inside));
  });
  return faults;
}

function groupFaults(
  account: GroupAccount,
  place: string,
  users: ReadonlyMap<string, { readonly active: boolean }>,
  inside: ReadonlyMap<string, string>,
): Fault[] {
  const faults: Fault[] = [];
  account.members.forEach((member, index) => {
    const at = `${place}.members[${index}]`;
    if (!users.has(member.user))
      faults.push(fault(`${at}.user`, 'unknown-user', `there is no user "${member.user}"`));
    if (member.until !== undefined && Date.parse(member.until) <= Date.parse(member.since)) {
      faults.push(fault(`${at}.until`, 'ends-before-it-begins', 'the membership ends before it begins'));
    }
    const overlapping = account.members.findIndex(
      (other, j) => j < index && other.user === member.user && overlap(other, member),
    );
    if (overlapping >= 0)
      faults.push(
        fault(
          at,
          'duplicate-member',
          `"${member.user}" is a member at the same time by members[${overlapping}]`,
        ),
      );
  });
  const { defaultHandler, archiveAddress } = account;
  if (defaultHandler !== null) {
    const isMember = account.members.some(
      (member) => member.user === defaultHandler && member.until === undefined,
    );
    if (!isMember)
      faults.push(
        fault(
          `${place}.defaultHandler`,
          'no-member',
          `"${defaultHandler}" is no member of this group account`,
        ),
      );
  }
  faults.push(...archiveFaults(`${place}.archiveAddress`, archiveAddress, inside));
  for (const server of forbiddenPlaintext({ ...account, tls: account.tls ?? { trust: 'system' } })) {
    faults.push(
      fault(
        `${place}.${server}.security`,
        'plaintext-not-allowed',
        'without encryption the password would be readable on the way',
      ),
    );
  }
  return faults;
}

function presetFaults(presets: SharedConfig['presets'], inside: ReadonlyMap<string, string>): Fault[] {
  const place = (index: number): string => `presets[${index}]`;
  return [
    ...duplicates(
      presets,
      (i) => `${place(i)}.match`,
      ({ match }) =>
        match.address === undefined ? asciiDomain(match.domain ?? '') : mailboxKey(match.address),
      'duplicate-preset',
      'the account for',
    ),
    ...presets.flatMap(({ match, settings }, index) => [
      ...(match.address === undefined && match.domain === undefined
        ? [fault(`${place(index)}.match`, 'matches-nobody', 'an address or a domain is needed')]
        : []),
      ...archiveFaults(`${place(index)}.settings.archiveAddress`, settings.archiveAddress, inside),
      ...forbiddenPlaintext({ name: '', address: '', displayName: '', ...settings }).map((server) =>
        fault(
          `${place(index)}.settings.${server}.security`,
          'plaintext-not-allowed',
          'without encryption the password would be readable on the way',
        ),
      ),
    ]),
  ];
}

function archiveFaults(place: string, address: string | null, inside: ReadonlyMap<string, string>): Fault[] {
  const twin = address === null ? undefined : inside.get(mailboxKey(address));
  if (twin === undefined) return [];
  const message = `the archive must lie outside the system; this is ${twin}`;
  return [fault(place, 'archive-address-inside', message)];
}

function overlap(
  a: { since: string; until?: string | undefined },
  b: { since: string; until?: string | undefined },
): boolean {
  const end = (one: { until?: string | undefined }): number =>
    one.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(one.until);
  return Date.parse(a.since) < end(b) && Date.parse(b.since) < end(a);
}

/** Was this user a member at that moment (ms since 1970, by the server's clock)? */
export function isMemberAt(account: GroupAccount, user: string, at: number): boolean {
  return account.members.some(
    (member) =>
      member.user === user &&
      Date.parse(member.since) <= at &&
      (member.until === undefined || at < Date.parse(member.until)),
  );
}

/** Those who were members at that moment, in the config's order. */
export function membersAt(account: GroupAccount, at: number): GroupAccount['members'][number]['user'][] {
  return [
    ...new Set(
      account.members
        .filter((member) => isMemberAt({ ...account, members: [member] }, member.user, at))
        .map(({ user }) => user),
    ),
  ];
}
