/** A selected folder on a leased connection. It is handed to one function and is of no use after that. */
import type { ExpungeEvent, FlagsEvent, ImapFlow } from 'imapflow';
import { MailError } from '#shared/errors/MailError.ts';
import { atom, execute, responseCode, sequence } from './flow.ts';
import type { Argument, ParsedResponse, ResponseNode } from './flow.ts';
import type { ImapConnection } from './ImapConnection.ts';
import { bulkFetch } from './bulkFetch.ts';
import type { FetchLimits, FetchRow } from './fetchParser.ts';
import { printable } from './errorMapping.ts';

/** What an earlier session knew of the folder; with QRESYNC the SELECT itself then tells what changed since (RFC 7162). */
export interface QresyncState {
  readonly uidValidity: string;
  readonly modseq: string;
}

/** What a SELECT or FETCH told about one message. */
export interface FlagUpdate {
  readonly uid: number;
  readonly flags: ReadonlySet<string>;
}

export interface MailboxFacts {
  readonly path: string;
  readonly uidValidity: string;
  /** 0: the server did not tell (RFC 3501 allows it). */
  readonly uidNext: number;
  readonly exists: number;
  readonly highestModseq: string | null;
  readonly readOnly: boolean;
  /** Did the server answer the QRESYNC parameters? Then `changed` and `vanished` are all that happened since. */
  readonly resynced: boolean;
}

export class Mailbox implements MailboxFacts {
  readonly path: string;
  readonly uidValidity: string;
  readonly uidNext: number;
  readonly highestModseq: string | null;
  readonly readOnly: boolean;
  readonly resynced: boolean;
  readonly connection: ImapConnection;
  readonly #client: ImapFlow;
  readonly #changed: FlagUpdate[];
  readonly #vanished: Set<number>;
  readonly #permanentFlags: ReadonlySet<string> | undefined;

  private constructor(connection: ImapConnection, client: ImapFlow, path: string, noticed: Noticed) {
    const selected = client.mailbox;
    if (selected === false)
      throw new MailError('protocol-error', { command: 'SELECT', folder: printable(path) });
    this.connection = connection;
    this.#client = client;
    this.path = path;
    // A server without UIDVALIDITY cannot be synchronised by UID at all (RFC 9051 section 2.3.1.1 demands it).
    if (typeof selected.uidValidity !== 'bigint') {
      throw new MailError('protocol-error', {
        command: 'SELECT',
        folder: printable(path),
        response: 'no UIDVALIDITY',
      });
    }
    this.uidValidity = selected.uidValidity.toString();
    this.uidNext = typeof selected.uidNext === 'number' ? selected.uidNext : 0;
    this.highestModseq =
      connection.has('CONDSTORE') && selected.noModseq !== true && selected.highestModseq !== undefined
        ? selected.highestModseq.toString()
        : null;
    this.readOnly = selected.readOnly === true;
    this.resynced = (selected as { qresync?: boolean }).qresync === true;
    this.#permanentFlags = selected.permanentFlags;
    this.#changed = noticed.changed;
    this.#vanished = noticed.vanished;
  }

  static async open(
    connection: ImapConnection,
    client: ImapFlow,
    path: string,
    signal: AbortSignal,
    { readOnly = false, qresync = null }: { readOnly?: boolean; qresync?: QresyncState | null },
  ): Promise<Mailbox> {
    const noticed: Noticed = { changed: [], vanished: new Set() };
    // Set before the SELECT: with QRESYNC the changes arrive during it.
    const stop = notice(client, noticed);
    try {
      const parameters =
        qresync !== null && connection.enabled('QRESYNC')
          ? { changedSince: BigInt(qresync.modseq), uidValidity: BigInt(qresync.uidValidity) }
          : {};
      await connection.run(
        signal,
        'SELECT',
        () => client.mailboxOpen(path, { readOnly, ...parameters }),
        path,
      );
    } finally {
      stop();
    }
    return new Mailbox(connection, client, path, noticed);
  }

  /** Messages in the folder right now; follows EXISTS and EXPUNGE while the lease lasts. */
  get exists(): number {
    return this.#client.mailbox === false ? 0 : this.#client.mailbox.exists;
  }

  /** Flag changes that the SELECT told (QRESYNC). */
  get changed(): readonly FlagUpdate[] {
    return this.#changed;
  }

  /** UIDs that the SELECT told to be gone (QRESYNC). Not to be believed alone when the counts disagree. */
  get vanished(): ReadonlySet<number> {
    return this.#vanished;
  }

  /** May this flag be kept here? `\*` in PERMANENTFLAGS allows any keyword. */
  accepts(flag: string): boolean {
    const permanent = this.#permanentFlags;
    if (permanent === undefined) return true;
    const wanted = flag.toLowerCase();
    for (const entry of permanent) if (entry === '\\*' || entry.toLowerCase() === wanted) return true;
    return false;
  }

  /** UIDs that match, ascending. `criteria` are IMAP search keys, already as arguments. */
  async search(criteria: readonly Argument[], signal: AbortSignal): Promise<number[]> {
    const found: number[] = [];
    const collect = async (response: ParsedResponse): Promise<void> => {
      for (const node of response.attributes ?? []) {
        const value = Number((node as ResponseNode | null)?.value);
        if (Number.isSafeInteger(value) && value > 0) found.push(value);
      }
      return Promise.resolve();
    };
    await this.#exec('UID SEARCH', criteria, signal, { SEARCH: collect });
    return found.sort((a, b) => a - b);
  }

  /**
   * UID FETCH; `uids` is a sequence set, `items` what stands between the brackets. Rows come as the server sends them, also ones
   * that were not asked for (flags that changed meanwhile); a row's bytes must not be kept. With `changedSince` the UIDs of removed
   * messages come back where QRESYNC is on.
   */
  async fetch(
    uids: string,
    items: string,
    options: FetchOptions,
    signal: AbortSignal,
  ): Promise<ReadonlySet<number>> {
    const gone = new Set<number>();
    const since = options.changedSince;
    const resync = since !== undefined && this.connection.enabled('QRESYNC') ? ' VANISHED' : '';
    const modifier = since === undefined ? '' : ` (CHANGEDSINCE ${since}${resync})`;
    await this.connection.run(
      signal,
      'UID FETCH',
      async () => {
        const refused = await bulkFetch(
          this.#client,
          {
            tag: this.connection.nextTag(),
            command: `UID FETCH ${uids} (${items})${modifier}`,
            limits: options.limits ?? defaultLimits,
            onRow: options.onRow,
            onUnreadable: options.onUnreadable ?? (() => undefined),
            onUntagged: (line) => {
              const match = /^\* VANISHED(?: \(EARLIER\))? ([0-9:,]+)$/i.exec(line);
              if (match !== null) for (const uid of uidsOf(match[1] ?? '')) gone.add(uid);
            },
          },
          this.connection.closed,
        ).catch((error: unknown) => {
          // Half an answer is still on the wire: the connection is of no use any more.
          this.connection.close();
          throw error;
        });
        if (refused !== null) throw refused;
      },
      this.path,
    );
    return gone;
  }

  /** Adds or removes flags; resolves only when the server said OK. */
  async storeFlags(
    uids: string,
    operation: 'add' | 'remove',
    flags: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#exec(
      'UID STORE',
      [sequence(uids), atom(operation === 'add' ? '+FLAGS.SILENT' : '-FLAGS.SILENT'), flags.map(atom)],
      signal,
    );
  }

  async #exec(
    command: string,
    attributes: readonly Argument[],
    signal: AbortSignal,
    untagged?: Record<string, (response: ParsedResponse) => Promise<void>>,
  ): Promise<ParsedResponse> {
    return this.connection.run(
      signal,
      command,
      () => execute(this.#client, command, attributes, untagged),
      this.path,
    );
  }
}

export interface FetchOptions {
  onRow(row: FetchRow): void;
  /** A line that could not be read: told and skipped. */
  onUnreadable?: (line: string) => void;
  readonly limits?: FetchLimits;
  /** Decimal modification sequence: only what changed after it (CONDSTORE). */
  readonly changedSince?: string;
}

const defaultLimits: FetchLimits = { responseBytes: 8 * 1024 * 1024, depth: 100 };
/** More than any folder holds: a set that names more is nonsense or an attack. */
const maxUidsInSet = 10_000_000;

/** The UIDs of a sequence set like "1:3,7". */
export function uidsOf(set: string): number[] {
  const uids: number[] = [];
  for (const range of set.split(',')) {
    const [first, last] = range.split(':').map(Number);
    if (first === undefined || !Number.isSafeInteger(first)) continue;
    const low = Math.min(first, last ?? first);
    const high = Math.max(first, last ?? first);
    if (uids.length + high - low > maxUidsInSet)
      throw new MailError('response-too-large', { limit: maxUidsInSet });
    for (let uid = low; uid <= high; uid += 1) uids.push(uid);
  }
  return uids;
}

/** UIDs as a sequence set, runs drawn together; sorted ascending. */
export function uidSet(uids: Iterable<number>): string {
  const sorted = [...new Set(uids)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at] as number;
    let last = first;
    for (at += 1; sorted[at] === last + 1; at += 1) last += 1;
    ranges.push(first === last ? first.toString() : `${first.toString()}:${last.toString()}`);
  }
  return ranges.join(',');
}

interface Noticed {
  readonly changed: FlagUpdate[];
  readonly vanished: Set<number>;
}

function notice(client: ImapFlow, noticed: Noticed): () => void {
  const onFlags = (event: FlagsEvent): void => {
    if (event.uid !== undefined) noticed.changed.push({ uid: event.uid, flags: event.flags });
  };
  const onExpunge = (event: ExpungeEvent): void => {
    if (event.uid !== undefined) noticed.vanished.add(event.uid);
  };
  client.on('flags', onFlags);
  client.on('expunge', onExpunge);
  return () => {
    client.off('flags', onFlags);
    client.off('expunge', onExpunge);
  };
}
