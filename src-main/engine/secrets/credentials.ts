/** An account's passwords in the secret store: one secret a purpose, named by the account's id. */
import { z } from 'zod';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { Credentials } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';

const key = (id: AccountId): string => `account:${id}`;
/** Both passwords stand in one secret, so that they change together or not at all. */
const Stored = z.strictObject({ imap: z.string(), smtp: z.string().nullable() });

/** The password for SMTP: its own where there is one, else that of IMAP, as most providers have it. */
export function smtpPassword(credentials: Credentials): string {
  return credentials.smtpPassword ?? credentials.imapPassword;
}

/** null: there are none (asked for again). Throws `secrets-unavailable` where the store cannot be opened or read. */
export async function readCredentials(secrets: SecretStore, id: AccountId): Promise<Credentials | null> {
  const text = await secrets.get(key(id));
  if (text === null) return null;
  try {
    const { imap, smtp } = Stored.parse(JSON.parse(text));
    return { imapPassword: imap, smtpPassword: smtp };
  } catch {
    // No cause: the parser's words could quote the secret.
    throw new MailError('secrets-unavailable', { where: secrets.kind });
  }
}

export function writeCredentials(
  secrets: SecretStore,
  id: AccountId,
  { imapPassword, smtpPassword: smtp }: Credentials,
): Promise<void> {
  return secrets.set(key(id), JSON.stringify({ imap: imapPassword, smtp }));
}

export function deleteCredentials(secrets: SecretStore, id: AccountId): Promise<void> {
  return secrets.delete(key(id));
}
