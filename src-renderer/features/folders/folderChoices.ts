/** Folders as a dialog offers them: each with the folders above it, for telling two of one name apart. Pure. */
import type { FolderRow } from '#shared/domain/message.ts';
import type { Translate } from '#shared/i18n/translate.ts';
import { folderName } from './folderNames.ts';
import { sortFolders } from './tree.ts';

export interface FolderChoice {
  readonly folder: FolderRow;
  readonly name: string;
  /** "Account / Projects"; empty where nothing is above it. */
  readonly above: string;
}

/** A server's tree may be damaged; nobody's is as deep. */
const maxAbove = 20;

/** The folders of one account in the tree's order. `account`: its name, where folders of several stand together. */
export function folderChoices(
  all: readonly FolderRow[],
  { locale, t, account }: { readonly locale: string; readonly t: Translate; readonly account?: string },
): FolderChoice[] {
  const byPath = new Map(all.map((folder) => [folder.path, folder]));
  return sortFolders(all, locale).map((folder) => {
    const above: string[] = [];
    for (let parent = byPath.get(folder.parent ?? ''); parent && above.length < maxAbove;) {
      above.unshift(folderName(parent, t));
      parent = byPath.get(parent.parent ?? '');
    }
    if (account !== undefined) above.unshift(account);
    return { folder, name: folderName(folder, t), above: above.join(' / ') };
  });
}

/** What lies in these is unfinished, unwanted or thrown away, or is kept by the group: no place for folders. */
const closed: ReadonlySet<FolderRow['role']> = new Set(['drafts', 'junk', 'trash', 'log']);

/** May `folder` be brought under `parent`? Not where it is already, not into itself, and not to where no folders of one's own belong. */
export function mayHold(parent: FolderRow, folder: FolderRow): boolean {
  const within = folder.path + (folder.delimiter ?? '');
  return (
    folder.delimiter !== null &&
    !closed.has(parent.role) &&
    (parent.shown || !parent.selectable) &&
    parent.path !== folder.parent &&
    parent.id !== folder.id &&
    !parent.path.startsWith(within)
  );
}
