/** What an account logs in with, in the secret store: one secret a purpose, named by the account's id. */
import * as z from 'zod';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { AccountSettings, Credentials } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** What a finished sign-in left: the right to the mailbox, and who gave it. */
export const OAuthGrant = z.strictObject({
  /** Of the sign-in: what tests and the circuit breaker are keyed by, since the tokens change. */
  id: z.string(),
  /** "google", "microsoft", or the issuer's address. */
  provider: z.string(),
  /** Names and addresses of who signed in, the best one first; empty: the provider does not say. */
  identities: z.array(z.string()),
  /** null: it was refused, and only a new sign-in helps. */
  refreshToken: z.string().nullable(),
  accessToken: z.string(),
  /** ms since 1970. */
  obtainedAt: z.number(),
  expiresAt: z.number(),
});
export type OAuthGrant = z.infer<typeof OAuthGrant>;

/** Passwords, or a sign-in. */
export type AccountSecret = Credentials | { readonly grant: OAuthGrant };

const key = (id: AccountId): string => `account:${id}`;
/** Both passwords stand in one secret, so that they change together or not at all. */
const Stored = z.union([
  z.strictObject({ imap: z.string(), smtp: z.string().nullable() }),
  z.strictObject({ oauth: OAuthGrant }),
]);

export function isGrant(secret: AccountSecret): secret is { readonly grant: OAuthGrant } {
  return 'grant' in secret;
}

/** Passwords where the settings want passwords, a sign-in at their provider where they want that. */
export function isOfKind({ auth }: Pick<AccountSettings, 'auth'>, secret: AccountSecret): boolean {
  return isGrant(secret) ? secret.grant.provider === auth?.provider : auth === undefined;
}

/** Throws what a person must do where what is kept is of the other kind. */
export function assertOfKind(settings: Pick<AccountSettings, 'auth'>, secret: AccountSecret): void {
  if (isOfKind(settings, secret)) return;
  throw new MailError(settings.auth === undefined ? 'credentials-missing' : 'sign-in-expired');
}

/** What tells one secret from another: the passwords, or the sign-in (whose tokens change all the time). */
export function secretIdentity(secret: AccountSecret): readonly (string | null)[] {
  return isGrant(secret) ? ['oauth', secret.grant.id] : [secret.imapPassword, secret.smtpPassword];
}

/** null: there are none (asked for again). Throws `secrets-unavailable` where the store cannot be opened or read. */
export async function readCredentials(secrets: SecretStore, id: AccountId): Promise<AccountSecret | null> {
  const text = await secrets.get(key(id));
  if (text === null) return null;
  try {
    const stored = Stored.parse(JSON.parse(text));
    if ('oauth' in stored) return { grant: stored.oauth };
    return { imapPassword: stored.imap, smtpPassword: stored.smtp };
  } catch {
    // No cause: the parser's words could quote the secret.
    throw new MailError('secrets-unavailable', { where: secrets.kind });
  }
}

export function writeCredentials(secrets: SecretStore, id: AccountId, secret: AccountSecret): Promise<void> {
  const stored = isGrant(secret)
    ? { oauth: secret.grant }
    : { imap: secret.imapPassword, smtp: secret.smtpPassword };
  return secrets.set(key(id), JSON.stringify(stored));
}

export function deleteCredentials(secrets: SecretStore, id: AccountId): Promise<void> {
  return secrets.delete(key(id));
}
