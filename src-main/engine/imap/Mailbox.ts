/** A selected folder on a leased connection. It is handed to one function and is of no use after that. */
import type { ImapFlow, MailboxObject } from 'imapflow';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import { copiedUids } from './copyUid.ts';
import type { CopiedUids } from './copyUid.ts';
import { atom, encodedPath, execute, internals, sequence, valueOf } from './flow.ts';
import type { Argument, ParsedResponse } from './flow.ts';
import type { ImapConnection } from './ImapConnection.ts';
import { betweenResponses, rawExchange } from './rawExchange.ts';
import type { FetchLimits, FetchRow } from './fetchParser.ts';
import { printable } from './errorMapping.ts';
import { searchTerms, type SearchKey, type SearchTerms } from './searchKeys.ts';
import { UidRanges } from './uidSet.ts';

export interface MailboxFacts {
  readonly path: string;
  readonly uidValidity: string;
  /** 0: the server did not tell (RFC 3501 allows it). */
  readonly uidNext: number;
  /** Decimal text; null: no modification sequences here. As of the SELECT, so that what changed since is never skipped. */
  readonly highestModseq: string | null;
  readonly readOnly: boolean;
  /** Messages in the folder right now. */
  readonly exists: number;
}

export class Mailbox implements MailboxFacts {
  readonly path: string;
  readonly uidValidity: string;
  readonly uidNext: number;
  readonly highestModseq: string | null;
  readonly readOnly: boolean;
  readonly connection: ImapConnection;
  readonly #client: ImapFlow;
  readonly #permanentFlags: ReadonlySet<string> | undefined;

  private constructor(connection: ImapConnection, client: ImapFlow, path: string) {
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
    this.#permanentFlags = selected.permanentFlags;
  }

  /**
   * Selects. `reuse`: a folder that this connection has selected already is taken as it is; its counters are then those of that
   * SELECT, which only matters to a synchronisation. But a session knows only of the messages that it was told of, and what is asked of
   * others is answered with OK and not done: where such ones may be meant (`upTo`), the server is let tell of them first.
   */
  static async open(
    connection: ImapConnection,
    client: ImapFlow,
    path: string,
    signal: AbortSignal,
    { readOnly = false, reuse = false, upTo = null }: SelectOptions,
  ): Promise<Mailbox> {
    const selected = client.mailbox;
    const fits = selected !== false && selected.path === path && (readOnly || selected.readOnly !== true);
    if (!reuse || !fits) {
      connection.toldBelow = 0;
      await connection.run(signal, 'SELECT', () => client.mailboxOpen(path, { readOnly }), path);
      // Not every server tells UIDNEXT: then any message may be one that came since.
      connection.toldBelow = client.mailbox === false ? 0 : client.mailbox.uidNext || 0;
    } else if (upTo === null || upTo >= connection.toldBelow) await connection.noop(signal);
    return new Mailbox(connection, client, path);
  }

  /** Messages in the folder right now; follows EXISTS, EXPUNGE and VANISHED while the lease lasts. */
  get exists(): number {
    return this.#client.mailbox === false ? 0 : this.#client.mailbox.exists;
  }

  /** May this flag be kept here? `\*` in PERMANENTFLAGS allows any keyword. */
  accepts(flag: string): boolean {
    const permanent = this.#permanentFlags;
    if (permanent === undefined) return true;
    const wanted = flag.toLowerCase();
    const keyword = !wanted.startsWith('\\');
    for (const entry of permanent)
      if ((entry === '\\*' && keyword) || entry.toLowerCase() === wanted) return true;
    return false;
  }

  /** UIDs that match, ascending. `criteria`: IMAP search keys as they are sent, ASCII ("ALL", "UID 1:200"). */
  async search(criteria: string, signal: AbortSignal): Promise<number[]> {
    const found: UidRanges[] = [];
    const lone: number[] = [];
    const compact = this.connection.has('ESEARCH') ? 'RETURN (ALL) ' : '';
    await this.#exchange([`UID SEARCH ${compact}${criteria}`], signal, {
      limits: searchLimits,
      onUntagged: (line) => {
        // IMAP4rev2 answers with ESEARCH also where it was not asked for.
        if (/^\* SEARCH\b/i.test(line)) {
          for (const uid of line.slice(8).split(' ')) {
            const value = Number(uid);
            if (Number.isSafeInteger(value) && value > 0) lone.push(value);
          }
          return true;
        }
        if (!/^\* ESEARCH\b/i.test(line)) return false;
        const all = /\bALL ([0-9:,]+)/i.exec(line);
        if (all !== null) found.push(UidRanges.parse(all[1] ?? ''));
        return true;
      },
    });
    return this.#uidsOf(found, lone);
  }

  /** No more than there are: a set of four billion would fill the memory. */
  #uidsOf(found: readonly UidRanges[], lone: readonly number[]): number[] {
    const limit = this.exists + spareUids;
    if (lone.length > limit) throw new MailError('response-too-large', { limit });
    return UidRanges.union([...found, UidRanges.of(lone)]).uids(limit);
  }

  /**
   * UIDs of the messages that a person's search finds, ascending; `among`: of these alone (a sequence set). A server without UTF-8 is asked
   * for the spellings that it can read.
   */
  async searchFor(key: SearchKey | null, among: string | null, signal: AbortSignal): Promise<number[]> {
    const gmail = this.connection.has('X-GM-EXT-1');
    const terms = searchTerms(key, { gmail, asciiOnly: false });
    try {
      return await this.#searchTerms(terms, among, signal);
    } catch (error) {
      const ascii = searchTerms(key, { gmail, asciiOnly: true });
      const refused =
        isMailError(error) && (error.code === 'server-refused' || error.code === 'protocol-error');
      if (!refused || !terms.unicode || ascii.everything || !this.connection.usable) throw error;
      return await this.#searchTerms(ascii, among, signal);
    }
  }

  async #searchTerms(
    { terms, unicode }: SearchTerms,
    among: string | null,
    signal: AbortSignal,
  ): Promise<number[]> {
    const client = this.#client;
    const found: UidRanges[] = [];
    const lone: number[] = [];
    const attributes: Argument[] = [];
    if (this.connection.has('ESEARCH')) attributes.push(atom('RETURN'), [atom('ALL')]);
    // Where UTF-8 is on, naming a charset is an error (RFC 6855).
    if (unicode && !client.enabled.has('UTF8=ACCEPT')) attributes.push(atom('CHARSET'), atom('UTF-8'));
    if (among !== null) attributes.push(atom('UID'), sequence(among));
    attributes.push(...terms);
    const searching = this.connection.run(
      signal,
      'UID SEARCH',
      () =>
        execute(internals(client), 'UID SEARCH', attributes, {
          SEARCH: async (line) => {
            for (const uid of line.numbers ?? line.attributes?.map((node) => Number(valueOf(node))) ?? [])
              if (Number.isSafeInteger(uid) && uid > 0) lone.push(uid);
            return Promise.resolve();
          },
          ESEARCH: async (line) => {
            const words = line.attributes?.map(valueOf) ?? [];
            const all = words.findIndex((word) => word.toUpperCase() === 'ALL');
            if (all >= 0) found.push(UidRanges.parse(words[all + 1] ?? ''));
            return Promise.resolve();
          },
        }),
      this.path,
      { limitMs: searchLimitMs },
    );
    await searching.catch((error: unknown) => {
      // Some went while it looked: what it found is found.
      if (!isMailError(error) || error.code !== 'message-gone') throw error;
    });
    return this.#uidsOf(found, lone);
  }

  /** UIDs of the messages with this Message-ID (without angle brackets), ascending. */
  async searchMessageId(messageId: string, signal: AbortSignal): Promise<number[]> {
    const key = messageIdKey(messageId);
    return key === null ? [] : this.search(key, signal);
  }

  /** The same for several at once, without those that are flagged as deleted: at most as many as the server nests keys. */
  async searchMessageIds(messageIds: readonly string[], signal: AbortSignal): Promise<number[]> {
    const keys = messageIds.flatMap((id) => messageIdKey(id) ?? []);
    if (keys.length === 0) return [];
    return this.search(`UNDELETED ${keys.reduceRight((rest, key) => `OR ${key} ${rest}`)}`, signal);
  }

  /**
   * UID FETCH; `uids` is a sequence set, `items` what stands between the brackets, the UID among it. Rows come as the server sends them,
   * also ones that were not asked for (flags that changed meanwhile, where they are told with their UID: RFC 7162 wants it with QRESYNC
   * alone); a row's bytes must not be kept. With `changedSince` where QRESYNC is on,
   * the UIDs of removed messages come back, perhaps with ones that never were.
   */
  async fetch(uids: string, items: string, options: FetchOptions, signal: AbortSignal): Promise<UidRanges> {
    const since = options.changedSince;
    const vanished = since !== undefined && this.connection.enabled('QRESYNC') ? ' VANISHED' : '';
    const modifier = since === undefined ? '' : ` (CHANGEDSINCE ${since}${vanished})`;
    return this.#fetch([`UID FETCH ${uids} (${items})${modifier}`], options, signal);
  }

  /** Several UID FETCHes sent at once: one round trip for messages of which different parts are wanted. */
  async fetchEach(
    fetches: readonly { readonly uids: string; readonly items: string }[],
    options: FetchOptions,
    signal: AbortSignal,
  ): Promise<void> {
    if (fetches.length === 0) return;
    await this.#fetch(
      fetches.map(({ uids, items }) => `UID FETCH ${uids} (${items})`),
      options,
      signal,
    );
  }

  /** The newest `count` messages, by place: their UIDs need not be known. Only right after the SELECT, while places are what they were. */
  async fetchNewest(count: number, items: string, options: FetchOptions, signal: AbortSignal): Promise<void> {
    const { exists } = this;
    if (exists === 0) return;
    const first = Math.max(1, exists - count + 1);
    await this.#fetch([`FETCH ${first.toString()}:${exists.toString()} (${items})`], options, signal);
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

  /** UID COPY. null: the server did not say under which UIDs the copies are (no UIDPLUS). */
  async copy(uids: string, target: string, signal: AbortSignal): Promise<CopiedUids | null> {
    const response = await this.#exec(
      'UID COPY',
      [sequence(uids), encodedPath(this.#client, target)],
      signal,
    );
    return copiedUids(response);
  }

  /** UID MOVE (RFC 6851); only where `connection.has('MOVE')`. The map is null where the server did not tell. */
  async move(uids: string, target: string, signal: AbortSignal): Promise<CopiedUids | null> {
    let told: CopiedUids | null = null;
    const response = await this.#exec(
      'UID MOVE',
      [sequence(uids), encodedPath(this.#client, target)],
      signal,
      {
        // It comes before the EXPUNGEs, or in the tagged answer.
        OK: async (untagged) => {
          told = copiedUids(untagged) ?? told;
          return Promise.resolve();
        },
      },
    );
    return copiedUids(response) ?? told;
  }

  /** UID EXPUNGE (RFC 4315): exactly these. Refuses where there is no UIDPLUS: a bare EXPUNGE takes what others had flagged. */
  async expunge(uids: string, signal: AbortSignal): Promise<void> {
    if (!this.connection.has('UIDPLUS')) throw new MailError('not-supported', { command: 'UID EXPUNGE' });
    await this.#exec('UID EXPUNGE', [sequence(uids)], signal);
  }

  async #fetch(commands: readonly string[], options: FetchOptions, signal: AbortSignal): Promise<UidRanges> {
    const gone: UidRanges[] = [];
    let rows = 0;
    // Each message once, a few of them again when their flags change meanwhile; more is an attack on the memory (N08).
    const maxRows = 4 * commands.length * (this.exists + spareUids);
    await this.#exchange(commands, signal, {
      limits: options.limits ?? defaultLimits,
      onRow: (row) => {
        rows += 1;
        if (rows > maxRows) throw new MailError('response-too-large', { limit: maxRows });
        // A place says nothing by now: whoever waits for news has to look.
        if (row.items.has('UID')) options.onRow(row);
        else this.connection.changeTold();
      },
      ...(options.onUnreadable === undefined ? {} : { onUnreadable: options.onUnreadable }),
      onUntagged: (line) => {
        const earlier = /^\* VANISHED \(EARLIER\) ([0-9:,]+)$/i.exec(line);
        if (earlier === null) return false;
        gone.push(UidRanges.parse(earlier[1] ?? ''));
        return true;
      },
      onVanished: (vanished) => {
        gone.push(vanished);
      },
    });
    return UidRanges.union(gone);
  }

  async #exchange(
    commands: readonly string[],
    signal: AbortSignal,
    handlers: ExchangeHandlers,
  ): Promise<void> {
    const { connection } = this;
    const command = commands[0]?.startsWith('UID SEARCH') === true ? 'UID SEARCH' : 'UID FETCH';
    await connection.run(
      signal,
      command,
      async () => {
        if (!betweenResponses(this.#client)) await this.#client.noop();
        const answers = await rawExchange(
          this.#client,
          {
            commands: commands.map((text) => ({ tag: connection.nextTag(), command: text })),
            limits: handlers.limits,
            onRow:
              handlers.onRow ??
              (() => {
                connection.changeTold();
              }),
            onUnreadable: handlers.onUnreadable ?? (() => undefined),
            onUntagged: (line) => handlers.onUntagged(line) || this.#counted(line, handlers.onVanished),
          },
          connection.closed,
        ).catch((error: unknown) => {
          // Half an answer is still on the wire: the connection is of no use any more.
          connection.close();
          throw error;
        });
        for (const refused of answers) if (refused !== null) throw refused;
      },
      this.path,
      { progress: true },
    );
  }

  /** What a server says about the folder beside the answer (RFC 9051 section 7.5): kept up here, so that `exists` is never behind. */
  #counted(line: string, onVanished?: (uids: UidRanges) => void): boolean {
    const { mailbox } = this.#client;
    if (mailbox === false) return false;
    const count = /^\* (\d{1,10}) (EXISTS|EXPUNGE)$/i.exec(line);
    if (count !== null) {
      const appeared = count[2]?.toUpperCase() === 'EXISTS';
      this.#setExists(mailbox, appeared ? Number(count[1]) : mailbox.exists - 1);
      return true;
    }
    const vanished = /^\* VANISHED ([0-9:,]+)$/i.exec(line);
    if (vanished !== null) {
      const uids = UidRanges.parse(vanished[1] ?? '');
      this.#setExists(mailbox, mailbox.exists - uids.size);
      onVanished?.(uids);
      return true;
    }
    const validity = /^\* OK \[UIDVALIDITY (\d{1,20})\]/i.exec(line);
    if (validity !== null && validity[1] !== this.uidValidity) {
      // All UIDs mean other messages from here on: what is being read must not be kept (N10).
      throw new MailError('mailbox-changed', { folder: printable(this.path) });
    }
    return false;
  }

  /** As ImapFlow does for the answers that it reads: whoever waits for news must hear of what came beside another answer. */
  #setExists(mailbox: MailboxObject, told: number): void {
    const { path, exists: prevCount } = mailbox;
    const count = Math.max(0, told);
    if (count === prevCount) return;
    mailbox.exists = count;
    this.#client.emit('exists', { path, count, prevCount });
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
      () => execute(internals(this.#client), command, attributes, untagged),
      this.path,
    );
  }
}

/** null: it cannot be asked for, and is no Message-ID: beyond ASCII, or with a control character, which no quoted string holds. */
function messageIdKey(messageId: string): string | null {
  if (!/^[\x20-\x7e]+$/.test(messageId)) return null;
  // With its brackets, or "7@x" would be found in "17@x".
  return `HEADER Message-ID "<${messageId.replace(/["\\]/g, '\\$&')}>"`;
}

export interface SelectOptions {
  readonly readOnly?: boolean;
  readonly reuse?: boolean;
  /** The highest UID that is meant; null: any. */
  readonly upTo?: number | null;
}

export interface FetchOptions {
  onRow(row: FetchRow): void;
  /** A line that could not be read: told and skipped. */
  onUnreadable?: (line: string) => void;
  readonly limits?: FetchLimits;
  /** Decimal modification sequence: only what changed after it (CONDSTORE). */
  readonly changedSince?: string;
}

interface ExchangeHandlers {
  readonly limits: FetchLimits;
  onRow?: (row: FetchRow) => void;
  onUnreadable?: (line: string) => void;
  onUntagged(line: string): boolean;
  onVanished?: (uids: UidRanges) => void;
}

const defaultLimits: FetchLimits = { responseBytes: 8 * 1024 * 1024, depth: 100 };
/** Of one line with the UIDs of a million messages. */
const searchLimits: FetchLimits = { responseBytes: 16 * 1024 * 1024, depth: 10 };
/** A server that reads every mail for an answer needs its time; a person waits, and can end it. */
const searchLimitMs = 60_000;
/** Messages that may arrive while a command runs. */
const spareUids = 10_000;
