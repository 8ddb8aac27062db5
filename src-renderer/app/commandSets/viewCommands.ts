/** How things are shown: density, layout, the size of mails; the order of the list and what it leaves out. */
import AArrowDown from '@lucide/svelte/icons/a-arrow-down';
import AArrowUp from '@lucide/svelte/icons/a-arrow-up';
import ALargeSmall from '@lucide/svelte/icons/a-large-small';
import Columns2 from '@lucide/svelte/icons/columns-2';
import Funnel from '@lucide/svelte/icons/funnel';
import Rows2 from '@lucide/svelte/icons/rows-2';
import Rows4 from '@lucide/svelte/icons/rows-4';
import SortDown from '@lucide/svelte/icons/arrow-down-wide-narrow';
import Square from '@lucide/svelte/icons/square';
import { firstDirection, sortKeys } from '../../features/list/listSort.ts';
import type { Command } from '../commands.svelte.ts';
import type { AppContext } from '../context.ts';

const layoutIcons = { columns: Columns2, stacked: Rows2, list: Square } as const;

export function viewCommands(app: AppContext): Command[] {
  const { dialogs, i18n, layout, list, panes, preferences, reader } = app;
  const { translate: t } = i18n;
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
      icon: Rows4,
      run: () =>
        void preferences.set({
          density: preferences.values.density === 'compact' ? 'comfortable' : 'compact',
        }),
    },
    ...(['columns', 'stacked', 'list'] as const).map((value): Command => ({
      id: `view.layout.${value}`,
      group: 'app',
      title: () => t('settings.layoutTo', { layout: t(`settings.layout.${value}`) }),
      icon: layoutIcons[value],
      enabled: () => preferences.values.layout !== value,
      run: () => void preferences.set({ layout: value }),
    })),
    ...(
      [
        ['in', 'view.zoomIn', ['Mod++', 'Mod+='], AArrowUp],
        ['out', 'view.zoomOut', ['Mod+-'], AArrowDown],
        ['reset', 'view.zoomReset', ['Mod+0'], ALargeSmall],
      ] as const
    ).map(([step, title, keys, icon]): Command => ({
      id: title,
      group: 'mail',
      title: () => t(title),
      icon,
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
    icon: SortDown,
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
    icon: Funnel,
    enabled: () => list.arrangeable,
    run: () => {
      const { [key]: was, ...others } = list.filter;
      list.arrange({ filter: was ? others : { ...others, [key]: true } });
    },
  }));
  return [...view, ...sorting, ...filtering];
}
