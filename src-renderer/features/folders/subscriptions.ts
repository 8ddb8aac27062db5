/** All folders of an account as the lines of a tree in which each is subscribed or not. Pure. */
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import { score } from '../palette/rank.ts';
import { treeLines } from './tree.ts';
import type { TreeLine } from './tree.ts';

export interface SubscriptionLine extends TreeLine {
  readonly folder: FolderRow;
}

/** A folder with a role always has its place, and one without mails is the place of what is below it. */
export function mayUnsubscribe({ role, selectable }: FolderRow): boolean {
  return role === null && selectable;
}

/** Those whose names are sought, with all above them; without the team log, which is nobody's to subscribe. */
export function subscriptionLines(
  account: AccountRow,
  all: readonly FolderRow[],
  options: {
    readonly query: string;
    readonly locale: string;
    readonly nameOf: (folder: FolderRow) => string;
  },
): SubscriptionLine[] {
  const rows = all.filter(({ role }) => role !== 'log');
  const byPath = new Map(rows.map((folder) => [folder.path, folder]));
  const kept = new Set<FolderRow>();
  for (const row of rows.filter((folder) => score(options.nameOf(folder), options.query) !== null))
    for (let folder: FolderRow | undefined = row; folder && !kept.has(folder);) {
      kept.add(folder);
      folder = byPath.get(folder.parent ?? '');
    }
  const byId = new Map(rows.map((folder) => [folder.id, folder]));
  const shown = [...kept].map((folder) => ({ ...folder, shown: true }));
  return treeLines([account], shown, [], new Set(), options.locale).flatMap((line) => {
    const folder = line.item.kind === 'folder' ? byId.get(line.item.folder.id) : undefined;
    return folder ? [{ ...line, folder }] : [];
  });
}
