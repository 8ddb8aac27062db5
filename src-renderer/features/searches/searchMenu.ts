/** What the context menu of a saved search offers. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Search from '@lucide/svelte/icons/search';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { SavedSearch } from '#shared/contract/app.ts';
import type { AppContext } from '../../app/context.ts';
import type { MenuEntries } from '../../ui/menu.ts';
import { editSearch, removeSearch } from './searchActs.ts';

export function searchMenu(app: AppContext, search: SavedSearch): MenuEntries {
  const { dialogs, i18n, searches } = app;
  const { t } = i18n;
  const at = searches.rows.findIndex(({ id }) => id === search.id);
  return [
    [
      { id: 'edit', label: t('searches.edit'), icon: Search, run: () => editSearch(app, search) },
      {
        id: 'rename',
        label: t('searches.rename'),
        icon: PencilLine,
        run: () => dialogs.show({ kind: 'rename-search', search }),
      },
    ],
    [
      {
        id: 'up',
        label: t('searches.up'),
        icon: ArrowUp,
        disabled: at <= 0,
        run: () => void searches.move(search.id, -1),
      },
      {
        id: 'down',
        label: t('searches.down'),
        icon: ArrowDown,
        disabled: at === searches.rows.length - 1,
        run: () => void searches.move(search.id, 1),
      },
    ],
    [
      {
        id: 'remove',
        label: t('searches.remove'),
        icon: Trash2,
        tone: 'danger',
        run: () => void removeSearch(app, search),
      },
    ],
  ];
}
