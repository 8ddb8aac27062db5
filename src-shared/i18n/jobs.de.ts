/** Lange Vorgänge: was läuft, angehalten, fortgesetzt oder beendet wird. */
import type { jobsEn } from './jobs.en.ts';
import type { Text } from './translate.ts';

export const jobsDe: Record<keyof typeof jobsEn, Text> = {
  'jobs.title': 'Laufende Vorgänge',
  'jobs.open': { one: '{count} laufender Vorgang', other: '{count} laufende Vorgänge' },
  'jobs.pause': 'Anhalten: {job}',
  'jobs.resume': 'Fortsetzen: {job}',
  'jobs.cancel': 'Abbrechen: {job}',
  'jobs.paused': 'Angehalten',
  'jobs.pausedName': '{job} (angehalten)',
  'jobs.counted': '{done} von {total}',
  'jobs.headers': 'Mails werden geladen',
  'jobs.headersOf': 'Mails von {account} werden geladen',
  'jobs.texts': 'Texte werden geladen',
  'jobs.textsOf': 'Texte von {account} werden geladen',
  'jobs.accounts': 'Konten werden getestet und hinzugefügt',
  'jobs.archive': 'Archivkopien',
  'jobs.archiveOf': 'Archivkopien von {account}',
  'jobs.index': 'Suchindex wird aufgebaut',
  'jobs.import': 'Import in {folder}',
  'jobs.export': 'Export von {folder}',
  'jobs.saving': 'Nachrichten werden gespeichert',
  'jobs.importing': 'Nachrichten werden importiert',
  'jobs.server-search': 'Suche auf dem Server',
};
