/** Was eine Organisation erlaubt und vorgibt. */
import type { ErrorWords } from './errors.en.ts';
import type { policyEn, policyErrorsEn } from './policy.en.ts';
import type { Text } from './translate.ts';

export const policyDe = {
  'policy.set': 'Von Ihrer Organisation vorgegeben',
  'policy.noPersonalAccounts':
    'Ihre Organisation stellt die Konten bereit; weitere lassen sich nicht hinzufügen.',
  'policy.remoteContent.never': 'Externe Inhalte werden nie geladen.',
  'policy.remoteContent.blocked':
    'Diese E-Mail enthält externe Inhalte. Ihre Organisation lässt nicht zu, dass sie geladen werden.',
  'policy.allowedDomains': 'Erlaubt: Adressen bei {list}.',
  'policy.allowedHosts': 'Erlaubt: {list}.',
  'settings.remoteContent': 'Externe Inhalte',
  'settings.remoteContent.ask': 'Werden geladen, wenn Sie es bei einer Mail verlangen',
  'settings.updates': 'Neue Versionen',
  'settings.updates.automatic': 'Beim nächsten Start installieren',
  'settings.updates.notify': 'Nur mitteilen',
  'settings.updates.off': 'Nicht danach suchen',
  'settings.logLevel': 'Protokoll',
  'settings.logLevel.hint': 'Enthält nie Passwörter und nie den Inhalt von E-Mails.',
  'settings.logLevel.error': 'Nur Fehler',
  'settings.logLevel.warn': 'Auch Warnungen',
  'settings.logLevel.info': 'Wie üblich',
  'settings.logLevel.debug': 'Alles, für die Fehlersuche',
  'notice.policy-last-good':
    'Die Vorgaben des Administrators dieses Computers ({file}) sind nicht lesbar: {reason}. Es gelten weiter die letzten, die es waren.',
  'notice.policy-cautious':
    'Die Vorgaben des Administrators dieses Computers ({file}) sind nicht lesbar: {reason}. Bis dahin kommt kein Konto hinzu, und nichts wird von außen geladen.',

  'organisation.tab.policy': 'Vorgaben',
  'organisation.policy.intro':
    'Diese Vorgaben gelten ab der nächsten Veröffentlichung für alle, die zur Organisation gehören. Was der Administrator eines Computers selbst vorgibt, hat Vorrang.',
  'organisation.policy.saved': 'Vorgaben gespeichert. Sie gelten, sobald sie veröffentlicht sind.',
  'organisation.policy.accounts': 'Konten',
  'organisation.policy.personal': 'Eigene Konten dürfen hinzugefügt werden',
  'organisation.policy.personal.hint':
    'Sonst gibt es nur Gruppenkonten und Konten, die die Organisation anbietet. Vorhandene Konten bleiben.',
  'organisation.policy.domains': 'Domains ihrer Adressen',
  'organisation.policy.domains.hint':
    'Durch Kommas getrennt; *.xyz.test steht für alle darunter. Leer: beliebige.',
  'organisation.policy.hosts': 'Mailserver',
  'organisation.policy.hosts.hint': 'Wie oben: imap.xyz.test, *.xyz.test. Leer: beliebige.',
  'organisation.policy.archive': 'Archivierungs-E-Mailadresse aller Konten',
  'organisation.policy.archive.hint':
    'Die eigene Archivadresse eines Gruppenkontos bleibt. Leer: wie bei jedem Konto eingestellt.',
  'organisation.policy.programs': 'Programme',
  'organisation.policy.free': 'Jeder entscheidet selbst',
  'organisation.policy.remote': 'Externe Inhalte in E-Mails',
  'organisation.policy.remote.ask': 'Auf Nachfrage laden',
  'organisation.policy.remote.never': 'Nie laden',
  'organisation.policy.clients': 'Anmeldung bei Anbietern',
  'organisation.policy.clients.hint':
    'Unter welcher Client-ID Postkorb dort registriert ist; das Handbuch für Administratoren beschreibt, wie Sie eine bekommen.',
  'organisation.policy.clients.add': 'Anbieter hinzufügen',
  'organisation.policy.clients.remove': '{provider} entfernen',
  'organisation.policy.clients.none': 'Noch kein Anbieter.',
  'organisation.policy.provider': 'Anbieter',
  'organisation.policy.provider.other': 'Ein anderer (OpenID Connect)',
  'organisation.policy.issuer': 'Aussteller (Issuer)',
  'organisation.policy.issuer.hint': 'Eine https:-Adresse',
  'organisation.policy.clientId': 'Client-ID',
  'organisation.policy.clientSecret': 'Client-Secret',
  'organisation.policy.clientSecret.hint': 'Wo der Anbieter Desktop-Programmen eines gibt',
  'organisation.policy.tenant': 'Verzeichnis (Tenant)',
  'organisation.policy.tenant.hint': 'Leer: beliebig',
  'organisation.policy.clientName': 'Bezeichnung',
  'organisation.policy.clientHosts': 'Mailserver, für die er gilt',
  'organisation.policy.scopes': 'Scopes',
  'organisation.policy.scopes.hint': 'Durch Leerzeichen getrennt. Leer: die üblichen.',
  'organisation.policy.invalid': 'Das ist hier nicht brauchbar.',
  'organisation.policy.required': 'Hier fehlt etwas.',
  'organisation.policy.twice': 'Dieser Anbieter steht hier schon.',
  'organisation.accounts.signature': 'Signatur der Gruppe',
  'organisation.accounts.signature.hint':
    'Alle Mitglieder unterschreiben damit und können sie nicht ändern. Leer: jeder hat seine eigene.',
  'accounts.offered': '{organisation} hat dieses Konto für Sie vorbereitet.',
  'accounts.offered.password': 'Es fehlt nur noch das Passwort.',
  'accounts.offered.servers': 'Server: {servers}',
  'accounts.offered.all': 'Alle Einstellungen zeigen',
  'organisation.tab.presets': 'Angebotene Konten',
  'organisation.presets.hint':
    'Wer ein Konto mit einer solchen Adresse hinzufügt, tippt nur das Passwort; alles andere wird von hier übernommen.',
  'organisation.presets.none': 'Noch werden keine Konten angeboten',
  'organisation.presets.add': 'Konten anbieten',
  'organisation.presets.edit': 'Angebotene Konten bearbeiten',
  'organisation.presets.editNamed': 'Bearbeiten: {whom}',
  'organisation.presets.remove': 'Nicht mehr anbieten',
  'organisation.presets.removeNamed': 'Nicht mehr anbieten: {whom}',
  'organisation.presets.remove.title': 'Für {whom} keine Konten mehr anbieten?',
  'organisation.presets.remove.text': 'Konten, die hinzugefügt wurden, bleiben, wie sie sind.',
  'organisation.presets.saved': 'Gespeichert. Es gilt, sobald es veröffentlicht ist.',
  'organisation.presets.domain': 'Alle Adressen bei {domain}',
  'organisation.presets.match': 'Adresse oder Domain',
  'organisation.presets.match.hint': 'anna@xyz.test, oder xyz.test für alle Adressen dort',
  'organisation.presets.user.hint': '{whole} steht für die ganze Adresse, {local} für den Teil vor dem @',
  'organisation.fault.matches-nobody': 'eine Adresse oder eine Domain wird gebraucht',
  'organisation.fault.duplicate-preset': 'dafür wird schon etwas angeboten',
} as const satisfies Readonly<Record<keyof typeof policyEn, Text>>;

export const policyErrorsDe = {
  'policy-no-personal-accounts': {
    message: 'Ihre Organisation lässt nicht zu, dass Konten hinzugefügt werden.',
    hint: 'Bitten Sie Ihren Administrator um ein Gruppenkonto oder darum, dass Ihr eigenes Konto angeboten wird.',
  },
  'policy-domain': {
    message: 'Ihre Organisation erlaubt keine Konten[ bei {name}].',
    hint: '[Erlaubt: {allowed}.]',
  },
  'policy-host': {
    message: 'Ihre Organisation erlaubt den Mailserver[ {name}] nicht.',
    hint: '[Erlaubt: {allowed}.]',
  },
  'policy-archive-address': {
    message: 'Ihre Organisation gibt die Archivierungs-E-Mailadresse[ {address}] vor.',
    hint: 'Verwenden Sie diese, oder lassen Sie die Archivadresse weg.',
  },
  'policy-remote-content': {
    message: 'Ihre Organisation lässt nicht zu, dass externe Inhalte geladen werden.',
    hint: '',
  },
  'policy-setting': {
    message: 'Diese Einstellung gibt Ihre Organisation vor.',
    hint: 'Nur deren Administrator kann sie ändern.',
  },
  'policy-unreadable': {
    message: 'Die Vorgaben des Administrators dieses Computers sind nicht lesbar[ ({file})][: {reason}].',
    hint: 'Ihr Administrator muss die Datei berichtigen; „postkorb policy“ nennt jeden Fehler. Bis dahin kommt kein Konto hinzu.',
  },
} as const satisfies Readonly<Record<keyof typeof policyErrorsEn, ErrorWords>>;
