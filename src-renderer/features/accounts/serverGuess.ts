/**
 * What an address suggests at once, while the engine looks for the true servers: the names that most servers have. Only a proposal: the
 * connection test decides. Pure.
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

/** null: the address is not complete. */
export function guessServers(address: string): Guess | null {
  const match = /^([^\s@]+)@([^\s@]+\.[^\s@.]{2,})$/.exec(address.trim());
  if (!match) return null;
  const domain = (match[2] ?? '').toLowerCase();
  return {
    imap: { host: `imap.${domain}`, port: defaultPort('imap', 'tls'), security: 'tls' },
    smtp: { host: `smtp.${domain}`, port: defaultPort('smtp', 'tls'), security: 'tls' },
    user: address.trim(),
  };
}
