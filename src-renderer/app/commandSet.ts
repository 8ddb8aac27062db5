/** The commands of the main window. Features that come and go (a composer) register their own. */
import Archive from '@lucide/svelte/icons/archive';
import Building2 from '@lucide/svelte/icons/building-2';
import BookUser from '@lucide/svelte/icons/book-user';
import CircleUser from '@lucide/svelte/icons/circle-user-round';
import CommandIcon from '@lucide/svelte/icons/command';
import CodeXml from '@lucide/svelte/icons/code-xml';
import FileUp from '@lucide/svelte/icons/file-up';
import Forward from '@lucide/svelte/icons/forward';
import FolderInput from '@lucide/svelte/icons/folder-input';
import Info from '@lucide/svelte/icons/info';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Layers from '@lucide/svelte/icons/layers';
import Mail from '@lucide/svelte/icons/mail';
import MailOpen from '@lucide/svelte/icons/mail-open';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Printer from '@lucide/svelte/icons/printer';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import Signature from '@lucide/svelte/icons/signature';
import FileText from '@lucide/svelte/icons/file-text';
import Search from '@lucide/svelte/icons/search';
import SendHorizontal from '@lucide/svelte/icons/send-horizontal';
import Settings from '@lucide/svelte/icons/settings';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Star from '@lucide/svelte/icons/star';
import TextAlign from '@lucide/svelte/icons/text';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { Translate } from '#shared/i18n/translate.ts';
import { isUnread, othersHandle } from '../features/group/groupMark.ts';
import { firstDirection, sortKeys } from '../features/list/listSort.ts';
import type { Command } from './commands.svelte.ts';
import type { AppContext } from './context.ts';

export function commandSet(app: AppContext): Command[] {
  const { acts, compose, cursor, dialogs, i18n, list, navigation, panes, reader } = app;
  // In the language of the moment, whenever a title is asked for.
  const t: Translate = (key, ...params) => i18n.t(key, ...params);
  const some = (): boolean => cursor.targets.length > 0;
  const one = (): boolean => cursor.targets.length === 1;
  const open = (): boolean => reader.content !== null && list.selection.keys.size <= 1;
  const answer = (kind: 'reply' | 'reply-all' | 'forward'): void => app.answer(kind);

  const message: Command[] = [
    {
      id: 'message.reply',
      group: 'mail',
      title: () => t('actions.reply'),
      icon: Reply,
      keys: ['R'],
      enabled: one,
      run: () => answer('reply'),
    },
    {
      id: 'message.replyAll',
      group: 'mail',
      title: () => t('actions.replyAll'),
      icon: ReplyAll,
      keys: ['A'],
      enabled: one,
      run: () => answer('reply-all'),
    },
    {
      id: 'message.forward',
      group: 'mail',
      title: () => t('actions.forward'),
      icon: Forward,
      keys: ['F'],
      enabled: one,
      run: () => answer('forward'),
    },
    {
      id: 'message.archive',
      group: 'mail',
      title: () => t('actions.archive'),
      icon: Archive,
      keys: ['E'],
      enabled: some,
      run: () => void acts.archive(cursor.targets),
    },
    {
      id: 'message.delete',
      group: 'mail',
      title: () => t('actions.delete'),
      icon: Trash2,
      keys: ['Delete', '#'],
      enabled: some,
      run: () => void acts.delete(cursor.targets),
    },
    {
      id: 'message.spam',
      group: 'mail',
      title: () => t('actions.spam'),
      icon: OctagonAlert,
      keys: ['!'],
      enabled: some,
      run: () => void acts.junk(cursor.targets),
    },
    {
      id: 'message.move',
      group: 'mail',
      title: () => t('actions.move'),
      icon: FolderInput,
      keys: ['V'],
      enabled: some,
      run: () => {
        const accounts = new Set(cursor.targets.map(({ accountId }) => accountId));
        if (accounts.size > 1) app.announcer.fail(t('move.differentAccounts'));
        else dialogs.show({ kind: 'move' });
      },
    },
    {
      id: 'message.markUnread',
      group: 'mail',
      title: () => t('actions.markUnread'),
      icon: Mail,
      keys: ['U'],
      enabled: () => cursor.targets.some((row) => !isUnread(row) && !othersHandle(row)),
      run: () => {
        reader.keepUnread();
        void acts.setSeen(cursor.targets, false);
      },
    },
    {
      id: 'message.markRead',
      group: 'mail',
      title: () => t('actions.markRead'),
      icon: MailOpen,
      keys: ['Shift+U'],
      enabled: () => cursor.targets.some(isUnread),
      run: () => void acts.setSeen(cursor.targets, true),
    },
    {
      id: 'message.star',
      group: 'mail',
      title: () => t('actions.star'),
      icon: Star,
      keys: ['S'],
      enabled: some,
      run: () => void acts.setStarred(cursor.targets, !cursor.targets.every(({ flags }) => flags.flagged)),
    },
    {
      id: 'message.undo',
      group: 'mail',
      title: () => t('common.undo'),
      icon: Undo2,
      keys: ['Z', 'Mod+Z'],
      run: () => void acts.undo(),
    },
    {
      id: 'message.selectAll',
      group: 'mail',
      title: () => t('actions.selectAll'),
      keys: ['Mod+A'],
      enabled: () => list.rows.length > 0,
      run: () => {
        void cursor.selectAll();
        panes.focus('list');
      },
    },
    {
      id: 'message.toggle',
      group: 'mail',
      title: () => t('actions.toggleSelection'),
      keys: ['X', 'Mod+Space'],
      enabled: () => list.selection.active !== null,
      run: () => {
        if (list.selection.active !== null) list.selection.toggle(list.selection.active);
      },
    },
    {
      id: 'message.plain',
      group: 'mail',
      title: () => t(reader.plainText ? 'reader.original' : 'reader.plain'),
      icon: TextAlign,
      keys: ['P'],
      enabled: () => open() && reader.content?.html !== null,
      run: () => {
        reader.plainText = !reader.plainText;
      },
    },
    {
      id: 'message.source',
      group: 'mail',
      title: () => t('reader.source'),
      icon: CodeXml,
      keys: ['Mod+U'],
      enabled: open,
      run: () => dialogs.show({ kind: 'source' }),
    },
    {
      id: 'message.print',
      group: 'mail',
      title: () => t('actions.print'),
      icon: Printer,
      keys: ['Mod+P'],
      enabled: open,
      run: () => app.printMessage(),
    },
  ];

  const writing: Command[] = [
    {
      id: 'compose.new',
      group: 'compose',
      title: () => t('compose.new'),
      icon: SquarePen,
      keys: ['N', 'C'],
      run: () => compose.open({ kind: 'new' }),
    },
  ];

  const moving: Command[] = [
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
      hidden: true,
      run: () => cursor.move('first'),
    },
    {
      id: 'list.last',
      group: 'navigation',
      title: () => t('actions.lastMessage'),
      keys: ['End'],
      local: true,
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

  const product: Command[] = [
    {
      id: 'app.palette',
      group: 'app',
      title: () => t('menu.palette'),
      icon: CommandIcon,
      keys: ['Mod+K'],
      everywhere: true,
      hidden: true,
      run: () => {
        if (dialogs.current?.kind === 'palette') dialogs.close();
        else if (!dialogs.anyOpen) dialogs.show({ kind: 'palette' });
      },
    },
    {
      id: 'app.shortcuts',
      group: 'app',
      title: () => t('menu.shortcuts'),
      icon: Keyboard,
      keys: ['?'],
      run: () => dialogs.show({ kind: 'shortcuts' }),
    },
    {
      id: 'app.sync',
      group: 'app',
      title: () => t('menu.sync'),
      icon: RefreshCw,
      keys: ['F9'],
      everywhere: true,
      run: () => app.syncNow(),
    },
    {
      id: 'app.contacts',
      group: 'app',
      title: () => t('contacts.title'),
      icon: BookUser,
      keys: ['G C'],
      run: () => dialogs.show({ kind: 'contacts' }),
    },
    {
      id: 'app.identities',
      group: 'app',
      title: () => t('identities.title'),
      icon: Signature,
      run: () => dialogs.show({ kind: 'identities' }),
    },
    {
      id: 'app.templates',
      group: 'app',
      title: () => t('templates.title'),
      icon: FileText,
      run: () => dialogs.show({ kind: 'templates' }),
    },
    {
      id: 'app.accounts',
      group: 'app',
      title: () => t('menu.accounts'),
      icon: CircleUser,
      keys: ['G A'],
      run: () => dialogs.show({ kind: 'accounts', open: 'list' }),
    },
    {
      id: 'app.import',
      group: 'app',
      title: () => t('import.command'),
      icon: FileUp,
      run: () => dialogs.show({ kind: 'import' }),
    },
    {
      id: 'app.organisation',
      group: 'app',
      title: () => t('organisation.title'),
      icon: Building2,
      keys: ['G R'],
      run: () => dialogs.show({ kind: 'organisation' }),
    },
    {
      id: 'app.settings',
      group: 'app',
      title: () => t('menu.settings'),
      icon: Settings,
      keys: ['Mod+,'],
      everywhere: true,
      enabled: () => !dialogs.anyOpen || dialogs.current?.kind === 'palette',
      run: () => dialogs.show({ kind: 'settings' }),
    },
    {
      id: 'app.about',
      group: 'app',
      title: () => t('menu.about'),
      icon: Info,
      run: () => dialogs.show({ kind: 'about' }),
    },
  ];

  const { layout, preferences } = app;
  const view: Command[] = [
    {
      id: 'view.density',
      group: 'app',
      title: () =>
        t('settings.densityTo', {
          density: t(
            `settings.density.${preferences.values.density === 'compact' ? 'comfortable' : 'compact'}`,
          ),
        }),
      run: () =>
        void preferences.set({
          density: preferences.values.density === 'compact' ? 'comfortable' : 'compact',
        }),
    },
    ...(['columns', 'stacked', 'list'] as const).map((value): Command => ({
      id: `view.layout.${value}`,
      group: 'app',
      title: () => t('settings.layoutTo', { layout: t(`settings.layout.${value}`) }),
      enabled: () => preferences.values.layout !== value,
      run: () => void preferences.set({ layout: value }),
    })),
    ...(
      [
        ['in', 'view.zoomIn', ['Mod++', 'Mod+=']],
        ['out', 'view.zoomOut', ['Mod+-']],
        ['reset', 'view.zoomReset', ['Mod+0']],
      ] as const
    ).map(([step, title, keys]): Command => ({
      id: title,
      group: 'mail',
      title: () => t(title),
      keys,
      // Elsewhere these keys enlarge the whole window, as the system does it.
      enabled: () => reader.messages.length > 0 && (panes.holdsFocus('reader') || dialogs.anyOpen),
      run: () => layout.zoomMail(step),
    })),
  ];
  const sorting = sortKeys.map((by): Command => ({
    id: `list.sort.${by}`,
    group: 'navigation',
    title: () => t('list.sortBy', { by: t(`list.sort.${by}`) }),
    enabled: () => list.arrangeable,
    run: () =>
      list.arrange({
        sort: list.sort.by === by ? { by, ascending: !list.sort.ascending } : firstDirection(by),
      }),
  }));
  const filtering = (['unread', 'starred', 'attachments', 'toMe'] as const).map((key): Command => ({
    id: `list.filter.${key}`,
    group: 'navigation',
    title: () => t(`list.filter.${key}`),
    enabled: () => list.arrangeable,
    run: () => {
      const { [key]: was, ...others } = list.filter;
      list.arrange({ filter: was ? others : { ...others, [key]: true } });
    },
  }));

  /** Several messages are open, and the keyboard is there. */
  const inConversation = (): boolean => reader.messages.length > 1 && panes.holdsFocus('reader');
  const goTo = (step: 1 | -1): void => {
    const to = reader.neighbour(step);
    if (!to) return;
    reader.choose(to);
    panes.focus('reader');
  };
  const conversation: Command[] = [
    {
      id: 'conversation.next',
      group: 'navigation',
      title: () => t('actions.nextInConversation'),
      keys: ['N'],
      hidden: true,
      enabled: inConversation,
      run: () => goTo(1),
    },
    {
      id: 'conversation.previous',
      group: 'navigation',
      title: () => t('actions.previousInConversation'),
      keys: ['P'],
      hidden: true,
      enabled: inConversation,
      run: () => goTo(-1),
    },
    {
      id: 'conversation.expandAll',
      group: 'navigation',
      title: () => t('reader.expandAll'),
      keys: [';'],
      enabled: () => reader.messages.length > 1,
      run: () => reader.expandAll(true),
    },
    {
      id: 'conversation.collapseAll',
      group: 'navigation',
      title: () => t('reader.collapseAll'),
      keys: [':'],
      enabled: () => reader.messages.length > 1,
      run: () => reader.expandAll(false),
    },
  ];

  // Those of a conversation come last: they take their keys from others while it has the focus.
  return [...message, ...writing, ...moving, ...product, ...view, ...sorting, ...filtering, ...conversation];
}
