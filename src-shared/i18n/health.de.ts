/** Wie es um Konten steht: offene Archivkopien, und was Mitglieder den Administratoren über ihre Verbindungen melden. */
import type { healthEn } from './health.en.ts';
import type { Text } from './translate.ts';

export const healthDe: Readonly<Record<keyof typeof healthEn, Text>> = {
  'health.tabs': 'Wessen Konten',
  'health.tab.own': 'Meine Konten',
  'health.tab.members': 'Mitglieder',
  'health.archive.waiting': {
    one: '{count} gesendete Mail wartet auf ihre Archivkopie',
    other: '{count} gesendete Mails warten auf ihre Archivkopien',
  },
  'health.archive.failed': {
    one: '{count} Archivkopie ist fehlgeschlagen',
    other: '{count} Archivkopien sind fehlgeschlagen',
  },
  'health.archive.retry': 'Erneut versuchen',
  'health.archive.retryNamed': 'Erneut versuchen: Archivkopien von {name}',
  'health.archive.retried': {
    one: '{count} Archivkopie wird erneut versucht.',
    other: '{count} Archivkopien werden erneut versucht.',
  },
  'health.archive.more': { one: 'und {count} weitere', other: 'und {count} weitere' },
  'health.archive.sent': 'gesendet {time}',
  'health.archive.untried': 'Noch nicht versucht',
  'health.archive.refused': 'Abgelehnt: {reason}',
  'health.archive.unreachable': 'Nicht zugestellt: {reason}',
  'health.archive.attempts': { one: '{count} Versuch', other: '{count} Versuche' },
  'health.report': 'Den Administratoren melden, wie es um diese Verbindung steht',
  'health.report.hint':
    'Gemeldet werden Zustand, letzte Prüfung, Antwortzeiten, die Art eines Fehlers, wartende Änderungen und die Programmversion, nie der Inhalt von Mails. Die Meldung steht im Team-Protokoll; alle in der Gruppe können sie lesen.',
  'health.report.recommended': 'Ihre Organisation empfiehlt es. Sie entscheiden.',
  'health.members.intro':
    'Wie Mitglieder es von ihren Rechnern melden, sofern sie sich dafür entschieden haben. Eine unterbrochene Verbindung kann erst melden, wenn sie wieder steht.',
  'health.members.table': 'Mitglieder von {name}',
  'health.members.member': 'Mitglied',
  'health.members.state': 'Zustand',
  'health.members.lastSuccess': 'Letzte Prüfung',
  'health.members.latency': 'Anmeldung, Ordner',
  'health.members.reported': 'Gemeldet',
  'health.members.me': 'Sie',
  'health.members.silent': 'Meldet nichts',
  'health.members.stale': 'veraltet',
  'health.members.trouble.open': 'Seit {since}: {error}',
  'health.members.trouble.over': '{since} bis {until}: {error}',
  'health.members.waiting': { one: '{count} Änderung wartet', other: '{count} Änderungen warten' },
  'health.members.refused': {
    one: '{count} Änderung abgelehnt',
    other: '{count} Änderungen abgelehnt',
  },
  'health.members.version': 'Version {version}',
  'health.members.notHere':
    'Dieses Gruppenkonto ist auf diesem Rechner nicht eingerichtet; über seine Mitglieder ist hier nichts bekannt.',
  'health.members.none': 'Keine Gruppenkonten',
  'health.members.count': '{reporting} von {members} melden',
  'organisation.policy.reports': 'Mitgliedern empfehlen, den Zustand der Gruppenkonten zu melden',
  'organisation.policy.reports.hint':
    'Mitglieder sehen, dass die Organisation es empfiehlt; jedes entscheidet für jedes Gruppenkonto selbst. Die Meldungen stehen unter „Zustand der Konten“.',
};
