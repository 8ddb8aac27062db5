/**
 * What a member tells administrators about his connection to a group account. Kinds and figures alone: a server's answer, a name or an
 * address could be in words, and everybody who knows the mailbox reads the log.
 */
import * as z from 'zod';
import { HealthState } from '../account.ts';
import type { UserId } from './config.ts';
import type { EventId } from './events.ts';

const Instant = z.iso.datetime({ offset: true });
const Took = z.int().nonnegative().max(86_400_000).nullable();
const Count = z.int().nonnegative().max(1_000_000);

/** Times by the author's clock: what counts is their distance from the event's `at`. */
export const ConnectionReport = z.object({
  state: HealthState,
  lastSuccess: Instant.nullable(),
  /** How long the last login took, and the list of folders. */
  loginMs: Took,
  listMs: Took,
  /** The last trouble that lasted: the kind of the error. `until` null: it goes on. */
  trouble: z
    .object({
      code: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/),
      since: Instant,
      until: Instant.nullable(),
    })
    .nullable(),
  /** What waits for the server, and how much of it the server refused for good. */
  queued: Count,
  failed: Count,
  /** Of the program. */
  version: z.string().regex(/^[\w.+-]{1,40}$/),
});
export type ConnectionReport = z.infer<typeof ConnectionReport>;

/** The same with all times by the server's clock, ms since 1970. */
export interface ToldReport extends Omit<ConnectionReport, 'lastSuccess' | 'trouble'> {
  readonly lastSuccess: number | null;
  readonly trouble: { readonly code: string; readonly since: number; readonly until: number | null } | null;
}

/** The last that somebody told. */
export interface HealthTelling {
  readonly id: EventId;
  readonly uid: number;
  /** When it arrived. */
  readonly at: number;
  /** null: that he tells nothing any more. */
  readonly report: ToldReport | null;
}
/** By member. The newest of each alone, and in no snapshot: what was told is of use for days, not for years. */
export type HealthTellings = Record<UserId, HealthTelling>;

/** From then on nobody knows whether it is still so. */
export const staleAfterMs = 36 * 60 * 60_000;

/** Times of `report` by the clock by which `at` is the moment that its author calls `written`. Nothing lies in the future. */
export function byServersClock(report: ConnectionReport, written: number, at: number): ToldReport {
  const moved = (instant: string): number => at - Math.max(0, written - Date.parse(instant));
  const { lastSuccess, trouble, ...rest } = report;
  return {
    ...rest,
    lastSuccess: lastSuccess === null ? null : moved(lastSuccess),
    trouble: trouble && {
      code: trouble.code,
      since: moved(trouble.since),
      until: trouble.until === null ? null : moved(trouble.until),
    },
  };
}
