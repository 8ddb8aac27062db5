/** The account's folders: what the server lists against what we hold. Pure. */
import type { FolderRole } from '#shared/domain/message.ts';

export interface HeldFolder<Id> {
  readonly id: Id;
  readonly path: string;
  /** Made here, the server does not have it yet: never removed for being missing there. */
  readonly localOnly: boolean;
}

export interface ServerFolder {
  readonly path: string;
  readonly role: FolderRole | null;
}

export interface FolderListPlan<Id, F extends ServerFolder> {
  /** Listed: to be added, or its attributes brought up to date. Most important first. */
  readonly listed: readonly F[];
  /**
   * No longer listed. One that another client renamed is among these, and its new name is listed as a new folder: its headers are read
   * again and recognised, its texts stay. (Its UIDVALIDITY would not prove which folder it was: some servers give all the same.)
   */
  readonly gone: readonly Id[];
}

export function planFolderList<Id, F extends ServerFolder>(
  held: readonly HeldFolder<Id>[],
  server: readonly F[],
): FolderListPlan<Id, F> {
  const listed = uniqueRoles(uniquePaths(server)).sort(byImportance);
  const paths = new Set(listed.map(({ path }) => path));
  const gone = held.filter((folder) => !paths.has(folder.path) && !folder.localOnly).map(({ id }) => id);
  return { listed, gone };
}

/** A server that lists a folder twice means one folder. */
function uniquePaths<F extends ServerFolder>(server: readonly F[]): F[] {
  const seen = new Set<string>();
  return server.filter(({ path }) => path !== '' && !seen.has(path) && seen.add(path) !== undefined);
}

/** One folder a role: the first that the server lists has it. The inbox is INBOX, whatever is said of others. */
function uniqueRoles<F extends ServerFolder>(server: readonly F[]): F[] {
  const taken = new Set<FolderRole>();
  return server.map((folder) => {
    const role = folder.path === 'INBOX' ? 'inbox' : folder.role === 'inbox' ? null : folder.role;
    if (role === null || taken.has(role)) return { ...folder, role: null };
    taken.add(role);
    return { ...folder, role };
  });
}

const order: readonly (FolderRole | null)[] = [
  'inbox',
  'sent',
  'drafts',
  'log',
  'archive',
  null,
  'important',
  'flagged',
  'all',
  'trash',
  'junk',
];

/** In which order folders are synchronised: what people look at first. Ties by path, so that the order is always the same. */
export function byImportance(
  a: { readonly role: FolderRole | null; readonly path: string },
  b: { readonly role: FolderRole | null; readonly path: string },
): number {
  return order.indexOf(a.role) - order.indexOf(b.role) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}
