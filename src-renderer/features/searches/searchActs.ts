/** What a person does with saved searches, and what is wrong with one. */
import type { SavedSearch } from '#shared/contract/app.ts';
import { parseQuery, unreadParts } from '#shared/domain/query.ts';
import type { AppContext } from '../../app/context.ts';

/** In words; null: all of it is understood. */
export function searchFault(
  { accounts, i18n }: Pick<AppContext, 'accounts' | 'i18n'>,
  { query, accountId }: Pick<SavedSearch, 'query' | 'accountId'>,
): string | null {
  if (parseQuery(query) === null) return i18n.t('searches.fault.nothing', { query });
  const [part] = unreadParts(query, true);
  if (part !== undefined) return i18n.t('searches.fault.part', { part });
  if (accountId !== undefined && accounts.rows.length > 0 && !accounts.byId(accountId))
    return i18n.t('searches.fault.account');
  return null;
}

/** Nothing else is lost with it, so it goes at once and can come back. */
export async function removeSearch(app: AppContext, search: SavedSearch): Promise<void> {
  const { announcer, i18n, navigation, searches } = app;
  const at = searches.rows.findIndex(({ id }) => id === search.id);
  await searches.remove(search.id);
  const { place } = navigation;
  if (place.kind === 'saved-search' && place.search.id === search.id) navigation.go({ kind: 'all-inboxes' });
  announcer.show(i18n.t('searches.removed', { name: search.name }), {
    replaces: 'act',
    action: { label: i18n.t('common.undo'), run: () => void searches.restore(search, at) },
  });
}

/** Into the search box, to be tried in another form and saved again. */
export function editSearch({ navigation, panes }: AppContext, search: SavedSearch): void {
  navigation.searchIn(search.accountId ?? null);
  navigation.search(search.query);
  // The menu gives the focus back first.
  setTimeout(() => panes.focus('search'));
}
