/** A logged-in connection. Every answer is a value or a thrown MailError; nothing resolves to `false`. */
import type { ImapFlow, ListResponse } from 'imapflow';
import type { Clock } from '#shared/base/clock.ts';
import type { FolderRole } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { printable, toMailError } from './errorMapping.ts';
import { encodedPath, execute, internals } from './flow.ts';
import type { ParsedResponse } from './flow.ts';
import { idleOnce } from './idle.ts';
import type { IdleOptions, IdleOutcome } from './idle.ts';
import { Mailbox } from './Mailbox.ts';
import type { SelectOptions } from './Mailbox.ts';
import type { Quirks } from './quirks.ts';
import { UidRanges } from './uidSet.ts';

/** The server's own counters of a folder, without selecting it. Numbers that it did not tell are null. */
export interface FolderStatus {
  readonly messages: number | null;
  readonly unseen: number | null;
  readonly uidNext: number | null;
  /** Decimal text: 32 bits by RFC 9051, compared and never calculated with. */
  readonly uidValidity: string | null;
  /** Decimal text: 63 bits. null: the server or the folder has no modification sequences. */
  readonly highestModseq: string | null;
}

export interface ListedFolder {
  readonly path: string;
  readonly delimiter: string | null;
  readonly role: FolderRole | null;
  readonly selectable: boolean;
  readonly subscribed: boolean;
  /** null where LIST-STATUS is missing or the server left this folder out. */
  readonly status: FolderStatus | null;
}

export interface AppendedMessage {
  /** null: the server has no UIDPLUS. */
  readonly uid: number | null;
  readonly uidValidity: string | null;
}

export interface ConnectionParts {
  readonly client: ImapFlow;
  readonly host: string;
  readonly quirks: Quirks;
  readonly clock: Clock;
  /** Commands answered since the connection was opened. */
  readonly commands: () => number;
}

export interface RunOptions {
  /** The command must be answered within so many milliseconds, however lively the server seems. */
  readonly limitMs?: number;
  /** Instead of a limit: for as long as enough arrives. For answers whose length is not known before. */
  readonly progress?: boolean;
  /** As long as it takes (IDLE). */
  readonly unlimited?: boolean;
}

/** An answer that takes longer is not coming. Beside ImapFlow's own limit for silence, for a server that sends a byte a second (N06). */
const commandLimitMs = 120_000;
/** A long answer must bring this much in each window. */
const progressWindowMs = 60_000;
const progressBytes = 4_096;

const roles: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Drafts': 'drafts',
  '\\Sent': 'sent',
  '\\Archive': 'archive',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
  '\\All': 'all',
  '\\Flagged': 'flagged',
  '\\Important': 'important',
};

export class ImapConnection implements AsyncDisposable {
  readonly quirks: Quirks;
  readonly #client: ImapFlow;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  readonly #commands: () => number;
  #tags = 0;
  #changesTold = 0;

  constructor({ client, host, quirks, clock, commands }: ConnectionParts) {
    this.#client = client;
    this.#host = host;
    this.#clock = clock;
    this.#commands = commands;
    this.quirks = quirks;
    // The library puts the personal namespace before every path that lacks it, which hides shared folders; we only use full paths.
    if (client.namespace !== undefined) client.namespace = { ...client.namespace, prefix: '' };
    internals(client).untaggedVanished = (response) => this.#vanished(response);
    for (const event of ['exists', 'expunge', 'flags'] as const) {
      client.on(event, () => {
        this.#changesTold += 1;
      });
    }
    client.on('close', () => {
      this.#closed.abort(new MailError('connection-closed', this.#closeParams()));
    });
    if (client.isClosed) this.#closed.abort(new MailError('connection-closed', this.#closeParams()));
  }

  /** Aborted, with the reason, as soon as the connection is gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  get usable(): boolean {
    return this.#client.usable && !this.#closed.signal.aborted;
  }

  /** Commands answered and bytes received (inflated) and sent since it was opened. */
  get counters(): { commands: number; received: number; sent: number } {
    return { commands: this.#commands(), ...this.#client.stats() };
  }

  /** Does the server offer this extension (or IMAP4rev2, which includes it)? */
  has(capability: string): boolean {
    if (capability === 'CONDSTORE' && this.quirks.noCondstore === true) return false;
    if (capability === 'QRESYNC' && this.quirks.noQresync === true) return false;
    if (this.#client.capabilities.has(capability)) return true;
    return this.#client.enabled.has('IMAP4REV2') && foldedIntoRev2.has(capability);
  }

  /** ENABLED by the server, not only advertised: what may be relied on (RFC 5161). */
  enabled(extension: 'CONDSTORE' | 'QRESYNC'): boolean {
    return this.has(extension) && this.#client.enabled.has(extension);
  }

  /** Prefix of the personal namespace's folders: what a new top-level folder is created under ("INBOX." or ""). */
  get personalPrefix(): string {
    return this.#client.namespaces?.personal[0]?.prefix ?? '';
  }

  /** All folders; with LIST-STATUS their counters come in the same round trip, where they are wanted. */
  async listFolders(signal: AbortSignal, { counters = true } = {}): Promise<ListedFolder[]> {
    const withStatus = counters && this.has('LIST-STATUS');
    const listed = await this.run(signal, 'LIST', () =>
      this.#client.list(withStatus ? { statusQuery: this.#statusQuery() } : {}),
    );
    return listed.map((folder) => this.#listedFolder(folder));
  }

  async status(path: string, signal: AbortSignal): Promise<FolderStatus> {
    const status = await this.run(
      signal,
      'STATUS',
      () => this.#client.status(path, this.#statusQuery()),
      path,
    );
    return folderStatus(this.#present(status, 'STATUS', path));
  }

  /**
   * How often the server told that the selected folder changed, in IDLE or beside any other answer. It tells each change once: whoever
   * waits for news compares this with what it was when the folder was last read.
   */
  get changesTold(): number {
    return this.#changesTold;
  }

  /** A change was told beside an answer that the library did not read. */
  changeTold(): void {
    this.#changesTold += 1;
  }

  /** Messages below this UID were there when the folder was selected: this session knows of them. */
  toldBelow = 0;

  /** The selected folder's path; null: none is. */
  get selectedPath(): string | null {
    return this.#client.mailbox === false ? null : this.#client.mailbox.path;
  }

  /** Selects a folder. Only lanes call this: whoever holds the mailbox holds the connection. */
  async select(path: string, signal: AbortSignal, options: SelectOptions = {}): Promise<Mailbox> {
    const { folders } = internals(this.#client);
    if (!folders.has(path)) folders.set(path, { path, listed: true });
    return Mailbox.open(this, this.#client, path, signal, options);
  }

  /** `date`: INTERNALDATE; null: the moment at which the server takes it, by the server's clock. */
  async append(
    path: string,
    raw: Uint8Array,
    flags: readonly string[],
    date: number | null,
    signal: AbortSignal,
  ): Promise<AppendedMessage> {
    const result = await this.run(
      signal,
      'APPEND',
      () =>
        this.#client.append(path, Buffer.from(raw), [...flags], date === null ? undefined : new Date(date)),
      path,
    );
    const appended = this.#present(result, 'APPEND', path);
    return {
      uid: appended.uidValidity === undefined ? null : (appended.uid ?? null),
      uidValidity: appended.uidValidity?.toString() ?? null,
    };
  }

  /** Subscribes it as well, where the server lets it. */
  async createFolder(path: string, signal: AbortSignal): Promise<void> {
    const result = await this.run(signal, 'CREATE', () => this.#client.mailboxCreate(path), path);
    if (!this.#present(result, 'CREATE', path).created)
      throw new MailError('mailbox-exists', { folder: path });
  }

  /** SUBSCRIBE or UNSUBSCRIBE (RFC 9051 sections 6.3.7 and 6.3.8). */
  async setSubscribed(path: string, subscribed: boolean, signal: AbortSignal): Promise<void> {
    const command = subscribed ? 'SUBSCRIBE' : 'UNSUBSCRIBE';
    const client = this.#client;
    await this.run(
      signal,
      command,
      () => execute(internals(client), command, [encodedPath(client, path)]),
      path,
    );
  }

  async renameFolder(path: string, newPath: string, signal: AbortSignal): Promise<void> {
    this.#present(
      await this.run(signal, 'RENAME', () => this.#client.mailboxRename(path, newPath), path),
      'RENAME',
      path,
    );
  }

  async deleteFolder(path: string, signal: AbortSignal): Promise<void> {
    this.#present(
      await this.run(signal, 'DELETE', () => this.#client.mailboxDelete(path), path),
      'DELETE',
      path,
    );
  }

  /** Asks the server for a sign of life. Throws when none comes in time; the connection is then closed. */
  async noop(signal: AbortSignal, limitMs: number = commandLimitMs): Promise<void> {
    await this.run(signal, 'NOOP', () => this.#client.noop(), undefined, { limitMs });
    this.#closed.signal.throwIfAborted();
  }

  /** Waits in IDLE (RFC 2177) on the selected folder; only where `has('IDLE')`. */
  async idle(signal: AbortSignal, options: IdleOptions): Promise<IdleOutcome> {
    return this.run(signal, 'IDLE', () => idleOnce(this.#client, this.#clock, options), undefined, {
      unlimited: true,
    });
  }

  /**
   * Runs one exchange. An abort closes the connection, because a command that was sent cannot be taken back and its answer would
   * meet the next one; the signal's reason is thrown. So does a limit that passed (`deadline-exceeded`). Any other failure is thrown
   * as MailError.
   */
  async run<T>(
    signal: AbortSignal,
    command: string,
    fn: () => Promise<T>,
    folder?: string,
    options: RunOptions = {},
  ): Promise<T> {
    const context = {
      host: this.#host,
      command,
      ...(folder === undefined ? {} : { folder: printable(folder) }),
    };
    const onAbort = (): void => {
      this.close();
    };
    let overdue: MailError | null = null;
    const limit = this.#limit(options, (ms) => {
      overdue = new MailError('deadline-exceeded', { ...context, ms });
      this.close();
    });
    try {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      signal.addEventListener('abort', onAbort, { once: true });
      const result = await fn();
      // ImapFlow resolves some commands of a closed connection as if they had been answered.
      if (overdue !== null) throw overdue as MailError;
      signal.throwIfAborted();
      return result;
    } catch (error) {
      throw overdue ?? toMailError(signal.aborted ? signal.reason : error, context);
    } finally {
      limit[Symbol.dispose]();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #limit({ limitMs, progress, unlimited }: RunOptions, onOverdue: (ms: number) => void): Disposable {
    if (unlimited === true) return { [Symbol.dispose]: () => undefined };
    if (progress !== true) {
      const ms = limitMs ?? commandLimitMs;
      return this.#clock.setTimer(ms, () => {
        onOverdue(ms);
      });
    }
    let { received } = this.#client.stats();
    let timer: Disposable;
    const watch = (): Disposable =>
      this.#clock.setTimer(progressWindowMs, () => {
        const now = this.#client.stats().received;
        if (now - received < progressBytes) {
          onOverdue(progressWindowMs);
          return;
        }
        received = now;
        timer = watch();
      });
    timer = watch();
    return {
      [Symbol.dispose]: () => {
        timer[Symbol.dispose]();
      },
    };
  }

  /** In place of ImapFlow's own, which walks the set one UID at a time: a hostile set of four billion stops the engine (N08). */
  async #vanished(response: ParsedResponse): Promise<void> {
    const { mailbox } = this.#client;
    const nodes = response.attributes ?? [];
    const last = nodes.at(-1) as { value?: unknown } | null | undefined;
    // With (EARLIER) it is history and changes no count.
    if (mailbox !== false && nodes.length === 1 && typeof last?.value === 'string') {
      mailbox.exists = Math.max(0, mailbox.exists - UidRanges.parse(last.value).size);
      this.#client.emit('expunge', { path: mailbox.path, vanished: true, earlier: false });
    }
    return Promise.resolve();
  }

  /** A tag for a command of our own, beside ImapFlow's. */
  nextTag(): string {
    this.#tags += 1;
    return `Z${this.#tags.toString()}`;
  }

  /** At once and without LOGOUT. */
  close(): void {
    this.#client.close();
  }

  /** Says goodbye where the server listens within two seconds, and closes in any case. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.usable) {
      const timer = this.#clock.setTimer(2_000, () => {
        this.#client.close();
      });
      await this.#client.logout().catch(() => undefined);
      timer[Symbol.dispose]();
    }
    this.#client.close();
  }

  #statusQuery() {
    return {
      messages: true,
      unseen: true,
      uidNext: true,
      uidValidity: true,
      highestModseq: this.has('CONDSTORE'),
    };
  }

  #listedFolder(folder: ListResponse): ListedFolder {
    const { status } = folder;
    return {
      path: folder.path,
      delimiter: typeof folder.delimiter === 'string' && folder.delimiter !== '' ? folder.delimiter : null,
      role: folder.specialUse === undefined ? null : (roles[folder.specialUse] ?? null),
      selectable: !folder.flags.has('\\Noselect') && !folder.flags.has('\\NonExistent'),
      subscribed: folder.subscribed,
      status: status === undefined || 'error' in status ? null : folderStatus(status),
    };
  }

  /** ImapFlow answers a refused command with `false` in places: never taken for success. */
  #present<T>(value: T | false | undefined | null, command: string, folder: string): T {
    if (value === false || value === undefined || value === null) {
      throw this.usable
        ? new MailError('server-refused', { command, folder: printable(folder) })
        : toMailError(this.#closed.signal.reason ?? new MailError('connection-closed', { command }));
    }
    return value;
  }

  #closeParams(): Record<string, string> {
    const { byeReason } = this.#client;
    return { host: this.#host, ...(byeReason === undefined ? {} : { response: printable(byeReason) }) };
  }
}

const foldedIntoRev2 = new Set([
  'NAMESPACE',
  'UNSELECT',
  'UIDPLUS',
  'ESEARCH',
  'SEARCHRES',
  'ENABLE',
  'IDLE',
  'SASL-IR',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'MOVE',
  'LITERAL-',
  'BINARY',
  'SPECIAL-USE',
  'STATUS=SIZE',
]);

function folderStatus(status: {
  messages?: number | undefined;
  unseen?: number | undefined;
  uidNext?: number | undefined;
  uidValidity?: bigint | undefined;
  highestModseq?: bigint | undefined;
}): FolderStatus {
  return {
    messages: status.messages ?? null,
    unseen: status.unseen ?? null,
    uidNext: status.uidNext ?? null,
    uidValidity: status.uidValidity?.toString() ?? null,
    // 0: "no modification sequences here" (RFC 7162 section 3.1.2.2)
    highestModseq:
      status.highestModseq === undefined || status.highestModseq === 0n
        ? null
        : status.highestModseq.toString(),
  };
}
