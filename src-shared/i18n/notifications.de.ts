/** Wie neue Mail gemeldet wird, Ordner für Ordner. */
import type { notificationsEn } from './notifications.en.ts';
import type { Text } from './translate.ts';

export const notificationsDe: Record<keyof typeof notificationsEn, Text> = {
  'news.folder': 'Benachrichtigungen',
  'news.asAccount': 'Wie das Konto: {level}',
  'news.elsewhere': 'Wie andere Ordner: gar nicht',
  'news.set': 'Neue Mail in „{folder}“: {level}',
  'news.ofFolder': 'Neue Mail in {account}, {folder}',
  'news.hint': 'Für andere Ordner lässt sich das in deren Kontextmenü einstellen.',
};
