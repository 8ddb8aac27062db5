/** What the fold asks of the shared config: who was a member when, and which keys are whose. Made once for a revision, then looked up. */
import type { PublicKey, SharedConfig, UserId } from './config.ts';
import { groupPath } from './groupPath.ts';

interface Interval {
  readonly since: number;
  /** Infinity: still a member. */
  readonly until: number;
}

export interface FoldContext {
  /** "<organisation>/<group>" */
  readonly group: string;
  readonly defaultHandler: UserId | null;
  /** In the config's order, each once, whether members now or not. */
  readonly people: readonly UserId[];
  /** Is, was or will be a member. */
  knows(user: UserId): boolean;
  isMember(user: UserId, at: number): boolean;
  membersAt(at: number): UserId[];
  /** When the membership that covers `at` ends (ms since 1970); Infinity: it has no end; null: no member then. */
  membershipEnd(user: UserId, at: number): number | null;
  /** "unlisted": the config lists keys of this user, and not this one. "open": it lists none. */
  keyState(user: UserId, key: PublicKey, at: number): 'valid' | 'retired' | 'unlisted' | 'open';
  /** Changes when a fold of the same events could come out otherwise: who was a member when, and whose key is whose. */
  readonly fingerprint: string;
}

/** null: the config has no such group account. */
export function createFoldContext(config: SharedConfig, groupId: string): FoldContext | null {
  const account = config.groupAccounts.find(({ id }) => id === groupId);
  if (!account) return null;
  const intervals = new Map<UserId, Interval[]>();
  for (const { user, since, until } of account.members) {
    const own = intervals.get(user) ?? [];
    own.push({ since: Date.parse(since), until: until === undefined ? Infinity : Date.parse(until) });
    intervals.set(user, own);
  }
  const keys = new Map(config.users.map((user) => [user.id, user]));
  const covering = (user: UserId, at: number): Interval | undefined =>
    intervals.get(user)?.find(({ since, until }) => since <= at && at < until);
  const people = [...intervals.keys()];
  return {
    group: groupPath(config, account),
    defaultHandler: account.defaultHandler,
    people,
    knows: (user) => intervals.has(user),
    isMember: (user, at) => covering(user, at) !== undefined,
    membersAt: (at) => people.filter((user) => covering(user, at) !== undefined),
    membershipEnd: (user, at) => covering(user, at)?.until ?? null,
    keyState(user, key, at) {
      const known = keys.get(user);
      if (known?.keys.includes(key)) return 'valid';
      const retired = known?.retired?.find((one) => one.key === key);
      if (retired) return at < Date.parse(retired.until) ? 'valid' : 'retired';
      return known === undefined || known.keys.length + (known.retired?.length ?? 0) === 0
        ? 'open'
        : 'unlisted';
    },
    fingerprint: JSON.stringify([
      people.map((user) => [
        user,
        intervals.get(user)?.map(({ since, until }) => [since, until === Infinity ? null : until]),
      ]),
      people.map((user) => [
        keys.get(user)?.keys.toSorted(),
        keys.get(user)?.retired?.map(({ key, until }) => [key, until]),
      ]),
    ]),
  };
}
