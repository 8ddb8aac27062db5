/** What follows from what a server told about UIDs. Pure. */

/** Sorted, ascending, without repetition. */
export type Uids = readonly number[];

export interface Comparison {
  /** We hold it, the server does not. */
  readonly gone: number[];
  /** The server holds it, we do not. */
  readonly missing: number[];
}

export function compareUids(ours: Uids, theirs: Uids): Comparison {
  const gone: number[] = [];
  const missing: number[] = [];
  let at = 0;
  for (const uid of ours) {
    while (at < theirs.length && (theirs[at] as number) < uid) missing.push(theirs[at++] as number);
    if (at < theirs.length && theirs[at] === uid) at += 1;
    else gone.push(uid);
  }
  while (at < theirs.length) missing.push(theirs[at++] as number);
  return { gone, missing };
}

export interface VanishedClaim {
  /** Messages that we hold, new ones of this visit included. */
  readonly held: number;
  /** How many of these the server's VANISHED names. */
  readonly vanished: number;
  /** Messages in the folder by the server's own count, now. */
  readonly exists: number;
  /** Is everything that lies on the server held? Else the counts cannot agree. */
  readonly complete: boolean;
}

/**
 * May what VANISHED names be removed here? Only where the counts then agree; a server that is wrong about one of the two is asked
 * for all its UIDs instead (N11), and nothing is removed on that line alone.
 */
export function believeVanished({ held, vanished, exists, complete }: VanishedClaim): boolean {
  return complete && held - vanished === exists;
}

/** UIDs of a range as chunks, newest first. `size` is asked before each: how many the next may have. */
export function* chunksNewestFirst(uids: Uids, size: () => number): Generator<number[]> {
  for (let end = uids.length; end > 0;) {
    const from = Math.max(0, end - Math.max(1, size()));
    yield uids.slice(from, end);
    end = from;
  }
}
