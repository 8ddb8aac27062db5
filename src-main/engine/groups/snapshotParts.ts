/** A snapshot as bytes: each part compressed for itself, so that none is large in a mail or in memory. */
import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { MemoryState } from '#shared/domain/group/logState.ts';
import { readSnapshot, writeSnapshot } from '#shared/domain/group/snapshot.ts';

/** Two thousand messages with long histories and notes are a few megabytes. */
const maxPartText = 64 * 1024 * 1024;
/** Compressed, as it lies in a mail. */
export const maxPartBytes = 16 * 1024 * 1024;

export interface PackedSnapshot {
  readonly parts: readonly Uint8Array[];
  /** Of the text of all parts: two states are the same when it is. */
  readonly digest: string;
}

export function packSnapshot(state: MemoryState): PackedSnapshot {
  const digest = createHash('sha256');
  const parts: Uint8Array[] = [];
  for (const text of writeSnapshot(state)) {
    digest.update(text).update('\n');
    parts.push(zstdCompressSync(text));
  }
  return { parts, digest: digest.digest('hex') };
}

/** Throws for bytes that are no part, or one that would fill the memory. */
export function unpackPart(part: Uint8Array): string {
  return zstdDecompressSync(part, { maxOutputLength: maxPartText }).toString('utf8');
}

/** null: not a snapshot, or not the one with this digest. */
export function unpackSnapshot(parts: readonly Uint8Array[], digest: string): MemoryState | null {
  try {
    const hash = createHash('sha256');
    const texts = parts.map(unpackPart);
    for (const text of texts) hash.update(text).update('\n');
    return hash.digest('hex') === digest ? readSnapshot(texts) : null;
  } catch {
    return null;
  }
}

export function partDigest(part: Uint8Array): string {
  return createHash('sha256').update(part).digest('hex');
}
