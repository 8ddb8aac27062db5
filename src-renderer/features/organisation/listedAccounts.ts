/** The group accounts as they are listed: for everybody what is in force, for administrators with what they have changed since. Pure. */
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { GroupAccountRow } from '#shared/contract/groups.ts';
import type { GroupAccount, SharedConfig } from '#shared/domain/group/config.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';

/** As the engine says, and: `password-wrong`, `sign-in-again`: the server refuses what is kept; `unpublished`: nobody has it yet. */
export type AccountState = GroupAccountRow['state'] | 'password-wrong' | 'sign-in-again' | 'unpublished';

export interface ListedAccount {
  readonly key: string;
  readonly name: string;
  readonly address: string;
  readonly members: readonly string[];
  readonly handler: string | null;
  readonly archive: string | null;
  readonly state: AccountState;
  /** As it is in force; null: not published. */
  readonly row: GroupAccountRow | null;
  /** What an administrator edits. */
  readonly group: GroupAccount | null;
}

const byName = (one: string, other: string): number => one.localeCompare(other);

export function listedAccounts(
  rows: readonly GroupAccountRow[],
  config: SharedConfig | null,
  accounts: readonly Pick<AccountRow, 'id' | 'health'>[],
): ListedAccount[] {
  const stateOf = (row: GroupAccountRow): AccountState => {
    const health = accounts.find(({ id }) => id === row.accountId)?.health;
    const code = health?.state === 'needs-attention' ? health.lastError?.code : undefined;
    if (row.state !== 'ready' || code === undefined) return row.state;
    if (row.signIn !== undefined && ['sign-in-expired', 'token-rejected'].includes(code))
      return 'sign-in-again';
    return code === 'credentials-rejected' || code === 'credentials-missing' ? 'password-wrong' : row.state;
  };
  if (config === null) {
    return rows.map((row) => ({
      key: row.group,
      name: row.name,
      address: row.address,
      members: row.members.map(({ name }) => name).sort(byName),
      handler: row.defaultHandler?.name ?? null,
      archive: row.archiveAddress,
      state: stateOf(row),
      row,
      group: null,
    }));
  }
  const nameOf = (id: string): string => config.users.find((user) => user.id === id)?.name ?? id;
  return config.groupAccounts.map((group) => {
    const key = groupPath(config, group);
    const row = rows.find((one) => one.group === key) ?? null;
    const present = group.members.filter(({ until }) => until === undefined).map(({ user }) => user);
    return {
      key,
      name: group.name,
      address: group.address,
      members: [...new Set(present)].map(nameOf).sort(byName),
      handler: group.defaultHandler === null ? null : nameOf(group.defaultHandler),
      archive: group.archiveAddress,
      state: row === null ? 'unpublished' : stateOf(row),
      row,
      group,
    };
  });
}
