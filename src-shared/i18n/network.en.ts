/** The way out to the network. */
import type { ErrorWords } from './errors.en.ts';
import type { Text } from './translate.ts';

export const networkEn = {
  'settings.network': 'Network',
  'proxy.title': 'Proxy',
  'proxy.mode.none': 'None',
  'proxy.mode.system': 'As the system says (HTTPS_PROXY, ALL_PROXY)',
  'proxy.mode.manual': 'This one',
  'proxy.type': 'Kind',
  'proxy.type.socks5': 'SOCKS5',
  'proxy.type.http': 'HTTP (CONNECT)',
  'proxy.type.https': 'HTTPS (CONNECT, encrypted to the proxy)',
  'proxy.host': 'Proxy server',
  'proxy.port': 'Port of the proxy',
  'proxy.user': 'User name at the proxy',
  'proxy.password': 'Password at the proxy',
  'proxy.optional': 'Only where the proxy asks for it',
  'proxy.save': 'Use this proxy',
  'proxy.saved': 'Proxy saved',
  'proxy.invalid': 'Server and port are needed: proxy.xyz.test and 1080.',
  'authorities.title': 'Further certificate authorities',
  'authorities.hint':
    'Files (PEM) on this computer, one a line. The authorities of the system count in any case.',
  'authorities.save': 'Use these files',
  'authorities.saved': 'Authorities saved',
  'health.latency': 'Login',
  'health.latency.list': 'List of folders',
  'health.latency.both': '{login}, {list}',
  'health.certificate': 'Certificate of the server',
  'health.certificate.until': 'valid until {date}',
  'health.certificate.over': 'ended {date}',
  'health.token': 'Sign-in',
  'health.token.until': 'until {date}, renewed by itself',
} as const satisfies Readonly<Record<string, Text>>;

export const networkErrorsEn = {
  'proxy-unreachable': {
    message: 'The proxy {proxy} cannot be reached.',
    hint: 'Check its address and port under Settings, Proxy, or ask your administrator.',
  },
  'proxy-certificate': {
    message: 'The certificate of the proxy {proxy} cannot be trusted[ ({reason})].',
    hint: 'Name the file of its authority under Settings, Further certificate authorities, or ask your administrator. Nothing was sent through it.',
  },
  'proxy-login': {
    message: 'The proxy {proxy} does not accept its user name and password.',
    hint: 'Type them again under Settings, Proxy. The password of your account was not sent to anybody.',
  },
  'proxy-refused': {
    message: 'The proxy {proxy} does not let anybody connect to[ {host}][, port {port}].',
    hint: 'Ask whoever runs the proxy to allow this server and port.',
  },
  'proxy-target': {
    message: 'The proxy {proxy} cannot reach[ {host}][, port {port}].',
    hint: 'Check the name of the server and its port; the proxy itself works.',
  },
  'proxy-fault': {
    message: 'What answers at {proxy} is no proxy of the kind that is set.',
    hint: 'Check kind (SOCKS5, HTTP or HTTPS), address and port of the proxy.',
  },
  'proxy-setting': {
    message: 'The proxy of the system cannot be used[: {proxy}].',
    hint: 'It has to be like socks5://host:port, http://host:port or https://host:port.',
  },
} as const satisfies Readonly<Record<string, ErrorWords>>;
