/**
 * Certificates for test servers, made here: a tool for them is not everywhere, and the broken ones that the tests need (expired, for
 * another name, signed by nobody) are the same few lines. X.509 v3, RFC 5280; ECDSA P-256 with SHA-256.
 */
import { X509Certificate, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

export interface ServerCertificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** As an account file pins it: `sha256:` and the certificate's digest in lower-case hex. */
  readonly pin: `sha256:${string}`;
}

export interface CertificateOptions {
  /** Names and addresses it is for; the first is its common name. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface CertificateAuthority {
  /** PEM, to be given as `ca`. */
  readonly cert: string;
  issue(options?: CertificateOptions): ServerCertificate;
}

const day = 86_400_000;
export const loopbackHosts = ['localhost', '127.0.0.1', '::1'] as const;

export function createAuthority(name = 'Postkorb tests'): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name, key: keys.privateKey };
  const cert = certificate({ subject: name, publicKey: keys.publicKey, issuer, authority: true });
  return {
    cert,
    issue: (options = {}) => serverCertificate(options, issuer),
  };
}

/** A certificate that vouches for itself alone. */
export function selfSigned(options: CertificateOptions = {}): ServerCertificate {
  return serverCertificate(options, null);
}

interface Issuer {
  readonly name: string;
  readonly key: KeyObject;
}

function serverCertificate(options: CertificateOptions, by: Issuer | null): ServerCertificate {
  const hosts = options.hosts ?? loopbackHosts;
  const subject = hosts[0] ?? 'localhost';
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = certificate({
    subject,
    publicKey: keys.publicKey,
    issuer: by ?? { name: subject, key: keys.privateKey },
    authority: false,
    ...options,
    hosts,
  });
  const digest = new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();
  return { key: pem('PRIVATE KEY', pkcs8(keys.privateKey)), cert, pin: `sha256:${digest}` };
}

function pkcs8(key: KeyObject): Buffer {
  return createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).export({
    type: 'pkcs8',
    format: 'der',
  });
}

function certificate(fields: {
  subject: string;
  publicKey: KeyObject;
  issuer: Issuer;
  authority: boolean;
  hosts?: readonly string[];
  notBefore?: Date;
  notAfter?: Date;
}): string {
  const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const extensions = [
    extension(oid(0x55, 0x1d, 0x13), sequence(...(fields.authority ? [der(0x01, Buffer.from([0xff]))] : []))),
    ...(fields.hosts ? [extension(oid(0x55, 0x1d, 0x11), sequence(...fields.hosts.map(generalName)))] : []),
  ];
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    commonName(fields.issuer.name),
    sequence(
      time(fields.notBefore ?? new Date(Date.now() - day)),
      time(fields.notAfter ?? new Date(Date.now() + 30 * day)),
    ),
    commonName(fields.subject),
    fields.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, fields.issuer.key);
  return pem('CERTIFICATE', sequence(toBeSigned, algorithm, der(0x03, Buffer.from([0]), signature)));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
const time = (at: Date): Buffer =>
  der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, der(0x04, value));

function generalName(host: string): Buffer {
  if (isIP(host) === 0) return der(0x82, Buffer.from(host));
  if (isIP(host) === 4) return der(0x87, Buffer.from(host.split('.').map(Number)));
  const [head = '', tail] = host.split('::');
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((w) => parseInt(w, 16)));
  const [front, back] = [words(head), words(tail ?? '')];
  const all = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  return der(0x87, Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff])));
}
