/** A key's fingerprint, as people compare it on the telephone and as a join link pins it. */
import { createHash } from 'node:crypto';
import type { PublicKey } from '#shared/domain/group/config.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The first 160 bits of SHA-256 over the raw key: "ABCD-EFGH-…", eight groups of four letters and digits (base32, RFC 4648). */
export function fingerprintOf(key: PublicKey): string {
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest();
  let text = '';
  for (let bit = 0; bit < 160; bit += 5) {
    // 16 bits from the byte that holds the first of the five.
    const pair = digest.readUInt16BE(bit >> 3);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31] ?? '';
  }
  return (text.match(/.{4}/g) ?? []).join('-');
}

/** As typed or read aloud: case, spaces and hyphens do not matter. null: no fingerprint. */
export function normaliseFingerprint(typed: string): string | null {
  const bare = typed.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z2-7]{32}$/.test(bare) ? (bare.match(/.{4}/g) ?? []).join('-') : null;
}
