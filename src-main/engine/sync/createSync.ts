/**
 * Synchronisation as the engine composes it: a runner for each account, the mailbox as sending needs it, and what somebody who opens a
 * mail needs from the server. All work for one account shares its connections, whoever asks.
 */
import type { CreateRunner, RunnerAccount } from '#engine/accounts/runner.ts';
import type { Jobs } from '#engine/jobs/jobs.ts';
import type { Clock, Ids, Log } from '#engine/ports/ports.ts';
import type { Lanes } from '#engine/imap/lanes.ts';
import type { MailboxAccess } from '#engine/send/mailboxAccess.ts';
import { messageIdOf } from '#engine/store/messages.repo.ts';
import { recoverOperations } from '#engine/store/operations.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { countWithoutText } from '#engine/store/texts.repo.ts';
import type { SyncProgress } from '#shared/contract/app.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { MessageReader } from './access/messageReader.ts';
import { StoredMailbox } from './access/storedMailbox.ts';
import { AccountSession } from './accountSession.ts';
import { Progress } from './progress.ts';
import { BackgroundRunner } from './runner/accountRunner.ts';
import { HeaderDownload } from './runner/headerDownload.ts';
import { TextDownload } from './runner/textDownload.ts';

export interface NewMail {
  readonly accountId: AccountId;
  readonly folderId: FolderId;
  readonly id: MessageId;
  /** The sender's name, or address. */
  readonly from: string;
  readonly subject: string;
}

export interface SyncParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /**
   * The account as a connection to it needs it, for requests while no runner exists. Throws what forbids one: `not-found`,
   * `credentials-missing`, and the last error while the account's circuit is open.
   */
  readonly account: (id: AccountId) => Promise<RunnerAccount>;
  readonly hostOf: (id: AccountId) => string | null;
  /** Asks the account's runner to look soon; nothing where there is none. */
  readonly kick: (id: AccountId) => void;
  /** Path of a group account's team log; null: not a group account. */
  readonly logFolder: (id: AccountId) => string | null;
  /** New mail for a person: each once by its identity, never what was there before the account was added. */
  readonly onNewMail: (mail: NewMail) => void;
  readonly jobs: Jobs;
  readonly onProgress: (progress: SyncProgress) => void;
  /** Cached attachments whose messages are gone. */
  readonly onFilesGone: (files: readonly string[]) => void;
}

export interface Sync extends AsyncDisposable {
  readonly createRunner: CreateRunner;
  readonly mailbox: MailboxAccess;
  readonly reader: MessageReader;
  /** The account's connections, for work beside its mail (a group's team log). */
  lanes(id: AccountId): Promise<Lanes>;
  session(id: AccountId): Promise<AccountSession>;
  /** What each account is doing right now. */
  progress(): SyncProgress[];
}

export function createSync(parts: SyncParts): Sync {
  // Whatever was on its way when the last process ended may be carried out again.
  parts.store.precious((db) => recoverOperations(db));
  return new EngineSync(parts);
}

class EngineSync implements Sync {
  readonly createRunner: CreateRunner = (account, onEvent) => this.#runner(account, onEvent);
  readonly mailbox: MailboxAccess;
  readonly reader: MessageReader;
  readonly #parts: SyncParts;
  /** Of runners, and of requests that came while there was none. */
  readonly #sessions = new Map<AccountId, AccountSession>();
  readonly #progress = new Map<AccountId, Progress>();
  readonly #closing = new Set<Promise<void>>();
  #disposed = false;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    const { store, clock, hostOf, kick } = parts;
    const session = (id: AccountId) => this.#session(id);
    this.mailbox = new StoredMailbox({ store, clock, session, hostOf, kick });
    this.reader = new MessageReader({ store, session, onFolderChanged: kick });
  }

  async lanes(id: AccountId): Promise<Lanes> {
    return (await this.#session(id)).lanes;
  }

  session(id: AccountId): Promise<AccountSession> {
    return this.#session(id);
  }

  progress(): SyncProgress[] {
    return [...this.#progress.values()].map(({ current }) => current);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const session of [...this.#sessions.values()]) this.#close(session);
    await Promise.allSettled(this.#closing);
  }

  #runner(account: RunnerAccount, onEvent: Parameters<CreateRunner>[1]): ReturnType<CreateRunner> {
    const { store, clock, ids, log } = this.#parts;
    const { id } = account;
    // Requests that came before used the same servers perhaps, but perhaps other settings.
    const before = this.#sessions.get(id);
    if (before !== undefined) this.#close(before);
    const session = this.#open(account);
    const { jobs } = this.#parts;
    const texts = new TextDownload({ jobs, accountId: id, missing: () => countWithoutText(store.read, id) });
    const headers = new HeaderDownload(jobs, id);
    const progress = new Progress(id, clock, (told) => {
      headers.take(told);
      texts.take(told);
      this.#parts.onProgress(told);
    });
    this.#progress.set(id, progress);
    const runner = new BackgroundRunner({
      store,
      clock,
      ids,
      log: log.child('sync'),
      accountId: id,
      locks: session.locks,
      session,
      progress,
      headers,
      texts,
      onEvent,
      logFolder: () => this.#parts.logFolder(id),
      onFilesGone: this.#parts.onFilesGone,
      onArrivals: (folder, arrivals) => {
        for (const arrival of arrivals)
          this.#parts.onNewMail({ accountId: id, folderId: folder.id, ...arrival });
      },
      sessionOf: (other) => this.#session(other),
      kick: this.#parts.kick,
      messageIdOf: (message) => messageIdOf(store.read, message),
    });
    return {
      start: () => {
        runner.start();
      },
      kick: () => {
        runner.kick();
      },
      syncNow: (full, signal) => runner.syncNow(full, signal),
      carryNow: (signal) => runner.carryNow(signal),
      [Symbol.asyncDispose]: async () => {
        await runner[Symbol.asyncDispose]();
        headers[Symbol.dispose]();
        texts[Symbol.dispose]();
        if (this.#sessions.get(id) === session) {
          this.#sessions.delete(id);
          this.#progress.delete(id);
        }
      },
    };
  }

  async #session(id: AccountId): Promise<AccountSession> {
    const session = this.#sessions.get(id);
    if (session !== undefined) return session;
    const account = await this.#parts.account(id);
    if (this.#disposed) throw new MailError('cancelled');
    // A runner may have come while the secrets were read.
    return this.#sessions.get(id) ?? this.#open(account);
  }

  #open(account: RunnerAccount): AccountSession {
    const { clock, log } = this.#parts;
    const session = new AccountSession({ clock, log: log.child('imap'), account });
    this.#sessions.set(account.id, session);
    return session;
  }

  #close(session: AccountSession): void {
    if (this.#sessions.get(session.account.id) === session) this.#sessions.delete(session.account.id);
    const closing = session[Symbol.asyncDispose]().finally(() => {
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
  }
}
