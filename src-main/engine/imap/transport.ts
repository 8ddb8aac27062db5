/**
 * The socket under an ImapFlow client. Made here and not by the library, so that the certificate is judged (and can be shown)
 * before a byte of IMAP is spoken, each stage can be told with its time, and the greeting is looked at before it is believed.
 */
import net from 'node:net';
import type { LookupFunction } from 'node:net';
import tls from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { ImapTransport, ImapTransportSocket } from 'imapflow';
import type { Security, Trust } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { certificateOf, trustFault } from './certificate.ts';
import type { CertificateInfo } from './certificate.ts';
import { isConnectionLimit, printable } from './errorMapping.ts';

export interface TransportOptions {
  readonly security: Security;
  readonly trust: Trust;
  /** Resolved beforehand, so that a name's failure and a server's are told apart; tried in turn (RFC 8305). */
  readonly addresses: readonly { readonly address: string; readonly family: number }[];
  /** A connection that stands already, through a proxy. */
  readonly tunnel: net.Socket | null;
  readonly context: SecureContext;
  onConnected(): void;
  onSecure(): void;
  onGreeting(): void;
  onCertificate(certificate: CertificateInfo): void;
  /** The socket that now carries the session; the last one told is the one to destroy. */
  onSocket(socket: net.Socket): void;
}

export function createTransport(options: TransportOptions): ImapTransport {
  const { security, trust, tunnel } = options;
  const lookup = lookupIn(options.addresses);

  /** Calls `accepted` only for a session that the account trusts; anything else ends the socket with the reason. */
  const judge = (socket: TLSSocket, host: string, accepted: () => void): void => {
    const certificate = certificateOf(socket);
    if (certificate !== null) options.onCertificate(certificate);
    const fault = trustFault(socket, trust, host);
    if (fault !== null) {
      socket.destroy(fault);
      return;
    }
    options.onSecure();
    accepted();
  };
  const tlsOptions = (host: string, servername: string | undefined) => ({
    host,
    ...(servername === undefined ? {} : { servername }),
    secureContext: options.context,
    minVersion: 'TLSv1.2' as const,
    // Judged in `judge`, after the certificate was read: a refused handshake would not show it.
    rejectUnauthorized: false,
  });

  return {
    connect({ host, port, servername, secure }, onConnect): ImapTransportSocket {
      if (secure) {
        const socket = tls.connect({
          ...tlsOptions(host, servername),
          ...(tunnel === null ? { port, lookup } : { socket: tunnel }),
        });
        options.onSocket(socket);
        if (tunnel === null) socket.once('connect', () => options.onConnected());
        else options.onConnected();
        socket.once('secureConnect', () => {
          judge(socket, host, () => {
            onConnect();
            watchGreeting(socket, security, host, options.onGreeting);
          });
        });
        return socket;
      }
      const socket = tunnel ?? net.connect({ host, port, lookup, autoSelectFamily: true });
      options.onSocket(socket);
      const connected = (): void => {
        onConnect();
        watchGreeting(socket, security, host, () => {
          options.onConnected();
          options.onGreeting();
        });
      };
      if (tunnel === null) socket.once('connect', connected);
      else queueMicrotask(connected);
      return socket;
    },
    upgrade(plain, { host, servername }, onSecure): ImapTransportSocket {
      const socket = tls.connect({ ...tlsOptions(host, servername), socket: plain });
      options.onSocket(socket);
      socket.once('secureConnect', () => {
        judge(socket, host, onSecure);
      });
      return socket;
    },
  };
}

/** Answers with the addresses that were found before, whatever is asked. */
function lookupIn(addresses: TransportOptions['addresses']): LookupFunction {
  return (_host, query, callback) => {
    const first = addresses[0];
    if (first === undefined) {
      callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0);
    } else if (query.all === true) {
      callback(null, [...addresses]);
    } else {
      callback(null, first.address, first.family);
    }
  };
}

/**
 * Looks at the first line of the server beside ImapFlow, which ignores what it cannot read and would wait for its greeting
 * time-out. Must be called after ImapFlow has attached its parser: a listener of ours alone would let the bytes flow past it.
 */
function watchGreeting(socket: net.Socket, security: Security, host: string, onGreeting: () => void): void {
  let seen = '';
  const onData = (chunk: Buffer): void => {
    seen += chunk.toString('latin1', 0, 512);
    if (!seen.includes('\n') && seen.length < 512 && !seen.startsWith('\x15\x03')) return;
    socket.off('data', onData);
    const fault = greetingFault(seen, security, host);
    if (fault === null) onGreeting();
    else socket.destroy(fault);
  };
  socket.on('data', onData);
}

/** null: an IMAP greeting that may be answered (RFC 9051 section 7.1). */
export function greetingFault(greeting: string, security: Security, host: string): MailError | null {
  // A TLS alert: the server did not understand us because it expects a TLS handshake first.
  if (greeting.startsWith('\x15\x03')) return new MailError('plain-on-tls-port', { host });
  const line = greeting.split(/\r?\n/, 1)[0] ?? '';
  if (/^\* OK\b/i.test(line)) return null;
  if (/^\* BYE\b/i.test(line)) {
    const code = isConnectionLimit(line) ? 'too-many-connections' : 'connection-closed';
    return new MailError(code, { host, response: printable(line) });
  }
  // PREAUTH before STARTTLS keeps the session in clear text, which is what an attacker on the path wants (N03).
  if (/^\* PREAUTH\b/i.test(line) && security !== 'starttls') return null;
  return new MailError('unexpected-greeting', { host, response: printable(line) });
}
