/**
 * What this member tells the administrators of his connection, where he chose to: written when his state changes and now and then,
 * always with what is so at that moment, and never so often that the log grows by it.
 */
import type { Health } from '#shared/contract/accounts.ts';
import type { ConnectionReport, HealthTelling, ToldReport } from '#shared/domain/group/connectionReport.ts';
import { deleteUntried, listPending } from '#engine/store/teamLog.repo.ts';
import type { TeamLog } from './teamLog.ts';

export interface OwnHealth {
  readonly health: Health;
  readonly queued: number;
  readonly failed: number;
  readonly version: string;
}

const minute = 60_000;
const hour = 60 * minute;
export const reportBounds = {
  /** A report counts for so long without another one. */
  renewMs: 12 * hour,
  /** A change is told no sooner than so long after the last report. */
  changeMs: 30 * minute,
  /** And so often a day at most. */
  aDay: 8,
} as const;
const dayMs = 24 * hour;
/** A connection that broke and came back by itself is no news. */
const lastingMs = 2 * minute;

type Trouble = NonNullable<ToldReport['trouble']>;

export class HealthReports {
  readonly #team: TeamLog;
  readonly #own: () => OwnHealth | null;
  #trouble: Trouble | null = null;
  /** When reports were written, by the monotonic clock. */
  #written: number[] = [];

  /** `own`: null while the member does not want it told. */
  constructor(team: TeamLog, own: () => OwnHealth | null) {
    this.#team = team;
    this.#own = own;
  }

  /** Each change of the account's health, so that an outage is known when it is over: before, nothing can be told. */
  changed({ state, since, lastError }: Health): void {
    const open = this.#trouble?.until === null ? this.#trouble : null;
    if (state === 'healthy') {
      if (open === null) return;
      const until = this.#team.parts.clock.now();
      const lasting = until - open.since >= lastingMs;
      this.#trouble = lasting ? { ...open, until } : null;
    } else if (lastError !== null && state !== 'inactive')
      this.#trouble = { code: lastError.code, since: open?.since ?? since, until: null };
  }

  /** Writes what is due. Returns ms until it should be looked at again; null: when something changes. */
  write(): number | null {
    const { store, accountId, context, me, clock } = this.#team.parts;
    const header = this.#team.store.log?.header;
    const now = clock.now();
    if (!header?.charter || header.foreign !== null || !context().isMember(me, now)) return null;
    const waiting = listPending(store.read, accountId).filter(({ event }) => event.type === 'health');
    if (waiting.some(({ sent }) => sent)) return null;
    // What could not be sent is out of date: it is made anew.
    if (waiting.length > 0)
      store.write((db) => {
        deleteUntried(db, accountId, 'health');
      });
    const last = header.tellings[me] ?? null;
    const own = this.#own();
    if (own === null) {
      if (last !== null && last.report !== null) this.#team.write({ type: 'health', report: null });
      return null;
    }
    const report = this.#report(own);
    const due = this.#dueIn(last, report, now);
    if (due > 0) return due;
    this.#written.push(clock.monotonic());
    this.#team.write({ type: 'health', report });
    return reportBounds.renewMs;
  }

  #dueIn(last: HealthTelling | null, report: ConnectionReport, now: number): number {
    const monotonic = this.#team.parts.clock.monotonic();
    this.#written = this.#written.filter((at) => monotonic - at < dayMs);
    const [first] = this.#written;
    if (first !== undefined && this.#written.length >= reportBounds.aDay) return dayMs - (monotonic - first);
    // Who decides to tell it is seen to.
    if (last?.report == null) return 0;
    const newest = this.#written.at(-1);
    // Of an earlier session only the server's clock tells, which ours may be behind of.
    const since = newest !== undefined ? monotonic - newest : now < last.at ? Infinity : now - last.at;
    const wait = differs(last.report, report) ? reportBounds.changeMs : reportBounds.renewMs;
    return Math.max(0, wait - since);
  }

  #report({ health, queued, failed, version }: OwnHealth): ConnectionReport {
    const iso = (ms: number): string => new Date(ms).toISOString();
    const took = (ms: number | null | undefined): number | null => (ms == null ? null : Math.round(ms));
    const trouble = this.#trouble;
    return {
      state: health.state,
      lastSuccess: health.lastSuccess === null ? null : iso(health.lastSuccess),
      loginMs: took(health.server?.loginMs),
      listMs: took(health.server?.listMs),
      trouble: trouble && {
        code: trouble.code,
        since: iso(trouble.since),
        until: trouble.until === null ? null : iso(trouble.until),
      },
      queued,
      failed,
      version: version.replace(/[^\w.+-]/g, '').slice(0, 40) || '0',
    };
  }
}

/** In what an administrator would act on. That it is being tried again passes by itself. */
function differs(told: ToldReport, report: ConnectionReport): boolean {
  return (
    (report.state !== 'retrying' && told.state !== report.state) ||
    told.trouble?.code !== report.trouble?.code ||
    (told.trouble?.until === null) !== (report.trouble?.until === null) ||
    told.failed > 0 !== report.failed > 0 ||
    told.version !== report.version
  );
}
