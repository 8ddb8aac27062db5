/** What a server's certificate says, and whether an account's trust setting accepts it. */
import tls from 'node:tls';
import type { PeerCertificate, SecureContext, SecureContextOptions, TLSSocket } from 'node:tls';
import type { Trust } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { MailErrorCode } from '#shared/errors/MailError.ts';

/** For people who decide whether to pin it; `fingerprint` is "sha256:" and lower-case hex, as in the account's settings. */
export interface CertificateInfo {
  readonly fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly names: readonly string[];
}

/** null before the handshake showed a certificate. */
export function certificateOf(socket: TLSSocket): CertificateInfo | null {
  const certificate = socket.getPeerCertificate();
  // Node answers an empty object where there is none, whatever its type says.
  if ((certificate as Partial<PeerCertificate>).fingerprint256 === undefined) return null;
  return {
    fingerprint: fingerprintOf(certificate),
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: isoDate(certificate.valid_from),
    validTo: isoDate(certificate.valid_to),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .map((entry) => entry.replace(/^[A-Za-z ]+:/, ''))
      .filter((entry) => entry !== ''),
  };
}

/**
 * Judges a finished handshake that was made with `rejectUnauthorized: false` (so that the certificate can be shown whatever is
 * wrong with it). Returns the fault, or null when the session may be used. A pinned certificate is accepted for what it is: its
 * dates, names and issuer no longer matter, and any other certificate is refused.
 */
export function trustFault(socket: TLSSocket, trust: Trust, host: string): MailError | null {
  const certificate = socket.getPeerCertificate();
  if ((certificate as Partial<PeerCertificate>).fingerprint256 === undefined) {
    return new MailError('tls-failed', { host, response: 'no certificate' });
  }
  const fingerprint = fingerprintOf(certificate);
  if (trust !== 'system') {
    return fingerprint === trust
      ? null
      : new MailError('certificate-changed', { host, expected: trust, fingerprint });
  }
  if (socket.authorized) return null;
  const reason = String(socket.authorizationError);
  return new MailError(certificateErrorCode(reason), {
    host,
    fingerprint,
    reason,
    names: (certificate.subjectaltname ?? '').slice(0, 300),
    validTo: isoDate(certificate.valid_to),
  });
}

/** OpenSSL's verify result, and Node's own code for a name that does not match, as one of ours. */
export function certificateErrorCode(reason: string): MailErrorCode {
  switch (reason) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'certificate-self-signed';
    case 'CERT_HAS_EXPIRED':
      return 'certificate-expired';
    case 'CERT_NOT_YET_VALID':
      return 'certificate-not-yet-valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return 'certificate-wrong-host';
    default:
      return 'certificate-untrusted';
  }
}

/**
 * The context for every client handshake: the authorities Node ships, the platform's own (companies with an inner authority install
 * it there) and those of NODE_EXTRA_CA_CERTS. Made once, because parsing some hundred certificates takes tens of milliseconds.
 */
export function clientContext(): SecureContext {
  context ??= tls.createSecureContext(withAuthorities());
  return context;
}
let context: SecureContext | undefined;

/** The same with further authorities (PEM). */
export function contextWith(authorities: readonly string[]): SecureContext {
  const { ca = [], ...rest } = withAuthorities();
  return tls.createSecureContext({ ...rest, ca: [...(ca as string[]), ...authorities] });
}

function withAuthorities(): SecureContextOptions {
  // Missing in runtimes without Node's own OpenSSL: their default authorities apply.
  const list = (tls as { getCACertificates?: (type: string) => string[] }).getCACertificates;
  if (list === undefined) return {};
  return { ca: [...new Set([...list('default'), ...list('system')])] };
}

function fingerprintOf(certificate: PeerCertificate): string {
  return `sha256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`;
}

function nameOf(name: Partial<PeerCertificate['subject']> | undefined): string {
  const value = name?.CN ?? name?.O ?? '';
  return Array.isArray(value) ? value.join(', ') : value;
}

function isoDate(openssl: string): string {
  const ms = Date.parse(openssl);
  return Number.isNaN(ms) ? openssl : new Date(ms).toISOString();
}
