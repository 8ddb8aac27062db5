/** How new mail of single folders is told: as the account's, or at a level of the folder's own. */
import BellRing from '@lucide/svelte/icons/bell-ring';
import { NewsLevel, type Settings } from '#shared/contract/app.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import type { FolderRow } from '#shared/domain/message.ts';
import type { AppContext } from '../../app/context.ts';
import type { MenuEntry, SubMenuEntry } from '../../ui/menu.ts';
import { folderName } from '../folders/folderNames.ts';

/** Folders that mail from others comes into. */
export function tellsNews({ role, selectable }: Pick<FolderRow, 'role' | 'selectable'>): boolean {
  return selectable && (role === null || role === 'inbox' || role === 'archive' || role === 'junk');
}

/** null: as its account in an inbox, and not at all elsewhere. */
export function ownLevel({ folderNews }: Pick<Settings, 'folderNews'>, id: FolderId): NewsLevel | null {
  return folderNews.find(({ folderId }) => folderId === id)?.level ?? null;
}

/** What a folder without a level of its own is told by, in words. */
export function inheritedWords({ i18n, preferences }: AppContext, folder: FolderRow): string {
  const level = preferences.values.accountNews[folder.accountId] ?? 'loud';
  return folder.role === 'inbox'
    ? i18n.t('news.asAccount', { level: i18n.t(`settings.newsLevel.${level}`) })
    : i18n.t('news.elsewhere');
}

/** `level`: null takes the folder's own away. */
export async function setFolderNews(
  { folders, preferences }: AppContext,
  folder: FolderRow,
  level: NewsLevel | null,
): Promise<void> {
  // Those of folders that are gone go along.
  const others = preferences.values.folderNews.filter(
    ({ folderId }) => folderId !== folder.id && folders.byId(folderId) !== undefined,
  );
  await preferences.set({
    folderNews: level === null ? others : [...others, { folderId: folder.id, level }],
  });
}

/** The folder's line in its context menu. */
export function folderNewsEntry(app: AppContext, folder: FolderRow): SubMenuEntry {
  const { announcer, i18n, preferences } = app;
  const { t } = i18n;
  const current = ownLevel(preferences.values, folder.id);
  const choice = (level: NewsLevel | null): MenuEntry => {
    const label = level === null ? inheritedWords(app, folder) : t(`settings.newsLevel.${level}`);
    return {
      id: level ?? 'inherit',
      label,
      checked: current === level,
      run: () => {
        announcer.show(t('news.set', { folder: folderName(folder, t), level: label }), { replaces: 'act' });
        void setFolderNews(app, folder, level);
      },
    };
  };
  return {
    id: 'news',
    label: t('news.folder'),
    icon: BellRing,
    entries: [[choice(null)], NewsLevel.options.map((level) => choice(level))],
  };
}
