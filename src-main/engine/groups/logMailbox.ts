/** What the team log needs of its mailbox: a folder on a leased connection, and a way to hear of news. */
import type { FetchedMail } from './eventMail.ts';

/** The log folder, selected. It is handed to one function and is of no use after that. */
export interface LogFolder {
  readonly uidValidity: string;
  readonly exists: number;
  /** Mails with `from` and higher UIDs, in UID order, at most `limit` of them; of one larger than an event only the beginning. */
  fetchFrom(from: number, limit: number): Promise<FetchedMail[]>;
  /** The same for single ones. */
  fetchEach(uids: readonly number[]): Promise<FetchedMail[]>;
  /** A whole mail of at most `maxBytes`; null: there is none, or it is larger. */
  fetchWhole(uid: number, maxBytes: number): Promise<Uint8Array | null>;
  /** All UIDs in the folder, ascending. */
  uids(): Promise<number[]>;
  /** UIDs of mails whose kind header contains this (all that have one: empty), ascending. Letters and hyphens alone. */
  findKind(kind: string): Promise<number[]>;
  findMessageId(messageId: string): Promise<number[]>;
  /** Exactly these. False: the server cannot remove single messages, so nothing was done. */
  expunge(uids: readonly number[]): Promise<boolean>;
}

/** Who waits: a person for the answer, or nobody. */
export type LogUse = 'act' | 'read';

export interface LogMailbox {
  /** Selects the folder, after making it where there is none. Throws what a connection throws. */
  open<T>(use: LogUse, signal: AbortSignal, fn: (folder: LogFolder) => Promise<T>): Promise<T>;
  /** Resolves when the server has it. The arrival date is the server's own. */
  append(raw: Uint8Array, use: LogUse, signal: AbortSignal): Promise<void>;
  /**
   * Calls `onNews` at first and then whenever the folder changed, until the signal is aborted or the connection fails (throws).
   * `lively`: how soon news are wanted; asked before each wait.
   */
  watch(
    signal: AbortSignal,
    lively: () => boolean,
    onNews: (folder: LogFolder) => Promise<void>,
  ): Promise<never>;
}
