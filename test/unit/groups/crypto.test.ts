import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateSigningKey,
  loadSigningKey,
  openEnvelope,
  preAuthEncoding,
  sealEnvelope,
  SignatureChecker,
} from '#engine/groups/dsse.ts';
import { fingerprintOf, normaliseFingerprint } from '#engine/groups/fingerprint.ts';
import { deleteMemberKey, ensureMemberKey, readMemberKey } from '#engine/groups/memberKeys.ts';
import { InviteCode } from '#engine/groups/sealedCredentials.ts';
import { inviteCode, inviteCodeBytes } from '#shared/domain/group/inviteCode.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { configPayloadType, OrganisationId, PublicKey } from '#shared/domain/group/config.ts';

const type = 'application/vnd.postkorb.event+json';
const { key, secret } = generateSigningKey();
const checker = new SignatureChecker();

function signersOf(text: string): string[] | string {
  const opened = openEnvelope(text, type);
  return opened.ok ? checker.validKeys(opened) : opened.fault;
}

describe('envelopes', () => {
  const sealed = sealEnvelope(type, '{"hello":"wörld"}', [key]);

  it('what is signed is the protocol’s pre-authentication encoding', () => {
    // The example of the protocol's own text.
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('opens with its payload and the key that signed', () => {
    const opened = openEnvelope(JSON.stringify(sealed), type);
    expect(opened.ok && Buffer.from(opened.payload).toString()).toBe('{"hello":"wörld"}');
    expect(signersOf(JSON.stringify(sealed))).toEqual([key.publicKey]);
    expect(signersOf(JSON.stringify(sealEnvelope(type, 'x', [loadSigningKey(secret)])))).toEqual([
      key.publicKey,
    ]);
  });

  it('any byte that is another makes it worthless', () => {
    const text = JSON.stringify(sealed);
    for (let at = 0; at < text.length; at += 1) {
      for (const flip of [1, 32]) {
        const changed =
          text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ flip) + text.slice(at + 1);
        const signers = signersOf(changed);
        expect(signers, changed).not.toContain(key.publicKey);
      }
    }
  });

  it('a signature over other bytes, another type or by another key does not count (G01)', () => {
    const other = sealEnvelope(type, '{}', [key]);
    expect(signersOf(JSON.stringify({ ...sealed, signatures: other.signatures }))).toEqual([]);
    const config = sealEnvelope(configPayloadType, '{"hello":"wörld"}', [key]);
    expect(signersOf(JSON.stringify({ ...config, payloadType: type }))).toEqual([]);
    const stranger = generateSigningKey().key;
    const claimed = sealEnvelope(type, '{}', [{ publicKey: key.publicKey, sign: stranger.sign }]);
    expect(signersOf(JSON.stringify(claimed))).toEqual([]);
  });

  it.each([
    ['no JSON', '<html>', 'not-json'],
    ['a key that stands twice', JSON.stringify(sealed).replace('{', '{"payloadType":"x",'), 'not-json'],
    [
      'another payload type',
      JSON.stringify({ ...sealed, payloadType: configPayloadType }),
      'wrong-payload-type',
    ],
    ['no signatures', JSON.stringify({ ...sealed, signatures: [] }), 'not-an-envelope'],
    [
      'base64 with a second reading',
      JSON.stringify({ ...sealed, payload: `${sealed.payload.slice(0, -2)} =` }),
      'not-an-envelope',
    ],
    [
      'RSA',
      JSON.stringify({ ...sealed, signatures: [{ keyid: 'rsa:AAAA', sig: sealed.signatures[0]?.sig }] }),
      'unknown-algorithm',
    ],
    [
      'an algorithm by name',
      JSON.stringify({ ...sealed, signatures: [{ ...sealed.signatures[0], alg: 'none' }] }),
      'unknown-algorithm',
    ],
  ])('%s is refused', (_what, text, fault) => {
    expect(signersOf(text)).toBe(fault);
  });

  it('keys that are no points on the curve, or sign anything, are no keys', () => {
    for (const bytes of [Buffer.alloc(32), Buffer.alloc(32, 255)]) {
      const keyid = PublicKey.parse(bytes.toString('base64'));
      const forged = { ...sealed, signatures: [{ keyid, sig: Buffer.alloc(64).toString('base64') }] };
      expect(signersOf(JSON.stringify(forged))).toEqual([]);
    }
  });

  it('only Ed25519 secrets are loaded', () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const wrong = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    expect(() => loadSigningKey(wrong)).toThrow();
  });
});

describe('fingerprints', () => {
  it('are eight groups of four, and typed any way', () => {
    const text = fingerprintOf(PublicKey.parse(Buffer.alloc(32).toString('base64')));
    // sha256 of 32 zero bytes begins 66687aad f862bd77; base32 of it by RFC 4648.
    expect(text).toMatch(/^MZUH-VLPY-MK6X-/);
    expect(text).toMatch(/^([A-Z2-7]{4}-){7}[A-Z2-7]{4}$/);
    expect(normaliseFingerprint(` ${text.toLowerCase().replaceAll('-', ' ')}`)).toBe(text);
    expect(normaliseFingerprint(text.slice(1))).toBeNull();
  });
});

describe('a member’s key', () => {
  const organisation = OrganisationId.parse('xyz');

  it('is made once for an organisation and kept in the secret store', async () => {
    const secrets = memorySecrets();
    expect(await readMemberKey(secrets, organisation)).toBeNull();
    const made = await ensureMemberKey(secrets, organisation);
    expect((await ensureMemberKey(secrets, organisation)).publicKey).toBe(made.publicKey);
    expect((await ensureMemberKey(secrets, OrganisationId.parse('other'))).publicKey).not.toBe(
      made.publicKey,
    );
    await deleteMemberKey(secrets, organisation);
    expect(await readMemberKey(secrets, organisation)).toBeNull();
  });

  it('that cannot be read is never replaced by a new one', async () => {
    const secrets = memorySecrets();
    await secrets.set('group-key:xyz', 'rubbish');
    await expect(ensureMemberKey(secrets, organisation)).rejects.toMatchObject({
      code: 'secrets-unavailable',
    });
    expect(await secrets.get('group-key:xyz')).toBe('rubbish');
  });
});

describe('sealed passwords (G17)', () => {
  /** The least that a config may name: what is tested here is not how dear a guess is. */
  const cost = { n: 2 ** 14, r: 8, p: 1 };
  const credentials = { imapPassword: 'geheim & ßcharf', smtpPassword: null };

  it('open with the invite code however it is typed, and for their group alone', async () => {
    const code = inviteCode(randomBytes(inviteCodeBytes));
    expect(code).toMatch(/^([2-9A-HJ-NP-Z]{4}-){4}[2-9A-HJ-NP-Z]{4}$/);
    const sealed = await new InviteCode(code, cost).seal(credentials, 'xyz/info');
    const typed = new InviteCode(code.toLowerCase().replaceAll('-', ' '));
    expect(await typed.open(sealed, 'xyz/info')).toEqual(credentials);
    await expect(typed.open(sealed, 'xyz/service')).rejects.toMatchObject({ code: 'invite-code-wrong' });
    await expect(new InviteCode('WRONG-CODE').open(sealed, 'xyz/info')).rejects.toMatchObject({
      code: 'invite-code-wrong',
    });
    expect(JSON.stringify(sealed)).not.toContain('geheim');
  });

  it('that were changed anywhere do not open', async () => {
    const code = new InviteCode('KLEE-2345', cost);
    const sealed = await code.seal(credentials, 'xyz/info');
    for (const field of ['nonce', 'ciphertext'] as const) {
      const bytes = Buffer.from(sealed.sealed[field], 'base64');
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const wrong = { sealed: { ...sealed.sealed, [field]: changed.toString('base64') } };
        await expect(code.open(wrong, 'xyz/info')).rejects.toMatchObject({ code: 'invite-code-wrong' });
      }
    }
    const salt = Buffer.from(sealed.sealed.salt, 'base64');
    salt[0] = (salt[0] ?? 0) ^ 1;
    await expect(
      code.open({ sealed: { ...sealed.sealed, salt: salt.toString('base64') } }, 'xyz/info'),
    ).rejects.toMatchObject({
      code: 'invite-code-wrong',
    });
  });

  it('never say what went wrong inside', async () => {
    const sealed = await new InviteCode('A-B-C', cost).seal(credentials, 'xyz/info');
    const error = await new InviteCode('x').open(sealed, 'xyz/info').catch((thrown: unknown) => thrown);
    expect((error as Error).cause).toBeUndefined();
  });

  it('that ask for more memory than a person’s computer has are refused', async () => {
    const sealed = await new InviteCode('A', cost).seal(credentials, 'xyz/info');
    const dear = { sealed: { ...sealed.sealed, n: 2 ** 20, r: 32 } };
    await expect(new InviteCode('A').open(dear, 'xyz/info')).rejects.toMatchObject({ code: 'not-supported' });
  });
});
