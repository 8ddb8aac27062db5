/**
 * The running digest over a team log: who writes an event says what he had read, and everybody sees when history was removed,
 * changed or moved (G09). It depends on the bytes of the envelopes alone, so all clients have the same one whatever their config.
 */

/** SHA-256 as lower-case hex; handed in, because this folder knows no platform. */
export type Sha256 = (text: string) => string;

export interface ChainLink {
  readonly uid: number;
  /** Running digest up to and including this UID. */
  readonly digest: string;
}

/** What an event says about what its author had folded. `validity`: the UIDVALIDITY that `uid` belongs to. */
export interface Seen {
  readonly uid: number;
  readonly digest: string;
  readonly validity: string;
}

/** Before the first event; bound to the group, so that no log's digests mean anything in another's. */
export function chainStart(sha256: Sha256, group: string): string {
  return sha256(`postkorb team log ${group}`);
}

/** `envelopeDigest` is the SHA-256 over the payload's and the signature's base64 text, joined by a full stop. */
export function chainNext(sha256: Sha256, previous: string, envelopeDigest: string): string {
  return sha256(previous + envelopeDigest);
}

/** Links kept for looking up a `seen`: far more than anybody lags behind in a running group. */
export const chainWindow = 256;

export type SeenVerdict = 'agrees' | 'differs' | 'too-old';

/**
 * `links` in UID order; the chain's start is the first of them while it lies in the window. "too-old": from before the window, so that
 * nothing can be said.
 * @param validity UIDVALIDITY of the log as it is read now
 */
export function judgeSeen(links: readonly ChainLink[], seen: Seen, validity: string): SeenVerdict {
  // From the end: what an author had read is nearly always the newest.
  for (let at = links.length - 1; at >= 0; at -= 1) if (links[at]?.digest === seen.digest) return 'agrees';
  if (seen.validity !== validity) return 'too-old';
  return seen.uid >= (links[0]?.uid ?? 0) ? 'differs' : 'too-old';
}
