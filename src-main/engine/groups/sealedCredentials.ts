/**
 * A group mailbox's passwords on their way to its members: sealed under an invite code that is handed out by another way. Guessing a
 * code offline is made dear by scrypt (G17); the group's id is bound in, so that one account's seal opens no other.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import * as z from 'zod';
import type { Credentials } from '#shared/domain/account.ts';
import type { SealedCredentials } from '#shared/domain/group/config.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** 128 MB and about a third of a second a guess; a member pays it once for each account. */
const usualCost = { n: 2 ** 17, r: 8, p: 1 };
const Sealed = z.strictObject({ imap: z.string().min(1), smtp: z.string().nullable() });
const tagBytes = 16;
/** What a config may ask of us: memory is 128 * n * r bytes. */
const maxMemory = 1024 * 1024 * 1024;

/** Case, spaces and hyphens of a typed code do not matter. */
function normaliseCode(code: string): string {
  return code.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '');
}

/** An invite code at work: the key of each salt is derived once, because that takes time by design. */
export class InviteCode {
  readonly #code: string;
  readonly #keys = new Map<string, Promise<Buffer>>();
  readonly #salt = randomBytes(16).toString('base64');
  readonly #cost: Cost;

  /** `cost`: of what is sealed with it; what is opened names its own. */
  constructor(code: string, cost: Cost = usualCost) {
    this.#code = normaliseCode(code);
    this.#cost = cost;
  }

  /** `group`: "<organisation>/<group>". */
  async seal(credentials: Credentials, group: string): Promise<SealedCredentials> {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', await this.#key(this.#salt, this.#cost), nonce);
    cipher.setAAD(Buffer.from(group));
    const text = JSON.stringify({ imap: credentials.imapPassword, smtp: credentials.smtpPassword });
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return {
      sealed: {
        kdf: 'scrypt',
        n: this.#cost.n,
        r: this.#cost.r,
        p: this.#cost.p,
        salt: this.#salt,
        nonce: nonce.toString('base64'),
        ciphertext: ciphertext.toString('base64'),
      },
    };
  }

  /** Throws `invite-code-wrong` for a wrong code and for a seal that was changed: nobody can tell the two apart. */
  async open({ sealed }: SealedCredentials, group: string): Promise<Credentials> {
    const key = await this.#key(sealed.salt, sealed);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    try {
      const nonce = Buffer.from(sealed.nonce, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(group));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      const text = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
      const { imap, smtp } = Sealed.parse(JSON.parse(text.toString('utf8')));
      return { imapPassword: imap, smtpPassword: smtp };
    } catch {
      // No cause: it could quote what was sealed.
      throw new MailError('invite-code-wrong');
    }
  }

  #key(salt: string, { n, r, p }: Cost): Promise<Buffer> {
    const name = JSON.stringify([salt, n, r, p]);
    let key = this.#keys.get(name);
    if (!key) {
      key = derive(this.#code, Buffer.from(salt, 'base64'), { n, r, p });
      this.#keys.set(name, key);
    }
    return key;
  }
}

interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

function derive(code: string, salt: Uint8Array, { n, r, p }: Cost): Promise<Buffer> {
  const maxmem = 128 * n * r + 64 * 1024 * 1024;
  if (maxmem > maxMemory) return Promise.reject(new MailError('not-supported', { what: 'scrypt' }));
  return new Promise((resolve, reject) => {
    scrypt(code, salt, 32, { N: n, r, p, maxmem }, (error, key) => {
      if (error) reject(new MailError('invite-code-wrong', {}, { cause: error }));
      else resolve(key);
    });
  });
}
