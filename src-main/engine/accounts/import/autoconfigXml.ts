/**
 * Thunderbird's autoconfig format (https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat): settings for everybody of
 * a domain, with placeholders, or for one person with his user name and password.
 */
import type { ProviderOf } from '#engine/accounts/accountFile.ts';
import { badRow, rowOf, unusableFile, type ImportRow, type ImportUser } from './importRow.ts';
import { parseXml, type XmlNode } from './xml.ts';

export interface AutoconfigServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  /** With placeholders. */
  readonly user: string;
  readonly password: string | null;
  /** As the file says it: "password-cleartext", "OAuth2", ... in its order. */
  readonly authentication: readonly string[];
}

export interface AutoconfigProvider {
  readonly displayName: string;
  /** In the file's order, which is its preference. */
  readonly incoming: readonly AutoconfigServer[];
  readonly outgoing: readonly AutoconfigServer[];
}

const lists = new Set([
  'emailProvider',
  'incomingServer',
  'outgoingServer',
  'authentication',
  'domain',
  'hostname',
  'port',
  'socketType',
  'username',
  'password',
  'displayName',
]);
const sockets: Readonly<Record<string, AutoconfigServer['security']>> = {
  SSL: 'tls',
  STARTTLS: 'starttls',
  plain: 'none',
};

/** Errors: invalid-input (`not-xml`, `xml-entities`, `no-provider`). POP3 servers are left out. */
export function parseAutoconfig(text: string): AutoconfigProvider[] {
  const root = child(parseXml(text, { lists }), 'clientConfig');
  const providers = children(root, 'emailProvider');
  if (providers.length === 0)
    throw unusableFile('no-provider', 'this file has no <emailProvider>: it is no autoconfig file');
  return providers.map((provider) => ({
    displayName: value(provider, 'displayName'),
    incoming: servers(provider, 'incomingServer', 'imap'),
    outgoing: servers(provider, 'outgoingServer', 'smtp'),
  }));
}

/** %EMAILADDRESS%, %EMAILLOCALPART%, %EMAILDOMAIN%, %REALNAME%. */
export function fillPlaceholders(text: string, address: string, realName = ''): string {
  const at = address.lastIndexOf('@');
  const values: Record<string, string> = {
    EMAILADDRESS: address,
    EMAILLOCALPART: at < 0 ? address : address.slice(0, at),
    EMAILDOMAIN: at < 0 ? '' : address.slice(at + 1),
    REALNAME: realName,
  };
  return text.replace(/%([A-Z]+)%/g, (whole, name: string) => values[name] ?? whole);
}

/** One row a user for a file with placeholders; without users one row a provider that names a person and a password. */
export function readAutoconfig(
  text: string,
  users: readonly ImportUser[],
  providerOf: ProviderOf,
): ImportRow[] {
  const providers = parseAutoconfig(text);
  if (users.length > 0) {
    return users.map((user, at) =>
      providerRow(at + 1, providerFor(providers, user.address), user, providerOf),
    );
  }
  return providers.map((provider, at) => {
    const incoming = provider.incoming[0];
    const address =
      [incoming?.user, provider.outgoing[0]?.user].find((user) => user?.includes('@') === true) ?? '';
    if (incoming === undefined) return noImap(at + 1);
    if ((incoming.password === null && !wantsToken(incoming)) || address.includes('%') || address === '') {
      return badRow(at + 1, {
        path: 'emailProvider',
        code: 'needs-users',
        message:
          'the file describes a domain and names nobody: give a list of users (address, password, name) with it',
      });
    }
    const user = { address, password: incoming.password ?? '', name: provider.displayName };
    return providerRow(at + 1, provider, user, providerOf);
  });
}

function providerFor(
  providers: readonly AutoconfigProvider[],
  address: string,
): AutoconfigProvider | undefined {
  const own = providers.find(({ incoming }) => incoming[0]?.user.toLowerCase() === address.toLowerCase());
  return own ?? providers[0];
}

function noImap(line: number, user?: ImportUser): ImportRow {
  return badRow(
    line,
    {
      path: 'incomingServer',
      code: 'no-imap',
      message: 'there is no IMAP server in it (POP3 is not supported)',
    },
    user ? { address: user.address, name: user.name ?? '' } : {},
  );
}

/** With a password it is for whoever has none; without one the only way. */
const wantsToken = ({ authentication }: AutoconfigServer): boolean =>
  authentication.some((one) => /^oauth2$/i.test(one.trim()));

function providerRow(
  line: number,
  provider: AutoconfigProvider | undefined,
  user: ImportUser,
  providerOf: ProviderOf,
): ImportRow {
  const incoming = provider?.incoming[0];
  if (provider === undefined || incoming === undefined) return noImap(line, user);
  const outgoing = provider.outgoing[0];
  const server = ({ host, port, security, user: login }: AutoconfigServer): Record<string, unknown> => ({
    host: fillPlaceholders(host, user.address),
    port,
    security,
    user: fillPlaceholders(login, user.address, user.name) || user.address,
  });
  const onlyToken =
    wantsToken(incoming) && incoming.authentication.every((one) => !/^password-/i.test(one.trim()));
  const signsIn = onlyToken || (user.password === '' && wantsToken(incoming));
  const password = signsIn || outgoing?.password == null ? {} : { password: outgoing.password };
  const value = {
    name: user.address,
    address: user.address,
    displayName: user.name ?? '',
    imap: { ...server(incoming), ...(signsIn ? {} : { password: user.password }) },
    smtp: outgoing ? { ...server(outgoing), ...password } : null,
    ...(signsIn ? { auth: 'oauth2' } : {}),
  };
  return rowOf(line, value, providerOf);
}

function servers(provider: XmlNode, element: string, type: string): AutoconfigServer[] {
  return children(provider, element)
    .filter((server) => child(server, '@type') === type)
    .map((server) => {
      const password = value(server, 'password');
      return {
        host: value(server, 'hostname'),
        port: Number(value(server, 'port')),
        security: sockets[value(server, 'socketType')] ?? 'tls',
        user: value(server, 'username'),
        password: password === '' ? null : password,
        authentication: children(server, 'authentication').map(textOf),
      };
    });
}

function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  if (typeof node !== 'object') return undefined;
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  return Array.isArray(found) ? (found as readonly XmlNode[])[0] : (found as XmlNode | undefined);
}

function children(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  if (typeof node !== 'object') return [];
  const found = Object.hasOwn(node, name) ? node[name] : undefined;
  if (found === undefined) return [];
  return Array.isArray(found) ? (found as readonly XmlNode[]) : [found as XmlNode];
}

function textOf(node: XmlNode | undefined): string {
  if (typeof node === 'string') return node;
  const text = node === undefined ? undefined : child(node, '#text');
  return typeof text === 'string' ? text : '';
}

const value = (node: XmlNode, name: string): string => textOf(child(node, name)).trim();
