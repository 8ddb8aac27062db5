/** A selected folder on a leased connection. It is handed to one function and is of no use after that. */
import type { ExpungeEvent, FlagsEvent, ImapFlow } from 'imapflow';
import { MailError } from '#shared/errors/MailError.ts';
import { atom, execute, responseCode, sequence } from './flow.ts';
import type { Argument, ParsedResponse, ResponseNode } from './flow.ts';
import type { ImapConnection } from './ImapConnection.ts';
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
