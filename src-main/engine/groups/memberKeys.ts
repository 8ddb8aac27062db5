/** A member's own key pair: made when he joins or sets up an organisation, kept in the secret store, never leaving this machine. */
import type { SecretStore } from '#engine/ports/ports.ts';
import type { OrganisationId } from '#shared/domain/group/config.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { generateSigningKey, loadSigningKey, type SigningKey } from './dsse.ts';

const name = (organisation: OrganisationId): string => `group-key:${organisation}`;

/** null: none was made here. Throws `secrets-unavailable`: never "none" because it could not be read. */
export async function readMemberKey(
  secrets: SecretStore,
  organisation: OrganisationId,
): Promise<SigningKey | null> {
  const secret = await secrets.get(name(organisation));
  if (secret === null) return null;
  try {
    return loadSigningKey(secret);
  } catch {
    // No cause: a parser's words could quote the secret.
    throw new MailError('secrets-unavailable', { where: secrets.kind });
  }
}

/** The one that is there, or a new one, which is stored before anybody hears of it. */
export async function ensureMemberKey(
  secrets: SecretStore,
  organisation: OrganisationId,
): Promise<SigningKey> {
  const known = await readMemberKey(secrets, organisation);
  if (known !== null) return known;
  const { key, secret } = generateSigningKey();
  await secrets.set(name(organisation), secret);
  return key;
}

export function deleteMemberKey(secrets: SecretStore, organisation: OrganisationId): Promise<void> {
  return secrets.delete(name(organisation));
}
