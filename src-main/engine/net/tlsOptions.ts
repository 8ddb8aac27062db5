/** TLS as an account wants it, for clients that make their sockets themselves. */
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { trustFault } from '#engine/imap/certificate.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { Network } from './network.ts';

/**
 * Options for `tls.connect` to `host`. With a pinned certificate the handshake accepts any: whoever uses these calls `verifyPinned`
 * before the first credential goes out. Without one, a certificate that does not verify fails the handshake.
 */
export function tlsOptions(
  settings: Pick<AccountSettings, 'tls'>,
  host: string,
  network: Network,
): ConnectionOptions {
  const bare = bareHost(host);
  return {
    secureContext: network.context(),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: settings.tls.trust === 'system',
    // An address is no server name (RFC 6066, 3), but the certificate is still compared with it.
    ...(isIP(bare) === 0 ? { servername: bare } : {}),
  };
}

/**
 * Throws unless a pinned certificate is exactly the one the server showed (`certificate-changed` with both prints). A socket without
 * TLS passes: whether that is allowed is the plaintext rule's matter.
 */
export function verifyPinned(settings: Pick<AccountSettings, 'tls'>, socket: TLSSocket): void {
  if (settings.tls.trust === 'system' || !isEncrypted(socket)) return;
  const fault = trustFault(socket, settings.tls.trust, socket.servername || (socket.remoteAddress ?? ''));
  if (fault !== null) throw new MailError(fault.code, fault.params);
}

function isEncrypted(socket: TLSSocket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** A host as sockets want it: "[::1]" is how people write an IPv6 address. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
