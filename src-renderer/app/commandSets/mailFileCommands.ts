/** Mails out to files, and in from files. */
import FileDown from '@lucide/svelte/icons/file-down';
import FolderDown from '@lucide/svelte/icons/folder-down';
import Import from '@lucide/svelte/icons/import';
import { takesMails } from '../../features/mailFiles/filePicking.ts';
import MailOpen from '@lucide/svelte/icons/mail-open';
import type { FolderRow } from '#shared/domain/message.ts';
import type { Command } from '../commands.svelte.ts';
import type { AppContext } from '../context.ts';

export function mailFileCommands(app: AppContext): Command[] {
  const { cursor, folders, i18n, mailFiles, navigation } = app;
  const { translate: t } = i18n;
  const some = (): boolean => cursor.targets.length > 0;
  const folder = (): FolderRow | null => {
    const { place } = navigation;
    return place.kind === 'folder' && !navigation.searching ? (folders.byId(place.folderId) ?? null) : null;
  };

  return [
    {
      id: 'message.saveEml',
      group: 'mail',
      title: () => t('mailFiles.saveEml'),
      icon: FileDown,
      keys: ['Mod+S'],
      place: 'list',
      enabled: some,
      run: () => void mailFiles.saveAsEml(cursor.targets),
    },
    {
      id: 'message.saveMbox',
      group: 'mail',
      title: () => t('mailFiles.saveMbox'),
      icon: FolderDown,
      enabled: some,
      run: () => void mailFiles.saveAsMbox(cursor.targets),
    },
    {
      id: 'folder.export',
      group: 'mail',
      title: () => t('mailFiles.exportFolder'),
      icon: FolderDown,
      enabled: () => folder()?.selectable === true,
      run: () => {
        const here = folder();
        if (here) void mailFiles.exportFolder(here);
      },
    },
    {
      id: 'folder.import',
      group: 'mail',
      title: () => t('mailFiles.import'),
      icon: Import,
      run: () => {
        const here = folder();
        void mailFiles.chooseAndImport(here && takesMails(here) ? here : null);
      },
    },
    {
      id: 'file.open',
      group: 'mail',
      title: () => t('mailFiles.open'),
      icon: MailOpen,
      run: () => void mailFiles.chooseAndOpen(),
    },
  ];
}
