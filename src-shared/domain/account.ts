/** Accounts: the settings of one mailbox, the rules for them, and what the outside sees of them. */
import * as z from 'zod';
import { asciiDomain, needsSmtpUtf8 } from './asciiDomain.ts';
import type { AccountId } from './ids.ts';

export const Security = z.enum(['tls', 'starttls', 'none']);
export type Security = z.infer<typeof Security>;

/** Control characters never belong in a setting: they would end up in a protocol line or a header (N20). */

const noControls = /^[^\u0000-\u001f\u007f\u2028\u2029]*$/;
const line = (max: number) => z.string().min(1).max(max).regex(noControls);

/** An addr-spec as people type it; the mail server has the last word on whether it exists. */
export const EmailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+$/)
  .regex(noControls);
export type EmailAddress = z.infer<typeof EmailAddress>;

export const Server = z.strictObject({
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[^\s/@\\]+$/)
    .regex(noControls),
  port: z.int().min(1).max(65535),
  security: Security,
  user: line(320),
});
export type Server = z.infer<typeof Server>;

/** "system": the platform's certificate authorities; otherwise exactly the certificate with this SHA-256 fingerprint (lower-case hex). */
export const Trust = z.union([z.literal('system'), z.string().regex(/^sha256:[0-9a-f]{64}$/)]);
export type Trust = z.infer<typeof Trust>;

/**
 * Signing in at a provider in the browser instead of a password (OAuth 2). `provider`: "google", "microsoft", or the issuer's address.
 * `login`: who signs in, where that is not the account's own address (a mailbox that is shared with him).
 */
export const OAuthSignIn = z.strictObject({
  method: z.literal('oauth2'),
  provider: line(500),
  login: line(320).optional(),
});
export type OAuthSignIn = z.infer<typeof OAuthSignIn>;

/** The same where it is each person's own matter who signs in: a mailbox that a group shares. */
export const SharedSignIn = OAuthSignIn.omit({ login: true });

export const AccountSettings = z.strictObject({
  name: line(100),
  address: EmailAddress,
  displayName: z.string().max(200).regex(noControls),
  imap: Server,
  smtp: Server.nullable(),
  archiveAddress: EmailAddress.nullable(),
  tls: z.strictObject({ trust: Trust }),
  /** `security: "none"` beyond this machine is refused unless this is true. */
  allowPlaintext: z.boolean().optional(),
  /** Left out: with the passwords. */
  auth: OAuthSignIn.optional(),
});
export type AccountSettings = z.infer<typeof AccountSettings>;

/** Passwords travel apart from the settings, so that settings may be shown, logged and stored. */
export const Credentials = z.strictObject({
  imapPassword: z.string().min(1).max(10_000),
  smtpPassword: z.string().min(1).max(10_000).nullable(),
});
export type Credentials = z.infer<typeof Credentials>;

export const HealthState = z.enum(['healthy', 'retrying', 'failing', 'needs-attention', 'inactive']);
export type HealthState = z.infer<typeof HealthState>;

/** Is this host the machine itself? Only there may a password travel in clear text without being asked for. */
export function isLoopbackHost(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    bare === 'localhost' ||
    bare === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare) ||
    bare.endsWith('.localhost')
  );
}

/** The servers of `settings` that would send a password in clear text without permission ("imap", "smtp"). */
export function forbiddenPlaintext(settings: AccountSettings): ('imap' | 'smtp')[] {
  if (settings.allowPlaintext === true) return [];
  const faults: ('imap' | 'smtp')[] = [];
  if (settings.imap.security === 'none' && !isLoopbackHost(settings.imap.host)) faults.push('imap');
  if (settings.smtp?.security === 'none' && !isLoopbackHost(settings.smtp.host)) faults.push('smtp');
  return faults;
}

/** Whose sign-in opens this account: a token for anybody else was not meant for it. */
export function expectedLogins({ address, imap, smtp, auth }: AccountSettings): string[] {
  if (auth?.login !== undefined) return [auth.login];
  return [...new Set([address, imap.user, smtp?.user ?? address])];
}

/** Addresses compare by lower-cased text, domains by their ASCII form: the local part is case-sensitive by RFC 5321 and nowhere else. */
export function sameAddress(a: string, b: string): boolean {
  return normaliseAddress(a) === normaliseAddress(b);
}

export function normaliseAddress(address: string): string {
  const plain = address.trim().normalize('NFC').toLowerCase();
  const domain = plain.lastIndexOf('@') + 1;
  // Nearly all of them: a list of mails asks this for each row.
  if (domain === 0 || !needsSmtpUtf8(plain)) return plain;
  return plain.slice(0, domain) + asciiDomain(plain.slice(domain));
}

/** By account name in the locale's order; the first is the default account (ties by id, so that the order never jumps). */
export function byAccountName(
  locale: string,
): (a: { name: string; id: AccountId }, b: { name: string; id: AccountId }) => number {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  return (a, b) => collator.compare(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
