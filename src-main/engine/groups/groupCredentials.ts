/** Passwords of group mailboxes that an administrator typed in: for sealing them, and for his own account of the group. */
import * as z from 'zod';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { Credentials } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';

const Stored = z.strictObject({ imap: z.string(), smtp: z.string().nullable() });
const name = (group: string): string => `group-credentials:${group}`;

export async function readGroupCredentials(secrets: SecretStore, group: string): Promise<Credentials | null> {
  const text = await secrets.get(name(group));
  if (text === null) return null;
  try {
    const { imap, smtp } = Stored.parse(JSON.parse(text));
    return { imapPassword: imap, smtpPassword: smtp };
  } catch {
    throw new MailError('secrets-unavailable', { where: secrets.kind });
  }
}

export function writeGroupCredentials(
  secrets: SecretStore,
  group: string,
  credentials: Credentials,
): Promise<void> {
  return secrets.set(
    name(group),
    JSON.stringify({ imap: credentials.imapPassword, smtp: credentials.smtpPassword }),
  );
}
