/** Where the passwords of a profile lie: the keychain, or an encrypted file where there is none. */
import { existsSync, writeFileSync } from 'node:fs';
import type { Log, SecretStore } from '#engine/ports/ports.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { openFileSecrets } from './fileSecrets.ts';
import { openKeychain } from './keychainSecrets.ts';
import type { NodeProfilePaths } from './paths.ts';

export interface SecretStoreOptions {
  readonly profile: Pick<NodeProfilePaths, 'root' | 'secrets' | 'secretsKey'>;
  readonly log: Log;
  /** 'off': never ask the keychain (tests, services). */
  readonly keychain: 'auto' | 'off';
  /** Told once, in one line for people, when a file is used. */
  readonly note?: (line: string) => void;
  /** The keychain of the system; tests hand in one of their own. null: there is none that works. */
  readonly open?: (profile: string) => Promise<SecretStore | null>;
}

/**
 * Opens the secrets of a profile. That a profile has used the keychain is remembered beside the secrets: when that keychain is locked
 * or gone, a secret that is not in the file is `secrets-unavailable` (ask the person), never "there is none"; what is typed in then
 * goes into the file until the keychain works again (R14).
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  const { profile, log, keychain: wanted, note, open = openKeychain } = options;
  const marker = `${profile.secrets}.keychain`;
  const usedKeychain = existsSync(marker);
  const usedFile = existsSync(profile.secrets);
  const file = openFileSecrets({ file: profile.secrets, keyFile: profile.secretsKey });

  // A profile that began with a file stays with it: half of the secrets here and half there would help nobody.
  const keychain = wanted === 'auto' && (usedKeychain || !usedFile) ? await open(profile.root) : null;
  if (keychain !== null) {
    if (!usedKeychain) writeFileSync(marker, '', { mode: 0o600 });
    log.info('secrets are in the keychain');
    return keychainFirst(keychain, file);
  }
  log.info('secrets are in an encrypted file', { keychainWasUsed: usedKeychain });
  note?.(
    `${usedKeychain ? 'the keychain does not answer' : 'no keychain'}: passwords are kept in the encrypted file ${profile.secrets}, readable by you only`,
  );
  return usedKeychain ? fileUntilKeychainReturns(file) : file;
}

/** What had to go into the file while the keychain was away is found, and goes back with the next write. */
function keychainFirst(keychain: SecretStore, file: SecretStore): SecretStore {
  return {
    kind: 'keychain',
    get: async (key) => (await file.get(key)) ?? (await keychain.get(key)),
    set: async (key, secret) => {
      await keychain.set(key, secret);
      await file.delete(key);
    },
    delete: async (key) => {
      await file.delete(key);
      await keychain.delete(key);
    },
  };
}

function fileUntilKeychainReturns(file: SecretStore): SecretStore {
  return {
    kind: 'encrypted-file',
    get: async (key) => {
      const secret = await file.get(key);
      if (secret === null) throw new MailError('secrets-unavailable', { where: 'keychain' });
      return secret;
    },
    set: (key, secret) => file.set(key, secret),
    delete: (key) => file.delete(key),
  };
}
