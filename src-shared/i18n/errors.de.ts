/** The German words for every error code; see errors.en.ts. */
import type { MailErrorCode } from '../errors/MailError.ts';
import type { ErrorWords } from './errors.en.ts';
import { networkErrorsDe } from './network.de.ts';
import { discoveryErrorsDe } from './discovery.de.ts';
import { policyErrorsDe } from './policy.de.ts';

export const errorsDe: Readonly<Record<MailErrorCode, ErrorWords>> = {
  ...policyErrorsDe,
  ...discoveryErrorsDe,
  ...networkErrorsDe,
  'host-not-found': {
    message: 'Einen Server namens [„{host}“] gibt es nicht.',
    hint: 'Prüfen Sie die Schreibweise; die Hilfeseiten Ihres Anbieters nennen den richtigen Namen.',
  },
  'dns-failed': {
    message: 'Der Name des Servers [„{host}“] konnte nicht aufgelöst werden.',
    hint: 'Prüfen Sie die Netzwerkverbindung und versuchen Sie es noch einmal.',
  },
  'connection-refused': {
    message: 'Der Server[ {host}] nimmt[ auf Port {port}] keine Verbindung an.',
    hint: 'Prüfen Sie den Port: 993 (TLS) oder 143 (STARTTLS) für den Eingang, 465 (TLS) oder 587 (STARTTLS) für den Ausgang.',
  },
  'connection-timeout': {
    message: 'Der Server[ {host}] antwortet[ auf Port {port}] nicht.',
    hint: 'Prüfen Sie Server und Port; vielleicht sperrt eine Firewall diesen Port.',
  },
  'connection-closed': {
    message: 'Der Server[ {host}] hat die Verbindung beendet.[ Seine Antwort: {response}]',
    hint: 'Es wird von selbst noch einmal versucht. Bleibt es so, prüfen Sie Port und Sicherheit.',
  },
  'network-unreachable': {
    message: 'Das Netz oder der Server[ {host}] ist nicht erreichbar.',
    hint: 'Prüfen Sie die Netzwerkverbindung.',
  },
  'greeting-timeout': {
    message: 'Der Server[ {host}] hat die Verbindung angenommen und dann nichts gesagt.',
    hint: 'Prüfen Sie Port und Sicherheit: ein Server, der TLS erwartet, bleibt ohne TLS stumm.',
  },
  'unexpected-greeting': {
    message: 'Was auf[ {host}] antwortet, ist kein passender Mailserver.[ Seine Antwort: {response}]',
    hint: 'Prüfen Sie den Port: er gehört zu einem anderen Dienst.',
  },
  'deadline-exceeded': {
    message: 'Der Server[ {host}] hat zu lange nicht geantwortet.',
    hint: 'Versuchen Sie es später noch einmal; bleibt es so, prüfen Sie Server, Port und Sicherheit.',
  },
  'tls-on-plain-port': {
    message: 'Der Server[ {host}] spricht auf diesem Port[ ({port})] kein TLS.',
    hint: 'Wählen Sie für diesen Port STARTTLS, oder den TLS-Port (993 für den Eingang, 465 für den Ausgang).',
  },
  'plain-on-tls-port': {
    message: 'Der Server[ {host}] erwartet auf diesem Port[ ({port})] TLS.',
    hint: 'Wählen Sie für diesen Port TLS, oder den STARTTLS-Port (143 für den Eingang, 587 für den Ausgang).',
  },
  'starttls-not-offered': {
    message: 'Der Server[ {host}] bietet auf diesem Port keine Verschlüsselung (STARTTLS) an.',
    hint: 'Wählen Sie TLS mit dem passenden Port. Es wurde nichts gesendet: das Passwort blieb hier.',
  },
  'starttls-injection': {
    message: 'Jemand hat Text in die Verbindung zu[ {host}] geschoben, bevor sie verschlüsselt war.',
    hint: 'Benutzen Sie dieses Netz nicht. Es wurde nichts gesendet: das Passwort blieb hier.',
  },
  'tls-failed': {
    message: 'Eine verschlüsselte Verbindung zu[ {host}] kam nicht zustande.',
    hint: 'Der Server ist vielleicht zu alt für sichere Verschlüsselung; nötig ist TLS 1.2 oder neuer.',
  },
  'certificate-self-signed': {
    message: 'Das Zertifikat von[ {host}] ist von niemandem als ihm selbst unterschrieben.',
    hint: 'Vergleichen Sie den Fingerabdruck mit dem Administrator des Servers; dann können Sie genau diesem Zertifikat vertrauen.',
  },
  'certificate-untrusted': {
    message: 'Das Zertifikat von[ {host}] stammt von einer Stelle, die dieser Computer nicht kennt.',
    hint: 'Hat Ihre Organisation eine eigene Zertifizierungsstelle, richtet Ihr Administrator sie im System ein oder nennt ihre Datei unter Einstellungen, Weitere Zertifizierungsstellen. Sonst vergleichen Sie den Fingerabdruck mit dem Administrator des Servers; dann können Sie genau diesem Zertifikat vertrauen.',
  },
  'certificate-expired': {
    message: 'Das Zertifikat von[ {host}] ist abgelaufen.',
    hint: 'Prüfen Sie das Datum dieses Computers. Stimmt es, muss der Administrator des Servers das Zertifikat erneuern.',
  },
  'certificate-not-yet-valid': {
    message: 'Das Zertifikat von[ {host}] gilt noch nicht.',
    hint: 'Prüfen Sie Datum und Uhrzeit dieses Computers.',
  },
  'certificate-wrong-host': {
    message: 'Das Zertifikat gehört zu einem anderen Server, nicht zu[ {host}].',
    hint: 'Verwenden Sie den Servernamen, für den das Zertifikat ausgestellt ist, wie Ihr Anbieter ihn nennt.',
  },
  'certificate-changed': {
    message: 'Das Zertifikat von[ {host}] ist nicht mehr das, dem Sie vertraut haben.',
    hint: 'Fragen Sie den Administrator, ob es erneuert wurde, und vergleichen Sie den neuen Fingerabdruck, bevor Sie ihm vertrauen.',
  },
  'plaintext-not-allowed': {
    message: 'Ohne Verschlüsselung wäre das Passwort für[ {host}] unterwegs lesbar.',
    hint: 'Wählen Sie TLS oder STARTTLS. Wenn es sein muss, erlauben Sie es ausdrücklich ("allowPlaintext": true).',
  },
  'credentials-rejected': {
    message: 'Der Server[ {host}] nimmt Benutzername und Passwort nicht an.[ Seine Antwort: {response}]',
    hint: 'Geben Sie beides neu ein. Manche Anbieter verlangen ein App-Passwort oder die ganze E-Mail-Adresse als Benutzernamen.',
  },
  'credentials-missing': {
    message: 'Das Passwort dieses Kontos ist hier nicht gespeichert.',
    hint: 'Öffnen Sie das Konto und geben Sie das Passwort ein.',
  },
  'login-disabled': {
    message: 'Der Server[ {host}] erlaubt auf dieser Verbindung keine Anmeldung.[ Seine Antwort: {response}]',
    hint: 'Wählen Sie TLS oder STARTTLS, und prüfen Sie, ob IMAP für dieses Postfach eingeschaltet ist.',
  },
  'login-refused': {
    message: 'Der Server[ {host}] verweigert die Anmeldung vorerst.[ Seine Antwort: {response}]',
    hint: 'Versuchen Sie es später. Bleibt es so, fragen Sie den Anbieter, ob das Postfach gesperrt ist.',
  },
  'auth-not-offered': {
    message: 'Der Server[ {host}] bietet keine Anmeldung an, die hier bekannt ist.',
    hint: 'Prüfen Sie Port und Sicherheit; vielleicht verlangt der Anbieter eine andere Anmeldung.',
  },
  'too-many-connections': {
    message: 'Der Server[ {host}] lässt für dieses Postfach keine weitere Verbindung zu.',
    hint: 'Es wird von selbst noch einmal versucht. Vielleicht benutzen andere Programme oder Geräte das Postfach.',
  },
  'sign-in-expired': {
    message: 'Die Anmeldung[ bei {provider}] gilt nicht mehr.',
    hint: 'Melden Sie sich erneut an. Sie endet, wenn das Passwort geändert, der Zugriff entzogen oder sie lange nicht genutzt wurde.',
  },
  'sign-in-denied': {
    message: 'Die Anmeldung[ bei {provider}] wurde abgelehnt.[ Die Antwort: {response}]',
    hint: 'Melden Sie sich erneut an und stimmen Sie dem Zugriff auf Ihre E-Mails zu; ohne ihn lässt sich nichts abrufen.',
  },
  'sign-in-timed-out': {
    message: 'Die Anmeldung[ bei {provider}] wurde nicht rechtzeitig abgeschlossen.',
    hint: 'Beginnen Sie noch einmal und schließen Sie die Anmeldung im Browser ab.',
  },
  'sign-in-not-configured': {
    message: 'Die Anmeldung[ bei {provider}] ist hier nicht eingerichtet: Es fehlt eine Client-ID.',
    hint: 'Ihr Administrator registriert Postkorb einmal beim Anbieter und trägt die Client-ID in die gemeinsame Konfiguration oder die Datei oauth-clients.json ein; das Handbuch für Administratoren beschreibt es.',
  },
  'sign-in-admin-approval': {
    message:
      'Ein Administrator Ihrer Organisation muss Postkorb[ bei {provider}] erst zulassen.[ Die Antwort: {response}]',
    hint: 'Schicken Sie Ihrem Administrator diesen Link und bitten Sie um Freigabe; melden Sie sich danach erneut an.[ {url}]',
  },
  'sign-in-client-refused': {
    message:
      'Die Client-ID dieser Installation wird[ von {provider}] nicht angenommen.[ Die Antwort: {response}]',
    hint: 'Ihr Administrator vergleicht Client-ID, Art der Anwendung (Desktop) und Weiterleitungsadresse mit der Registrierung beim Anbieter.',
  },
  'sign-in-scope': {
    message: 'Die Anmeldung[ bei {provider}] umfasst den Zugriff auf E-Mails nicht.',
    hint: 'Melden Sie sich erneut an und lassen Sie den Zugriff auf E-Mails angekreuzt, wenn danach gefragt wird.',
  },
  'sign-in-not-lasting': {
    message: 'Eine dauerhafte Anmeldung[ bei {provider}] ist nicht erlaubt (es kam kein Refresh-Token).',
    hint: 'Ihr Administrator ergänzt in der Registrierung beim Anbieter den dauerhaften Zugriff („offline access“).',
  },
  'sign-in-other-account': {
    message: 'Sie haben sich als {identity} angemeldet, dieses Konto ist aber {address}.',
    hint: 'Melden Sie sich als {address} an. Bei einem Postfach, das mit Ihnen geteilt ist, bestätigen Sie, dass Ihre eigene Anmeldung verwendet wird.',
  },
  'sign-in-server-fault': {
    message: 'Der Anmeldeserver[ {host}] gab keine brauchbare Antwort[ (Status {status})].',
    hint: 'Es wird von selbst wieder versucht. Bleibt es so, steht vielleicht ein Proxy oder eine Anmeldeseite des Netzes dazwischen.',
  },
  'sign-in-failed': {
    message: 'Die Anmeldung[ bei {provider}] ist fehlgeschlagen.[ Die Antwort: {response}]',
    hint: 'Beginnen Sie noch einmal. Bleibt es so, zeigen Sie diesen Text Ihrem Administrator.',
  },
  'token-rejected': {
    message:
      'Der Server[ {host}] nimmt die Anmeldung für dieses Postfach nicht an.[ Seine Antwort: {response}]',
    hint: 'Melden Sie sich mit dem Konto an, zu dem das Postfach gehört, und prüfen Sie, ob IMAP (und der Versand über SMTP) dafür eingeschaltet ist.',
  },
  'server-refused': {
    message: 'Der Server hat abgelehnt[: {command}][ für „{folder}“].[ Seine Antwort: {response}]',
    hint: 'Die Änderung bleibt erhalten und sichtbar; versuchen Sie es noch einmal oder machen Sie sie rückgängig.',
  },
  'unsubscribe-refused': {
    message: 'Der Server des Verteilers, {host}, hat Sie nicht ausgetragen[ (HTTP {status})].',
    hint: 'Versuchen Sie es auf der Seite des Absenders oder schreiben Sie ihm.',
  },
  'server-busy': {
    message: 'Der Server[ {host}] ist überlastet.[ Seine Antwort: {response}]',
    hint: 'Es wird von selbst noch einmal versucht.',
  },
  'protocol-error': {
    message: 'Der Server[ {host}] gab eine unverständliche Antwort.[ Seine Antwort: {response}]',
    hint: 'Es wird von selbst noch einmal versucht. Bleibt es so, sagen Sie es dem Administrator des Servers.',
  },
  'response-too-large': {
    message: 'Der Server[ {host}] hat mehr gesendet, als eine Mail fassen kann.',
    hint: 'Die Verbindung wurde zum Schutz dieses Computers beendet.',
  },
  'mailbox-not-found': {
    message: 'Den Ordner [„{folder}“] gibt es auf dem Server nicht.',
    hint: 'Vielleicht wurde er anderswo umbenannt oder gelöscht; ein Abruf zeigt die Ordner, wie sie sind.',
  },
  'mailbox-exists': {
    message: 'Einen Ordner [„{folder}“] gibt es schon.',
    hint: 'Wählen Sie einen anderen Namen.',
  },
  'mailbox-read-only': {
    message: 'Der Ordner[ „{folder}“] darf nicht geändert werden.',
    hint: 'Bitten Sie denjenigen um das Recht dazu, der den Ordner freigibt.',
  },
  'mailbox-changed': {
    message: 'Der Ordner[ „{folder}“] wurde auf dem Server neu angelegt.',
    hint: 'Er wird von selbst neu eingelesen.',
  },
  'over-quota': {
    message: 'Das Postfach ist voll.[ Antwort des Servers: {response}]',
    hint: 'Löschen Sie Mails oder leeren Sie den Papierkorb; was wartet, geht dann von selbst weiter.',
  },
  'target-unavailable': {
    message: 'Das Postfach mit dem Ordner[ „{folder}“], in den die Mail soll, ist gerade nicht erreichbar.',
    hint: 'Bis dahin bleibt die Mail auf dem Server, wo sie war. Was jenem Konto fehlt, steht beim Zustand der Konten.',
  },
  'message-gone': {
    message: 'Diese Nachricht ist auf dem Server nicht mehr vorhanden.',
    hint: 'Sie wurde anderswo gelöscht oder verschoben.',
  },
  'folders-unusable': {
    message: 'Der Server[ {host}] zeigt keinen brauchbaren Ordner.',
    hint: 'Prüfen Sie den Benutzernamen; fragen Sie den Administrator, ob es das Postfach gibt.',
  },
  'sender-refused': {
    message:
      'Der Server lässt diese Anmeldung nicht als [{address}] senden.[ Seine Antwort: {answer}][ Seine Antwort: {response}]',
    hint: 'Verwenden Sie die Adresse, die zu dieser Anmeldung gehört, oder bitten Sie den Anbieter, den Absender zu erlauben.',
  },
  'recipient-refused': {
    message: 'Der Server hat den Empfänger [{address}] abgelehnt.[ Seine Antwort: {answer}]',
    hint: 'Prüfen Sie die Adresse.',
  },
  'recipients-refused': {
    message: 'Der Server hat alle Empfänger abgelehnt.[ Seine Antwort: {answer}]',
    hint: 'Prüfen Sie die Adressen; die Mail liegt wieder bei den Entwürfen.',
  },
  'message-too-large': {
    message: 'Die Mail ist für den Server zu groß.[ Seine Antwort: {answer}]',
    hint: 'Nehmen Sie Anhänge heraus, oder senden Sie sie als Link.',
  },
  'message-refused': {
    message: 'Der Server hat die Mail abgelehnt.[ Seine Antwort: {answer}]',
    hint: 'Die Mail liegt wieder bei den Entwürfen; die Antwort des Servers sagt, woran es liegt.',
  },
  'smtp-temporary': {
    message: 'Der Server konnte die Mail vorerst nicht annehmen.[ Seine Antwort: {answer}]',
    hint: 'Es wird von selbst noch einmal versucht.',
  },
  'smtputf8-needed': {
    message: 'Der Server kann nicht an Adressen mit Zeichen wie in [{address}] senden.',
    hint: 'Verwenden Sie eine Adresse in einfachen Buchstaben oder ein anderes Konto.',
  },
  'outcome-unknown': {
    message: 'Die Verbindung brach genau beim Senden ab: die Mail kann hinausgegangen sein.',
    hint: 'Sehen Sie bei den gesendeten Mails nach oder fragen Sie den Empfänger, und sagen Sie dann, ob sie gesendet wurde. Von selbst wird sie nie zweimal gesendet.',
  },
  'no-smtp': {
    message: 'Das Konto[ „{name}“] hat keinen Ausgangsserver.',
    hint: 'Tragen Sie einen ein, oder senden Sie von einem anderen Konto.',
  },
  'no-recipients': {
    message: 'Die Mail hat keinen Empfänger.',
    hint: 'Geben Sie mindestens eine Adresse in An, Cc oder Bcc ein.',
  },
  'invalid-input': {
    message: 'So ist das nicht brauchbar.',
    hint: 'Berichtigen Sie, was genannt ist, und versuchen Sie es noch einmal; geändert wurde nichts.',
  },
  'unknown-command': {
    message: 'Diesen Befehl gibt es nicht.',
    hint: 'Fenster und Programm haben verschiedene Versionen: starten Sie Postkorb neu.',
  },
  'not-found': {
    message: 'Das gibt es nicht mehr[ ({what})].',
    hint: 'Vielleicht wurde es inzwischen entfernt.',
  },
  'not-permitted': {
    message: 'Das ist hier nicht erlaubt.',
    hint: 'Nur ein Administrator der Organisation darf es, oder es geht hier überhaupt nicht.',
  },
  'not-supported': {
    message: 'Das geht hier nicht.',
    hint: 'Verwenden Sie die Desktop-App oder eine neuere Version.',
  },
  'duplicate-account': {
    message: 'Dieses Postfach gibt es hier schon[ als „{account}“].',
    hint: 'Bearbeiten Sie stattdessen das vorhandene Konto.',
  },
  'archive-address-inside': {
    message: 'Die Archivierungs-E-Mailadresse [{address}] gehört zum System selbst[ („{account}“)].',
    hint: 'Ein Archiv muss außerhalb liegen: geben Sie eine Adresse ein, die hier niemandes Postfach ist.',
  },
  'settings-not-tested': {
    message: 'Diese Einstellungen haben keinen Verbindungstest bestanden.',
    hint: 'Testen Sie die Verbindung mit genau diesen Einstellungen, oder speichern Sie das Konto als inaktiv.',
  },
  'test-failed': {
    message: 'Der Verbindungstest ist fehlgeschlagen; es wurde nichts gespeichert.',
    hint: 'Die Schritte des Tests sagen, woran es liegt.',
  },
  'already-sent': {
    message: 'Die Mail ist schon unterwegs.',
    hint: 'Sie lässt sich nicht mehr zurückholen.',
  },
  'no-organisation': {
    message: 'Dieses Profil gehört noch zu keiner Organisation.',
    hint: 'Treten Sie mit dem Link bei, den Sie von Ihrer Administration bekommen haben, oder richten Sie eine ein.',
  },
  'other-organisation': {
    message: 'Dieses Profil gehört schon zur Organisation [„{name}“].',
    hint: 'Verwenden Sie für eine zweite Organisation ein anderes Profil.',
  },
  'join-link-invalid': {
    message: 'Das ist kein Beitrittslink[: {reason}].',
    hint: 'Kopieren Sie den ganzen Link, den Sie von Ihrer Administration bekommen haben; er beginnt mit postkorb://join.',
  },
  'fingerprint-mismatch': {
    message:
      'Die gemeinsame Konfiguration ist mit einem anderen Schlüssel unterschrieben, als der Beitrittslink nennt[: {actual} statt {expected}].',
    hint: 'Machen Sie nicht weiter. Lassen Sie sich einen neuen Link geben und vergleichen Sie den Fingerabdruck am Telefon.',
  },
  'invite-code-wrong': {
    message: 'Der Einladungscode öffnet die Passwörter der Gruppenkonten nicht.',
    hint: 'Prüfen Sie den Code; Sie haben ihn getrennt vom Link bekommen.',
  },
  'config-unreachable': {
    message: 'Die gemeinsame Konfiguration lässt sich nicht holen[ von {where}][: {reason}].',
    hint: 'Die letzte gute bleibt in Kraft. Es wird von selbst wieder versucht.',
  },
  'config-not-json': {
    message: 'Was[ unter {where}] liegt, ist keine gemeinsame Konfiguration.',
    hint: 'Ist es eine Anmeldeseite oder eine andere Datei? Die letzte gute Konfiguration bleibt in Kraft.',
  },
  'config-wrong-type': {
    message:
      'Der Server[ von {where}] sagt, dass dies keine gemeinsame Konfiguration ist, sondern [„{type}“].',
    hint: 'Ist es eine Anmeldeseite oder eine andere Datei? Die letzte gute Konfiguration bleibt in Kraft.',
  },
  'config-too-large': {
    message: 'Was[ unter {where}] liegt, ist zu groß für eine gemeinsame Konfiguration.',
    hint: 'Die letzte gute Konfiguration bleibt in Kraft.',
  },
  'config-redirected': {
    message: 'Der Server[ von {where}] verweist an einen anderen Ort[: {target}].',
    hint: 'Verwenden Sie die Adresse selbst. Kein fremder Server wird gefragt, weil ein Server es sagt.',
  },
  'config-invalid': {
    message: 'Die gemeinsame Konfiguration verletzt Regeln und wird nicht verwendet.',
    hint: 'Jeder Fehler ist mit seiner Stelle genannt. Die letzte gute Konfiguration bleibt in Kraft.',
  },
  'config-unsigned': {
    message: 'Die gemeinsame Konfiguration hat keine gültige Unterschrift.',
    hint: 'Sie wurde nach dem Unterschreiben geändert oder nie unterschrieben. Die letzte gute Konfiguration bleibt in Kraft.',
  },
  'config-unknown-signer': {
    message:
      'Die gemeinsame Konfiguration ist mit einem Schlüssel unterschrieben, der keiner Administration gehört[: {fingerprint}].',
    hint: 'Die letzte gute Konfiguration bleibt in Kraft. Fragen Sie Ihre Administration.',
  },
  'config-rollback': {
    message: 'Die gemeinsame Konfiguration ist älter als die geltende[: Revision {revision} nach {known}].',
    hint: 'Die letzte gute Konfiguration bleibt in Kraft. Jemand hat eine alte Datei zurückgelegt, oder der Server zeigt eine alte Kopie.',
  },
  'config-fork': {
    message:
      'Es gibt zwei gemeinsame Konfigurationen derselben Revision[ {revision}]: [{known} und {other}].',
    hint: 'Zwei haben zugleich veröffentlicht, oder jemand hat die Datei verändert. Die letzte gute Konfiguration bleibt in Kraft; veröffentlichen Sie eine neue Revision.',
  },
  'config-conflict': {
    message: 'Inzwischen hat jemand anderes veröffentlicht[: Revision {revision}].',
    hint: 'Nichts wurde überschrieben. Sehen Sie sich die Unterschiede an, übernehmen Sie sie und veröffentlichen Sie noch einmal.',
  },
  'group-foreign': {
    message: 'In diesem Postfach arbeitet schon eine andere Organisation[: {organisation}].',
    hint: 'Zwei Organisationen können nicht ein Postfach teilen. Fragen Sie, wer es betreibt.',
  },
  'no-group-message': {
    message: 'Diese Nachricht liegt in keinem Gruppenkonto.',
    hint: 'Gruppenarbeit gibt es für die Mails von Gruppenkonten.',
  },
  'member-key-unconfirmed': {
    message: 'Ihr Schlüssel auf diesem Computer ist noch nicht bestätigt.',
    hint: 'Die Administration bestätigt ihn[ (Fingerabdruck {fingerprint})] und veröffentlicht; bis dahin sieht niemand sonst, was Sie hier tun.',
  },
  'store-newer': {
    message: 'Dieses Profil wurde von einer neueren Version von Postkorb geschrieben.',
    hint: 'Installieren Sie die neuere Version; geändert wurde nichts.',
  },
  'store-corrupt': {
    message: 'Der Mailspeicher ist beschädigt.',
    hint: 'Starten Sie Postkorb neu: die beschädigte Datei wird beiseitegelegt und die Mail neu geholt.',
  },
  'profile-in-use': {
    message: 'Das Profil wird von einem anderen Programm benutzt[ (Prozess {pid}, {host})].',
    hint: 'Schließen Sie es, oder warten Sie, bis es fertig ist.',
  },
  'disk-full': {
    message: 'Auf der Festplatte ist kein Platz mehr.',
    hint: 'Schaffen Sie Platz; Postkorb macht dann von selbst weiter. Auf dem Server wurde nichts gelöscht.',
  },
  'file-unreadable': {
    message: 'Die Datei[ „{file}“] lässt sich nicht lesen oder schreiben.',
    hint: 'Prüfen Sie den Pfad und Ihre Rechte daran.',
  },
  'file-exists': {
    message: 'Eine Datei[ „{file}“] gibt es schon.',
    hint: 'Wählen Sie einen anderen Namen; überschrieben wurde nichts.',
  },
  'not-a-mail': {
    message: 'Das ist keine E-Mail.',
    hint: 'Dateien mit E-Mails sind .eml- und mbox-Dateien. Die Dateien .msg und .pst von Outlook müssen vorher umgewandelt werden.',
  },
  'mail-too-large': {
    message: 'Diese E-Mail ist zu groß, um übernommen zu werden[: {size} Bytes, möglich sind {limit}].',
    hint: '',
  },
  'secrets-unavailable': {
    message: 'Der Schlüsselbund lässt sich nicht öffnen.',
    hint: 'Entsperren Sie ihn und versuchen Sie es noch einmal; die Konten bleiben, wie sie sind.',
  },
  'rate-limited': {
    message: 'Zu viele Anfragen auf einmal.',
    hint: 'Warten Sie einen Augenblick und versuchen Sie es noch einmal.',
  },
  cancelled: {
    message: 'Abgebrochen.',
    hint: '',
  },
  internal: {
    message: 'Etwas ging schief, das nicht schiefgehen dürfte.[ ({code})]',
    hint: 'Verloren ist nichts. Geschieht es wieder, sagt das Protokoll im Profilordner mehr.',
  },
};
