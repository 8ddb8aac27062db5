/** What planning looks at: our own knowledge of a folder, and what the server says. Plain values; nothing here reads a store or a socket. */

/** A folder as the store knows it. Decimal texts are the server's words, compared as numbers where an order matters. */
export interface KnownFolder {
  /** null: never synchronised. */
  readonly uidValidity: string | null;
  /** Every message with `lowUid <= UID < uidNext` that the server had is stored or put aside. */
  readonly uidNext: number;
  /** 1: the history is complete. */
  readonly lowUid: number;
  readonly highestModseq: string | null;
  /** Messages stored or put aside under a UID of the server. */
  readonly count: number;
  /** MESSAGES and UNSEEN at the end of the last visit. */
  readonly serverTotal: number | null;
  readonly serverUnseen: number | null;
}

/** STATUS of a folder; null where the server did not tell. */
export interface FolderStatusFacts {
  readonly messages: number | null;
  readonly unseen: number | null;
  readonly uidNext: number | null;
  readonly uidValidity: string | null;
  readonly highestModseq: string | null;
}

/** A selected folder. */
export interface SelectedFacts {
  readonly uidValidity: string;
  /** 0: not told. */
  readonly uidNext: number;
  readonly exists: number;
  readonly highestModseq: string | null;
  /** HIGHESTMODSEQ is of a SELECT some time ago: that it is the one we know does not mean that nothing changed. */
  readonly stale?: boolean;
}

/**
 * How much the server can say about changes.
 * - `qresync` (RFC 7162): flags since, and what is gone.
 * - `condstore` (RFC 7162): flags since.
 * - `uidnext`: neither (Exchange Online): new messages by UID, flags by looking.
 */
export type Level = 'qresync' | 'condstore' | 'uidnext';

export function levelOf(
  enabled: { readonly condstore: boolean; readonly qresync: boolean },
  highestModseq: string | null,
): Level {
  // A folder can be without modification sequences on a server that has them (NOMODSEQ).
  if (highestModseq === null || !enabled.condstore) return 'uidnext';
  return enabled.qresync ? 'qresync' : 'condstore';
}

/** Compares modification sequences: 63 bits, more than a number holds exactly. */
export function laterModseq(a: string | null, b: string | null): string | null {
  if (a === null) return b;
  if (b === null) return a;
  return BigInt(a) >= BigInt(b) ? a : b;
}

export function fellBehind(now: string, before: string): boolean {
  return BigInt(now) < BigInt(before);
}
