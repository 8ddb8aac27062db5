/**
 * The background work of one group account's log: waiting for news, sending what waits, writing intakes and snapshots. Its failures
 * stay its own: mail goes on where the log cannot be reached, and the other way round.
 */
import { delay } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import type { HealthState } from '#shared/domain/account.ts';
import type { TeamEvent } from '#shared/domain/group/events.ts';
import { isMailError, toWire, type WireError } from '#shared/errors/MailError.ts';
import { entryUids } from '#engine/store/teamLog.repo.ts';
import { readEventMail } from './eventMail.ts';
import type { HealthReports } from './healthReports.ts';
import { Intakes } from './intakes.ts';
import type { FoldedEntry } from './logStore.ts';
import { snapshotDefaults, Snapshots, type SnapshotOptions } from './snapshots.ts';
import type { TeamLog } from './teamLog.ts';

export interface TeamLogRunnerOptions {
  readonly snapshots: SnapshotOptions;
  /** Waits after a failure, longer each time. */
  readonly retryMs: readonly number[];
  /** What this member tells of his connection. */
  readonly health: HealthReports | null;
}

/** After any sign of work in the group, news are wanted sooner for so long. */
const livelyMs = 15 * 60_000;
const usualRetryMs = [2_000, 10_000, 30_000, 120_000, 300_000];
/** Between two comparisons of the folder's UIDs with what was read. */
const reconcileMs = 6 * 60 * 60_000;

export class TeamLogRunner implements AsyncDisposable {
  readonly #team: TeamLog;
  readonly #snapshots: Snapshots;
  readonly #intakes: Intakes;
  readonly #health: HealthReports | null;
  readonly #retryMs: readonly number[];
  readonly #onTrouble: (error: WireError | null) => void;
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #bell = Promise.withResolvers<void>();
  #accountState: HealthState | null = null;
  /** When the account's mail reached its server again. */
  #reachedAt = -Infinity;
  /** Ends the waits after failures. */
  #again = new AbortController();
  #activeAt = -Infinity;
  #reconciledAt = -Infinity;
  /** Snapshots of others that are still to be judged. */
  readonly #unjudged: Extract<TeamEvent, { type: 'snapshot' }>[] = [];

  /** `onTrouble`: why the log cannot be reached; null: it can. */
  constructor(
    team: TeamLog,
    onTrouble: (error: WireError | null) => void,
    options: Partial<TeamLogRunnerOptions> = {},
  ) {
    this.#team = team;
    this.#snapshots = new Snapshots(team, options.snapshots ?? snapshotDefaults);
    this.#intakes = new Intakes(team);
    this.#health = options.health ?? null;
    this.#retryMs = options.retryMs ?? usualRetryMs;
    this.#onTrouble = onTrouble;
  }

  /** Tell it of what was folded: news make the group lively, and snapshots are judged. */
  folded(entries: readonly FoldedEntry[]): void {
    // What members tell of their connections is no work.
    if (entries.some(({ entry }) => entry.event?.type !== 'health'))
      this.#activeAt = this.#team.parts.clock.monotonic();
    for (const { entry, outcome } of entries) {
      const { event } = entry;
      if (event?.type === 'snapshot' && event.by !== this.#team.parts.me && outcome.result === 'accepted')
        this.#unjudged.push(event);
    }
  }

  /** Something was written here, or a mail arrived: look now. */
  kick(): void {
    this.#activeAt = this.#team.parts.clock.monotonic();
    this.#bell.resolve();
  }

  /** Something may be due that is no work in the group. */
  look(): void {
    this.#bell.resolve();
  }

  /**
   * How the account's mail fares. When it reaches its server again, so does the log: what waits after a failure tries at once, and does
   * not learn minutes after the mail who was faster.
   */
  healthChanged(state: HealthState): void {
    const before = this.#accountState;
    this.#accountState = state;
    if (state !== 'healthy' || before === 'healthy') return;
    this.#reachedAt = this.#team.parts.clock.monotonic();
    this.#again.abort();
    this.#again = new AbortController();
  }

  /** Works until it is disposed of. */
  start(): void {
    if (this.#running !== null || this.#abort.signal.aborted) return;
    const { log } = this.#team.parts;
    this.#running = Promise.all([
      this.#retrying((signal) => this.#watching(signal)),
      this.#retrying((signal) => this.#working(signal)),
    ])
      .then(() => undefined)
      .finally(() => {
        this.#running = null;
      });
    drop(this.#running, 'the team log of an account', (error, why) => log.error(why, { error }));
  }

  /** One pass to the end: reads, writes what waits and what is due. Throws what a connection throws. */
  async once(signal: AbortSignal): Promise<void> {
    const scope = AbortSignal.any([signal, this.#abort.signal]);
    await this.#team.refresh('read', scope);
    await this.#chores(scope);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#bell.resolve();
    await this.#running?.catch(() => undefined);
  }

  async #retrying(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, log } = this.#team.parts;
    const { signal } = this.#abort;
    for (let failures = 0; !signal.aborted;) {
      const begun = clock.monotonic();
      try {
        await work(signal);
      } catch (error) {
        if (signal.aborted) return;
        // A connection that lived for a while and ended is no trouble yet.
        if (clock.monotonic() - begun > 60_000) failures = 0;
        const wire = toWire(error);
        log.info('the team log cannot be reached', {
          code: wire.code,
          ...(isMailError(error) ? {} : { error }),
        });
        if (failures > 0 || !isMailError(error) || error.retry !== 'now') this.#onTrouble(wire);
        // An attempt from before the server came back says nothing about it.
        if (this.#reachedAt >= begun) failures = 0;
        const wait = this.#retryMs[Math.min(failures, this.#retryMs.length - 1)] ?? 0;
        failures += 1;
        const again = this.#again.signal;
        await delay(clock, wait, AbortSignal.any([signal, again])).catch(() => undefined);
        if (again.aborted) failures = 0;
      }
    }
  }

  async #watching(signal: AbortSignal): Promise<void> {
    const { mailbox, clock } = this.#team.parts;
    await mailbox.watch(
      signal,
      () => clock.monotonic() - this.#activeAt < livelyMs,
      async (folder) => {
        await this.#team.read(folder);
        this.#onTrouble(null);
        this.#bell.resolve();
      },
    );
  }

  async #working(signal: AbortSignal): Promise<void> {
    const { clock } = this.#team.parts;
    for (;;) {
      this.#bell = Promise.withResolvers();
      const next = await this.#chores(signal);
      using timer = next === null ? null : clock.setTimer(next, () => this.#bell.resolve());
      await this.#bell.promise;
      signal.throwIfAborted();
      timer?.[Symbol.dispose]();
    }
  }

  /** ms until something is due; null: nothing is. */
  async #chores(signal: AbortSignal): Promise<number | null> {
    const team = this.#team;
    const { clock, log } = team.parts;
    // The watch reads it first, and rings then: who writes before that gives a log that has its charter a second one.
    if (!team.isRead || team.store.log?.header.foreign != null) return null;
    team.introduce();
    const intake = this.#intakes.write(clock.now());
    const report = this.#health?.write() ?? null;
    await team.flush('read', signal);
    await this.#reconcile(signal);
    for (let event = this.#unjudged.shift(); event; event = this.#unjudged.shift()) {
      const verdict = await this.#snapshots.judge(event, signal);
      log.info('a snapshot of the team log', { by: event.by, verdict });
    }
    const due = this.#snapshots.dueIn(clock.now());
    if (due === 0) await this.#snapshots.write(signal);
    await this.#snapshots.compact(signal);
    const waits = [intake, report, due === 0 ? null : due].filter((wait) => wait !== null);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** Does the folder still hold what was read, and nothing below it that was not? */
  async #reconcile(signal: AbortSignal): Promise<void> {
    const { clock, store, accountId, mailbox, checker, log } = this.#team.parts;
    if (clock.monotonic() - this.#reconciledAt < reconcileMs) return;
    const own = this.#team.store;
    await mailbox.open('read', signal, async (folder) => {
      const known = own.log;
      if (known?.header.validity !== folder.uidValidity) return;
      const there = new Set(await folder.uids());
      const read = new Set(entryUids(store.read, accountId));
      const late = [...there].filter((uid) => uid > known.baseUid && uid <= known.readUid && !read.has(uid));
      if (late.length > 0) {
        log.warn('events appeared below what was read', { events: late.length });
        own.takeLate((await folder.fetchEach(late)).map((mail) => readEventMail(mail, checker)));
      }
      const removed = [...read].filter((uid) => !there.has(uid) && uid > known.baseUid);
      if (removed.length > 0 && own.holdsLinks(removed)) {
        log.warn('events were removed from the team log', { events: removed.length });
        this.#team.restoreDue = true;
      }
    });
    this.#reconciledAt = clock.monotonic();
  }
}
