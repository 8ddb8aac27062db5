/**
 * Secrets in an encrypted file of the profile, for machines without a keychain (a server, a container).
 * Each secret is sealed with AES-256-GCM under a key in a file of its own, both readable by their owner alone. That keeps secrets
 * out of backups of the data file, logs and a careless `cat`; it does not protect against whoever reads the whole profile.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import * as z from 'zod';
import type { SecretStore } from '#engine/ports/ports.ts';
import { MailError } from '#shared/errors/MailError.ts';

const Sealed = z.strictObject({ nonce: z.base64(), data: z.base64(), tag: z.base64() });
const SecretsFile = z.strictObject({ format: z.literal(1), secrets: z.record(z.string(), Sealed) });
type Sealed = z.infer<typeof Sealed>;
type SecretsFile = z.infer<typeof SecretsFile>;

function unavailable(cause?: unknown): MailError {
  return new MailError('secrets-unavailable', { where: 'encrypted-file' }, { cause });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Old or new, never between: written beside, synced, renamed over. */
async function replaceFile(path: string, content: string | Uint8Array, unique: string): Promise<void> {
  const temporary = `${path}.${unique}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The secret's name is bound into the seal, so that nobody can pass one account's secret off as another's. */
function seal(key: Uint8Array, name: string, secret: string): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name, 'utf8'));
  const data = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return {
    nonce: nonce.toString('base64'),
    data: data.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
}

function unseal(key: Uint8Array, name: string, sealed: Sealed): string {
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'), {
    authTagLength: 16,
  })
    .setAAD(Buffer.from(name, 'utf8'))
    .setAuthTag(Buffer.from(sealed.tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]).toString(
    'utf8',
  );
}

/**
 * `file`: the sealed secrets, `keyFile`: 32 random bytes, made with the first secret. A key that is missing while secrets exist, a
 * damaged file or a wrong key is `secrets-unavailable`; nothing is ever wiped because it could not be read.
 */
export function openFileSecrets(paths: { file: string; keyFile: string }): SecretStore {
  let turn: Promise<unknown> = Promise.resolve();
  /** Reads and writes take turns, so that two writes at once lose nothing. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = turn.then(act, act);
    turn = next.catch(() => undefined);
    return next;
  };

  const readSecrets = async (): Promise<SecretsFile | null> => {
    let text: string;
    try {
      text = await readFile(paths.file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw unavailable(error);
    }
    try {
      return SecretsFile.parse(JSON.parse(text));
    } catch (error) {
      throw unavailable(error);
    }
  };
  const readKey = async (): Promise<Buffer | null> => {
    try {
      const key = await readFile(paths.keyFile);
      if (key.length !== 32) throw unavailable();
      return key;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error instanceof MailError ? error : unavailable(error);
    }
  };
  const write = async (content: SecretsFile): Promise<void> => {
    try {
      await replaceFile(paths.file, JSON.stringify(content), randomBytes(6).toString('hex'));
      await chmod(paths.file, 0o600);
    } catch (error) {
      throw unavailable(error);
    }
  };
  const keyForWriting = async (content: SecretsFile | null): Promise<Buffer> => {
    const key = await readKey();
    if (key !== null) return key;
    if (content !== null && Object.keys(content.secrets).length > 0) throw unavailable();
    const made = randomBytes(32);
    try {
      await replaceFile(paths.keyFile, made, randomBytes(6).toString('hex'));
    } catch (error) {
      throw unavailable(error);
    }
    return made;
  };

  return {
    kind: 'encrypted-file',
    get: (name) =>
      inTurn(async () => {
        const sealed = (await readSecrets())?.secrets[name];
        if (sealed === undefined) return null;
        const key = await readKey();
        if (key === null) throw unavailable();
        try {
          return unseal(key, name, sealed);
        } catch (error) {
          throw unavailable(error);
        }
      }),
    set: (name, secret) =>
      inTurn(async () => {
        const content = await readSecrets();
        const key = await keyForWriting(content);
        // A wrong key must not mix two keys in one file: what is there has to open with it first.
        const known = Object.entries(content?.secrets ?? {})[0];
        if (known) {
          try {
            unseal(key, known[0], known[1]);
          } catch (error) {
            throw unavailable(error);
          }
        }
        await write({
          format: 1,
          secrets: { ...content?.secrets, [name]: seal(key, name, secret) },
        });
      }),
    delete: (name) =>
      inTurn(async () => {
        const content = await readSecrets();
        if (content?.secrets[name] === undefined) return;
        await write({
          format: 1,
          secrets: Object.fromEntries(Object.entries(content.secrets).filter(([key]) => key !== name)),
        });
      }),
  };
}
