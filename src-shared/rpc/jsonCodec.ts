/**
 * Plain data as JSON text, for transports that carry text. A Uint8Array becomes `{"$bytes": "<base64>"}`; an object of the sender that
 * looks like that is escaped with one more `$`, so that nobody can pass off an object as bytes or the other way round. `__proto__` as a
 * key is refused: no received text can reach a prototype.
 */
import { MailError } from '../errors/MailError.ts';

export interface Base64 {
  encode(bytes: Uint8Array): string;
  /** Throws on what is no base64. */
  decode(text: string): Uint8Array;
}

export interface JsonCodec {
  encode(value: unknown): string;
  /** Throws MailError `protocol-error`: no JSON, too deep, a forbidden key, broken base64. */
  decode(text: string): unknown;
}

const tag = '$bytes';
const escapable = /^\$+bytes$/;
const maxDepth = 100;
/** String.fromCharCode takes its input as arguments: in pieces, so that no stack overflows. */
const chunk = 0x8000;

/** Works in every runtime; hosts that have a faster one hand it in. */
export const portableBase64: Base64 = {
  encode(bytes) {
    let binary = '';
    for (let at = 0; at < bytes.length; at += chunk) {
      binary += String.fromCharCode(...bytes.subarray(at, at + chunk));
    }
    return btoa(binary);
  },
  decode(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes;
  },
};

/** The key of an object with exactly one key that the tag or its escapes could be meant by. */
function soleTagKey(value: object): string | undefined {
  const keys = Object.keys(value);
  const key = keys[0];
  return keys.length === 1 && key !== undefined && escapable.test(key) ? key : undefined;
}

export function createJsonCodec(base64: Base64 = portableBase64): JsonCodec {
  /** Copies only what has to change. */
  const toJson = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > maxDepth) throw new MailError('protocol-error', { reason: 'too-deep' });
    if (value instanceof Uint8Array) return { [tag]: base64.encode(value) };
    if (Array.isArray(value)) {
      let copy: unknown[] | undefined;
      value.forEach((item, at) => {
        const json = toJson(item, depth + 1);
        if (json !== item) (copy ??= [...(value as unknown[])])[at] = json;
      });
      return copy ?? value;
    }
    let copy: Record<string, unknown> | undefined;
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      const json = toJson(item, depth + 1);
      if (json !== item) (copy ??= { ...value })[key] = json;
    }
    const tagKey = soleTagKey(value);
    return tagKey === undefined
      ? (copy ?? value)
      : { [`$${tagKey}`]: Object.values((copy ?? value) as Record<string, unknown>)[0] };
  };

  /** Changes the freshly parsed tree in place. */
  const fromJson = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > maxDepth) throw new MailError('protocol-error', { reason: 'too-deep' });
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) value[at] = fromJson(value[at], depth + 1);
      return value;
    }
    const tagKey = soleTagKey(value);
    const record = value as Record<string, unknown>;
    if (tagKey === tag) {
      const text = record[tag];
      if (typeof text !== 'string') throw new MailError('protocol-error', { reason: 'bad-bytes' });
      return base64.decode(text);
    }
    if (tagKey !== undefined) return { [tagKey.slice(1)]: fromJson(record[tagKey], depth + 1) };
    for (const key of Object.keys(record)) {
      if (key === '__proto__') throw new MailError('protocol-error', { reason: 'forbidden-key' });
      const item = record[key];
      if (typeof item === 'object' && item !== null) record[key] = fromJson(item, depth + 1);
    }
    return record;
  };

  return {
    encode: (value) => JSON.stringify(toJson(value, 0)) ?? 'null',
    decode(text) {
      try {
        return fromJson(JSON.parse(text) as unknown, 0);
      } catch (error) {
        if (error instanceof MailError) throw error;
        throw new MailError('protocol-error', { reason: 'not-json' });
      }
    },
  };
}
