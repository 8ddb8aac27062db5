/**
 * Two administrators changed the same revision: what only one of them touched is taken from him; where both touched one field, `mine`
 * stays in the draft, where it is seen as a difference before anything is published.
 */
import { canonicalJson } from './canonicalJson.ts';
import type { SharedConfig } from './config.ts';

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);

export function mergeConfigs(base: SharedConfig, mine: SharedConfig, theirs: SharedConfig): SharedConfig {
  const list = <T extends object>(of: (config: SharedConfig) => readonly T[], id: (item: T) => string): T[] =>
    mergeLists(of(base), of(mine), of(theirs), id);
  return {
    ...theirs,
    organisation: mergeObjects(base.organisation, mine.organisation, theirs.organisation),
    admins: list(
      (config) => config.admins,
      ({ user, key }) => `${user} ${key}`,
    ),
    users: list(
      (config) => config.users,
      ({ id }) => id,
    ),
    groupAccounts: list(
      (config) => config.groupAccounts,
      ({ id }) => id,
    ),
    presets: list(
      (config) => config.presets,
      ({ match }) => canonicalJson(match),
    ),
    policy: mergeObjects(base.policy, mine.policy, theirs.policy),
  };
}

function mergeLists<T extends object>(
  base: readonly T[],
  mine: readonly T[],
  theirs: readonly T[],
  id: (item: T) => string,
): T[] {
  const by = (items: readonly T[]): Map<string, T> => new Map(items.map((item) => [id(item), item]));
  const [old, own, other] = [by(base), by(mine), by(theirs)];
  const merged: T[] = [];
  for (const key of new Set([...other.keys(), ...own.keys()])) {
    const [was, here, there] = [old.get(key), own.get(key), other.get(key)];
    if (here !== undefined && there !== undefined)
      merged.push(was === undefined ? here : mergeObjects(was, here, there));
    // Removed by one of us: gone, unless the other changed it.
    else if (here !== undefined && (was === undefined || !same(was, here))) merged.push(here);
    else if (there !== undefined && (was === undefined || !same(was, there))) merged.push(there);
  }
  return merged;
}

function mergeObjects<T extends object>(base: T, mine: T, theirs: T): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(theirs));
  for (const field of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    const [was, here] = [(base as Record<string, unknown>)[field], (mine as Record<string, unknown>)[field]];
    if (same(was, here)) continue;
    if (here === undefined) Reflect.deleteProperty(merged, field);
    else merged[field] = here;
  }
  return merged as T;
}
