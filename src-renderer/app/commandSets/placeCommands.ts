/** Moving about: in the list, between the panes, to other places. */
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import Layers from '@lucide/svelte/icons/layers';
import Cloud from '@lucide/svelte/icons/cloud';
import Search from '@lucide/svelte/icons/search';
import SendHorizontal from '@lucide/svelte/icons/send-horizontal';
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import type { Command } from '../commands.svelte.ts';
import { accountHere } from '../accountHere.ts';
import type { AppContext } from '../context.ts';

export function placeCommands(app: AppContext): Command[] {
  const { cursor, dialogs, i18n, list, navigation, panes } = app;
  const { translate: t } = i18n;
  const one = (): boolean => cursor.targets.length === 1;

  return [
    {
      id: 'list.next',
      group: 'navigation',
      title: () => t('actions.next'),
      keys: ['J'],
      hidden: true,
      run: () => cursor.move('next'),
    },
    {
      id: 'list.previous',
      group: 'navigation',
      title: () => t('actions.previous'),
      keys: ['K'],
      hidden: true,
      run: () => cursor.move('previous'),
    },
    {
      id: 'list.first',
      group: 'navigation',
      title: () => t('actions.firstMessage'),
      keys: ['Home'],
      local: true,
      fixed: true,
      place: 'list',
      hidden: true,
      run: () => cursor.move('first'),
    },
    {
      id: 'list.last',
      group: 'navigation',
      title: () => t('actions.lastMessage'),
      keys: ['End'],
      local: true,
      fixed: true,
      place: 'list',
      hidden: true,
      run: () => cursor.move('last'),
    },
    {
      id: 'list.open',
      group: 'navigation',
      title: () => t('actions.open'),
      keys: ['Enter', 'O'],
      enabled: one,
      hidden: true,
      run: () => {
        const key = list.selection.active;
        if (key !== null) cursor.open(key, { focus: true });
      },
    },
    {
      id: 'list.back',
      group: 'navigation',
      title: () => t('actions.closeMessage'),
      keys: ['Escape'],
      hidden: true,
      run: () => cursor.close(),
    },
    {
      id: 'pane.next',
      group: 'navigation',
      title: () => t('actions.nextPane'),
      keys: ['F6'],
      everywhere: true,
      hidden: true,
      enabled: () => !dialogs.anyOpen,
      run: () => panes.move(1),
    },
    {
      id: 'pane.previous',
      group: 'navigation',
      title: () => t('actions.previousPane'),
      keys: ['Shift+F6'],
      everywhere: true,
      hidden: true,
      enabled: () => !dialogs.anyOpen,
      run: () => panes.move(-1),
    },
    {
      id: 'search',
      group: 'navigation',
      title: () => t('search.label'),
      icon: Search,
      keys: ['/', 'Mod+F'],
      run: () => {
        if (app.layout.single && app.layout.readerOpen) cursor.close();
        queueMicrotask(() => panes.focus('search'));
      },
    },
    {
      id: 'search.save',
      group: 'navigation',
      title: () => t('searches.save'),
      icon: BookmarkPlus,
      enabled: () => navigation.searching,
      run: () => {
        const { query, searchAccount } = navigation;
        dialogs.show({
          kind: 'save-search',
          query: query.trim(),
          ...(searchAccount === null ? {} : { accountId: searchAccount }),
        });
      },
    },
    {
      id: 'search.server',
      group: 'navigation',
      title: () => t('serverSearch.offer'),
      icon: Cloud,
      enabled: () => app.serverSearch.offered,
      run: () => void app.serverSearch.run(),
    },
    {
      id: 'folders.create',
      group: 'app',
      title: () => t('folders.create'),
      icon: FolderPlus,
      enabled: () => accountHere(app) !== null,
      run: () => {
        const accountId = accountHere(app);
        if (accountId !== null) dialogs.show({ kind: 'new-folder', accountId, parent: null });
      },
    },
    {
      id: 'go.inboxes',
      group: 'navigation',
      title: () => t('actions.goInboxes'),
      icon: Layers,
      keys: ['G I'],
      run: () => navigation.go({ kind: 'all-inboxes' }),
    },
    {
      id: 'go.outbox',
      group: 'navigation',
      title: () => t('actions.goOutbox'),
      icon: SendHorizontal,
      keys: ['G O'],
      run: () => navigation.go({ kind: 'outbox' }),
    },
  ];
}
