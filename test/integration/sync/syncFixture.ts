/** One account of an engine's synchronisation against a server, with what is needed to hold the store against the server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Jobs } from '#engine/jobs/jobs.ts';
import type { AccountRunner, RunnerAccount, RunnerEvent } from '#engine/accounts/runner.ts';
import type { Clock } from '#engine/ports/ports.ts';
import { passwordAccess } from '#engine/secrets/access.ts';
import { insertAccount } from '#engine/store/accounts.repo.ts';
import { flagsForServer } from '#engine/store/flags.ts';
import { findFolder, listFolders } from '#engine/store/folders.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { enqueue } from '#engine/store/operations.repo.ts';
import type { NewOperation } from '#engine/store/operationKinds.ts';
import { openStore } from '#engine/store/store.ts';
import type { Store } from '#engine/store/store.ts';
import { createSync } from '#engine/sync/createSync.ts';
import type { NewMail, Sync } from '#engine/sync/createSync.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import type { SyncProgress, SyncResult } from '#shared/contract/app.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { silentLog } from '#test/support/silentLog.ts';

export interface FixtureOptions {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly clock?: Clock;
  readonly pollMinutes?: number;
  /** Accounts of the same profile that another fixture runs no runner for: work for this one reaches into their mailboxes. */
  readonly beside?: readonly RunnerAccount[];
  /** An existing profile's folder, to go on with what an earlier fixture left. */
  readonly profile?: string;
}

export const never = new AbortController().signal;

/** By folder: each message as "uid subject [flags]". What both sides are brought to, to be compared. */
export type Contents = Record<string, string[]>;

export class SyncFixture implements AsyncDisposable {
  readonly profile: string;
  readonly store: Store;
  readonly sync: Sync;
  readonly runner: AccountRunner;
  readonly account: RunnerAccount;
  readonly id = AccountId.parse('11111111-1111-4111-8111-111111111111');
  readonly newMail: NewMail[] = [];
  readonly events: RunnerEvent[] = [];
  readonly progress: SyncProgress[] = [];
  readonly jobs: Jobs;
  readonly #onEvent = new Set<() => void>();
  readonly #options: FixtureOptions;
  #keep = false;
  #disposed = false;

  constructor(options: FixtureOptions) {
    this.#options = options;
    const clock = options.clock ?? systemClock();
    this.jobs = new Jobs(clock, () => {
      this.#tell();
    });
    this.profile = options.profile ?? mkdtempSync(join(tmpdir(), 'postkorb-sync-'));
    // In real time, so that its changes are told while a test's clock stands still.
    this.store = openStore({
      file: join(this.profile, 'store.sqlite'),
      clock: systemClock(),
      log: silentLog(),
    });
    const settings: AccountSettings = {
      name: options.user,
      address: `${options.user}@company.test`,
      displayName: '',
      imap: { host: '127.0.0.1', port: options.port, security: 'none', user: options.user },
      smtp: null,
      archiveAddress: null,
      tls: { trust: 'system' },
    };
    const beside = options.beside ?? [];
    for (const account of [{ id: this.id, settings }, ...beside]) {
      if (hasAccount(this.store, account.id)) continue;
      this.store.precious((db) => {
        insertAccount(db, { ...account, active: true, pollMinutes: null, now: clock.now() });
      });
    }
    this.account = {
      id: this.id,
      settings,
      access: passwordAccess({ imapPassword: options.password, smtpPassword: null }),
      pollMinutes: options.pollMinutes ?? null,
    };
    let number = 0;
    this.sync = createSync({
      store: this.store,
      clock,
      ids: {
        uuid: () => `00000000-0000-4000-8000-${String((number += 1)).padStart(12, '0')}`,
        random: () => 0.5,
      },
      log: silentLog(),
      account: (id) => Promise.resolve(beside.find((account) => account.id === id) ?? this.account),
      hostOf: () => settings.imap.host,
      kick: () => {
        this.runner.kick();
      },
      logFolder: () => null,
      onNewMail: (mail) => {
        this.newMail.push(mail);
        this.#tell();
      },
      jobs: this.jobs,
      onProgress: (progress) => {
        this.progress.push(progress);
      },
      onFilesGone: () => undefined,
    });
    this.runner = this.sync.createRunner(this.account, (event) => {
      this.events.push(event);
      this.#tell();
    });
  }

  /** One pass; a failed one is an error here. */
  async pass(full = false): Promise<SyncResult> {
    const result = await this.runner.syncNow(full, never);
    if (result.error) throw new Error(`the pass failed: ${JSON.stringify(result.error)}`);
    return result;
  }

  /** Passes until one succeeds: what the supervisor does after a failure. */
  async passUntilDone(attempts = 50): Promise<SyncResult> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.runner.syncNow(false, never);
      if (result.ok || attempt === attempts) return result;
    }
  }

  folder(path: string): StoredFolder {
    const folder = findFolder(this.store.read, this.id, path);
    if (folder === null) throw new Error(`no folder ${path}`);
    return folder;
  }

  /** Ids of what is shown in a folder, by subject. */
  find(path: string, ...subjects: string[]): MessageId[] {
    const rows = this.store.read
      .prepare<[number], { id: number; subject: string }>(
        'SELECT m.id, m.subject FROM placements p JOIN messages m ON m.id = p.message_id WHERE p.folder_id = ? AND p.hidden = 0',
      )
      .all(this.folder(path).id);
    return subjects.map((subject) => {
      const row = rows.find((one) => one.subject === subject);
      if (row === undefined) throw new Error(`no message ${subject} in ${path}`);
      return row.id as MessageId;
    });
  }

  /** Ids of all that is shown in a folder. */
  ids(path: string): MessageId[] {
    return this.store.read
      .prepare<[number], { message_id: number }>(
        'SELECT message_id FROM placements WHERE folder_id = ? AND hidden = 0',
      )
      .all(this.folder(path).id)
      .map(({ message_id: id }) => id as MessageId);
  }

  /** What a person does: queued, and told to the runner. */
  act(operation: NewOperation): number | null {
    const id = this.store.precious((db) => enqueue(db, operation, 0));
    this.runner.kick();
    return id;
  }

  /** Everything under a UID of the server, by folder; also what is hidden here. */
  contents(): Contents {
    const contents: Contents = {};
    for (const folder of listFolders(this.store.read, this.id)) {
      if (!folder.selectable) continue;
      contents[folder.path] = this.store.read
        .prepare<[number], { uid: number; subject: string; flags: number; keywords: string | null }>(
          `SELECT p.uid, m.subject, p.flags, p.keywords FROM placements p JOIN messages m ON m.id = p.message_id
           WHERE p.folder_id = ? ORDER BY p.uid`,
        )
        .all(folder.id)
        .map(({ uid, subject, flags, keywords }) =>
          line(uid, subject, [...flagsForServer(flags), ...(keywords?.split(' ') ?? [])]),
        );
    }
    return contents;
  }

  /** Subjects shown in a folder, in the order of their UIDs. */
  shown(path: string): string[] {
    return this.store.read
      .prepare<[number], { subject: string }>(
        `SELECT m.subject FROM placements p JOIN messages m ON m.id = p.message_id
         WHERE p.folder_id = ? AND p.hidden = 0 ORDER BY p.uid`,
      )
      .all(this.folder(path).id)
      .map(({ subject }) => subject);
  }

  /** How many are shown in a folder; 0 where there is none yet. */
  shownCount(path: string): number {
    return findFolder(this.store.read, this.id, path)?.total ?? 0;
  }

  /** Resolves as soon as the condition holds; looked at after each event, each change of the store, of a job, and each new mail. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition()) resolve();
    };
    this.#onEvent.add(look);
    const changes = this.store.changes.subscribe(look);
    await promise;
    changes[Symbol.dispose]();
    this.#onEvent.delete(look);
  }

  /** Leaves the profile on the disk, for the next fixture to open. */
  keep(): void {
    this.#keep = true;
  }

  /** Another start of the app on the same profile; this one must have ended. */
  async restarted(): Promise<SyncFixture> {
    this.keep();
    await this[Symbol.asyncDispose]();
    return new SyncFixture({ ...this.#options, profile: this.profile });
  }

  #tell(): void {
    for (const look of [...this.#onEvent]) look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.runner[Symbol.asyncDispose]();
    await this.sync[Symbol.asyncDispose]();
    this.store.close();
    if (!this.#keep) rmSync(this.profile, { recursive: true, force: true });
  }
}

function hasAccount(store: Store, id: AccountId): boolean {
  return store.read.prepare<[string]>('SELECT 1 FROM accounts WHERE id = ?').get(id) !== undefined;
}

function line(uid: number, subject: string, flags: readonly string[]): string {
  // \Recent belongs to a session, not to the message.
  const shown = flags.filter((flag) => flag !== '\\Recent').sort();
  return `${String(uid)} ${subject} [${shown.join(' ')}]`;
}

/** What an independent client sees on Dovecot. */
export async function dovecotContents(server: Dovecot, user: string): Promise<Contents> {
  await using client = await server.client(user);
  const contents: Contents = {};
  for (const folder of await client.list()) {
    if (folder.flags.has('\\Noselect')) continue;
    const { exists } = await client.mailboxOpen(folder.path, { readOnly: true });
    const rows = exists === 0 ? [] : await client.fetchAll('1:*', { uid: true, flags: true, envelope: true });
    contents[folder.path] = rows
      .sort((a, b) => a.uid - b.uid)
      .map(({ uid, envelope, flags }) => line(uid, envelope?.subject ?? '', [...(flags ?? [])]));
  }
  return contents;
}

/** What the built-in server holds. */
export function serverContents(server: MailServer, user: string): Contents {
  const contents: Contents = {};
  for (const { path, mailbox } of server.user(user).mailboxes.folders) {
    contents[path] = mailbox.messages.map(({ uid, content, flags }) =>
      line(uid, /^Subject: (.*)$/m.exec(content.raw.toString())?.[1]?.trim() ?? '', [...flags]),
    );
  }
  return contents;
}

/** A mail of these words. */
export function mail(
  subject: string,
  { body = `Text of ${subject}`, id = `${subject.replace(/\W+/g, '-')}@company.test` } = {},
): Buffer {
  return Buffer.from(
    [
      'From: Anna Albrecht <anna@company.test>',
      'To: bert@company.test',
      `Subject: ${subject}`,
      `Message-ID: <${id}>`,
      'Date: Mon, 01 Jan 2024 10:00:00 +0000',
      'Content-Type: text/plain; charset=utf-8',
      '',
      body,
      '',
    ].join('\r\n'),
  );
}

/** "1", "2", ... as mails. */
export function mails(count: number, from = 1): Buffer[] {
  return Array.from({ length: count }, (_, index) => mail(`Mail ${String(from + index)}`));
}
