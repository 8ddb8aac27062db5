/** Accounts: list, test, save, health. */
import * as z from 'zod';
import { AccountSettings, Credentials, HealthState } from '../domain/account.ts';
import { AccountId } from '../domain/ids.ts';
import { WireError } from '../errors/MailError.ts';
import { command, event } from './define.ts';

/** What was seen of the server lately; null: not yet. Times in ms. */
export const ServerFacts = z.object({
  /** How long the login took, and the list of folders. */
  loginMs: z.number().nullable(),
  listMs: z.number().nullable(),
  /** The end of the server's certificate, and of what was signed in with (which renews itself). */
  certificateUntil: z.number().nullable(),
  tokenUntil: z.number().nullable(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

export const Health = z.object({
  state: HealthState,
  /** ms since 1970 when this state began. */
  since: z.number(),
  lastSuccess: z.number().nullable(),
  lastError: WireError.nullable(),
  nextAttempt: z.number().nullable(),
  /** Mails that arrived while the account could not be reached and were fetched when it came back; null when there was no outage. */
  gapClosed: z.object({ messages: z.int(), from: z.number(), until: z.number() }).nullable(),
  server: ServerFacts.optional(),
});
export type Health = z.infer<typeof Health>;

export const AccountRow = z.object({
  id: AccountId,
  name: z.string(),
  address: z.string(),
  displayName: z.string(),
  default: z.boolean(),
  active: z.boolean(),
  group: z.string().nullable(),
  canSend: z.boolean(),
  /** It signs in at a provider: where, and as whom. */
  signIn: z.object({ provider: z.string(), address: z.string() }).optional(),
  /** The largest mail that its outgoing server takes, as it said when it was last spoken to (SIZE); null: not known. */
  sizeLimit: z.int().nullable().optional(),
  /** Its folders that are not subscribed are not shown. */
  subscribedOnly: z.boolean().optional(),
  health: Health,
  /** Operations that still wait for the server, and how many of them failed. */
  queued: z.int(),
  failedOperations: z.int(),
});
export type AccountRow = z.infer<typeof AccountRow>;

export const TestStep = z.object({
  step: z.enum(['resolve', 'connect', 'tls', 'login', 'folders', 'sender']),
  ok: z.boolean(),
  ms: z.number(),
  error: WireError.optional(),
});
export type TestStep = z.infer<typeof TestStep>;

export const ServerTest = z.object({
  ok: z.boolean(),
  steps: z.array(TestStep),
  /** The certificate the server showed, for knowingly pinning it; null where none was seen. */
  certificate: z
    .object({
      fingerprint: z.string(),
      subject: z.string(),
      issuer: z.string(),
      validFrom: z.string(),
      validTo: z.string(),
      names: z.array(z.string()),
    })
    .nullable(),
});
export type ServerTest = z.infer<typeof ServerTest>;

export const ConnectionTest = z.object({
  ok: z.boolean(),
  ms: z.number(),
  imap: ServerTest,
  /** null: the account has no SMTP server. */
  smtp: ServerTest.nullable(),
  /** A slow account passes with this: login took so long that it is checked only every `intervalMinutes`. */
  slow: z.object({ loginMs: z.number(), intervalMinutes: z.int() }).nullable(),
  /** Proves to `save` that exactly these settings passed; null when the test failed. */
  token: z.string().nullable(),
});
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/**
 * `keepPasswordsOf`: an edit that leaves the passwords (or the sign-in) as they are; they are read from the secret store of that account.
 * `signIn`: a finished sign-in instead of passwords, for settings whose `auth` is OAuth; its tokens never leave the engine.
 */
const Tested = z.object({
  settings: AccountSettings,
  credentials: Credentials.nullable(),
  signIn: z.string().max(64).nullable().default(null),
  keepPasswordsOf: AccountId.nullable().default(null),
});

export const accountCommands = {
  'accounts.list': command(z.object({}), z.object({ accounts: z.array(AccountRow) })),
  'accounts.get': command(
    z.object({ id: AccountId }),
    z.object({ settings: AccountSettings, active: z.boolean(), group: z.string().nullable() }),
  ),
  /**
   * What the policy says against these settings as a personal account, before anybody is asked for a password or a sign-in. Answers
   * where it says nothing; nothing goes out. Errors: those of the policy (policy-domain, policy-host, …).
   */
  'accounts.permit': command(
    z.object({ id: AccountId.nullable().default(null), settings: AccountSettings }),
    z.object({}),
  ),
  /**
   * Tries the settings, saves nothing, ends within 10 s. With `watch` (a name that the caller makes up) each step is told at once by
   * the event `accounts.testStep`. Errors: invalid-input, plaintext-not-allowed, secrets-unavailable, those of the policy (then no
   * connection was opened), and for a sign-in: sign-in-expired, sign-in-other-account, sign-in-server-fault.
   */
  'accounts.test': command(
    Tested.extend({
      watch: z.string().max(64).optional(),
      /** What an administrator sets up for a group: rules for personal accounts do not count. Errors: not-permitted. */
      forGroup: z.boolean().default(false),
      /** The same for the passwords of a group account ("<organisation>/<group>") that an administrator edits. */
      keepPasswordsOfGroup: z.string().max(200).optional(),
    }),
    ConnectionTest,
  ),
  /**
   * Saves settings that passed a test of exactly these (`token`), or inactive ones without. With `id`: an edit.
   * Errors: settings-not-tested, duplicate-account, archive-address-inside, plaintext-not-allowed, not-permitted.
   */
  'accounts.save': command(
    Tested.extend({ id: AccountId.nullable(), token: z.string().nullable(), active: z.boolean() }),
    z.object({ id: AccountId, name: z.string(), active: z.boolean() }),
  ),
  'accounts.remove': command(z.object({ id: AccountId }), z.object({})),
  /**
   * Tests the saved settings again and, when they pass, closes the circuit breaker. With `signIn` ("sign in again") its tokens are tested,
   * and kept when they pass.
   */
  'accounts.retest': command(
    z.object({ id: AccountId, signIn: z.string().max(64).nullable().default(null) }),
    ConnectionTest,
  ),
};

export const accountEvents = {
  'accounts.health': event(z.object({ id: AccountId, health: Health })),
  'accounts.testStep': event(
    z.object({ watch: z.string(), server: z.enum(['imap', 'smtp']), step: TestStep }),
  ),
};
