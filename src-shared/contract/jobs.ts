/** Work that takes long: what is under way and how far, held up for a while by a person, gone on with, or ended. */
import * as z from 'zod';
import { AccountId } from '../domain/ids.ts';
import { command, event } from './define.ts';

/**
 * `headers`: the older mails of an account's folders are taken in. `texts`: the texts of an account's mails are fetched. `accounts`: accounts
 * from a file are tested and added. `archive`: copies of sent mails that waited are handed to the archive. `index`: the search index is built
 * anew. `import`, `export`: mails from and to files, which are a client's. `server-search`: servers are asked for what is not here.
 */
export const JobKind = z.enum([
  'headers',
  'texts',
  'accounts',
  'archive',
  'index',
  'import',
  'export',
  'server-search',
]);
export type JobKind = z.infer<typeof JobKind>;

const JobId = z.string().min(1).max(100);

export const Job = z.object({
  id: JobId,
  kind: JobKind,
  /** null: it concerns no account in particular. */
  accountId: AccountId.nullable(),
  /** The name of a folder, as a person reads it. */
  folder: z.string().max(1000).nullable(),
  done: z.int(),
  /** 0: not known. */
  total: z.int(),
  state: z.enum(['running', 'paused']),
  pausable: z.boolean(),
  cancellable: z.boolean(),
});
export type Job = z.infer<typeof Job>;

export const jobCommands = {
  /** In the order in which they began. */
  'jobs.list': command(z.object({}), z.object({ jobs: z.array(Job) })),
  /**
   * It comes to rest where nothing is lost by it. Lasts as long as the engine runs, also over a lost connection: an engine that begins anew
   * goes on with what is left, and says so by the job. Errors: not-found, not-permitted.
   */
  'jobs.pause': command(z.object({ id: JobId }), z.object({})),
  'jobs.resume': command(z.object({ id: JobId }), z.object({})),
  'jobs.cancel': command(z.object({ id: JobId }), z.object({})),
  /**
   * Makes a client's own work a job, under an id of the client's making. Answers when somebody ends the job; until then the call stays open,
   * and with it the job: a client that goes takes its jobs along. Errors: not-permitted (the id is taken).
   */
  'jobs.hold': command(
    z.object({
      id: JobId,
      kind: z.enum(['import', 'export']),
      accountId: AccountId.nullable(),
      folder: z.string().max(1000).nullable(),
    }),
    z.object({}),
  ),
  /** How far a held job is, in a unit of the client's choice. Answers when it may go on. Errors: not-found. */
  'jobs.step': command(z.object({ id: JobId, done: z.int().min(0), total: z.int().min(0) }), z.object({})),
};

export const jobEvents = {
  /** All that are under way; not more often than an eye can follow. */
  'jobs.changed': event(z.object({ jobs: z.array(Job) })),
};
