/** What the context menu of a tree line offers. */
import CheckCheck from '@lucide/svelte/icons/check-check';
import ChevronsDownUp from '@lucide/svelte/icons/chevrons-down-up';
import ChevronsUpDown from '@lucide/svelte/icons/chevrons-up-down';
import FolderDown from '@lucide/svelte/icons/folder-down';
import FolderInput from '@lucide/svelte/icons/folder-input';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import Import from '@lucide/svelte/icons/import';
import Eye from '@lucide/svelte/icons/eye';
import EyeOff from '@lucide/svelte/icons/eye-off';
import ListChecks from '@lucide/svelte/icons/list-checks';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Star from '@lucide/svelte/icons/star';
import StarOff from '@lucide/svelte/icons/star-off';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { FolderRow } from '#shared/domain/message.ts';
import type { AppContext } from '../../app/context.ts';
import type { MenuEntries, MenuEntry } from '../../ui/menu.ts';
import { folderNewsEntry, tellsNews } from '../notices/folderNews.ts';
import { takesMails } from '../mailFiles/filePicking.ts';
import {
  deleteFolder,
  emptyFolder,
  markAllRead,
  setFavourite,
  setSubscribed,
  unsubscribeFolder,
} from './folderActs.ts';
import { searchMenu } from '../searches/searchMenu.ts';
import { folderName } from './folderNames.ts';
import { mayUnsubscribe } from './subscriptions.ts';
import type { TreeLine } from './tree.ts';

export function folderMenu(app: AppContext, line: TreeLine, fold: () => void): MenuEntries {
  const { dialogs, i18n } = app;
  const { t } = i18n;
  const { item } = line;
  const folding: MenuEntry[] =
    line.expanded === null
      ? []
      : [
          {
            id: 'fold',
            label: t(line.expanded ? 'folders.collapse' : 'folders.expand'),
            icon: line.expanded ? ChevronsDownUp : ChevronsUpDown,
            run: fold,
          },
        ];
  if (item.kind === 'smart') {
    if (item.smart !== 'all-inboxes') return [];
    return [
      [
        {
          id: 'read',
          label: t('folders.markAllRead'),
          icon: CheckCheck,
          run: () => void markAllRead(app, app.folders.inboxes),
        },
      ],
    ];
  }
  if (item.kind === 'searches') return [folding];
  if (item.kind === 'search') return searchMenu(app, item.search);
  if (item.kind === 'account') {
    const { account } = item;
    return [
      [
        {
          id: 'create',
          label: t('folders.create'),
          icon: FolderPlus,
          run: () => dialogs.show({ kind: 'new-folder', accountId: account.id, parent: null }),
        },
        {
          id: 'subscriptions',
          label: t('subscriptions.menu'),
          icon: ListChecks,
          run: () => dialogs.show({ kind: 'subscriptions', accountId: account.id }),
        },
      ],
      [
        {
          id: 'sync',
          label: t('menu.sync'),
          icon: RefreshCw,
          run: () => app.syncNow(account.id),
        },
        {
          id: 'settings',
          label: t('accounts.edit'),
          icon: Settings2,
          run: () => dialogs.show({ kind: 'accounts', open: account.id }),
        },
      ],
      folding,
    ];
  }
  const { folder } = item;
  if (!folder.shown) return [[subscribeEntry(app, folder)], folding];
  const own = folder.role === null;
  const favourite = app.preferences.values.favourites.includes(folder.id);
  const emptied = folder.role === 'trash' || folder.role === 'junk';
  return [
    folder.selectable
      ? [
          {
            id: 'read',
            label: t('folders.markAllRead'),
            icon: CheckCheck,
            disabled: folder.unread === 0,
            run: () => void markAllRead(app, [folder]),
          },
          {
            id: 'favourite',
            label: t(favourite ? 'folders.favourite.remove' : 'folders.favourite.add'),
            icon: favourite ? StarOff : Star,
            run: () => void setFavourite(app, folder, !favourite),
          },
          ...(tellsNews(folder) ? [folderNewsEntry(app, folder)] : []),
          ...(emptied
            ? [
                {
                  id: 'empty',
                  label: t('folders.emptyNow', { name: folderName(folder, t) }),
                  icon: Trash2,
                  tone: 'danger' as const,
                  disabled: folder.total === 0,
                  run: () => void emptyFolder(app, folder),
                },
              ]
            : []),
        ]
      : [],
    [
      {
        id: 'create',
        label: t('folders.createIn', { name: folderName(folder, t) }),
        icon: FolderPlus,
        run: () => dialogs.show({ kind: 'new-folder', accountId: folder.accountId, parent: folder }),
      },
      ...(own
        ? [
            {
              id: 'rename',
              label: t('folders.rename'),
              icon: PencilLine,
              run: () => dialogs.show({ kind: 'rename-folder', folder }),
            },
            {
              id: 'move',
              label: t('folders.moveFolder'),
              icon: FolderInput,
              run: () => dialogs.show({ kind: 'move-folder', folder }),
            },
            ...(mayUnsubscribe(folder) ? [subscribeEntry(app, folder)] : []),
            {
              id: 'delete',
              label: t('folders.delete'),
              icon: Trash2,
              tone: 'danger' as const,
              run: () => void deleteFolder(app, folder),
            },
          ]
        : []),
    ],
    folder.selectable
      ? [
          ...(takesMails(folder)
            ? [
                {
                  id: 'import',
                  label: t('mailFiles.import'),
                  icon: Import,
                  run: () => void app.mailFiles.chooseAndImport(folder),
                },
              ]
            : []),
          {
            id: 'export',
            label: t('mailFiles.exportFolder'),
            icon: FolderDown,
            disabled: folder.total === 0,
            run: () => void app.mailFiles.exportFolder(folder),
          },
        ]
      : [],
    folding,
  ];
}

/** Into the tree or out of it; the server is told. */
function subscribeEntry(app: AppContext, folder: FolderRow): MenuEntry {
  return folder.shown
    ? {
        id: 'unsubscribe',
        label: app.i18n.t('folders.unsubscribe'),
        icon: EyeOff,
        run: () => void unsubscribeFolder(app, folder),
      }
    : {
        id: 'subscribe',
        label: app.i18n.t('folders.subscribe'),
        icon: Eye,
        run: () => void setSubscribed(app, folder, { subscribed: true }),
      };
}
