/**
 * Waits in IDLE for news of the inbox and reads them on the same connection, so that a new mail is here two round trips after the server
 * told of it. The same connection asks for the other folders' counters when that is due, so that no second one is opened for it.
 */
import type { Lease } from '#engine/imap/lanes.ts';
import type { ListedFolder } from '#engine/imap/ImapConnection.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { findFolder, getFolder } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { listWithStatus } from '../run/pass.ts';
import type { PassParts } from '../run/pass.ts';
import { knownFolder, visitFolder } from '../run/visitFolder.ts';

export interface InboxWatchOptions {
  /** Silence after which the server is asked for a sign of life. */
  readonly quietMs: number;
  /** An IDLE is begun anew before this (RFC 2177: the server may end it after 29 minutes). */
  readonly maxIdleMs: number;
  readonly signOfLifeMs: number;
}

export const inboxWatchDefaults: InboxWatchOptions = {
  quietMs: 150_000,
  maxIdleMs: 27 * 60_000,
  signOfLifeMs: 20_000,
};

/** A connection that lived at least so long may end, or go dead, without the account having failed: whether another can be opened says that. */
const longLivedMs = 60_000;
const tooSoonMs = 10_000;

export class InboxWatch {
  readonly #parts: PassParts;
  readonly #options: InboxWatchOptions;
  readonly #onNews: () => void;
  #listing: PromiseWithResolvers<ListedFolder[] | null> | null = null;
  #wake: AbortController | null = null;

  /** `onNews`: messages came in or changed (their texts may be wanted now). */
  constructor(parts: PassParts, options: InboxWatchOptions, onNews: () => void) {
    this.#parts = parts;
    this.#options = options;
    this.#onNews = onNews;
  }

  /** Runs until it is aborted or the connection fails; resolves to false at once where the server has no IDLE. */
  async run(signal: AbortSignal): Promise<boolean> {
    const { store, accountId, session, clock } = this.#parts;
    for (;;) {
      const inbox = findFolder(store.read, accountId, 'INBOX');
      if (inbox?.selectable !== true) return false;
      const since = clock.monotonic();
      try {
        // What was known before the SELECT: the SELECT's own counters are later.
        const known = knownFolder(store.read, inbox);
        const possible = await session.lanes.withMailbox(
          'idle',
          inbox.path,
          { readOnly: true },
          signal,
          async (mailbox, lease) => {
            const { connection } = mailbox;
            if (!connection.has('IDLE')) return false;
            const read = connection.changesTold;
            await this.#look(inbox, mailbox, lease, known, false, signal);
            return this.#watch(inbox, mailbox, lease, read, signal);
          },
        );
        if (!possible) return false;
      } catch (error) {
        signal.throwIfAborted();
        const ended = isMailError(error) && (error.retry === 'now' || error.code === 'deadline-exceeded');
        if (!ended || clock.monotonic() - since < longLivedMs) throw error;
      } finally {
        this.#listing?.resolve(null);
        this.#listing = null;
        this.#wake = null;
      }
    }
  }

  /** The list of folders by the waiting connection; null: none waits right now. */
  async list(): Promise<ListedFolder[] | null> {
    if (this.#wake === null) return null;
    this.#listing ??= Promise.withResolvers();
    const { promise } = this.#listing;
    this.#wake.abort();
    return promise;
  }

  /**
   * Until somebody more urgent wants the connection (true), or the server refuses IDLE (false).
   * @param read `changesTold` before the folder was read: what was told since then may not have been seen
   */
  async #watch(
    inbox: StoredFolder,
    mailbox: Mailbox,
    lease: Lease,
    read: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { connection } = mailbox;
    const { quietMs, maxIdleMs, signOfLifeMs } = this.#options;
    let endedAtOnce = 0;
    while (!lease.wanted.aborted) {
      if (connection.changesTold !== read) {
        read = await this.#lookAgain(inbox, mailbox, lease, signal);
        continue;
      }
      // Before waiting again: who asked for the list while an IDLE ended by itself, for news say, woke nobody.
      await this.#answerList(mailbox, signal);
      if (connection.changesTold !== read) continue;
      this.#wake = new AbortController();
      const begun = this.#parts.clock.monotonic();
      const outcome = await connection.idle(signal, {
        wake: AbortSignal.any([lease.wanted, this.#wake.signal]),
        quietMs,
        maxMs: maxIdleMs,
      });
      this.#wake = null;
      switch (outcome) {
        case 'news':
          read = await this.#lookAgain(inbox, mailbox, lease, signal);
          break;
        case 'woken':
          break;
        case 'quiet':
        case 'expired':
          await connection.noop(signal, signOfLifeMs);
          break;
        case 'ended':
          if (!connection.usable) throw new MailError('connection-closed');
          // A server that refuses it, or ends it at once each time, is polled instead of being asked without a pause.
          if (this.#parts.clock.monotonic() - begun < tooSoonMs && (endedAtOnce += 1) >= 3) return false;
          break;
      }
    }
    return true;
  }

  async #answerList({ connection }: Mailbox, signal: AbortSignal): Promise<void> {
    const listing = this.#listing;
    if (listing === null) return;
    this.#listing = null;
    try {
      listing.resolve(await listWithStatus(connection, signal));
    } catch (error) {
      listing.resolve(null);
      throw error;
    }
  }

  /** Until nothing more is found and nothing more is told. Returns `changesTold` before the last look. */
  async #lookAgain(
    inbox: StoredFolder,
    mailbox: Mailbox,
    lease: Lease,
    signal: AbortSignal,
  ): Promise<number> {
    const { connection } = mailbox;
    for (;;) {
      const read = connection.changesTold;
      const now = getFolder(this.#parts.store.read, inbox.id);
      if (now === null) throw new MailError('mailbox-changed', {});
      const known = knownFolder(this.#parts.store.read, now);
      const found = await this.#look(inbox, mailbox, lease, known, true, signal);
      if (lease.wanted.aborted || (!found && connection.changesTold === read)) return read;
    }
  }

  async #look(
    inbox: StoredFolder,
    mailbox: Mailbox,
    lease: Lease,
    known: ReturnType<typeof knownFolder>,
    continued: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { added, changed, removed } = await visitFolder(
      this.#parts,
      inbox.id,
      mailbox,
      lease,
      {
        known,
        continued,
        withoutHistory: () => true,
        thoroughness: 'recent',
        announce: true,
        unseen: null,
        fragile: this.#parts.session.fragileIn(inbox.id),
        pace: this.#parts.session.headerPace,
      },
      signal,
    );
    const found = added + changed + removed > 0;
    if (found) this.#onNews();
    return found;
  }
}
