/** What the environment says about proxies, as most programs read it: HTTPS_PROXY, ALL_PROXY and NO_PROXY, in either case. */
import { MailError } from '#shared/errors/MailError.ts';
import type { ProxyServer } from './tunnel.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const usualPorts: Readonly<Record<string, number>> = { socks5: 1080, http: 80, https: 443 };

/** null: none is named for this host. Throws `proxy-setting` for one that cannot be meant. */
export function environmentProxy(
  environment: Environment,
  host: string,
  use: 'mail' | 'web',
): ProxyServer | null {
  const read = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  if (isExempt(read('NO_PROXY'), host)) return null;
  const [https, all] = [read('HTTPS_PROXY'), read('ALL_PROXY')];
  const named = use === 'web' ? https || all : all || https;
  return named === '' ? null : parseProxy(named);
}

/** "socks5://user:password@host:port", "http://host:port", "https://host:port"; without a scheme it is an HTTP proxy. Throws `proxy-setting`. */
export function parseProxy(text: string): ProxyServer {
  const url = URL.parse(/^[a-z0-9+]+:\/\//i.test(text) ? text : `http://${text}`);
  const scheme = url?.protocol.replace(/:$/, '').replace('socks5h', 'socks5');
  if (url === null || url.hostname === '' || !isKind(scheme))
    throw new MailError('proxy-setting', { proxy: withoutLogin(text) });
  return {
    type: scheme,
    host: url.hostname,
    port: url.port === '' ? (usualPorts[scheme] ?? 80) : Number(url.port),
    login:
      url.username === ''
        ? null
        : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}

const isKind = (scheme: string | undefined): scheme is ProxyServer['type'] =>
  scheme !== undefined && Object.hasOwn(usualPorts, scheme);

const withoutLogin = (text: string): string => text.replace(/\/\/[^/]*@/, '//').slice(0, 200);

/** "xyz.test" and ".xyz.test" are the domain and all below it; "*" is everything. */
function isExempt(list: string, host: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .some((one) => {
      const name = one
        .toLowerCase()
        .replace(/:\d+$/, '')
        .replace(/^\*?\./, '');
      return one === '*' || host === name || host.endsWith(`.${name}`);
    });
}
