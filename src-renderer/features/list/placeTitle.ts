/** What the list pane is called. */
import type { AppContext } from '../../app/context.ts';
import { folderName, smartName } from '../folders/folderNames.ts';

export function placeTitle({ accounts, folders, i18n, navigation }: AppContext): string {
  const { t } = i18n;
  if (navigation.searching) return t('list.resultsFor', { query: navigation.query.trim() });
  const { place } = navigation;
  switch (place.kind) {
    case 'account':
      return accounts.byId(place.accountId)?.name ?? '';
    case 'saved-search':
      return place.search.name;
    case 'folder': {
      const folder = folders.byId(place.folderId);
      return folder ? folderName(folder, t) : '';
    }
    default:
      return smartName(place.kind, t);
  }
}
