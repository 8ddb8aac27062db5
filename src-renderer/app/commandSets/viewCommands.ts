/** How things are shown: density, layout, the size of mails; the order of the list and what it leaves out. */
import { firstDirection, sortKeys } from '../../features/list/listSort.ts';
import type { Command } from '../commands.svelte.ts';
import type { AppContext } from '../context.ts';

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
  return [...view, ...sorting, ...filtering];
}
