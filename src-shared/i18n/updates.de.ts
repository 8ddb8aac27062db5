import type { Text } from './translate.ts';
import type { updatesEn } from './updates.en.ts';

export const updatesDe: Record<keyof typeof updatesEn, Text> = {
  'update.idle': 'Noch nicht nachgesehen.',
  'update.looking': 'Es wird nach einer neueren Version gesucht …',
  'update.newest': 'Dies ist die neueste Version (Stand: {time}).',
  'update.available': 'Version {version} ist verfügbar. Sie wird nicht von selbst eingespielt.',
  'update.downloading': 'Version {version} wird geladen, {percent} %.',
  'update.fetching': 'Version {version} wird geladen',
  'update.ready': 'Version {version} liegt bereit und wird beim nächsten Start eingespielt.',
  'update.failed.feed-unreachable':
    'Die Stelle, von der neue Versionen kommen, ist nicht erreichbar. Später wird wieder nachgesehen.',
  'update.failed.feed-missing':
    'An der Stelle, von der neue Versionen kommen, steht nichts. Später wird wieder nachgesehen.',
  'update.failed.feed-invalid':
    'Was an der Stelle steht, von der neue Versionen kommen, beschreibt keine. Später wird wieder nachgesehen.',
  'update.failed.download-failed':
    'Version {version} konnte nicht geladen werden. Später wird es wieder versucht.',
  'update.failed.file-refused':
    'Version {version} wurde abgelehnt: Die Datei ist nicht die angekündigte. Später wird es wieder versucht; bleibt es dabei, sagen Sie es Ihrer Administration.',
  'update.failed.signature-refused':
    'Version {version} wurde abgelehnt: Sie ist nicht vom Herausgeber signiert. Sagen Sie es Ihrer Administration.',
  'update.failed.install-failed':
    'Die neue Version konnte nicht eingespielt werden. Beim nächsten Start wird es wieder versucht.',
  'update.look': 'Jetzt nachsehen',
  'update.restart': 'Neu starten und aktualisieren',
  'update.restart.short': 'Neu starten',
  'update.later': 'Später',
  'update.writing': {
    one: 'Sie schreiben gerade eine Nachricht. Sie bleibt als Entwurf erhalten und ist danach wieder offen.',
    other:
      'Sie schreiben gerade {count} Nachrichten. Sie bleiben als Entwürfe erhalten und sind danach wieder offen.',
  },
  'quit.unsent': {
    one: 'Eine Nachricht ist noch nicht gesendet.',
    other: '{count} Nachrichten sind noch nicht gesendet.',
  },
  'quit.unsent.detail':
    'Was nicht gesendet ist, bleibt im Postausgang und geht hinaus, sobald Postkorb wieder läuft.',
  'quit.stay': 'Weiterlaufen lassen',
  'quit.anyway': 'Beenden',
  'update.unsent': {
    one: 'Eine Nachricht ist noch nicht gesendet. Sie geht nach dem Neustart hinaus.',
    other: '{count} Nachrichten sind noch nicht gesendet. Sie gehen nach dem Neustart hinaus.',
  },
  'update.notSaved':
    'Was Sie gerade schreiben, lässt sich im Moment nicht speichern; darum wird nicht neu gestartet. Speichern oder verwerfen Sie es zuerst.',
  'about.secrets.keychain': 'Passwörter: im Schlüsselbund des Systems',
  'about.secrets.encrypted-file':
    'Passwörter: in einer verschlüsselten Datei des Profils, nur für Sie lesbar',
  'about.secrets.memory': 'Passwörter: nur im Arbeitsspeicher',
};
