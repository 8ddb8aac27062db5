/** What one message of an open conversation offers. */
import Archive from '@lucide/svelte/icons/archive';
import CodeXml from '@lucide/svelte/icons/code-xml';
import FileDown from '@lucide/svelte/icons/file-down';
import FolderInput from '@lucide/svelte/icons/folder-input';
import Forward from '@lucide/svelte/icons/forward';
import Mail from '@lucide/svelte/icons/mail';
import MailOpen from '@lucide/svelte/icons/mail-open';
import OctagonAlert from '@lucide/svelte/icons/octagon-alert';
import Printer from '@lucide/svelte/icons/printer';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import Star from '@lucide/svelte/icons/star';
import TextAlign from '@lucide/svelte/icons/text';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { AppContext } from '../../app/context.ts';
import type { MenuEntries, MenuEntry } from '../../ui/menu.ts';
import { seenAct } from '../group/groupMark.ts';
import type { OpenMessage } from './openMessage.svelte.ts';

export function openMessageMenu(app: AppContext, open: OpenMessage): MenuEntries {
  const { acts, dialogs, i18n, reader } = app;
  const { t } = i18n;
  const { row } = open;
  const { flagged } = row.flags;
  const seen = seenAct(row);
  const readable = open.content !== null;
  /** Commands speak of the message that the person is at. */
  const here = (run: () => void) => (): void => {
    reader.choose(open);
    run();
  };
  const entry = (
    id: string,
    label: string,
    icon: MenuEntry['icon'],
    run: () => void,
    more: Partial<MenuEntry> = {},
  ): MenuEntry => ({ id, label, icon, run, ...more });
  return [
    [
      entry(
        'reply',
        t('actions.reply'),
        Reply,
        here(() => app.answer('reply')),
      ),
      entry(
        'replyAll',
        t('actions.replyAll'),
        ReplyAll,
        here(() => app.answer('reply-all')),
      ),
      entry(
        'forward',
        t('actions.forward'),
        Forward,
        here(() => app.answer('forward')),
      ),
    ],
    [
      entry('archive', t('actions.archive'), Archive, () => void acts.archive([row])),
      entry('move', t('actions.move'), FolderInput, () => dialogs.show({ kind: 'move', rows: [row] })),
      entry('spam', t('actions.spam'), OctagonAlert, () => void acts.junk([row])),
      entry('delete', t('actions.delete'), Trash2, () => void acts.delete([row]), { tone: 'danger' }),
    ],
    [
      ...(seen === null
        ? []
        : [
            entry('seen', t(`actions.${seen}`), seen === 'markRead' ? MailOpen : Mail, () => {
              open.keepUnread();
              void acts.setSeen([row], seen === 'markRead');
            }),
          ]),
      entry(
        'star',
        t('actions.star'),
        Star,
        () => void acts.setStarred([row], !flagged),
        flagged ? { checked: true } : {},
      ),
    ],
    [
      entry(
        'plain',
        t(open.plainText ? 'reader.original' : 'reader.plain'),
        TextAlign,
        () => {
          open.plainText = !open.plainText;
        },
        { disabled: !readable || open.content?.html === null },
      ),
      entry(
        'source',
        t('reader.source'),
        CodeXml,
        here(() => dialogs.show({ kind: 'source' })),
        {
          disabled: !readable,
        },
      ),
      entry(
        'print',
        t('actions.print'),
        Printer,
        here(() => app.printMessage()),
        { disabled: !readable },
      ),
      entry('saveEml', t('mailFiles.saveEml'), FileDown, () => void app.mailFiles.saveAsEml([row])),
    ],
  ];
}
