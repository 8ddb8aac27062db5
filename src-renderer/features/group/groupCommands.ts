/** The commands of group work: registered where there is a group account, and nowhere else. */
import Info from '@lucide/svelte/icons/info';
import Check from '@lucide/svelte/icons/check';
import Hourglass from '@lucide/svelte/icons/hourglass';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import UserMinus from '@lucide/svelte/icons/user-minus';
import UserPlus from '@lucide/svelte/icons/user-plus';
import UserRound from '@lucide/svelte/icons/user-round';
import UserRoundCheck from '@lucide/svelte/icons/user-round-check';
import UserRoundX from '@lucide/svelte/icons/user-round-x';
import Users from '@lucide/svelte/icons/users';
import type { MessageRow } from '#shared/domain/message.ts';
import type { Command } from '../../app/commands.svelte.ts';
import type { AppContext } from '../../app/context.ts';
import type { GroupPopup } from './groups.svelte.ts';
import { symbolOf } from './symbolOf.ts';

export function groupCommands(app: AppContext): Command[] {
  const { cursor, dialogs, groupActs, groups, i18n, navigation, reader } = app;
  const { translate: t } = i18n;
  /** The group mails that acts concern, as they stand now. */
  const targets = (): MessageRow[] => {
    const [row, ...more] = cursor.targets;
    if (!row) return [];
    // Inside an open conversation the message that the person is at is meant.
    const inside = more.length === 0 && document.activeElement?.closest('article') ? reader.current : null;
    const rows = inside ? [inside.row] : cursor.targets.map((one) => groups.newestOf(one));
    return rows.filter(({ group }) => group !== undefined);
  };
  const any = (fits: (group: NonNullable<MessageRow['group']>) => boolean): boolean =>
    targets().some(({ group }) => group !== undefined && fits(group));
  const show = (start: GroupPopup['start']): void => {
    const [row] = targets();
    if (row) groups.show(row, symbolOf(row), start);
  };

  return [
    {
      id: 'group.show',
      group: 'group',
      title: () => t('group.open'),
      icon: Users,
      keys: ['H'],
      enabled: () => targets().length === 1,
      run: () => show('dialog'),
    },
    {
      id: 'group.claim',
      group: 'group',
      title: () => t('group.takeOver'),
      icon: UserRoundCheck,
      keys: ['T'],
      enabled: () => any(({ mine }) => !mine),
      run: () => void groupActs.claim(targets()),
    },
    {
      id: 'group.assign',
      group: 'group',
      title: () => t('group.assign'),
      icon: UserPlus,
      keys: ['Shift+T'],
      enabled: () => targets().length > 0,
      run: () => {
        const rows = targets();
        void groupActs.membersFor(rows).then((members) => {
          if (members) dialogs.show({ kind: 'assign', rows, members });
        });
      },
    },
    {
      id: 'group.release',
      group: 'group',
      title: () => t('group.release'),
      icon: UserMinus,
      keys: ['Shift+R'],
      enabled: () => any(({ handler }) => handler !== null),
      run: () => void groupActs.assign(targets(), null),
    },
    {
      id: 'group.done',
      group: 'group',
      title: () => t('group.done'),
      icon: Check,
      keys: ['D'],
      enabled: () => any(({ status }) => status !== 'done'),
      run: () => void groupActs.setStatus(targets(), 'done'),
    },
    {
      id: 'group.wait',
      group: 'group',
      title: () => t('group.wait.title'),
      icon: Hourglass,
      keys: ['W'],
      enabled: () => any(({ status }) => status === 'open'),
      run: () => void groupActs.setStatus(targets(), 'waiting'),
    },
    {
      id: 'group.reopen',
      group: 'group',
      title: () => t('group.reopen'),
      icon: RotateCcw,
      keys: ['Shift+D'],
      enabled: () => any(({ status }) => status !== 'open'),
      run: () => void groupActs.setStatus(targets(), 'open'),
    },
    {
      id: 'group.note',
      group: 'group',
      title: () => t('group.note.write'),
      icon: StickyNote,
      keys: ['M'],
      enabled: () => targets().length === 1,
      run: () => show('note'),
    },
    {
      id: 'go.handledByMe',
      group: 'navigation',
      title: () => t('group.go.handledByMe'),
      icon: UserRound,
      keys: ['G M'],
      run: () => navigation.go({ kind: 'handled-by-me' }),
    },
    {
      id: 'go.unassigned',
      group: 'navigation',
      title: () => t('group.go.unassigned'),
      icon: UserRoundX,
      keys: ['G U'],
      run: () => navigation.go({ kind: 'unassigned' }),
    },
    {
      id: 'go.forInformation',
      group: 'navigation',
      title: () => t('group.go.forInformation'),
      icon: Info,
      keys: ['G F'],
      run: () => navigation.go({ kind: 'for-information' }),
    },
  ];
}
