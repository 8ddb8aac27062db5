/** From a host name to a connected or encrypted socket, stage by stage, each ended at once by a signal. */
import dns from 'node:dns/promises';
import net from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { certificateOf, trustFault, type CertificateInfo } from '#engine/imap/certificate.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { Trust } from '#shared/domain/account.ts';
import { untilAborted } from '#shared/base/untilAborted.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Network } from './network.ts';
import { mapSocketError } from './socketErrors.ts';
import { bareHost } from './tlsOptions.ts';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host, families mixed so that a dead one is met by its neighbour soon (RFC 8305, 4). */
export async function resolveHost(host: string, signal: AbortSignal): Promise<HostAddress[]> {
  const bare = bareHost(host);
  const family = net.isIP(bare);
  if (family !== 0) return [{ address: bare, family }];
  try {
    const found = await untilAborted(dns.lookup(bare, { all: true, order: 'verbatim' }), signal);
    const first = found[0]?.family;
    const same = found.filter((one) => one.family === first);
    const other = found.filter((one) => one.family !== first);
    return same.flatMap((one, i) => (other[i] ? [one, other[i]] : [one])).concat(other.slice(same.length));
  } catch (error) {
    throw mapSocketError(error, { host });
  }
}

/** The addresses that a host is reached by; none where its name is a proxy's matter. */
export async function addressesFor(
  host: string,
  network: Network,
  signal: AbortSignal,
): Promise<HostAddress[]> {
  return network.through(host, 'mail') === null ? resolveHost(host, signal) : [];
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  /** None where the way leads through a proxy. */
  readonly addresses: readonly HostAddress[];
  readonly clock: Clock;
  readonly network: Network;
}

/** A connection to a mail server, directly or through the proxy that stands between. Throws as `connectTcp` and what the proxy throws. */
export async function dial(destination: Destination, signal: AbortSignal): Promise<net.Socket> {
  const { host, port, network } = destination;
  const tunnel = network.through(host, 'mail');
  return tunnel === null ? connectTcp(destination, signal) : tunnel(port, signal);
}

/** RFC 8305, 5: the next address is tried when the one before has not answered for so long. */
const nextAddressAfterMs = 250;

/** Connects to whichever address answers first; the others are let go. Throws what the first address failed with. */
export async function connectTcp(
  options: { host: string; port: number; addresses: readonly HostAddress[]; clock: Clock },
  signal: AbortSignal,
): Promise<net.Socket> {
  const { host, port, addresses, clock } = options;
  const sockets = new Set<net.Socket>();
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
  let timer: Disposable | null = null;
  let failure: unknown = null;
  let next = 0;

  const tryNext = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    const target = addresses[next];
    next += 1;
    if (target === undefined) {
      if (sockets.size === 0)
        reject(failure ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }));
      return;
    }
    const socket = net.connect({ host: target.address, port, family: target.family });
    sockets.add(socket);
    socket.once('connect', () => {
      sockets.delete(socket);
      resolve(socket);
    });
    socket.once('error', (error) => {
      failure ??= error;
      sockets.delete(socket);
      socket.destroy();
      tryNext();
    });
    if (next < addresses.length) timer = clock.setTimer(nextAddressAfterMs, tryNext);
  };

  try {
    signal.throwIfAborted();
    tryNext();
    const socket = await untilAborted(promise, signal);
    socket.setNoDelay(true);
    return socket;
  } catch (error) {
    throw signal.aborted ? (signal.reason as Error) : mapSocketError(error, { host, port });
  } finally {
    (timer as Disposable | null)?.[Symbol.dispose]();
    // The winner left the set; one that connects after the race is not wanted any more.
    promise.then(
      () => undefined,
      () => undefined,
    );
    for (const socket of sockets) {
      socket.removeAllListeners('connect');
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.destroy();
    }
  }
}

/**
 * Encrypts a connected socket and judges the certificate before anything is said over it. `onCertificate` is told what the server
 * showed even when it is refused.
 */
export async function encrypt(
  options: {
    socket: net.Socket;
    host: string;
    port: number;
    trust: Trust;
    onCertificate: (certificate: CertificateInfo) => void;
    network: Network;
  },
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { socket, host, port, trust, onCertificate, network } = options;
  const bare = bareHost(host);
  const secure = tls.connect({
    socket,
    host: bare,
    ...(net.isIP(bare) === 0 ? { servername: bare } : {}),
    secureContext: network.context(),
    minVersion: 'TLSv1.2',
    // Judged below, after the certificate was read: a refused handshake would not show it.
    rejectUnauthorized: false,
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  secure.once('secureConnect', () => {
    resolve(undefined);
  });
  secure.once('error', reject);
  secure.once('close', () => {
    reject(new MailError('connection-closed', { host, port }));
  });
  try {
    await untilAborted(promise, signal);
    const certificate = certificateOf(secure);
    if (certificate !== null) onCertificate(certificate);
    const fault = trustFault(secure, trust, host);
    if (fault !== null) throw fault;
    return secure;
  } catch (error) {
    secure.on('error', () => undefined);
    secure.destroy();
    socket.destroy();
    throw signal.aborted ? (signal.reason as Error) : mapSocketError(error, { host, port });
  }
}

/** Does the server answer a TLS handshake on a second connection? Resolves to false where it does not, however it fails. */
export async function speaksTls(destination: Destination, signal: AbortSignal): Promise<boolean> {
  try {
    const socket = await dial(destination, signal);
    const secure = tls.connect({
      socket,
      rejectUnauthorized: false,
      secureContext: destination.network.context(),
    });
    try {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      secure.once('secureConnect', () => {
        resolve(undefined);
      });
      secure.once('error', reject);
      secure.once('close', reject);
      await untilAborted(promise, signal);
      return true;
    } finally {
      secure.on('error', () => undefined);
      secure.destroy();
      socket.destroy();
    }
  } catch {
    return false;
  }
}
