/** Betreffzeilen der Mails des Team-Protokolls, wie man sie in jedem anderen Mailprogramm liest. */
import type { teamLogEn } from './teamLog.en.ts';
import type { Text } from './translate.ts';

export const teamLogDe: Readonly<Record<keyof typeof teamLogEn, Text>> = {
  'log.charter': '{who} hat die Gruppe {group} eingerichtet',
  'log.enrol': '{who} ist mit einem neuen Schlüssel beigetreten',
  'log.intake': 'Eingegangen: {subject}',
  'log.intake.handler': 'Eingegangen für {to}: {subject}',
  'log.assign.taken': '{who} übernimmt: {subject}',
  'log.assign.given': '{who} gibt an {to}: {subject}',
  'log.assign.released': '{who} gibt frei: {subject}',
  'log.status.open': '{who} hat wieder geöffnet: {subject}',
  'log.status.waiting': '{who} wartet auf Antwort: {subject}',
  'log.status.done': '{who} hat erledigt: {subject}',
  'log.note': '{who} hat eine Notiz gemacht: {subject}',
  'log.note-edit': '{who} hat eine Notiz geändert: {subject}',
  'log.note-delete': '{who} hat eine Notiz entfernt: {subject}',
  'log.replied': '{who} hat geantwortet: {subject}',
  'log.read': { one: '{who} hat {count} Mail gelesen', other: '{who} hat {count} Mails gelesen' },
  'log.composing': '{who} schreibt eine Antwort: {subject}',
  'log.composing.ended': '{who} schreibt nicht mehr: {subject}',
  'log.health': '{who} meldet, wie es um die Verbindung steht',
  'log.health.ended': '{who} meldet nicht mehr, wie es um die Verbindung steht',
  'log.snapshot': 'Stand der Gruppe, bitte aufheben ({count} Ereignisse)',
  'log.snapshot.part': 'Stand der Gruppe, Teil {part} von {count}, bitte aufheben',
};
