/** The key of the circuit breaker's digests: random, made once for a profile, kept with the passwords. */
import { randomBytes } from 'node:crypto';
import { isMailError } from '#shared/errors/MailError.ts';
import type { SecretStore } from '#engine/ports/ports.ts';

const name = 'breaker-key';

/** A key that cannot be read or kept is replaced by one of this session: the breaker then forgets at the end of it, and nothing else. */
export async function openBreakerKey(secrets: SecretStore): Promise<Uint8Array> {
  try {
    const known = await secrets.get(name);
    if (known !== null) return Buffer.from(known, 'base64');
    const key = randomBytes(32);
    await secrets.set(name, key.toString('base64'));
    return key;
  } catch (error) {
    if (!isMailError(error)) throw error;
    return randomBytes(32);
  }
}
