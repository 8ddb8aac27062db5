/** Texts of how new mail is told, folder by folder. */
import type { Text } from './translate.ts';

export const notificationsEn = {
  'news.folder': 'Notifications',
  'news.asAccount': 'As the account: {level}',
  'news.elsewhere': 'As other folders: not at all',
  'news.set': 'New mail in “{folder}”: {level}',
  'news.ofFolder': 'New mail in {account}, {folder}',
  'news.hint': 'Other folders get a level of their own in their context menu.',
} as const satisfies Record<string, Text>;
