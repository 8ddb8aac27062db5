/** From an address to the settings of its servers; and many accounts at once from a file. */
import * as z from 'zod';
import { AccountSettings, EmailAddress, Security } from '../domain/account.ts';
import { AccountId } from '../domain/ids.ts';
import { Fault, WireError } from '../errors/MailError.ts';
import { command, event } from './define.ts';

export const DiscoverySource = z.enum([
  'preset',
  'provider',
  'autoconfig',
  'well-known',
  'mx',
  'srv',
  'guess',
]);
export type DiscoverySource = z.infer<typeof DiscoverySource>;

export const DiscoveredServer = z.object({
  host: z.string(),
  port: z.int(),
  security: Security,
  user: z.string(),
});
export type DiscoveredServer = z.infer<typeof DiscoveredServer>;

export const DiscoveryTry = z.object({
  source: DiscoverySource,
  /** The address that was asked, the name that was looked up, or the server that was knocked at. */
  target: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  error: WireError.optional(),
});
export type DiscoveryTry = z.infer<typeof DiscoveryTry>;

export const Discovery = z.object({
  /** null: nothing was found. */
  source: DiscoverySource.nullable(),
  imap: DiscoveredServer.nullable(),
  smtp: DiscoveredServer.nullable(),
  authentication: z.array(z.enum(['password', 'oauth2'])),
  /** The servers lie under another domain than the address: a person must agree before a password goes there. */
  confirm: z.object({ domain: z.string() }).nullable(),
  /** What the organisation offers to this address: nothing is missing but the password (or the sign-in). */
  preset: AccountSettings.nullable(),
  /** Came by a way that proves nothing (an unsigned answer of the name system, a guess). */
  unverified: z.boolean(),
  tried: z.array(DiscoveryTry),
});
export type Discovery = z.infer<typeof Discovery>;

export const ImportFormat = z.enum(['postkorb', 'csv', 'autoconfig', 'mobileconfig']);

/** A row of an import: read, tested, saved or not, with the reasons. Passwords never come back. */
export const ImportRow = z.object({
  line: z.int(),
  name: z.string(),
  address: z.string(),
  /** What was read, without passwords; null where it is not usable. */
  settings: AccountSettings.nullable(),
  /** `sign-in-needed`: `import.signIn` with a finished sign-in at `settings.auth.provider`. */
  state: z.enum(['ready', 'sign-in-needed', 'testing', 'imported', 'failed', 'skipped']),
  id: AccountId.nullable(),
  code: z.string().nullable(),
  faults: z.array(Fault),
  /** Of the connection test: what failed, for the words. */
  error: WireError.nullable(),
});
export type ImportRow = z.infer<typeof ImportRow>;

const ImportUser = z.object({
  address: EmailAddress,
  /** '': he signs in at a provider. */
  password: z.string().max(10_000),
  name: z.string().max(200).optional(),
});

export const discoveryCommands = {
  /**
   * Looks for the servers of an address: tries all ways at once, ends within 10 s, saves nothing. `forGroup`: for a group account, by an administrator (else not-permitted). Errors of the policy
   * where the address itself is not allowed: nobody is asked then; a server that is not allowed is not knocked at.
   */
  'accounts.discover': command(
    z.object({ address: EmailAddress, forGroup: z.boolean().default(false) }),
    Discovery,
  ),
  /** Reads a file and keeps it under `importId` until it is closed. Errors: invalid-input where the file as a whole is of no use. */
  'import.open': command(
    z.object({
      content: z.instanceof(Uint8Array),
      format: ImportFormat.nullable().default(null),
      users: z.array(ImportUser).max(50_000).default([]),
    }),
    z.object({
      importId: z.string(),
      format: ImportFormat,
      signer: z.string().nullable(),
      rows: z.array(ImportRow),
    }),
  ),
  /** Changes one row before it is tried (again); a field that is left out stays. */
  'import.edit': command(
    z.object({
      importId: z.string(),
      line: z.int(),
      settings: AccountSettings,
      imapPassword: z.string().min(1).max(10_000).optional(),
      smtpPassword: z.string().min(1).max(10_000).nullable().optional(),
    }),
    ImportRow,
  ),
  /** Tests a row with a finished sign-in, and saves it where it passes. */
  'import.signIn': command(
    z.object({ importId: z.string(), line: z.int(), signIn: z.string().max(64) }),
    ImportRow,
  ),
  /**
   * Tests the rows side by side, bounded, and saves what passed. Without `lines`: all that are not imported yet. Those that wait for a
   * sign-in stay as they are. It is a job (`accounts <importId>`) while it runs. Errors: cancelled (the job was ended), not-permitted (it runs).
   */
  'import.run': command(
    z.object({ importId: z.string(), lines: z.array(z.int()).optional() }),
    z.object({ rows: z.array(ImportRow) }),
  ),
  /** The rows that failed as a table with their reasons, to be mended and imported again; passwords are in it, as they came. */
  'import.failedRows': command(
    z.object({ importId: z.string(), language: z.enum(['en', 'de']) }),
    z.object({ csv: z.string() }),
  ),
  'import.close': command(z.object({ importId: z.string() }), z.object({})),
};

export const discoveryEvents = {
  'import.row': event(z.object({ importId: z.string(), row: ImportRow })),
};
