/** Was zu keinem Teil des Fensters allein gehört. */
import type { Text } from './translate.ts';
import type { appEn } from './app.en.ts';

export const appDe: Readonly<Record<keyof typeof appEn, Text>> = {
  'app.name': 'Postkorb',
  'app.loading': 'Wird gestartet …',
  'app.startFailed': 'Postkorb konnte nicht gestartet werden',
  'app.startFailed.hint': 'Schließen Sie dieses Fenster und starten Sie Postkorb neu.',
  'app.sessionEnded':
    'Der Schlüssel dieser Seite wurde schon benutzt oder ist abgelaufen. Starten Sie Postkorb neu und öffnen Sie die neue Adresse.',
  'app.reload': 'Neu laden',
  'app.retry': 'Noch einmal versuchen',
  'app.unexpected':
    'Es ist etwas schiefgegangen, das nicht passieren dürfte. Die Aktion wurde nicht ausgeführt.',

  'common.close': 'Schließen',
  'common.cancel': 'Abbrechen',
  'common.save': 'Speichern',
  'common.delete': 'Löschen',
  'common.create': 'Anlegen',
  'common.rename': 'Umbenennen',
  'common.dismiss': 'Ausblenden',
  'common.undo': 'Rückgängig',
  'common.back': 'Zurück',
  'common.more': 'Mehr',
  'common.showMore': 'Mehr anzeigen',
  'common.showLess': 'Weniger anzeigen',
  'common.noSubject': '(ohne Betreff)',
  'common.noSender': '(ohne Absender)',
  'common.and': '{first} und {count} weitere',
  'search.label': 'Suchen',
  'search.placeholder': 'Mails durchsuchen',
  'search.clear': 'Suche leeren',
  'search.scope': 'Wo gesucht wird',
  'search.scope.all': 'Alle Konten',

  // Zustand
  'health.button': 'Zustand der Konten',
  'health.button.attention': {
    one: 'Zustand der Konten, {count} Konto braucht Aufmerksamkeit',
    other: 'Zustand der Konten, {count} Konten brauchen Aufmerksamkeit',
  },
  'health.button.trouble': {
    one: 'Zustand der Konten, {count} Konto nicht erreichbar',
    other: 'Zustand der Konten, {count} Konten nicht erreichbar',
  },
  'health.title': 'Zustand der Konten',
  'health.state.healthy': 'In Ordnung',
  'health.state.retrying': 'Neuer Versuch läuft',
  'health.state.failing': 'Nicht erreichbar',
  'health.state.needs-attention': 'Braucht Aufmerksamkeit',
  'health.state.inactive': 'Inaktiv',
  'health.since': 'seit {time}',
  'health.lastSuccess': 'Letzter erfolgreicher Abruf',
  'health.never': 'noch nie',
  'health.lastError': 'Letzter Fehler',
  'health.nextAttempt': 'Nächster Versuch',
  'health.noAttempt': 'erst nach bestandenem Test',
  'health.gap': {
    one: 'Nach dem Ausfall von {from} bis {until} wurde {count} Nachricht nachgeholt.',
    other: 'Nach dem Ausfall von {from} bis {until} wurden {count} Nachrichten nachgeholt.',
  },
  'health.queued': {
    one: '{count} Änderung wartet auf den Server',
    other: '{count} Änderungen warten auf den Server',
  },
  'health.failedOperations': {
    one: '{count} Änderung hat der Server abgelehnt',
    other: '{count} Änderungen hat der Server abgelehnt',
  },
  'health.refused': 'Vom Server abgelehnt',
  'health.refused.retry': 'Noch einmal versuchen',
  'health.refused.dismiss': 'Aufgeben',
  'health.attention': {
    one: '{count} Konto braucht Aufmerksamkeit',
    other: '{count} Konten brauchen Aufmerksamkeit',
  },
  'health.trouble': { one: '{count} Konto nicht erreichbar', other: '{count} Konten nicht erreichbar' },
  'health.sinceLabel': 'Seit',
  'health.refused.retryNamed': 'Noch einmal versuchen: {name}',
  'health.refused.dismissNamed': 'Aufgeben: {name}',
  'health.retest': 'Erneut testen',
  'health.edit': 'Konto bearbeiten',
  'health.allWell': 'Alle Konten in Ordnung',

  // Statusleiste
  'status.bar': 'Statusleiste',
  'status.offline': 'Keine Verbindung zu Postkorb. Neuer Versuch …',
  'status.online': 'Wieder verbunden',
  'status.idle': 'Auf dem neuesten Stand',
  'status.syncing': 'Post wird abgerufen',
  'status.progress': '{account}: {phase}',
  'status.progress.counted': '{account}: {phase} {done} von {total}',
  'status.phase.folders': 'Ordner',
  'status.phase.headers': 'Kopfzeilen',
  'status.phase.texts': 'Texte',
  'status.phase.operations': 'Änderungen',
  'status.newMail': 'Neue Mail von {from}: {subject}',
  'status.newMails': { one: '{count} neue Mail', other: '{count} neue Mails' },
  'status.checked': 'Post abgerufen',
  'palette.title': 'Alle Befehle',
  'palette.placeholder': 'Was möchten Sie tun?',
  'palette.none': 'Kein Befehl dieses Namens',
  'palette.folders': 'Ordner',
  'palette.commands': 'Befehle',

  'notices.title': 'Hinweise',
  'notice.unknown': 'Postkorb hat einen Hinweis für Sie ({code}).',
  'notice.store-rescued':
    'Die Maildatenbank war beschädigt und wurde neu aufgebaut. Die Mails werden wieder von den Servern geholt. Gerettet: {accounts} Konten, {drafts} Entwürfe, {outbox} Mails des Postausgangs, {operations} Änderungen, die die Server noch nicht kannten. Nicht lesbar: {lost}. Die beschädigte Datei liegt unter {file}, daneben eine lesbare Liste des Geretteten.',
  'notice.store-missing': 'Die Maildatenbank fehlte unter {file}. Postkorb hat mit einer leeren begonnen.',
  // the desktop's own menus
  'shell.file': 'Datei',
  'shell.edit': 'Bearbeiten',
  'shell.message': 'Nachricht',
  'shell.view': 'Ansicht',
  'shell.help': 'Hilfe',
  'shell.quit': 'Postkorb beenden',
  'shell.tray.open': 'Postkorb öffnen',
  'shell.tray.unread': { one: 'Postkorb, {count} ungelesen', other: 'Postkorb, {count} ungelesen' },

  // the command line's hosts
  'serve.ready':
    'Öffnen Sie diese Adresse in einem Browser auf diesem Rechner. Sie gilt einmal, zehn Minuten lang; Strg+C beendet die App.',
  'demo.ready':
    '{organisation}: drei Leute teilen sich info@, jeder hat eine eigene App. Öffnen Sie alle drei nebeneinander:',
  'demo.end':
    'Was einer übernimmt oder sendet, sehen die anderen. Anna ist Administratorin. Strg+C beendet die Demo.',
};
