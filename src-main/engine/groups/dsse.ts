/**
 * DSSE envelopes (Dead Simple Signing Envelope, protocol 1.0.2) with Ed25519 (RFC 8032) and nothing else. A key's id is the raw public
 * key itself, so the id cannot say one key and mean another, and there is no algorithm to be talked into.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import * as z from 'zod';
import { PublicKey } from '#shared/domain/group/config.ts';
import { parseStrictJson } from '#shared/domain/group/strictJson.ts';

/** Base64 with padding and without stray bits: one text for some bytes, so that a digest over the text is one over the bytes. */
const Base64 = z
  .string()
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/);

export const Signature = z.strictObject({ keyid: PublicKey, sig: Base64.length(88) });
/** More fields are allowed by the format, and not signed: nothing here reads them but by their own signature. */
export const Envelope = z.looseObject({
  payloadType: z.string().max(200),
  payload: Base64,
  signatures: z.array(Signature).min(1).max(20),
});
export type Envelope = z.infer<typeof Envelope>;

export interface SigningKey {
  readonly publicKey: PublicKey;
  sign(bytes: Uint8Array): Uint8Array;
}

export type OpenFault = 'not-json' | 'not-an-envelope' | 'unknown-algorithm' | 'wrong-payload-type';
export type Opened =
  | {
      readonly ok: true;
      readonly envelope: Envelope;
      /** The signed bytes. */
      readonly payload: Uint8Array;
    }
  | { readonly ok: false; readonly fault: OpenFault; readonly message: string };

/** PAE of the protocol: what is signed names its type and both lengths, so that no bytes mean two things. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length.toString()} `),
    type,
    Buffer.from(` ${payload.length.toString()} `),
    payload,
  ]);
}

export function sealEnvelope(payloadType: string, payload: string, signers: readonly SigningKey[]): Envelope {
  const bytes = Buffer.from(payload, 'utf8');
  const signed = preAuthEncoding(payloadType, bytes);
  return {
    payloadType,
    payload: bytes.toString('base64'),
    signatures: signers.map((key) => ({
      keyid: key.publicKey,
      sig: Buffer.from(key.sign(signed)).toString('base64'),
    })),
  };
}

/** From the text of a file or a mail. Says nothing about who signed; never throws. */
export function openEnvelope(text: string, payloadType: string): Opened {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, fault: 'not-json', message: json.fault.message };
  return openEnvelopeValue(json.value, payloadType);
}

/** The same for an envelope inside another document, which was read strictly as a whole. */
export function openEnvelopeValue(value: unknown, payloadType: string): Opened {
  const parsed = Envelope.safeParse(value);
  if (!parsed.success) {
    const keyFault = parsed.error.issues.some(
      ({ path }) => path[0] === 'signatures' && typeof path[1] === 'number',
    );
    const places = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    return keyFault
      ? {
          ok: false,
          fault: 'unknown-algorithm',
          message: `a signature that is not Ed25519 by a raw key (${places})`,
        }
      : { ok: false, fault: 'not-an-envelope', message: `no DSSE envelope (${places})` };
  }
  const envelope = parsed.data;
  if (envelope.payloadType !== payloadType) {
    return {
      ok: false,
      fault: 'wrong-payload-type',
      message: `"${envelope.payloadType}" instead of "${payloadType}"`,
    };
  }
  return { ok: true, envelope, payload: Buffer.from(envelope.payload, 'base64') };
}

/** Checks signatures; remembers the keys it has met, because making a key object costs as much as a check. */
export class SignatureChecker {
  readonly #keys = new Map<PublicKey, KeyObject | null>();

  /** The keys whose signature over exactly this payload and type is right, in the envelope's order. */
  validKeys({ envelope, payload }: { envelope: Envelope; payload: Uint8Array }): PublicKey[] {
    const signed = preAuthEncoding(envelope.payloadType, payload);
    return envelope.signatures
      .filter(({ keyid, sig }) => this.#isValid(keyid, signed, sig))
      .map(({ keyid }) => keyid);
  }

  #isValid(keyid: PublicKey, signed: Uint8Array, sig: string): boolean {
    const key = this.#key(keyid);
    try {
      return key !== null && verify(null, signed, key, Buffer.from(sig, 'base64'));
    } catch {
      return false;
    }
  }

  #key(keyid: PublicKey): KeyObject | null {
    let key = this.#keys.get(keyid);
    if (key === undefined) {
      key = publicKeyObject(keyid);
      if (this.#keys.size > 10_000) this.#keys.clear();
      this.#keys.set(keyid, key);
    }
    return key;
  }
}

function publicKeyObject(key: PublicKey): KeyObject | null {
  try {
    const x = Buffer.from(key, 'base64').toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** A new pair; the secret is text for the secret store (PKCS#8 as base64). */
export function generateSigningKey(): { key: SigningKey; secret: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    key: signingKey(privateKey),
    secret: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  };
}

/** Throws where the secret is none of ours. */
export function loadSigningKey(secret: string): SigningKey {
  return signingKey(createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' }));
}

function signingKey(privateKey: KeyObject): SigningKey {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('not an Ed25519 key');
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = PublicKey.parse(Buffer.from(x ?? '', 'base64url').toString('base64'));
  return { publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}
