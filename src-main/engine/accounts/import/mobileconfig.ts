/** Apple's configuration profiles: every payload com.apple.mail.managed with IMAP is an account. Plain or signed. */
import type { ProviderOf } from '#engine/accounts/accountFile.ts';
import { badRow, rowOf, unusableFile, type ImportRow } from './importRow.ts';
import { parseOrderedXml } from './xml.ts';

type Plist = string | number | boolean | readonly Plist[] | { readonly [key: string]: Plist };
type Dict = { readonly [key: string]: Plist };

/** Errors: invalid-input (`not-xml`, `xml-entities`, `not-a-profile`, `no-mail`). */
export function readMobileconfig(text: string, providerOf: ProviderOf): ImportRow[] {
  const root = parsePlist(text);
  const payloads = isDict(root) ? root['PayloadContent'] : undefined;
  if (!Array.isArray(payloads))
    throw unusableFile('not-a-profile', 'this property list is no configuration profile');
  const mail = (payloads as readonly Plist[]).filter(
    (payload): payload is Dict => isDict(payload) && kinds.has(textOf(payload, 'PayloadType')),
  );
  if (mail.length === 0) throw unusableFile('no-mail', 'this profile sets up no mail account');
  return mail.map((payload, at) => {
    const kind = textOf(payload, 'PayloadType');
    if (kind === 'com.apple.mail.managed') return payloadRow(at + 1, payload, providerOf);
    return signInRow(at + 1, payload, kind, providerOf);
  });
}

/** Mail accounts, and those of a provider that is signed in to. */
const kinds = new Set(['com.apple.mail.managed', 'com.apple.google-oauth', 'com.apple.eas.account']);

function textOf(payload: Dict, key: string): string {
  const value = payload[key];
  return typeof value === 'string' ? value : '';
}

/** Such a payload names nobody but the person: the servers are the provider's. */
function signInRow(line: number, payload: Dict, kind: string, providerOf: ProviderOf): ImportRow {
  const address = textOf(payload, 'EmailAddress');
  const name = textOf(payload, 'AccountDescription') || textOf(payload, 'PayloadDisplayName') || address;
  const google = kind === 'com.apple.google-oauth';
  if (!google && payload['OAuth'] !== true) {
    const message = 'this account speaks Exchange ActiveSync alone, which is not supported';
    return badRow(line, { path: 'PayloadType', code: 'no-imap', message }, { name, address });
  }
  const [imap, smtp] = google
    ? ['imap.gmail.com', 'smtp.gmail.com']
    : ['outlook.office365.com', 'smtp.office365.com'];
  const value = {
    name,
    address,
    displayName: textOf(payload, 'AccountName'),
    imap: { host: imap, port: 993, security: 'tls', user: address },
    smtp: google
      ? { host: smtp, port: 465, security: 'tls', user: address }
      : { host: smtp, port: 587, security: 'starttls', user: address },
    auth: 'oauth2',
  };
  return rowOf(line, value, providerOf);
}

function isDict(value: Plist | undefined): value is Dict {
  return typeof value === 'object' && !Array.isArray(value);
}

function payloadRow(line: number, payload: Dict, providerOf: ProviderOf): ImportRow {
  const text = (key: string): string => textOf(payload, key);
  const address = text('EmailAddress');
  const name = text('EmailAccountDescription') || address;
  if (text('EmailAccountType') !== 'EmailTypeIMAP') {
    return badRow(
      line,
      {
        path: 'EmailAccountType',
        code: 'no-imap',
        message: 'this account is not IMAP (POP is not supported)',
      },
      { name, address },
    );
  }
  const server = (side: 'Incoming' | 'Outgoing'): Record<string, unknown> => {
    const typed = payload[`${side}MailServerPortNumber`];
    const encrypted = payload[`${side}MailServerUseSSL`] !== false;
    const usual = side === 'Incoming' ? (encrypted ? 993 : 143) : encrypted ? 465 : 587;
    const port = typeof typed === 'number' ? typed : usual;
    return {
      host: text(`${side}MailServerHostName`),
      port,
      // Apple's one switch stands for both kinds; the port tells which.
      security: !encrypted ? 'none' : port === 143 || port === 587 || port === 25 ? 'starttls' : 'tls',
      user: text(`${side}MailServerUsername`) || address,
    };
  };
  const own = text('OutgoingPassword');
  const signsIn = /oauth/i.test(text('IncomingMailServerAuthentication'));
  const value = {
    name,
    address,
    displayName: text('EmailAccountName'),
    imap: { ...server('Incoming'), ...(signsIn ? {} : { password: text('IncomingPassword') }) },
    smtp:
      text('OutgoingMailServerHostName') === ''
        ? null
        : {
            ...server('Outgoing'),
            ...(own === '' || signsIn || payload['OutgoingPasswordSameAsIncomingPassword'] === true
              ? {}
              : { password: own }),
          },
    ...(signsIn ? { auth: 'oauth2' } : {}),
  };
  return rowOf(line, value, providerOf);
}

type Node = Record<string, unknown>;

function parsePlist(text: string): Plist {
  const plist = parseOrderedXml(text).find((node) => 'plist' in node)?.['plist'];
  const first = elements(plist)[0];
  if (first === undefined) throw unusableFile('not-a-profile', 'this is no property list');
  return plistValue(first);
}

/** Elements alone: text between them, comments and attributes mean nothing. */
function elements(nodes: unknown): Node[] {
  return Array.isArray(nodes) ? (nodes as Node[]).filter((node) => elementName(node) !== undefined) : [];
}

function elementName(node: Node): string | undefined {
  return Object.keys(node).find(
    (key) => key !== '#text' && key !== ':@' && !key.startsWith('?') && key !== '#comment',
  );
}

function innerText(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return (nodes as Node[]).map((node) => (typeof node['#text'] === 'string' ? node['#text'] : '')).join('');
}

function plistValue(node: Node): Plist {
  const name = elementName(node) ?? '';
  const inner = node[name];
  switch (name) {
    case 'dict': {
      const dict: Record<string, Plist> = Object.create(null) as Record<string, Plist>;
      const items = elements(inner);
      for (let at = 0; at + 1 < items.length; at += 2) {
        const key = items[at] as Node;
        if (elementName(key) !== 'key') break;
        dict[innerText(key['key'])] = plistValue(items[at + 1] as Node);
      }
      return dict;
    }
    case 'array':
      return elements(inner).map(plistValue);
    case 'integer':
    case 'real':
      return Number(innerText(inner));
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return innerText(inner);
  }
}
