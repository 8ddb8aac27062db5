/**
 * The health of an account: a pure state machine. It decides when the next attempt is made and when none may be made at all.
 *
 * - `retrying`: a passing failure, tried again soon. `failing`: it has lasted for some attempts.
 * - `needs-attention`: only a person can mend it. Rejected credentials stop all attempts at once (an account must not be locked out
 *   by polling, N16); a certificate or a setting that is wrong is looked at again from time to time, since no credential is sent
 *   before it holds (a captive portal shows a wrong certificate for a while, N24). A keychain that a person has to unlock is asked again
 *   as a server that is away is: no password was refused, and nobody shall have to test an account because he logged in late.
 * - Back-off is exponential, bounded, with jitter, so that a server that comes back is not met by everybody at once.
 */
import * as z from 'zod';
import { ServerFacts, type Health } from '#shared/contract/accounts.ts';
import { HealthState } from '#shared/domain/account.ts';
import { WireError, type Needs, type Retry } from '#shared/errors/MailError.ts';

const second = 1000;
const minute = 60 * second;

export const backOff = {
  /** Before the first repetition; doubles with each further failure. */
  first: 5 * second,
  /** A connection that merely broke is set up again at once, nearly. */
  broken: 1 * second,
  cap: 15 * minute,
  /** Between looks at an account that a person has to mend, and whose password is not at risk. */
  attention: 30 * minute,
} as const;

/** From so many failures in a row on, `retrying` is called `failing`. */
const failingFrom = 3;
/** So many refused logins in a row (without "your password is wrong") stop the polling too (N16). */
const refusalsAllowed = 3;

/** What is kept of an account's health; the outside sees `publicHealth` of it. */
export const HealthRecord = z.object({
  state: HealthState,
  since: z.number(),
  lastSuccess: z.number().nullable(),
  lastError: WireError.nullable(),
  nextAttempt: z.number().nullable(),
  gapClosed: z.object({ messages: z.int(), from: z.number(), until: z.number() }).nullable(),
  server: ServerFacts.optional(),
  /** Failures in a row. */
  failures: z.int(),
  /** Logins in a row that the server refused. */
  refusals: z.int(),
  /** The circuit is open: no attempt by itself until the user tests, or other settings or secrets are saved. */
  open: z.boolean(),
});
export type HealthRecord = z.infer<typeof HealthRecord>;

export type HealthEvent =
  | { readonly type: 'succeeded' }
  | {
      readonly type: 'failed';
      readonly error: WireError;
      readonly retry: Retry;
      readonly needs?: Needs | undefined;
    }
  /** Something was seen of the server; what is left out stays. */
  | { readonly type: 'measured'; readonly facts: Partial<ServerFacts> }
  | { readonly type: 'gap-closed'; readonly messages: number; readonly from: number; readonly until: number }
  /** The person asks for it, the network or the machine came back: try now, unless the circuit is open. */
  | { readonly type: 'wake' }
  /** A test of exactly these settings and secrets passed, or others were saved: the circuit closes. */
  | { readonly type: 'tested' }
  | { readonly type: 'deactivated' };

/** A new account's health: `active` ones are due at once. */
export function initialHealth(active: boolean, now: number): HealthRecord {
  return {
    state: active ? 'retrying' : 'inactive',
    since: now,
    lastSuccess: null,
    lastError: null,
    nextAttempt: active ? now : null,
    gapClosed: null,
    failures: 0,
    refusals: 0,
    open: false,
  };
}

/** `random` is uniform in [0, 1): the delay lies between half of the bound and the bound. */
export function backOffDelay(failures: number, retry: Retry, random: number): number {
  const first = retry === 'now' ? backOff.broken : backOff.first;
  const bound = Math.min(backOff.cap, first * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return bound / 2 + (bound / 2) * random;
}

const nothingSeen: ServerFacts = { loginMs: null, listMs: null, certificateUntil: null, tokenUntil: null };

function enter(health: HealthRecord, state: HealthState, now: number): HealthRecord {
  return health.state === state ? health : { ...health, state, since: now };
}

/** The next state. Pure: time and chance are handed in; times in ms since 1970. */
export function nextHealth(
  health: HealthRecord,
  event: HealthEvent,
  now: number,
  random: number,
): HealthRecord {
  switch (event.type) {
    case 'deactivated':
      return { ...enter(health, 'inactive', now), nextAttempt: null, failures: 0, refusals: 0, open: false };
    case 'tested':
      return {
        ...enter(health, 'healthy', now),
        lastSuccess: now,
        lastError: null,
        nextAttempt: now,
        failures: 0,
        refusals: 0,
        open: false,
      };
    case 'wake':
      if (health.open || health.state === 'inactive') return health;
      return { ...health, nextAttempt: now };
    case 'measured': {
      const server = { ...nothingSeen, ...health.server, ...event.facts };
      const known: ServerFacts | undefined = health.server;
      const same =
        known !== undefined &&
        (Object.keys(server) as (keyof ServerFacts)[]).every((key) => server[key] === known[key]);
      return same ? health : { ...health, server };
    }
    case 'gap-closed':
      return {
        ...health,
        gapClosed: { messages: event.messages, from: event.from, until: event.until },
      };
    case 'succeeded':
      if (health.state === 'inactive') return health;
      return {
        ...enter(health, 'healthy', now),
        lastSuccess: now,
        lastError: null,
        nextAttempt: null,
        failures: 0,
        refusals: 0,
        open: false,
      };
    case 'failed':
      return afterFailure(health, event, now, random);
  }
}

function afterFailure(
  health: HealthRecord,
  event: Extract<HealthEvent, { type: 'failed' }>,
  now: number,
  random: number,
): HealthRecord {
  // Inactive accounts are not tried by themselves; a cancelled attempt says nothing about the server.
  if (health.state === 'inactive' || event.error.code === 'cancelled') return health;
  const failures = health.failures + 1;
  const refused = event.error.code === 'login-refused';
  const refusals = refused ? health.refusals + 1 : health.refusals;
  const failed: HealthRecord = { ...health, lastError: event.error, failures, refusals };

  if ((event.needs === 'credentials' && event.retry === 'never') || refusals >= refusalsAllowed) {
    return { ...enter(failed, 'needs-attention', now), nextAttempt: null, open: true };
  }
  if (event.needs === 'credentials') {
    const delay = backOffDelay(failures, event.retry, random);
    return { ...enter(failed, 'needs-attention', now), nextAttempt: now + delay };
  }
  if (event.retry === 'never') {
    const delay = backOff.attention / 2 + (backOff.attention / 2) * random;
    return { ...enter(failed, 'needs-attention', now), nextAttempt: now + delay };
  }
  const delay = backOffDelay(failures, event.retry, random);
  return {
    ...enter(failed, failures >= failingFrom ? 'failing' : 'retrying', now),
    nextAttempt: now + delay,
  };
}

export function publicHealth(health: HealthRecord): Health {
  const { state, since, lastSuccess, lastError, nextAttempt, gapClosed, server } = health;
  return {
    state,
    since,
    lastSuccess,
    lastError,
    nextAttempt,
    gapClosed,
    ...(server === undefined ? {} : { server }),
  };
}
