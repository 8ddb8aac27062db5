/** Searching where this machine does not reach: on the servers themselves. */
import * as z from 'zod';
import { AccountId } from '../domain/ids.ts';
import { WireError } from '../errors/MailError.ts';
import { command } from './define.ts';

/** What no server can be asked for: it is checked here, on what the servers found by the rest of the query. */
export const LocalPart = z.enum(['note', 'handler', 'status', 'filename', 'has-attachment']);
export type LocalPart = z.infer<typeof LocalPart>;

export const ServerSearchResult = z.object({
  accountId: AccountId,
  /** Messages that the server found and that hold of what is checked here, those among them that were known before. */
  found: z.int(),
  /** Messages that were not known here before: their headers were fetched. */
  fetched: z.int(),
  /** More were found than are taken at once: the newest of them are there. */
  cut: z.boolean(),
  /** What ended the search in this account; what was found until then counts. */
  error: WireError.nullable(),
});
export type ServerSearchResult = z.infer<typeof ServerSearchResult>;

export const searchCommands = {
  /**
   * Asks the servers of one account, or of all. What they find belongs to this query from then on, as long as the engine runs: `messages.list`
   * with the same query and account lists it. A fault of one account is in its result. A job `server-search` under `job`. Errors:
   * not-supported (a query with too many alternatives), cancelled.
   */
  'search.onServer': command(
    z.object({
      query: z.string().min(1).max(2000),
      accountId: AccountId.optional(),
      job: z.string().min(1).max(100),
    }),
    z.object({
      accounts: z.array(ServerSearchResult),
      /** Empty where a server was asked for all of it. Without results for any account: it consists of these alone, and no server was asked. */
      local: z.array(LocalPart),
    }),
  ),
};
