/** What all work for one account shares while it is known under one set of settings: its connections, its folders' locks. */
import { defaultConnections, quirksFor } from '#engine/imap/quirks.ts';
import type { Quirks } from '#engine/imap/quirks.ts';
import { openImapConnection } from '#engine/imap/connection.ts';
import type { ImapConnection } from '#engine/imap/ImapConnection.ts';
import { Lanes } from '#engine/imap/lanes.ts';
import type { RunnerAccount } from '#engine/accounts/runner.ts';
import type { ServerFacts } from '#shared/contract/accounts.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { withLogin } from '#engine/secrets/access.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { WordFolder } from '#engine/store/wordFolder.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { FolderChanges } from './run/folderChanges.ts';
import { FolderLocks } from './run/folderLocks.ts';
import { HeaderPace } from './run/headerPace.ts';

export interface SessionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly account: RunnerAccount;
}

const tellEveryMs = 10 * 60_000;

export class AccountSession implements AsyncDisposable {
  readonly account: RunnerAccount;
  readonly quirks: Quirks;
  readonly lanes: Lanes;
  readonly locks = new FolderLocks();
  /** The words of this account's texts, as far as they were indexed here. */
  readonly words = new WordFolder();
  /** UIDs by folder whose headers ended a connection: they are asked for one by one. */
  readonly fragile = new Map<FolderId, Set<number>>();
  readonly folderChanges = new FolderChanges();
  readonly headerPace = new HeaderPace();
  readonly #parts: SessionParts;
  readonly #told = new Map<'login' | 'list', number>();
  /** Only a person can mend it: nothing is tried again by itself (N16). */
  #refused: MailError | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.account = parts.account;
    this.quirks = quirksFor(parts.account.settings.imap.host);
    this.lanes = new Lanes({
      clock: parts.clock,
      log: parts.log,
      budget: this.quirks.connections ?? defaultConnections,
      open: (signal) => this.#open(signal),
    });
  }

  /** Somebody who decides about attempts (the supervisor, a person) wants one more. */
  forgive(): void {
    this.#refused = null;
  }

  fragileIn(folder: FolderId): Set<number> {
    let uids = this.fragile.get(folder);
    if (uids === undefined) this.fragile.set(folder, (uids = new Set()));
    return uids;
  }

  /** Tells what was seen of the server: now and then, not with each connection. */
  saw(kind: 'login' | 'list', facts: Partial<ServerFacts>): void {
    const { clock, account } = this.#parts;
    const now = clock.monotonic();
    const before = this.#told.get(kind);
    if (before !== undefined && now - before < tellEveryMs) return;
    this.#told.set(kind, now);
    account.onFacts?.(facts);
  }

  async #open(signal: AbortSignal): Promise<ImapConnection> {
    if (this.#refused !== null) throw this.#refused;
    const { account, clock, log } = this.#parts;
    try {
      const facts: Partial<ServerFacts> = {};
      const opened = await withLogin(account.access, 'imap', signal, (login) =>
        openImapConnection({
          onStage: ({ stage, ms }) => {
            if (stage === 'login') facts.loginMs = ms;
          },
          onCertificate: ({ validTo }) => {
            const until = Date.parse(validTo);
            facts.certificateUntil = Number.isNaN(until) ? null : until;
          },
          settings: account.settings,
          login,
          signal,
          clock,
          log,
          network: account.network,
        }),
      );
      this.saw('login', facts);
      return opened;
    } catch (error) {
      if (isMailError(error) && (error.needs === 'credentials' || error.code === 'login-refused'))
        this.#refused = error;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lanes[Symbol.asyncDispose]();
  }
}
