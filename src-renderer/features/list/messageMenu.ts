/** What the context menu of the message list offers, for all that is selected. */
import type { AppContext } from '../../app/context.ts';
import type { MenuEntries, MenuEntry } from '../../ui/menu.ts';

const groups = [
  ['message.reply', 'message.replyAll', 'message.forward'],
  [
    'group.claim',
    'group.assign',
    'group.release',
    'group.done',
    'group.wait',
    'group.reopen',
    'group.note',
    'group.show',
  ],
  ['message.archive', 'message.move', 'message.spam', 'message.delete'],
  ['message.markUnread', 'message.markRead', 'message.star'],
  ['message.saveEml', 'message.saveMbox'],
] as const;

export function messageMenu({ commands }: AppContext): MenuEntries {
  return groups.map((ids) =>
    ids.flatMap((id): MenuEntry[] => {
      const command = commands.byId(id);
      if (!command || !(command.enabled?.() ?? true)) return [];
      return [
        {
          id,
          label: command.title(),
          icon: command.icon,
          keys: commands.keysOf(id),
          ...(id === 'message.delete' ? { tone: 'danger' as const } : {}),
          run: command.run,
        },
      ];
    }),
  );
}
