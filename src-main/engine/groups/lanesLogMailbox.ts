/**
 * The log folder over an account's connection lanes: a second IDLE where the budget allows two connections, a look now and then where
 * it does not or the server has no IDLE. Dovecot tells of news half a second after they came; while a group is at work, a near server is
 * asked more often than that.
 */
import { delay, type Clock } from '#shared/base/clock.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import { maxEventBytes } from '#shared/domain/group/events.ts';
import type { Value } from '#engine/imap/fetchParser.ts';
import type { ImapConnection } from '#engine/imap/ImapConnection.ts';
import type { Lane, Lanes, Lease } from '#engine/imap/lanes.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { uidSet } from '#engine/imap/uidSet.ts';
import { kindHeader, type FetchedMail } from './eventMail.ts';
import type { LogFolder, LogMailbox, LogUse } from './logMailbox.ts';

export interface LanesLogParts {
  /** The account's connections, whoever opened them first. */
  readonly lanes: () => Promise<Lanes>;
  /** The folder's name in the config. */
  readonly folder: string;
  readonly clock: Clock;
}

const quietMs = 150_000;
const maxIdleMs = 27 * 60_000;
const signOfLifeMs = 20_000;
/** Between two looks where nothing tells of news. */
const pollMs = 15_000;
const livelyPollMs = 3_000;
/** A near server may be asked so often while a group is at work; a far one is asked at most a twentieth of the time. */
const nearPollMs = 120;
const nearShare = 20;
/** IDLE is not slower than this: asking more rarely would win nothing. */
const idleLatencyMs = 500;
/** Before a connection that had to be given up is asked for again. */
const yieldMs = 250;

const items = `UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.${maxEventBytes.toString()}>`;
const limits = { responseBytes: maxEventBytes + 4096, depth: 20 };

export class LanesLogMailbox implements LogMailbox {
  readonly #parts: LanesLogParts;
  #path: string | null = null;

  constructor(parts: LanesLogParts) {
    this.#parts = parts;
  }

  async open<T>(use: LogUse, signal: AbortSignal, fn: (folder: LogFolder) => Promise<T>): Promise<T> {
    return this.#select(laneOf(use), signal, (mailbox) => fn(new SelectedLog(mailbox, signal)));
  }

  async append(raw: Uint8Array, use: LogUse, signal: AbortSignal): Promise<void> {
    const lanes = await this.#parts.lanes();
    await lanes.withConnection(laneOf(use), signal, async (connection) => {
      const path = this.#pathOn(connection);
      try {
        await connection.append(path, raw, ['\\Seen'], null, signal);
      } catch (error) {
        if (!isMissing(error)) throw error;
        await create(connection, path, signal);
        await connection.append(path, raw, ['\\Seen'], null, signal);
      }
    });
  }

  async watch(
    signal: AbortSignal,
    lively: () => boolean,
    onNews: (folder: LogFolder) => Promise<void>,
  ): Promise<never> {
    const { clock } = this.#parts;
    for (;;) {
      const waits = (await this.#parts.lanes()).budget > 1;
      const idles = await this.#select('log', signal, async (mailbox, lease) => {
        const { connection } = mailbox;
        const read = connection.changesTold;
        await onNews(new SelectedLog(mailbox, signal));
        if (!waits || !connection.has('IDLE')) return false;
        await this.#wait(mailbox, lease, read, signal, lively, onNews);
        return true;
      });
      await delay(clock, idles ? yieldMs : lively() ? livelyPollMs : pollMs, signal);
    }
  }

  /**
   * Until somebody more urgent wants the connection.
   * @param read `changesTold` before the folder was read: what was told since then may not have been seen
   */
  async #wait(
    mailbox: Mailbox,
    lease: Lease,
    read: number,
    signal: AbortSignal,
    lively: () => boolean,
    onNews: (folder: LogFolder) => Promise<void>,
  ): Promise<void> {
    const { clock } = this.#parts;
    const { connection } = mailbox;
    const folder = new SelectedLog(mailbox, signal);
    const stop = AbortSignal.any([lease.wanted, signal]);
    /** The last round trips: the shortest tells how far the server is, the others how busy. */
    let trips: number[] = [];
    const readNews = async (): Promise<boolean> => {
      if (connection.changesTold === read) return false;
      read = connection.changesTold;
      await onNews(folder);
      return true;
    };
    while (!lease.wanted.aborted) {
      const pause = Math.max(nearPollMs, (trips.length === 0 ? 0 : Math.min(...trips)) * nearShare);
      if (lively() && pause < idleLatencyMs) {
        const asked = clock.monotonic();
        await connection.noop(signal, signOfLifeMs);
        trips = [...trips.slice(-7), clock.monotonic() - asked];
        await readNews();
        await delay(clock, pause, stop).catch(() => undefined);
        signal.throwIfAborted();
        continue;
      }
      if (await readNews()) continue;
      const outcome = await connection.idle(signal, { wake: lease.wanted, quietMs, maxMs: maxIdleMs });
      if (outcome === 'news') {
        // Measured anew: what was slow may have been a moment's load.
        trips = [];
      } else if (outcome !== 'woken') await connection.noop(signal, signOfLifeMs);
    }
  }

  async #select<T>(
    lane: Lane,
    signal: AbortSignal,
    fn: (mailbox: Mailbox, lease: Lease) => Promise<T>,
  ): Promise<T> {
    const lanes = await this.#parts.lanes();
    const path =
      this.#path ??
      (await lanes.withConnection(lane, signal, (connection) => Promise.resolve(this.#pathOn(connection))));
    const select = (): Promise<T> => lanes.withMailbox(lane, path, {}, signal, fn);
    try {
      return await select();
    } catch (error) {
      if (!isMissing(error)) throw error;
      await lanes.withConnection(lane, signal, (connection) => create(connection, path, signal));
      return select();
    }
  }

  /** Under the server's personal prefix ("INBOX."), where it has one. */
  #pathOn(connection: ImapConnection): string {
    const { folder } = this.#parts;
    const { personalPrefix } = connection;
    this.#path = folder.startsWith(personalPrefix) ? folder : `${personalPrefix}${folder}`;
    return this.#path;
  }
}

function laneOf(use: LogUse): Lane {
  return use === 'act' ? 'interactive' : 'log';
}

function isMissing(error: unknown): boolean {
  return isMailError(error) && error.code === 'mailbox-not-found';
}

/** Somebody else may make it at the same moment. */
async function create(connection: ImapConnection, path: string, signal: AbortSignal): Promise<void> {
  try {
    await connection.createFolder(path, signal);
  } catch (error) {
    if (!isMailError(error) || error.code !== 'mailbox-exists') throw error;
  }
}

class SelectedLog implements LogFolder {
  readonly uidValidity: string;
  readonly #mailbox: Mailbox;
  readonly #signal: AbortSignal;

  constructor(mailbox: Mailbox, signal: AbortSignal) {
    this.#mailbox = mailbox;
    this.#signal = signal;
    this.uidValidity = mailbox.uidValidity;
  }

  get exists(): number {
    return this.#mailbox.exists;
  }

  async fetchFrom(from: number, limit: number): Promise<FetchedMail[]> {
    // "n:*" is all that is to be asked where few can be new; of many, the UIDs come first.
    const { uidNext } = this.#mailbox;
    if (uidNext > 0 && uidNext - from <= limit) return this.#fetch(`${from.toString()}:*`, from);
    const uids = (await this.#mailbox.search(`UID ${from.toString()}:*`, this.#signal)).filter(
      (uid) => uid >= from,
    );
    const wanted = uids.slice(0, limit);
    return wanted.length === 0 ? [] : this.#fetch(uidSet(wanted), from);
  }

  async fetchEach(uids: readonly number[]): Promise<FetchedMail[]> {
    return uids.length === 0 ? [] : this.#fetch(uidSet(uids), 0);
  }

  async #fetch(set: string, from: number): Promise<FetchedMail[]> {
    const mails = new Map<number, FetchedMail>();
    await this.#mailbox.fetch(
      set,
      items,
      {
        limits,
        onRow: (row) => {
          const mail = fetched(row.items);
          // "n:*" names the last message even where its UID is lower; flags of others come without a body.
          if (mail !== null && mail.uid >= from) mails.set(mail.uid, mail);
        },
      },
      this.#signal,
    );
    return [...mails.values()].sort((a, b) => a.uid - b.uid);
  }

  async fetchWhole(uid: number, maxBytes: number): Promise<Uint8Array | null> {
    let size = -1;
    await this.#mailbox.fetch(
      uid.toString(),
      'UID RFC822.SIZE',
      {
        onRow: (row) => {
          if (Number(row.items.get('UID')) === uid) size = Number(row.items.get('RFC822.SIZE') ?? -1);
        },
      },
      this.#signal,
    );
    if (size < 0 || size > maxBytes) return null;
    let raw: Uint8Array | null = null;
    await this.#mailbox.fetch(
      uid.toString(),
      'UID BODY.PEEK[]',
      {
        // What a server adds when it hands it out (line ends) is little.
        limits: { responseBytes: 2 * maxBytes + 4096, depth: 20 },
        onRow: (row) => {
          if (Number(row.items.get('UID')) === uid) raw = bytesOf(row.items.get('BODY[]'));
        },
      },
      this.#signal,
    );
    return raw;
  }

  uids(): Promise<number[]> {
    return this.#mailbox.search('ALL', this.#signal);
  }

  findKind(kind: string): Promise<number[]> {
    return this.#mailbox.search(`HEADER ${kindHeader} "${kind}"`, this.#signal);
  }

  findMessageId(messageId: string): Promise<number[]> {
    return this.#mailbox.searchMessageId(messageId, this.#signal);
  }

  async expunge(uids: readonly number[]): Promise<boolean> {
    if (!this.#mailbox.connection.has('UIDPLUS')) return false;
    for (let at = 0; at < uids.length; at += 500) {
      const set = uidSet(uids.slice(at, at + 500));
      await this.#mailbox.storeFlags(set, 'add', ['\\Deleted'], this.#signal);
      await this.#mailbox.expunge(set, this.#signal);
    }
    return true;
  }
}

/** null: not a whole row. */
function fetched(row: ReadonlyMap<string, Value>): FetchedMail | null {
  const uid = Number(row.get('UID'));
  const size = Number(row.get('RFC822.SIZE'));
  const at = arrivalOf(row.get('INTERNALDATE'));
  const raw = bytesOf(row.get('BODY[]'));
  if (!Number.isSafeInteger(uid) || !Number.isSafeInteger(size) || at === null || raw === null) return null;
  return { uid, at, size, raw };
}

/** A copy: the row's own bytes are part of a shared buffer. */
function bytesOf(value: Value | undefined): Uint8Array | null {
  if (typeof value === 'string') return Buffer.from(value, 'latin1');
  return value instanceof Uint8Array ? Buffer.from(value) : null;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** INTERNALDATE (RFC 9051, date-time) in ms since 1970; null: not one. */
function arrivalOf(value: Value | undefined): number | null {
  const text =
    typeof value === 'string'
      ? value
      : value instanceof Uint8Array
        ? Buffer.from(value).toString('latin1')
        : '';
  const match = /^ ?(\d{1,2})-([a-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/i.exec(text);
  const month = months.indexOf(match?.[2]?.toLowerCase() ?? '');
  if (match === null || month < 0) return null;
  const [, day, , year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  return Date.UTC(Number(year), month, Number(day), Number(hours), Number(minutes) - zone, Number(seconds));
}
