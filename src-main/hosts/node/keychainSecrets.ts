/** Secrets in the system's keychain: Credential Manager, Keychain, Secret Service. */
import { createHash } from 'node:crypto';
import type { SecretStore } from '#engine/ports/ports.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** The part of `@napi-rs/keyring` that is used; loaded late, for it may be missing its native part on a rare platform. */
interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    user: string,
    options?: { linux?: { store?: 'secret-service' } },
  ) => {
    getPassword(signal?: AbortSignal): Promise<string | null>;
    setPassword(secret: string, signal?: AbortSignal): Promise<void>;
    deletePassword(signal?: AbortSignal): Promise<boolean>;
  };
}

/**
 * Linux: pinned to Secret Service. Without that the library falls back to the kernel's keyring, which forgets everything at
 * the next start of the machine: worse than a file.
 */
const pinned = { linux: { store: 'secret-service' } } as const;

/** A keychain that asks a person answers late; one that hangs must not hold up the start for ever. */
const probeMs = 3000;

async function loadKeyring(): Promise<Keyring | null> {
  try {
    return await import('@napi-rs/keyring');
  } catch {
    return null;
  }
}

/** Secrets of different profiles of one user must not meet: the profile's path is part of the service's name. */
function serviceName(profile: string): string {
  return `Postkorb ${createHash('sha256').update(profile).digest('hex').slice(0, 12)}`;
}

/** The keychain, or null where a secret written there does not come back (a container, no session bus, locked for good). */
export async function openKeychain(profile: string): Promise<SecretStore | null> {
  const keyring = await loadKeyring();
  if (keyring === null) return null;
  const service = serviceName(profile);
  const probe = async (): Promise<boolean> => {
    const signal = AbortSignal.timeout(probeMs);
    const entry = new keyring.AsyncEntry(service, 'probe', pinned);
    await entry.setPassword('probe', signal);
    const back = await entry.getPassword(signal);
    await entry.deletePassword(signal);
    return back === 'probe';
  };
  try {
    if (!(await probe())) return null;
  } catch {
    return null;
  }
  const attempt = async <T>(
    key: string,
    act: (entry: InstanceType<Keyring['AsyncEntry']>) => Promise<T>,
  ): Promise<T> => {
    try {
      return await act(new keyring.AsyncEntry(service, key, pinned));
    } catch (cause) {
      throw new MailError('secrets-unavailable', { where: 'keychain' }, { cause });
    }
  };
  return {
    kind: 'keychain',
    get: (key) => attempt(key, (entry) => entry.getPassword()),
    set: (key, secret) => attempt(key, (entry) => entry.setPassword(secret)),
    delete: (key) =>
      attempt(key, async (entry) => {
        await entry.deletePassword();
      }),
  };
}
