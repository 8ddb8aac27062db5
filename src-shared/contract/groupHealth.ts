/** How members get on with the group accounts, as far as they tell it; for administrators. */
import * as z from 'zod';
import { HealthState } from '../domain/account.ts';
import { AccountId } from '../domain/ids.ts';
import { command, event } from './define.ts';
import { Person } from './groups.ts';

/** Times in ms since 1970, by the server's clock. */
export const MemberReport = z.object({
  /** When it arrived, and from when on nobody knows whether it is still so. */
  at: z.number(),
  staleAt: z.number(),
  state: HealthState,
  lastSuccess: z.number().nullable(),
  loginMs: z.number().nullable(),
  listMs: z.number().nullable(),
  /** The last trouble that lasted: the kind of the error; `until` null: it goes on. */
  trouble: z.object({ code: z.string(), since: z.number(), until: z.number().nullable() }).nullable(),
  queued: z.int(),
  failed: z.int(),
  version: z.string(),
});
export type MemberReport = z.infer<typeof MemberReport>;

export const GroupHealth = z.object({
  group: z.string(),
  name: z.string(),
  address: z.string(),
  /** Of its incoming mail: what is in the way is said of this one. */
  server: z.object({ host: z.string(), port: z.int() }),
  /** null: its log is not read on this machine, so that nothing is known. */
  accountId: AccountId.nullable(),
  /** `report` null: he tells nothing. */
  members: z.array(z.object({ user: Person, mine: z.boolean(), report: MemberReport.nullable() })),
});
export type GroupHealth = z.infer<typeof GroupHealth>;

export const groupHealthCommands = {
  /** Errors: not-permitted for everybody but administrators, no-organisation. */
  'groups.health': command(z.object({}), z.object({ groups: z.array(GroupHealth) })),
};

export const groupHealthEvents = {
  /** A member told something else. */
  'groups.health': event(z.object({ accountId: AccountId })),
};
