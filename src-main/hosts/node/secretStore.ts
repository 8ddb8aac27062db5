/** Where the passwords of a profile lie: the keychain, or an encrypted file where there is none. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { Log, SecretStore } from '#engine/ports/ports.ts';
import type { Clock } from '#shared/base/clock.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { openFileSecrets } from './fileSecrets.ts';
import { openKeychain, type Keychain } from './keychainSecrets.ts';
import type { NodeProfilePaths } from './paths.ts';

export interface SecretStoreOptions {
  readonly profile: Pick<NodeProfilePaths, 'root' | 'secrets' | 'secretsKey'>;
  readonly log: Log;
  readonly clock: Clock;
  /** 'off': never ask the keychain (tests, services). */
  readonly keychain: 'auto' | 'off';
  /** Told in one line for people when a file is used. */
  readonly note?: (line: string) => void;
  /** The keychain of the system; tests hand in one of their own. */
  readonly open?: (profile: string, clock: Clock) => Keychain;
}

/**
 * A keychain that did not answer is left alone for a moment, and longer each time: every question may show a person its dialog, and who
 * has just unlocked it shall not wait.
 */
const patienceMs = { first: 2000, most: 60_000 };

/**
 * Opens the secrets of a profile. That a profile has used the keychain is remembered beside the secrets: when that keychain is locked
 * or gone, a secret that is not in the file is `secrets-unavailable` (ask the person), never "there is none"; what is typed in then
 * goes into the file until the keychain works again (R14), which is looked at whenever a secret is needed.
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  const { profile, log, clock, keychain: wanted, note, open = openKeychain } = options;
  const marker = `${profile.secrets}.keychain`;
  const usedKeychain = existsSync(marker);
  const usedFile = existsSync(profile.secrets);
  const file = openFileSecrets({ file: profile.secrets, keyFile: profile.secretsKey });

  // A profile that began with a file stays with it: half of the secrets here and half there would help nobody.
  const keychain = wanted === 'auto' && (usedKeychain || !usedFile) ? open(profile.root, clock) : null;
  const works = keychain !== null && (await keychain.works());
  if (works && !usedKeychain) writeFileSync(marker, '', { mode: 0o600 });
  const kept = `passwords are kept in the encrypted file ${profile.secrets}, readable by you only`;
  if (!works && !usedKeychain) {
    log.info('secrets are in an encrypted file');
    note?.(`no keychain: ${kept}`);
    return file;
  }
  const store = new KeychainWithFile({
    keychain,
    works,
    file,
    clock,
    log,
    forgotten: `${profile.secrets}.forgotten`,
    away: () => note?.(`the keychain does not answer: ${kept}`),
  });
  if (works) await store.forgetDeleted();
  return store;
}

interface KeychainWithFileParts {
  /** null: it is not asked in this session. */
  readonly keychain: Keychain | null;
  readonly works: boolean;
  readonly file: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Holds the names of secrets that were deleted while the keychain was away. */
  readonly forgotten: string;
  /** From now on the file is used. */
  readonly away: () => void;
}

const Names = z.array(z.string());

/** The keychain, and the file while that does not answer. What had to go into the file is found there first, and goes back with the next write. */
class KeychainWithFile implements SecretStore {
  readonly #parts: KeychainWithFileParts;
  #works: boolean;
  /** Before this, by the monotonic clock, it is not asked again. */
  #notBefore = 0;
  #failures = 0;
  #asking: Promise<boolean> | null = null;

  constructor(parts: KeychainWithFileParts) {
    this.#parts = parts;
    this.#works = parts.works;
    if (parts.works) parts.log.info('secrets are in the keychain');
    else this.#gone();
  }

  get kind(): SecretStore['kind'] {
    return this.#works ? 'keychain' : 'encrypted-file';
  }

  async get(key: string): Promise<string | null> {
    const kept = await this.#parts.file.get(key);
    if (kept !== null) return kept;
    const keychain = await this.#reach();
    if (keychain === null) throw new MailError('secrets-unavailable', { where: 'keychain' });
    if (this.#readForgotten().includes(key)) return null;
    try {
      return await keychain.get(key);
    } catch (error) {
      this.#gone();
      throw error;
    }
  }

  async set(key: string, secret: string): Promise<void> {
    const keychain = await this.#reach();
    if (keychain !== null) {
      try {
        await keychain.set(key, secret);
        await this.#parts.file.delete(key);
        this.#remember(key, false);
        return;
      } catch {
        this.#gone();
      }
    }
    // Somebody typed it: it is not lost because the keychain went away.
    await this.#parts.file.set(key, secret);
  }

  async delete(key: string): Promise<void> {
    await this.#parts.file.delete(key);
    // First, so that a keychain that goes away in between does not bring it back.
    this.#remember(key, true);
    const keychain = await this.#reach();
    if (keychain === null) return;
    try {
      await keychain.delete(key);
      this.#remember(key, false);
    } catch {
      this.#gone();
    }
  }

  #gone(): void {
    const wasThere = this.#works || this.#failures === 0;
    this.#works = false;
    this.#notBefore =
      this.#parts.clock.monotonic() + Math.min(patienceMs.most, patienceMs.first * 2 ** this.#failures);
    this.#failures += 1;
    if (!wasThere) return;
    this.#parts.log.warn('the keychain does not answer: the encrypted file is used');
    this.#parts.away();
  }

  /** The keychain, where it works or works again. */
  async #reach(): Promise<Keychain | null> {
    const { keychain, clock, log } = this.#parts;
    if (keychain === null || this.#works) return keychain;
    if (this.#asking === null && clock.monotonic() < this.#notBefore) return null;
    this.#asking ??= keychain.works();
    const works = await this.#asking;
    this.#asking = null;
    // Several may have waited for the one answer: the first of them draws the conclusion.
    if (this.#works || clock.monotonic() < this.#notBefore) return this.#works ? keychain : null;
    if (works) {
      log.info('the keychain answers again');
      this.#works = true;
      this.#failures = 0;
      await this.forgetDeleted();
    } else this.#gone();
    return this.#works ? keychain : null;
  }

  /** Deletes from the keychain what was deleted while it was away. */
  async forgetDeleted(): Promise<void> {
    const { keychain } = this.#parts;
    for (const key of this.#readForgotten()) {
      try {
        await keychain?.delete(key);
        this.#remember(key, false);
      } catch {
        this.#gone();
        return;
      }
    }
  }

  #readForgotten(): string[] {
    try {
      return Names.parse(JSON.parse(readFileSync(this.#parts.forgotten, 'utf8')));
    } catch {
      return [];
    }
  }

  #remember(key: string, isForgotten: boolean): void {
    const known = this.#readForgotten();
    if (known.includes(key) === isForgotten) return;
    const names = isForgotten ? [...known, key] : known.filter((name) => name !== key);
    if (names.length === 0) rmSync(this.#parts.forgotten, { force: true });
    else writeFileSync(this.#parts.forgotten, JSON.stringify(names), { mode: 0o600 });
  }
}
