/** Secrets in the system's keychain: Credential Manager, Keychain, Secret Service. */
import { createHash } from 'node:crypto';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { Clock } from '#shared/base/clock.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** The part of `@napi-rs/keyring` that is used; loaded late, for it may be missing its native part on a rare platform. */
interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    user: string,
    options?: { linux?: { store?: 'secret-service' } },
  ) => Entry;
}

/** No signals: a call that is under way cannot be stopped by one. */
interface Entry {
  getPassword(): Promise<string | null>;
  setPassword(secret: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

/**
 * Linux: pinned to Secret Service. Without that the library falls back to the kernel's keyring, which forgets everything at
 * the next start of the machine: worse than a file.
 */
const pinned = { linux: { store: 'secret-service' } } as const;

/**
 * A keychain that asks a person answers late, and one may hang. Nobody waits longer than this: not the start for the probe, not whoever
 * needs a secret. What was asked for goes on meanwhile; when it is there, the next question finds it.
 */
const patienceMs = { probe: 3000, call: 10_000 };

/** The system's keychain, for the secrets of one profile. */
export interface Keychain extends SecretStore {
  /** Whether a secret written there comes back (not in a container, without a session bus, or while it is locked). */
  works(): Promise<boolean>;
}

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

/** Nothing is asked of the keychain yet. */
export function openKeychain(profile: string, clock: Clock): Keychain {
  const service = serviceName(profile);
  const loading = loadKeyring();
  let last: Promise<unknown> = Promise.resolve();

  /**
   * One call at a time: each keeps a thread of this process's few, which reading files and looking up names need as well, and a
   * keychain that is waiting for a person must not get one dialog more with every call.
   */
  const ask = <T>(key: string, ms: number, act: (entry: Entry) => Promise<T>): Promise<T> => {
    let givenUp = false;
    const answer = last.then(async () => {
      const keyring = await loading;
      if (keyring === null || givenUp) throw new MailError('secrets-unavailable', { where: 'keychain' });
      return await act(new keyring.AsyncEntry(service, key, pinned));
    });
    last = answer.catch(() => undefined);
    return new Promise<T>((resolve, reject) => {
      const fail = (cause?: unknown): void =>
        reject(new MailError('secrets-unavailable', { where: 'keychain' }, { cause }));
      const timer = clock.setTimer(ms, () => {
        givenUp = true;
        fail();
      });
      answer.then(resolve, fail).finally(() => timer[Symbol.dispose]());
    });
  };
  const call = <T>(key: string, act: (entry: Entry) => Promise<T>): Promise<T> =>
    ask(key, patienceMs.call, act);

  return {
    kind: 'keychain',
    works: () =>
      ask('probe', patienceMs.probe, async (entry) => {
        await entry.setPassword('probe');
        const back = await entry.getPassword();
        await entry.deletePassword();
        return back === 'probe';
      }).catch(() => false),
    get: (key) => call(key, (entry) => entry.getPassword()),
    set: (key, secret) => call(key, (entry) => entry.setPassword(secret)),
    delete: (key) =>
      call(key, async (entry) => {
        await entry.deletePassword();
      }),
  };
}
