/** The folder tree as data: nodes from flat rows, then the visible lines of it in order. Pure. */
import type { SavedSearch } from '#shared/contract/app.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { GroupList } from '#shared/domain/group/messageView.ts';
import type { AccountId, FolderId } from '#shared/domain/ids.ts';
import type { FolderRole, FolderRow } from '#shared/domain/message.ts';

export type SmartFolder = 'all-inboxes' | GroupList | 'outbox';

/** What a tree line stands for; its key is stable over re-reads. */
export type TreeItem =
  | { readonly kind: 'smart'; readonly key: string; readonly smart: SmartFolder }
  | { readonly kind: 'account'; readonly key: string; readonly account: AccountRow }
  /** The heading over the saved searches. */
  | { readonly kind: 'searches'; readonly key: string }
  | { readonly kind: 'search'; readonly key: string; readonly search: SavedSearch }
  | {
      readonly kind: 'folder';
      readonly key: string;
      readonly folder: FolderRow;
      /** It stands among the favourites, away from its account. */
      readonly favourite?: AccountRow;
    };

export interface TreeLine {
  readonly item: TreeItem;
  readonly level: number;
  /** null: nothing below it. */
  readonly expanded: boolean | null;
  /** Unread mails in all that is folded away below it, and in itself. */
  readonly unread: number;
  readonly positionInSet: number;
  readonly setSize: number;
}

interface Node {
  readonly item: TreeItem;
  readonly children: Node[];
}

/** Roles stand first, in this order; other folders follow by name. */
const roleOrder: readonly FolderRole[] = [
  'inbox',
  'flagged',
  'important',
  'drafts',
  'sent',
  'archive',
  'all',
  'junk',
  'trash',
  'log',
];

export function folderKey(id: FolderId): string {
  return `folder:${id}`;
}
export function accountKey(id: AccountId): string {
  return `account:${id}`;
}
export function favouriteKey(id: FolderId): string {
  return `favourite:${id}`;
}
export function searchKey(id: string): string {
  return `search:${id}`;
}
export function smartKey(smart: SmartFolder): string {
  return `smart:${smart}`;
}

export function sortFolders(folders: readonly FolderRow[], locale: string): FolderRow[] {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const rank = ({ role }: FolderRow): number => (role === null ? roleOrder.length : roleOrder.indexOf(role));
  return [...folders].sort((a, b) => rank(a) - rank(b) || collator.compare(a.name, b.name) || a.id - b.id);
}

function folderNodes(folders: readonly FolderRow[], locale: string): Node[] {
  const paths = new Set(folders.map(({ path }) => path));
  const byParent = Map.groupBy(folders, ({ parent, path }) =>
    // A parent that is not listed (or a row that claims to be its own parent) puts the folder on the top level.
    parent !== null && parent !== path && paths.has(parent) ? parent : null,
  );
  const placed = new Set<string>();
  const below = (parent: string | null): Node[] =>
    sortFolders(byParent.get(parent) ?? [], locale)
      .filter(({ path }) => !placed.has(path) && placed.add(path))
      .flatMap((folder) => {
        const children = below(folder.path);
        // What is not shown, or holds nothing itself, is there as the place of what is below it.
        const empty =
          children.length === 0 && (!folder.shown || (!folder.selectable && byParent.has(folder.path)));
        return empty ? [] : [{ item: { kind: 'folder', key: folderKey(folder.id), folder }, children }];
      });
  return below(null);
}

function unreadOf({ item, children }: Node): number {
  const own = item.kind === 'folder' ? shownUnread(item.folder) : 0;
  return children.reduce((sum, child) => sum + unreadOf(child), own);
}

/** Unread mails that a person is to see: not those of spam, trash and the like, where nobody waits for them, nor of what is not shown. */
export function shownUnread({ role, unread, shown }: FolderRow): number {
  return !shown || role === 'trash' || role === 'sent' || role === 'drafts' || role === 'log' ? 0 : unread;
}

/**
 * The lines on screen from top to bottom.
 * @param folded keys of the nodes that a person folded; everything else is open
 */
export function treeLines(
  accounts: readonly AccountRow[],
  folders: readonly FolderRow[],
  smart: readonly SmartFolder[],
  folded: ReadonlySet<string>,
  locale: string,
  favourites: readonly FolderId[] = [],
  searches: readonly SavedSearch[] = [],
): TreeLine[] {
  const byAccount = Map.groupBy(folders, ({ accountId }) => accountId);
  const roots: Node[] = [
    ...smart.map((name): Node => ({
      item: { kind: 'smart', key: smartKey(name), smart: name },
      children: [],
    })),
    ...favourites.flatMap((id): Node[] => {
      const folder = folders.find((one) => one.id === id && one.shown);
      const account = accounts.find((one) => one.id === folder?.accountId);
      if (!folder || !account) return [];
      return [{ item: { kind: 'folder', key: favouriteKey(id), folder, favourite: account }, children: [] }];
    }),
    ...(searches.length === 0
      ? []
      : [
          {
            item: { kind: 'searches', key: 'searches' } as const,
            children: searches.map((search): Node => ({
              item: { kind: 'search', key: searchKey(search.id), search },
              children: [],
            })),
          },
        ]),
    ...accounts.map((account): Node => ({
      item: { kind: 'account', key: accountKey(account.id), account },
      children: folderNodes(byAccount.get(account.id) ?? [], locale),
    })),
  ];
  const lines: TreeLine[] = [];
  const walk = (nodes: readonly Node[], level: number): void => {
    nodes.forEach((node, at) => {
      const { item, children } = node;
      const expanded = children.length === 0 ? null : !folded.has(item.key);
      const own = item.kind === 'folder' ? shownUnread(item.folder) : 0;
      lines.push({
        item,
        level,
        expanded,
        unread: expanded === false ? unreadOf(node) : own,
        positionInSet: at + 1,
        setSize: nodes.length,
      });
      if (expanded) walk(children, level + 1);
    });
  };
  walk(roots, 1);
  return lines;
}

/** Where an arrow key leads (the tree pattern of the ARIA practices); null: nowhere, or it folds instead. */
export function treeMove(
  lines: readonly TreeLine[],
  key: string,
  move: 'up' | 'down' | 'first' | 'last' | 'parent' | 'child',
): string | null {
  const at = lines.findIndex(({ item }) => item.key === key);
  const line = lines[at];
  const keyAt = (index: number): string | null => lines[index]?.item.key ?? null;
  switch (move) {
    case 'first':
      return keyAt(0);
    case 'last':
      return keyAt(lines.length - 1);
    case 'up':
      return at > 0 ? keyAt(at - 1) : null;
    case 'down':
      return keyAt(at + 1);
    case 'child':
      return line?.expanded ? keyAt(at + 1) : null;
    case 'parent': {
      if (!line) return null;
      for (let above = at - 1; above >= 0; above -= 1) {
        if ((lines[above]?.level ?? 0) < line.level) return keyAt(above);
      }
      return null;
    }
  }
}

/** The first line whose name begins with what was typed, searched from the line after `key` on and around. */
export function treeTypeahead(
  lines: readonly TreeLine[],
  key: string,
  typed: string,
  nameOf: (item: TreeItem) => string,
): string | null {
  const at = lines.findIndex(({ item }) => item.key === key);
  const wanted = typed.toLocaleLowerCase();
  // A single letter goes on to the next line; more letters may still mean the line that stands there.
  const from = typed.length === 1 ? at + 1 : Math.max(0, at);
  for (let step = 0; step < lines.length; step += 1) {
    const line = lines[(from + step) % lines.length];
    if (line && nameOf(line.item).toLocaleLowerCase().startsWith(wanted)) return line.item.key;
  }
  return null;
}
