/** Der Weg ins Netz. */
import type { ErrorWords } from './errors.en.ts';
import type { networkEn, networkErrorsEn } from './network.en.ts';
import type { Text } from './translate.ts';

export const networkDe = {
  'settings.network': 'Netzwerk',
  'proxy.title': 'Proxy',
  'proxy.mode.none': 'Keiner',
  'proxy.mode.system': 'Wie im System (HTTPS_PROXY, ALL_PROXY)',
  'proxy.mode.manual': 'Dieser',
  'proxy.type': 'Art',
  'proxy.type.socks5': 'SOCKS5',
  'proxy.type.http': 'HTTP (CONNECT)',
  'proxy.type.https': 'HTTPS (CONNECT, bis zum Proxy verschlüsselt)',
  'proxy.host': 'Proxyserver',
  'proxy.port': 'Port des Proxys',
  'proxy.user': 'Benutzername beim Proxy',
  'proxy.password': 'Passwort beim Proxy',
  'proxy.optional': 'Nur, wenn der Proxy danach fragt',
  'proxy.save': 'Diesen Proxy verwenden',
  'proxy.saved': 'Proxy gespeichert',
  'proxy.invalid': 'Server und Port werden gebraucht: proxy.xyz.test und 1080.',
  'authorities.title': 'Weitere Zertifizierungsstellen',
  'authorities.hint':
    'Dateien (PEM) auf diesem Computer, eine je Zeile. Die Stellen des Systems gelten in jedem Fall.',
  'authorities.save': 'Diese Dateien verwenden',
  'authorities.saved': 'Zertifizierungsstellen gespeichert',
  'health.latency': 'Anmeldung',
  'health.latency.list': 'Ordnerliste',
  'health.latency.both': '{login}, {list}',
  'health.certificate': 'Zertifikat des Servers',
  'health.certificate.until': 'gültig bis {date}',
  'health.certificate.over': 'abgelaufen {date}',
  'health.token': 'Anmeldung beim Anbieter',
  'health.token.until': 'bis {date}, wird von selbst erneuert',
} as const satisfies Readonly<Record<keyof typeof networkEn, Text>>;

export const networkErrorsDe = {
  'proxy-unreachable': {
    message: 'Der Proxy {proxy} ist nicht erreichbar.',
    hint: 'Prüfen Sie seine Adresse und seinen Port unter Einstellungen, Proxy, oder fragen Sie Ihren Administrator.',
  },
  'proxy-certificate': {
    message: 'Dem Zertifikat des Proxys {proxy} ist nicht zu trauen[ ({reason})].',
    hint: 'Nennen Sie die Datei seiner Stelle unter Einstellungen, Weitere Zertifizierungsstellen, oder fragen Sie Ihren Administrator. Durch ihn ging noch nichts.',
  },
  'proxy-login': {
    message: 'Der Proxy {proxy} nimmt Benutzername und Passwort nicht an.',
    hint: 'Geben Sie beides unter Einstellungen, Proxy neu ein. Das Passwort Ihres Kontos wurde niemandem gesendet.',
  },
  'proxy-refused': {
    message: 'Der Proxy {proxy} lässt keine Verbindung zu[ {host}][, Port {port}] zu.',
    hint: 'Bitten Sie den Betreiber des Proxys, diesen Server und Port freizugeben.',
  },
  'proxy-target': {
    message: 'Der Proxy {proxy} erreicht[ {host}][, Port {port}] nicht.',
    hint: 'Prüfen Sie den Namen des Servers und seinen Port; der Proxy selbst arbeitet.',
  },
  'proxy-fault': {
    message: 'Was bei {proxy} antwortet, ist kein Proxy der eingestellten Art.',
    hint: 'Prüfen Sie Art (SOCKS5, HTTP oder HTTPS), Adresse und Port des Proxys.',
  },
  'proxy-setting': {
    message: 'Der Proxy des Systems ist nicht brauchbar[: {proxy}].',
    hint: 'Er muss wie socks5://host:port, http://host:port oder https://host:port aussehen.',
  },
} as const satisfies Readonly<Record<keyof typeof networkErrorsEn, ErrorWords>>;
