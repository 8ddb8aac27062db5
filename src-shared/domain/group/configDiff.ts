/** What differs between two configs, in the terms of those who administer them: for "not yet published" and for conflicts. */
import { canonicalJson } from './canonicalJson.ts';
import type { SharedConfig } from './config.ts';

export interface ConfigDifference {
  /** "users.ben", "groupAccounts.info.archiveAddress", "admins.anna", "organisation.name". */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Short texts for people; empty where there is nothing, and never a secret. */
  readonly before: string;
  readonly after: string;
}

/** Revision and date of issue differ by nature and are left out. */
export function diffConfigs(before: SharedConfig | null, after: SharedConfig): ConfigDifference[] {
  return [
    ...diffFields('organisation', before?.organisation ?? null, after.organisation),
    ...diffLists('users', before?.users ?? [], after.users, ({ id }) => id),
    ...diffLists(
      'admins',
      before?.admins ?? [],
      after.admins,
      ({ user, key }) => `${user}.${key.slice(0, 8)}`,
    ),
    ...diffLists('groupAccounts', before?.groupAccounts ?? [], after.groupAccounts, ({ id }) => id),
    ...diffLists(
      'presets',
      before?.presets ?? [],
      after.presets,
      ({ match }) => match.address ?? match.domain ?? '*',
    ),
    ...diffFields('policy', before?.policy ?? {}, after.policy),
  ];
}

function diffLists<T extends object>(
  place: string,
  before: readonly T[],
  after: readonly T[],
  id: (item: T) => string,
): ConfigDifference[] {
  const old = new Map(before.map((item) => [id(item), item]));
  const fresh = new Map(after.map((item) => [id(item), item]));
  const differences: ConfigDifference[] = [];
  for (const [name, item] of old) {
    const now = fresh.get(name);
    if (now === undefined)
      differences.push({ path: `${place}.${name}`, kind: 'removed', before: label(item), after: '' });
    else differences.push(...diffFields(`${place}.${name}`, item, now));
  }
  for (const [name, item] of fresh) {
    if (!old.has(name))
      differences.push({ path: `${place}.${name}`, kind: 'added', before: '', after: label(item) });
  }
  return differences;
}

function diffFields(place: string, before: object | null, after: object): ConfigDifference[] {
  const old: Record<string, unknown> = { ...before };
  const fresh: Record<string, unknown> = { ...after };
  const differences: ConfigDifference[] = [];
  for (const field of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const [a, b] = [old[field], fresh[field]];
    if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) continue;
    const kind =
      a === undefined || a === null ? 'added' : b === undefined || b === null ? 'removed' : 'changed';
    const secret = field === 'credentials';
    differences.push({
      path: `${place}.${field}`,
      kind,
      before: secret ? '' : text(a),
      after: secret ? '' : text(b),
    });
  }
  return differences;
}

/** What an entry is called. */
function label(item: object): string {
  const { name, address, user } = item as { name?: string; address?: string; user?: string };
  if (name !== undefined) return address === undefined ? name : `${name} <${address}>`;
  return user ?? '';
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return (typeof value === 'string' ? value : canonicalJson(value)).slice(0, 500);
}
