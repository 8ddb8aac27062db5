/** Members of one group, each with a store and connections of his own, over one real mailbox. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  generateSigningKey,
  loadSigningKey,
  SignatureChecker,
  type SigningKey,
} from '#engine/groups/dsse.ts';
import { createEventIds } from '#engine/groups/eventIds.ts';
import { LanesLogMailbox } from '#engine/groups/lanesLogMailbox.ts';
import type { LogFolder } from '#engine/groups/logMailbox.ts';
import type { FoldedEntry } from '#engine/groups/logStore.ts';
import {
  snapshotDefaults,
  Snapshots,
  type SnapshotOptions,
  type SnapshotVerdict,
} from '#engine/groups/snapshots.ts';
import { packSnapshot } from '#engine/groups/snapshotParts.ts';
import { TeamLog, type EventDraft } from '#engine/groups/teamLog.ts';
import { TeamLogRunner } from '#engine/groups/teamLogRunner.ts';
import type { Lanes } from '#engine/imap/lanes.ts';
import { insertAccount } from '#engine/store/accounts.repo.ts';
import { openStore, type Store } from '#engine/store/store.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { SharedConfig, type UserId } from '#shared/domain/group/config.ts';
import type { FoldOutcome } from '#shared/domain/group/fold.ts';
import { createFoldContext, type FoldContext } from '#shared/domain/group/foldContext.ts';
import { MessageKey } from '#shared/domain/group/messageKey.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { WireError } from '#shared/errors/MailError.ts';
import { JumpingClock, lanesTo, never, settingsFor } from '#test/integration/imap/imapHarness.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { silentLog } from '#test/support/silentLog.ts';

export const account = AccountId.parse('info');
const day = 24 * 60 * 60_000;

/** Who is in the group: keys are made once, the config can change. */
export class TestGroup {
  readonly id: string;
  readonly secrets = new Map<string, string>();
  config: SharedConfig;
  #context: FoldContext | null = null;

  constructor(
    id: string,
    names: readonly string[],
    more: { defaultHandler?: string | null; unconfirmed?: readonly string[] } = {},
  ) {
    this.id = id;
    const since = new Date(Date.now() - day).toISOString();
    const keys = new Map(
      names.map((name) => {
        const { key, secret } = generateSigningKey();
        this.secrets.set(name, secret);
        return [name, key.publicKey];
      }),
    );
    this.config = SharedConfig.parse({
      format: 1,
      organisation: { id: 'xyz', name: 'XYZ' },
      revision: 1,
      issuedAt: since,
      admins: [{ user: names[0], key: keys.get(names[0] ?? '') }],
      users: names.map((name) => ({
        id: name,
        name,
        address: `${name}@xyz.test`,
        active: true,
        keys: more.unconfirmed?.includes(name) ? [] : [keys.get(name)],
      })),
      groupAccounts: [
        {
          id,
          name: id,
          address: `${id}@xyz.test`,
          displayName: 'XYZ',
          imap: { host: 'localhost', port: 143, security: 'none', user: id },
          smtp: null,
          members: names.map((user) => ({ user, since })),
          defaultHandler: more.defaultHandler ?? null,
          archiveAddress: null,
          credentials: null,
        },
      ],
    });
  }

  key(name: string): SigningKey {
    return loadSigningKey(this.secrets.get(name) ?? '');
  }

  get context(): FoldContext {
    this.#context ??= createFoldContext(this.config, this.id);
    if (this.#context === null) throw new Error('no such group');
    return this.#context;
  }

  change(edit: (config: SharedConfig) => SharedConfig): void {
    this.config = edit(this.config);
    this.#context = null;
  }
}

export interface ClientOptions {
  readonly budget?: number;
  readonly snapshots?: SnapshotOptions;
  readonly retryMs?: readonly number[];
  /** An old profile, to start again from. */
  readonly folder?: string;
}

export class GroupClient implements AsyncDisposable {
  readonly name: UserId;
  readonly folder: string;
  readonly store: Store;
  readonly team: TeamLog;
  readonly runner: TeamLogRunner;
  readonly lanes: Lanes;
  readonly folded: FoldedEntry[] = [];
  readonly trouble: (WireError | null)[] = [];
  /** How often the background work had to give up an attempt. */
  failures = 0;
  /** Throw here to fail an APPEND before or after the server has it; wait in `reading` to hold a page of the log that is waited for. */
  faults: { before?: () => void; after?: () => void; reading?: () => Promise<void> } = {};
  readonly #listeners = new Set<() => void>();
  readonly #clock: JumpingClock;

  constructor(
    server: Pick<Dovecot, 'ports' | 'password'>,
    group: TestGroup,
    name: string,
    options: ClientOptions = {},
  ) {
    this.#clock = new JumpingClock();
    const clock = this.#clock;
    this.name = name as UserId;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'postkorb-group-'));
    this.store = openStore({ file: join(this.folder, 'store.sqlite'), clock, log: silentLog() });
    if (options.folder === undefined) {
      this.store.precious((db) => {
        insertAccount(db, {
          id: account,
          settings: settingsFor(server, group.id),
          active: true,
          pollMinutes: null,
          now: clock.now(),
        });
      });
    }
    this.lanes = lanesTo(server, group.id, { budget: options.budget ?? 3, clock });
    const mailbox = new LanesLogMailbox({
      lanes: () => Promise.resolve(this.lanes),
      folder: 'Postkorb',
      clock,
    });
    this.team = new TeamLog({
      store: this.store,
      clock,
      accountId: account,
      me: this.name,
      context: () => group.context,
      mailbox: {
        open: (use, signal, fn) => mailbox.open(use, signal, fn),
        watch: (signal, lively, onNews) =>
          mailbox.watch(signal, lively, (folder) => onNews(this.#held(folder))),
        append: async (raw, use, signal) => {
          this.faults.before?.();
          await mailbox.append(raw, use, signal);
          this.faults.after?.();
        },
      },
      key: group.key(name),
      checker: new SignatureChecker(),
      ids: createEventIds(clock, nodeIds()),
      log: {
        ...silentLog(),
        info: (message, fields) => {
          if (message === 'the team log cannot be reached') this.failures += 1;
          if (message === 'a snapshot of the team log')
            this.verdicts.push(fields?.['verdict'] as SnapshotVerdict);
        },
      },
      organisationName: () => 'XYZ',
      words: (event) => ({
        subject: `${event.by}: ${event.type}`,
        from: { name: event.by, address: `${event.by}@xyz.test` },
        to: `${group.id}@xyz.test`,
      }),
      onFolded: (entries) => {
        this.folded.push(...entries);
        this.runner.folded(entries);
        for (const listener of this.#listeners) listener();
      },
    });
    this.runner = new TeamLogRunner(this.team, (error) => this.trouble.push(error), {
      snapshots: options.snapshots ?? snapshotDefaults,
      retryMs: options.retryMs ?? [300],
    });
  }

  /** The folder as the server has it, but for the wait. */
  #held(folder: LogFolder): LogFolder {
    return {
      uidValidity: folder.uidValidity,
      exists: folder.exists,
      fetchFrom: async (from, limit) => {
        await this.faults.reading?.();
        return folder.fetchFrom(from, limit);
      },
      fetchEach: (uids) => folder.fetchEach(uids),
      fetchWhole: (uid, maxBytes) => folder.fetchWhole(uid, maxBytes),
      uids: () => folder.uids(),
      findKind: (kind) => folder.findKind(kind),
      findMessageId: (id) => folder.findMessageId(id),
      expunge: (uids) => folder.expunge(uids),
    };
  }

  /** The log is there, this client is known in it, and nothing waits. */
  async ready(): Promise<this> {
    await this.runner.once(never);
    return this;
  }

  async act(draft: EventDraft): Promise<FoldOutcome | null> {
    const { outcome, error } = await this.team.act(draft, never);
    if (error !== null) throw error as Error;
    return outcome;
  }

  /** Takes the mail, expecting what this client knows. */
  claim(key: MessageKey): Promise<FoldOutcome | null> {
    const expect = this.team.store.state().messages.get(key)?.assigned?.id ?? null;
    return this.act({ type: 'assign', about: key, to: this.name, expect });
  }

  handlerOf(key: MessageKey): UserId | null {
    return this.team.store.state().messages.get(key)?.assigned?.to ?? null;
  }

  /** Resolves as soon as `found` holds, looked at whenever something was folded. */
  async until(found: () => boolean): Promise<void> {
    if (found()) return;
    await new Promise<void>((resolve) => {
      const listener = (): void => {
        if (!found()) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** Writes a snapshot as if its turn had come. */
  async snapshotNow(now: number): Promise<void> {
    const snapshots = new Snapshots(this.team, { every: 1, graceMs: Number.MAX_SAFE_INTEGER, turnMs: 0 });
    if (snapshots.dueIn(now) === null) throw new Error('no snapshot is due');
    await snapshots.write(never);
  }

  /** Where one is due that another member is elected to write, as if he did not. */
  async writeDueSnapshot(): Promise<void> {
    if (this.team.restoreDue) await this.snapshotNow(Date.now());
  }

  /** What became of others' snapshots, as the runner told its log. */
  readonly verdicts: SnapshotVerdict[] = [];

  /** The next pass compares the folder with what was read. */
  forgetReconciliation(): void {
    this.#clock.jump(7 * 60 * 60_000);
  }

  /** Everything that was folded, as one digest: two clients agree when it is the same. */
  digest(): string {
    const { log } = this.team.store;
    const state = log === null ? null : this.team.store.stateAt(log.readUid);
    return state === null ? 'nothing' : packSnapshot(state).digest;
  }

  get ignored(): Record<string, number> {
    return { ...this.team.store.log?.ignored };
  }

  /** As a process that is killed: nothing is finished, the profile stays. */
  async kill(): Promise<string> {
    await this.lanes[Symbol.asyncDispose]();
    await this.runner[Symbol.asyncDispose]();
    this.store.close();
    return this.folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner[Symbol.asyncDispose]();
    await this.lanes[Symbol.asyncDispose]();
    this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const mailKey = (name: string): MessageKey => MessageKey.parse(`${name}@customer.test`);
