/** The account's folders as the server lists them, made consistent and put in the order of their importance. Pure. */
import type { FolderRole } from '#shared/domain/message.ts';

export interface ServerFolder {
  readonly path: string;
  readonly role: FolderRole | null;
}

/**
 * Each folder once, each role once. The inbox is INBOX, whatever is said of others (RFC 9051 section 5.1); `logFolder` is the path of a
 * group account's team log.
 */
export function orderedFolders<F extends ServerFolder>(
  listed: readonly F[],
  logFolder: string | null = null,
): (F & { readonly role: FolderRole | null })[] {
  return uniqueRoles(uniquePaths(listed), logFolder).sort(byImportance);
}

function uniquePaths<F extends ServerFolder>(listed: readonly F[]): F[] {
  const seen = new Set<string>();
  return listed.filter(({ path }) => path !== '' && !seen.has(path) && seen.add(path).size > 0);
}

function uniqueRoles<F extends ServerFolder>(listed: readonly F[], logFolder: string | null): F[] {
  const taken = new Set<FolderRole>();
  return listed.map((folder) => {
    const role = roleOf(folder, logFolder);
    if (role === null || taken.has(role)) return { ...folder, role: null };
    taken.add(role);
    return { ...folder, role };
  });
}

function roleOf({ path, role }: ServerFolder, logFolder: string | null): FolderRole | null {
  if (path === 'INBOX') return 'inbox';
  // Servers that keep all folders below the inbox put it there, too.
  if (logFolder !== null && (path === logFolder || (/^INBOX[./]/i.test(path) && path.slice(6) === logFolder)))
    return 'log';
  return role === 'inbox' ? null : role;
}

const order: readonly (FolderRole | null)[] = [
  'inbox',
  'log',
  'sent',
  'drafts',
  'archive',
  null,
  'important',
  'flagged',
  'all',
  'trash',
  'junk',
];

/** What people look at first. Ties by path, so that the order is always the same. */
export function byImportance(a: ServerFolder, b: ServerFolder): number {
  return order.indexOf(a.role) - order.indexOf(b.role) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
