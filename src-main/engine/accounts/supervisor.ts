/**
 * One background runner for each active account, and the account's health: decides when a runner is started (again) and when not at
 * all. Accounts know nothing of each other here, so that a bad one delays no good one.
 */
import { DisposableStore } from '#shared/base/disposables.ts';
import { drop } from '#shared/base/drop.ts';
import { SingleFlight } from '#shared/base/singleFlight.ts';
import type { Health, ServerFacts } from '#shared/contract/accounts.ts';
import type { SyncResult } from '#shared/contract/app.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { fromWire, isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import type { Clock, Ids, Log, SecretStore } from '#engine/ports/ports.ts';
import type { Network } from '#engine/net/network.ts';
import type { AccountAccess } from '#engine/secrets/access.ts';
import { assertOfKind, isGrant, readCredentials, type AccountSecret } from '#engine/secrets/credentials.ts';
import { getAccount, listAccounts, saveHealth, type StoredAccount } from '#engine/store/accounts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { HealthRecord, initialHealth, nextHealth, publicHealth, type HealthEvent } from './health.ts';
import type { AccountRunner, CreateRunner, RunnerAccount, RunnerEvent } from './runner.ts';
import { breakerDigest } from './testToken.ts';

export interface SupervisorParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly secrets: SecretStore;
  /** What an account logs in with: made of its secret. */
  readonly accessOf: (id: AccountId, secret: AccountSecret) => AccountAccess;
  readonly createRunner: CreateRunner;
  /** Left out: straight out. */
  readonly network?: Network;
  /** Keys the circuit breaker's digest; kept in the secret store. */
  readonly breakerKey: Uint8Array;
  readonly onHealth: (id: AccountId, health: Health) => void;
  /** Its settings and secrets just passed a test: what waited for a login need not wait any longer. */
  readonly onTested: (id: AccountId) => void;
  /** Nothing by itself: a command drives each pass. */
  readonly passive: boolean;
}

interface Entry {
  readonly id: AccountId;
  health: HealthRecord;
  runner: AccountRunner | null;
  timer: Disposable | null;
  /** Settings or secrets changed, or the account went: what still runs for it is without effect. */
  gone: boolean;
}

export class Supervisor implements AsyncDisposable {
  readonly #parts: SupervisorParts;
  readonly #entries = new Map<AccountId, Entry>();
  readonly #attempts = new SingleFlight<AccountId, void>();
  readonly #timers = new DisposableStore();
  readonly #closing = new Set<Promise<void>>();
  #disposed = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    for (const account of listAccounts(parts.store.read)) this.#entry(account);
  }

  /** Starts every account that is due. */
  start(): void {
    if (this.#parts.passive) return;
    for (const entry of this.#entries.values()) {
      // Since the last session the network may be another one: what waited is looked at now.
      this.#apply(entry, { type: 'wake' });
      this.#schedule(entry);
    }
  }

  health(id: AccountId): Health {
    const entry = this.#entries.get(id);
    return publicHealth(entry?.health ?? initialHealth(false, this.#parts.clock.now()));
  }

  /** Its row was saved: what ran with the settings before ends. `tested`: exactly these passed a test just now. */
  saved(id: AccountId, options: { tested: boolean }): void {
    this.#end(id);
    const account = getAccount(this.#parts.store.read, id);
    if (account === null || this.#disposed) return;
    const entry = this.#entry(account);
    if (!account.active) this.#apply(entry, { type: 'deactivated' });
    else if (options.tested) {
      this.#apply(entry, { type: 'tested' });
      this.#parts.onTested(id);
    } else this.#apply(entry, { type: 'wake' });
    this.#schedule(entry);
  }

  removed(id: AccountId): void {
    this.#end(id);
  }

  /** Something was done here that the server should know of. */
  kick(id: AccountId): void {
    this.#entries.get(id)?.runner?.kick();
  }

  /** The network or the machine came back: every account that may be tried is tried. */
  wake(): void {
    if (this.#parts.passive) return;
    for (const entry of this.#entries.values()) {
      this.#apply(entry, { type: 'wake' });
      entry.runner?.kick();
      this.#schedule(entry);
    }
  }

  /** Something was seen of its server. */
  seen(id: AccountId, facts: Partial<ServerFacts>): void {
    const entry = this.#entries.get(id);
    if (entry && !entry.gone && !this.#disposed) this.#apply(entry, { type: 'measured', facts });
  }

  /** Somebody beside its runner (the outbox) was refused in a way that only a person can mend. */
  refused(id: AccountId, error: MailError): void {
    const entry = this.#entries.get(id);
    if (entry && !entry.health.open && error.needs === 'credentials') this.#failed(entry, error);
  }

  /** One pass to the end. An account whose circuit is open is not tried: its last error is the result. */
  async syncNow(id: AccountId, full: boolean, signal: AbortSignal): Promise<SyncResult> {
    const entry = this.#entries.get(id);
    if (!entry) throw new MailError('not-found', { what: 'account' });
    if (entry.health.state === 'inactive') return failedResult(id, new MailError('settings-not-tested'));
    if (entry.health.open && entry.health.lastError) {
      return failedResult(id, fromWire(entry.health.lastError));
    }
    let runner: AccountRunner;
    try {
      runner = await this.#runner(entry);
    } catch (error) {
      this.#failed(entry, asMailError(error));
      return failedResult(id, asMailError(error));
    }
    const result = await runner.syncNow(full, signal);
    if (result.ok) this.#apply(entry, { type: 'succeeded' });
    else if (result.error) this.#failed(entry, fromWire(result.error));
    return result;
  }

  /** Carries what waits for the account's server, once. Throws what forbids a connection and what one throws. */
  async carryNow(id: AccountId, signal: AbortSignal): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) throw new MailError('not-found', { what: 'account' });
    if (entry.health.state === 'inactive') throw new MailError('settings-not-tested');
    try {
      await (await this.#runner(entry)).carryNow(signal);
    } catch (error) {
      if (!signal.aborted) this.#failed(entry, asMailError(error));
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timers[Symbol.dispose]();
    for (const id of [...this.#entries.keys()]) this.#end(id);
    await Promise.allSettled(this.#closing);
  }

  #entry(account: StoredAccount): Entry {
    const { clock } = this.#parts;
    const stored = HealthRecord.safeParse(account.health);
    let health = stored.success ? stored.data : initialHealth(account.active, clock.now());
    if (!account.active && health.state !== 'inactive') {
      health = nextHealth(health, { type: 'deactivated' }, clock.now(), 0);
    } else if (account.active && health.state === 'inactive') {
      health = initialHealth(true, clock.now());
    }
    const entry: Entry = { id: account.id, health, runner: null, timer: null, gone: false };
    this.#entries.set(account.id, entry);
    return entry;
  }

  #end(id: AccountId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.gone = true;
    this.#entries.delete(id);
    this.#stopTimer(entry);
    this.#close(entry);
  }

  #close(entry: Entry): void {
    const { runner } = entry;
    entry.runner = null;
    if (runner === null) return;
    const closing = Promise.resolve(runner[Symbol.asyncDispose]()).finally(() =>
      this.#closing.delete(closing),
    );
    this.#closing.add(closing);
    drop(closing, 'closing an account', (error, why) => this.#parts.log.warn(why, { error }));
  }

  /** Sets the timer for the next attempt; an attempt that is due begins at once. */
  #schedule(entry: Entry): void {
    this.#stopTimer(entry);
    const { clock, log } = this.#parts;
    const at = entry.health.nextAttempt;
    if (this.#parts.passive || this.#disposed || entry.gone || at === null) return;
    entry.timer = this.#timers.add(
      clock.setTimer(Math.max(0, at - clock.now()), () => {
        this.#stopTimer(entry);
        drop(
          this.#attempts.run(entry.id, () => this.#attempt(entry)),
          'connecting an account',
          (error, why) => log.error(why, { error }),
        );
      }),
    );
  }

  #stopTimer(entry: Entry): void {
    if (entry.timer === null) return;
    this.#timers.release(entry.timer);
    entry.timer[Symbol.dispose]();
    entry.timer = null;
  }

  async #attempt(entry: Entry): Promise<void> {
    try {
      const runner = await this.#runner(entry);
      if (!entry.gone && !this.#disposed) runner.start();
    } catch (error) {
      this.#failed(entry, asMailError(error));
    }
  }

  /**
   * The account with its secrets, for whoever wants a connection to it. Throws `not-found`, `credentials-missing`, what the secret store
   * throws, and the last error while the circuit is open.
   */
  async account(id: AccountId): Promise<RunnerAccount> {
    const { store, secrets } = this.#parts;
    const entry = this.#entries.get(id);
    const account = getAccount(store.read, id);
    if (account === null || !entry) throw new MailError('not-found', { what: 'account' });
    if (entry.health.open && entry.health.lastError) throw fromWire(entry.health.lastError);
    const credentials = await readCredentials(secrets, id);
    if (credentials === null) throw new MailError('credentials-missing');
    assertOfKind(account.settings, credentials);
    if (account.breaker !== null && account.breaker === this.#digest(account, credentials)) {
      // Already refused with exactly these, in an earlier session perhaps.
      throw entry.health.lastError ? fromWire(entry.health.lastError) : new MailError('credentials-rejected');
    }
    const { settings, pollMinutes } = account;
    const { accessOf, network } = this.#parts;
    const onFacts = (facts: Partial<ServerFacts>): void => this.seen(id, facts);
    if (isGrant(credentials)) onFacts({ tokenUntil: credentials.grant.expiresAt });
    return { id, settings, access: accessOf(id, credentials), pollMinutes, network, onFacts };
  }

  async #runner(entry: Entry): Promise<AccountRunner> {
    if (entry.runner) return entry.runner;
    const account = await this.account(entry.id);
    // Another call may have made it while the secrets were read.
    if (entry.runner) return entry.runner;
    if (entry.gone || this.#disposed) throw new MailError('cancelled');
    entry.runner = this.#parts.createRunner(account, (event) => this.#told(entry, event));
    return entry.runner;
  }

  #told(entry: Entry, event: RunnerEvent): void {
    if (entry.gone) return;
    if (event.type === 'failed') this.#failed(entry, event.error);
    else this.#apply(entry, event);
  }

  #failed(entry: Entry, error: MailError): void {
    this.#apply(entry, { type: 'failed', error: toWire(error), retry: error.retry, needs: error.needs });
    if (entry.health.open) {
      // Nothing of it is used until a person acts; the next runner is made with what is saved then.
      this.#close(entry);
      drop(this.#rememberBreaker(entry), 'keeping what was refused', (fault, why) =>
        this.#parts.log.warn(why, { error: fault }),
      );
    }
    this.#schedule(entry);
  }

  /** The digest of what was refused outlives the session: a restart must not try it again (N16). */
  async #rememberBreaker(entry: Entry): Promise<void> {
    const { store, secrets } = this.#parts;
    const account = getAccount(store.read, entry.id);
    const credentials = await readCredentials(secrets, entry.id);
    if (account === null || credentials === null || entry.gone || this.#disposed) return;
    const digest = this.#digest(account, credentials);
    store.write((db) => saveHealth(db, entry.id, entry.health, digest));
  }

  #digest(account: StoredAccount, credentials: AccountSecret): string {
    return breakerDigest(this.#parts.breakerKey, account.settings, credentials);
  }

  #apply(entry: Entry, event: HealthEvent): void {
    const { clock, ids, store } = this.#parts;
    const before = entry.health;
    entry.health = nextHealth(before, event, clock.now(), ids.random());
    if (entry.gone || entry.health === before) return;
    const kept = entry.health.open ? (getAccount(store.read, entry.id)?.breaker ?? null) : null;
    store.write((db) => saveHealth(db, entry.id, entry.health, kept));
    this.#parts.onHealth(entry.id, publicHealth(entry.health));
  }
}

function asMailError(error: unknown): MailError {
  return isMailError(error) ? error : new MailError('internal', {}, { cause: error });
}

function failedResult(id: AccountId, error: MailError): SyncResult {
  return {
    id,
    ok: false,
    folders: 0,
    messages: 0,
    added: 0,
    changed: 0,
    removed: 0,
    bytes: 0,
    commands: 0,
    firstPageMs: null,
    ms: 0,
    error: toWire(error),
  };
}
