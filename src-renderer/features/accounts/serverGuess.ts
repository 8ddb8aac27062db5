/**
 * What an address suggests: the servers of well-known providers (from their own help pages), else names that most servers have. Only a
 * proposal: the connection test decides. Pure.
 */
import type { Security } from '#shared/domain/account.ts';

export interface GuessedServer {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
}
export interface Guess {
  readonly imap: GuessedServer;
  readonly smtp: GuessedServer;
  /** Most servers want the whole address; some only what stands before the @. */
  readonly user: string;
  /** The provider is known: it is no guess. */
  readonly known: boolean;
}

const defaultPorts = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
} as const satisfies Record<string, Record<Security, number>>;
export type Protocol = keyof typeof defaultPorts;

/** The usual port for a kind of encryption. */
export function defaultPort(protocol: Protocol, security: Security): number {
  return defaultPorts[protocol][security];
}

/** The encryption that a port stands for; null where it says nothing. */
export function securityOfPort(protocol: Protocol, port: number): Security | null {
  const found = (['tls', 'starttls'] as const).find((security) => defaultPorts[protocol][security] === port);
  return found ?? (protocol === 'smtp' && port === 25 ? 'starttls' : null);
}

export function isDefaultPort(protocol: Protocol, port: number): boolean {
  return Object.values(defaultPorts[protocol]).includes(port as never);
}

type Provider = readonly [domains: string, imap: string, smtp: string, smtpSecurity: Security];
const providers: readonly Provider[] = [
  ['gmail.com googlemail.com', 'imap.gmail.com', 'smtp.gmail.com', 'tls'],
  [
    'outlook.com outlook.de hotmail.com hotmail.de live.com live.de msn.com',
    'outlook.office365.com',
    'smtp-mail.outlook.com',
    'starttls',
  ],
  ['icloud.com me.com mac.com', 'imap.mail.me.com', 'smtp.mail.me.com', 'starttls'],
  ['gmx.de gmx.net gmx.at gmx.ch', 'imap.gmx.net', 'mail.gmx.net', 'tls'],
  ['gmx.com', 'imap.gmx.com', 'mail.gmx.com', 'tls'],
  ['web.de', 'imap.web.de', 'smtp.web.de', 'starttls'],
  ['t-online.de magenta.de', 'secureimap.t-online.de', 'securesmtp.t-online.de', 'tls'],
  ['freenet.de', 'mx.freenet.de', 'mx.freenet.de', 'tls'],
  ['posteo.de posteo.net', 'posteo.de', 'posteo.de', 'tls'],
  ['mailbox.org', 'imap.mailbox.org', 'smtp.mailbox.org', 'tls'],
  ['yahoo.com yahoo.de', 'imap.mail.yahoo.com', 'smtp.mail.yahoo.com', 'tls'],
  ['aol.com aol.de', 'imap.aol.com', 'smtp.aol.com', 'tls'],
  ['fastmail.com', 'imap.fastmail.com', 'smtp.fastmail.com', 'tls'],
  ['bluewin.ch', 'imaps.bluewin.ch', 'smtpauths.bluewin.ch', 'tls'],
  ['arcor.de vodafone.de', 'imap.vodafonemail.de', 'smtp.vodafonemail.de', 'tls'],
];

/** null: the address is not complete. */
export function guessServers(address: string): Guess | null {
  const match = /^([^\s@]+)@([^\s@]+\.[^\s@.]{2,})$/.exec(address.trim());
  if (!match) return null;
  const domain = (match[2] ?? '').toLowerCase();
  const provider = providers.find(([domains]) => domains.split(' ').includes(domain));
  const [, imapHost, smtpHost, security] = provider ?? [
    '',
    `imap.${domain}`,
    `smtp.${domain}`,
    'tls' as const,
  ];
  return {
    imap: { host: imapHost, port: defaultPort('imap', 'tls'), security: 'tls' },
    smtp: { host: smtpHost, port: defaultPort('smtp', security), security },
    user: address.trim(),
    known: provider !== undefined,
  };
}
