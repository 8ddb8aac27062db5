/**
 * The way out to the network: directly or through a proxy, and the authorities that certificates are judged by. One for each engine; every
 * connection that it makes asks here.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type net from 'node:net';
import type { SecureContext } from 'node:tls';
import { fileStamp } from '#engine/fileStamp.ts';
import { clientContext, contextWith } from '#engine/imap/certificate.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { asciiDomain } from '#shared/domain/asciiDomain.ts';
import { isLoopbackHost } from '#shared/domain/account.ts';
import type { ProxyChoice } from '#shared/domain/proxy.ts';
import { environmentProxy, type Environment } from './environmentProxy.ts';
import { openTunnel, type ProxyServer } from './tunnel.ts';

export type Tunnel = (port: number, signal: AbortSignal) => Promise<net.Socket>;

export interface Network {
  /** null: the host is reached directly, by its name's addresses. Otherwise its name is the proxy's matter and is looked up by nobody here. */
  through(host: string, use: 'mail' | 'web'): Tunnel | null;
  /** For every handshake of a client. */
  context(): SecureContext;
}

/** Straight out, with the authorities of the system. */
export const directNetwork: Network = { through: () => null, context: clientContext };

export interface NetworkParts {
  readonly clock: Clock;
  readonly log: Log;
  /** As it counts now. */
  readonly proxy: () => ProxyChoice & { readonly password?: string | undefined };
  /** Of the person, where it is not in the choice. */
  readonly password: () => string | null;
  readonly environment: Environment;
  /** Files with further authorities. */
  readonly caFiles: () => readonly string[];
}

export function createNetwork(parts: NetworkParts): Network {
  const { clock, log, environment } = parts;
  const authorities = new Authorities(log);
  const context = (): SecureContext => authorities.context(parts.caFiles());
  const serverFor = (host: string, use: 'mail' | 'web'): ProxyServer | null => {
    // This machine is not behind a proxy.
    if (isLoopbackHost(host)) return null;
    const choice = parts.proxy();
    if (choice.mode === 'none') return null;
    if (choice.mode === 'system') return environmentProxy(environment, asciiDomain(host), use);
    const { type, host: server, port, user, password } = choice;
    const secret = password ?? (user === undefined ? null : parts.password());
    return { type, host: server, port, login: user === undefined ? null : { user, password: secret ?? '' } };
  };
  return {
    through: (host, use) => {
      const proxy = serverFor(host, use);
      return proxy === null
        ? null
        : (port, signal) => openTunnel(proxy, { host, port, clock, context }, signal);
    },
    context,
  };
}

/** A file's certificates as PEM. Throws what reading throws; one that is no certificate is a fault too. */
export function readAuthorities(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (found === null) throw new Error('no certificate in it');
  return found.map((pem) => new X509Certificate(pem).toString());
}

/** The context is made anew when a file changed; a file that cannot be used is left out and told in the log once. */
class Authorities {
  readonly #log: Log;
  #stamp = '';
  #context: SecureContext | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  context(files: readonly string[]): SecureContext {
    if (files.length === 0) return clientContext();
    const stamp = files.map((file) => `${file} ${fileStamp(file)}`).join('\n');
    if (this.#context === null || stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#context = contextWith(files.flatMap((file) => this.#read(file)));
    }
    return this.#context;
  }

  #read(file: string): string[] {
    try {
      return readAuthorities(file);
    } catch (error) {
      this.#log.warn('a file with authorities cannot be used', { file, error });
      return [];
    }
  }
}
