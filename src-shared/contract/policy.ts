/** What the organisation allows and prescribes on this machine, and what keeps its file from counting. */
import * as z from 'zod';
import { policyFields, type PolicyField } from '../domain/policy.ts';
import { ProxyChoice } from '../domain/proxy.ts';
import { Fault } from '../errors/MailError.ts';
import { command } from './define.ts';

const Source = z.enum(['machine', 'organisation', 'both']);

export const PolicyReport = z.object({
  /** The machine's file; null: there is no place for one. */
  file: z.string().nullable(),
  /** `last-good`: the file cannot be used, the last one that could is in force. `cautious`: there was none. */
  state: z.enum(['none', 'in-force', 'last-good', 'cautious']),
  faults: z.array(Fault),
  personalAccounts: z.boolean(),
  /** The organisation offers accounts to some addresses. */
  offersAccounts: z.boolean(),
  allowedDomains: z.array(z.string()).nullable(),
  allowedHosts: z.array(z.string()).nullable(),
  archiveAddress: z.string().nullable(),
  remoteContent: z.enum(['ask', 'never']).nullable(),
  updates: z.enum(['automatic', 'notify', 'off']).nullable(),
  logLevel: z.enum(['error', 'warn', 'info', 'debug']).nullable(),
  healthReports: z.literal('recommended').nullable(),
  /** Without its password. */
  proxy: ProxyChoice.nullable(),
  caFiles: z.array(z.string()),
  /** Providers that a client id is prescribed for. */
  oauthProviders: z.array(z.string()),
  /** Who prescribes what; what stands here nobody else may change. */
  sources: z.object(
    Object.fromEntries(policyFields.map((field) => [field, Source.optional()])) as Record<
      PolicyField,
      z.ZodOptional<typeof Source>
    >,
  ),
});
export type PolicyReport = z.infer<typeof PolicyReport>;

export const policyCommands = {
  'policy.get': command(z.object({}), PolicyReport),
};
