/** What is done with the messages that are chosen. */
import Archive from '@lucide/svelte/icons/archive';
import CodeXml from '@lucide/svelte/icons/code-xml';
import Forward from '@lucide/svelte/icons/forward';
import FolderInput from '@lucide/svelte/icons/folder-input';
import Mail from '@lucide/svelte/icons/mail';
import MailOpen from '@lucide/svelte/icons/mail-open';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Printer from '@lucide/svelte/icons/printer';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Star from '@lucide/svelte/icons/star';
import CopyCheck from '@lucide/svelte/icons/copy-check';
import SquareCheck from '@lucide/svelte/icons/square-check';
import TextAlign from '@lucide/svelte/icons/text';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import { isUnread, marksSeen } from '../../features/group/groupMark.ts';
import type { Command } from '../commands.svelte.ts';
import type { AppContext } from '../context.ts';

export function messageCommands(app: AppContext): Command[] {
  const { acts, compose, cursor, dialogs, i18n, list, panes, reader } = app;
  const { translate: t } = i18n;
  const some = (): boolean => cursor.targets.length > 0;
  const one = (): boolean => cursor.targets.length === 1;
  const open = (): boolean => reader.content !== null && list.selection.keys.size <= 1;
  const answer = (kind: 'reply' | 'reply-all' | 'forward'): void => app.answer(kind);

  return [
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
      turns: 'message.markRead',
      group: 'mail',
      title: () => t('actions.markUnread'),
      icon: Mail,
      keys: ['U'],
      // What is about to count as read can be kept from it.
      enabled: () =>
        cursor.targets.some((row) => marksSeen(row) && (!isUnread(row) || reader.willBeRead(row))),
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
    {
      id: 'compose.new',
      group: 'compose',
      title: () => t('compose.new'),
      icon: SquarePen,
      keys: ['N', 'C'],
      run: () => compose.open({ kind: 'new' }),
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
      icon: CopyCheck,
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
      icon: SquareCheck,
      keys: ['X', 'Mod+Space'],
      enabled: () => list.selection.active !== null,
      run: () => {
        if (list.selection.active !== null) list.selection.toggle(list.selection.active);
      },
    },
  ];
}
