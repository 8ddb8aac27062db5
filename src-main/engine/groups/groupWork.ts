/** The team logs of all group accounts on this machine: started and ended with their accounts, fed with what arrives. */
import { delay } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import type { Health } from '#shared/contract/accounts.ts';
import type { SharedConfig, UserId } from '#shared/domain/group/config.ts';
import { createFoldContext, type FoldContext } from '#shared/domain/group/foldContext.ts';
import type { TeamEvent } from '#shared/domain/group/events.ts';
import { messageKey, type MessageKey } from '#shared/domain/group/messageKey.ts';
import { subjectLine } from '#shared/domain/group/subjectLine.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import { MailError, type WireError } from '#shared/errors/MailError.ts';
import { createTranslate, resolveLanguage } from '#shared/i18n/translate.ts';
import type { Clock, Ids, Log } from '#engine/ports/ports.ts';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { getFolder } from '#engine/store/folders.repo.ts';
import {
  getGroupMail,
  insertGroupMail,
  mailFacts,
  newArrivals,
  unknownArrivals,
  type Arrival,
  type GroupMailRow,
} from '#engine/store/groupMail.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { Lanes } from '#engine/imap/lanes.ts';
import { createHash } from 'node:crypto';
import type { SignatureChecker, SigningKey } from './dsse.ts';
import { createEventIds, type EventIds } from './eventIds.ts';
import { HealthReports, type OwnHealth } from './healthReports.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';
import { LanesLogMailbox } from './lanesLogMailbox.ts';
import type { FoldedEntry } from './logStore.ts';
import { TeamLog } from './teamLog.ts';
import { TeamLogRunner } from './teamLogRunner.ts';

export interface GroupWorkParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly locale: string;
  readonly checker: SignatureChecker;
  readonly lanes: (id: AccountId) => Promise<Lanes>;
  readonly passive: boolean;
  /** How an account is; null: its owner does not want it told. */
  readonly ownHealth: (id: AccountId) => OwnHealth | null;
  readonly onFolded: (group: GroupLog, entries: readonly FoldedEntry[]) => void;
}

export interface GroupLog {
  readonly accountId: AccountId;
  readonly group: string;
  readonly me: UserId;
  readonly team: TeamLog;
  readonly runner: TeamLogRunner;
  readonly reports: HealthReports;
  error: WireError | null;
  context: FoldContext;
  config: SharedConfig;
}

const arrivalPage = 500;

export class GroupWork implements AsyncDisposable {
  readonly #parts: GroupWorkParts;
  readonly #logs = new Map<AccountId, GroupLog>();
  readonly #ids: EventIds;
  readonly #changes: Disposable;
  readonly #ending = new Set<Promise<void>>();
  readonly #abort = new AbortController();

  constructor(parts: GroupWorkParts) {
    this.#parts = parts;
    this.#ids = createEventIds(parts.clock, parts.ids);
    this.#changes = parts.store.changes.subscribe((changes) => {
      for (const change of changes) {
        // He may have chosen to tell how his connections are, or not to.
        if (change.kind === 'settings') for (const { runner } of this.#logs.values()) runner.look();
        if (change.kind !== 'messages') continue;
        const log = this.#logs.get(change.accountId);
        if (log) this.#arrived(log, change.ids);
      }
    });
  }

  get logs(): GroupLog[] {
    return [...this.#logs.values()];
  }

  logOf(id: AccountId): GroupLog | null {
    return this.#logs.get(id) ?? null;
  }

  /** The log and key of a group account's mail. Errors: no-group-message. */
  async mail(id: MessageId, signal: AbortSignal): Promise<{ log: GroupLog; row: GroupMailRow }> {
    const known = getGroupMail(this.#parts.store.read, id);
    const log = known && this.#logs.get(known.accountId);
    if (known && log) return { log, row: known };
    for (const one of this.#logs.values()) await this.take(one, signal);
    const row = getGroupMail(this.#parts.store.read, id);
    const found = row && this.#logs.get(row.accountId);
    if (!row || !found) throw new MailError('no-group-message', { id });
    return { log: found, row };
  }

  /** Starts the logs of the accounts that are there, ends those of accounts that went, and judges anew where the config says otherwise. */
  apply(config: SharedConfig, me: UserId, key: SigningKey): void {
    const accounts = listAccounts(this.#parts.store.read).filter(({ group }) => group !== null);
    const present = new Set(accounts.map(({ id }) => id));
    for (const [id, log] of this.#logs) {
      if (!present.has(id) || log.me !== me) this.#end(log);
    }
    for (const { id, group } of accounts) {
      const account = config.groupAccounts.find((one) => groupPath(config, one) === group);
      const context = account ? createFoldContext(config, account.id) : null;
      if (!account || !context || group === null) continue;
      const known = this.#logs.get(id);
      if (known) this.#renew(known, config, context);
      else
        this.#start(id, group, {
          me,
          key,
          config,
          context,
          folder: account.logFolder,
          name: account.name,
          address: account.address,
        });
    }
  }

  #renew(log: GroupLog, config: SharedConfig, context: FoldContext): void {
    const before = log.context;
    log.config = config;
    log.context = context;
    const judged = log.team.store.refoldIfNeeded();
    if (judged || before.defaultHandler !== context.defaultHandler) this.#showAll(log);
  }

  #showAll(log: GroupLog): void {
    const pause = (): Promise<void> => delay(this.#parts.clock, 0);
    drop(log.team.store.showAll(pause), 'showing the state of a group’s mails', (error, why) => {
      if (!this.#abort.signal.aborted) this.#parts.log.error(why, { error });
    });
  }

  #start(
    accountId: AccountId,
    group: string,
    of: {
      me: UserId;
      key: SigningKey;
      config: SharedConfig;
      context: FoldContext;
      folder: string;
      name: string;
      address: string;
    },
  ): void {
    const { store, clock, checker, lanes, log, passive } = this.#parts;
    const mailbox = new LanesLogMailbox({ lanes: () => lanes(accountId), folder: of.folder, clock });
    const team = new TeamLog({
      store,
      clock,
      accountId,
      me: of.me,
      context: () => made.context,
      mailbox,
      key: of.key,
      checker,
      ids: this.#ids,
      log: log.child('group'),
      organisationName: () => made.config.organisation.name,
      words: (event) => this.#words(made, event, of.name, of.address),
      onFolded: (entries) => {
        made.runner.folded(entries);
        this.#parts.onFolded(made, entries);
      },
    });
    const reports = new HealthReports(team, () => this.#parts.ownHealth(accountId));
    const runner = new TeamLogRunner(
      team,
      (error) => {
        made.error = error;
      },
      { health: reports },
    );
    const made: GroupLog = {
      accountId,
      group,
      me: of.me,
      team,
      runner,
      reports,
      error: null,
      context: of.context,
      config: of.config,
    };
    this.#logs.set(accountId, made);
    if (team.store.refoldIfNeeded()) this.#showAll(made);
    if (!passive) {
      runner.start();
      drop(this.take(made, this.#abort.signal), 'taking in a group’s mails', (error, why) => {
        if (!this.#abort.signal.aborted) log.warn(why, { error });
      });
    }
  }

  #words(log: GroupLog, event: TeamEvent, groupName: string, to: string) {
    const { store, locale } = this.#parts;
    const { users } = log.config;
    const name = (id: string): string => users.find((one) => one.id === id)?.name ?? id;
    const facts = 'about' in event ? mailFacts(store.read, log.accountId, event.about) : null;
    const t = createTranslate(resolveLanguage('system', locale));
    return {
      subject: subjectLine(event, { t, name, groupName, subject: facts?.subject ?? '' }),
      from: { name: name(event.by), address: users.find((one) => one.id === event.by)?.address ?? to },
      to,
    };
  }

  #end(log: GroupLog): void {
    this.#logs.delete(log.accountId);
    const ending = log.runner[Symbol.asyncDispose]().finally(() => {
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
  }

  /** The account's row is about to go: its log ends first. */
  async end(id: AccountId): Promise<void> {
    const log = this.#logs.get(id);
    if (log) this.#end(log);
    await Promise.all(this.#ending);
  }

  #arrived(log: GroupLog, ids: readonly MessageId[] | 'all'): void {
    drop(
      ids === 'all'
        ? this.take(log, this.#abort.signal)
        : this.#takeIn(log, newArrivals(this.#parts.store.read, log.accountId, ids), this.#abort.signal),
      'taking in a group’s mails',
      (error, why) => {
        if (!this.#abort.signal.aborted) this.#parts.log.warn(why, { error });
      },
    );
  }

  /** Every mail of the account that the group does not know yet. */
  async take(log: GroupLog, signal: AbortSignal): Promise<void> {
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const page = unknownArrivals(this.#parts.store.read, log.accountId, before, arrivalPage);
      await this.#takeIn(log, page, signal);
      const last = page.at(-1);
      if (last === undefined || page.length < arrivalPage) return;
      before = last.id;
    }
  }

  async #takeIn(log: GroupLog, arrivals: readonly Arrival[], signal: AbortSignal): Promise<void> {
    if (arrivals.length === 0) return;
    const named: { id: MessageId; key: MessageKey }[] = [];
    for (const arrival of arrivals) {
      const key = arrival.key ?? (await this.#headerKey(log.accountId, arrival, signal));
      if (key !== null) named.push({ id: arrival.id, key });
    }
    if (this.#logs.get(log.accountId) !== log) return;
    this.#parts.store.write((db) => {
      for (const { id, key } of named) {
        insertGroupMail(db, log.accountId, { id, key, takenIn: false });
        log.team.store.show(db, key);
      }
    });
    log.runner.kick();
  }

  /** A mail without a Message-ID is named by its header, which only the server has whole. */
  async #headerKey(accountId: AccountId, arrival: Arrival, signal: AbortSignal): Promise<MessageKey | null> {
    const folder = getFolder(this.#parts.store.read, arrival.folderId);
    if (folder === null) return null;
    const lanes = await this.#parts.lanes(accountId);
    let header: Uint8Array | null = null;
    await lanes.withMailbox('sync', folder.path, { readOnly: true }, signal, (mailbox) =>
      mailbox.fetch(
        arrival.uid.toString(),
        'UID BODY.PEEK[HEADER]',
        {
          onRow: ({ items }) => {
            const value = items.get('BODY[HEADER]');
            if (Number(items.get('UID')) !== arrival.uid) return;
            if (typeof value === 'string') header = Buffer.from(value, 'latin1');
            else if (value instanceof Uint8Array) header = Buffer.from(value);
          },
        },
        signal,
      ),
    );
    if (header === null) return null;
    const text = Buffer.from(header)
      .toString('latin1')
      .replace(/\r?\n\r?\n?$/, '')
      .replace(/\r?\n/g, '\r\n');
    return messageKey(null, () => createHash('sha256').update(text, 'latin1').digest('hex'));
  }

  /** An account's health is another. */
  healthChanged(id: AccountId, health: Health): void {
    const log = this.#logs.get(id);
    if (!log) return;
    log.reports.changed(health);
    log.runner.healthChanged(health.state);
    log.runner.look();
  }

  /** One pass of the account's log, for a command that waits for it. Nothing for a personal account. */
  async pass(id: AccountId, signal: AbortSignal): Promise<void> {
    const log = this.#logs.get(id);
    if (!log) return;
    await this.take(log, signal);
    await log.runner.once(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    this.#changes[Symbol.dispose]();
    for (const log of [...this.#logs.values()]) this.#end(log);
    await Promise.all(this.#ending);
  }
}
