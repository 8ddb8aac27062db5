/** Lists, contents and acts on messages. */
import * as z from 'zod';
import { UserId } from '../domain/group/config.ts';
import { AccountId, FolderId, MessageId, PartId } from '../domain/ids.ts';
import { MessageContent, MessageRow } from '../domain/message.ts';
import { command } from './define.ts';

/** What a list shows: one folder, or a smart folder over all accounts. */
export const ListSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), folderId: FolderId }),
  z.object({ kind: z.literal('all-inboxes') }),
  /** Over all group accounts, as this person sees them. */
  z.object({ kind: z.literal('group'), list: z.enum(['handled-by-me', 'unassigned', 'for-information']) }),
  z.object({ kind: z.literal('search'), query: z.string().max(2000), accountId: AccountId.optional() }),
]);
export type ListSource = z.infer<typeof ListSource>;

/** Ties (and the dates of one sender or subject) stand newest first. */
export const ListSort = z.object({
  by: z.enum(['date', 'sender', 'subject', 'size']),
  ascending: z.boolean(),
});
export type ListSort = z.infer<typeof ListSort>;
export const newestFirst: ListSort = { by: 'date', ascending: false };

/** What a list leaves out; all that is asked for must hold. */
export const ListFilter = z.object({
  unread: z.boolean().optional(),
  starred: z.boolean().optional(),
  attachments: z.boolean().optional(),
  /** An address of the account stands among the recipients in To. */
  toMe: z.boolean().optional(),
  /** Of a group account's mail: who handles it; null: nobody. */
  handler: UserId.nullable().optional(),
});
export type ListFilter = z.infer<typeof ListFilter>;

export const Page = z.object({
  messages: z.array(MessageRow),
  /** Opaque; hand it back as `before` for the next (older) page. null: this was the last. */
  next: z.string().nullable(),
  /** All that the source holds, where that is known without counting. */
  total: z.int().nullable(),
  /** For a search while the index is being built: the share of all mails that it covers so far, 0 to 1. */
  indexed: z.number().optional(),
});
export type Page = z.infer<typeof Page>;

/** A message in a folder. The folder matters: the same message may lie in several, and a flag or a move concerns one of them. */
export const MessageRef = z.object({ id: MessageId, folderId: FolderId.optional() });
export type MessageRef = z.infer<typeof MessageRef>;

/** What an act concerns. `conversation`: all of the message's conversation that lies in that folder. */
export const ActRef = MessageRef.extend({ conversation: z.boolean().optional() });
export type ActRef = z.infer<typeof ActRef>;

const Refs = z.array(ActRef).min(1).max(10_000);
const Done = z.object({ queued: z.int(), done: z.int() });

export const messageCommands = {
  'messages.list': command(
    z.object({
      source: ListSource,
      limit: z.int().min(1).max(500).default(100),
      before: z.string().max(1200).optional(),
      /** One row a conversation: its newest message, of those that pass the filter. Only in lists that are sorted by date. */
      threads: z.boolean().default(false),
      /** Of folders, all inboxes and searches. */
      sort: ListSort.optional(),
      filter: ListFilter.optional(),
    }),
    Page,
  ),
  /** How many unread mails each search finds; `more`: there may be more, which were not counted. */
  'search.unread': command(
    z.object({
      searches: z.array(z.object({ query: z.string().max(2000), accountId: AccountId.optional() })).max(100),
    }),
    z.object({ unread: z.array(z.int()), more: z.array(z.boolean()) }),
  ),
  /** Rows by id, in the order asked for; those that are gone are left out. For refreshing what is on screen. */
  'messages.rows': command(
    z.object({ refs: z.array(MessageRef).max(500) }),
    z.object({ messages: z.array(MessageRow) }),
  ),
  /**
   * The conversation that a message belongs to, from whatever folders of its account its messages lie in, each once and oldest first.
   * Those in spam and trash are left out, unless this message lies there itself. `next` leads to older ones.
   */
  'messages.conversation': command(
    MessageRef.extend({
      limit: z.int().min(1).max(500).default(200),
      before: z.string().max(1200).optional(),
    }),
    z.object({ messages: z.array(MessageRow), next: z.string().nullable() }),
  ),
  /**
   * Fetches the text from the server first where it is not stored yet. `beginning`: of very long texts no more than is shown at once.
   * Errors: not-found, message-gone, and what a connection throws.
   */
  'messages.get': command(MessageRef.extend({ beginning: z.boolean().optional() }), MessageContent),
  /**
   * A very long text piece by piece, so that none of them holds up whoever takes it in. `next`: where the following one begins.
   * Errors: as of `messages.get`.
   */
  'messages.piece': command(
    MessageRef.extend({ of: z.enum(['text', 'html']), from: z.int().min(0) }),
    z.object({ piece: z.string(), next: z.int().nullable() }),
  ),
  'messages.source': command(MessageRef, z.object({ raw: z.instanceof(Uint8Array) })),
  'messages.attachment': command(
    MessageRef.extend({ part: PartId }),
    z.object({ filename: z.string(), contentType: z.string(), content: z.instanceof(Uint8Array) }),
  ),
  'messages.flag': command(
    z.object({
      refs: Refs,
      add: z.array(z.enum(['seen', 'flagged', 'answered', 'forwarded'])),
      remove: z.array(z.enum(['seen', 'flagged', 'answered', 'forwarded'])),
      /** The program did it (read because it was open for a while): no act of a person's, and nothing for `undo`. */
      automatic: z.boolean().optional(),
    }),
    Done,
  ),
  'messages.move': command(z.object({ refs: Refs, target: FolderId }), Done),
  'messages.archive': command(z.object({ refs: Refs }), Done),
  'messages.junk': command(z.object({ refs: Refs }), Done),
  /** To the trash; what lies in the trash is removed for good. */
  'messages.delete': command(z.object({ refs: Refs }), Done),
  /** Takes back the user's last `move`, `archive`, `junk`, `delete` or `flag` as far as it can be. */
  'messages.undo': command(z.object({}), z.object({ undone: z.string().nullable() })),
  /** Waits until every queued operation of these accounts was tried once (the command line; the window never waits). */
  'operations.flush': command(
    z.object({ accountId: AccountId.optional() }),
    z.object({ done: z.int(), queued: z.int() }),
  ),
  /** Operations the server refused for good, with the reason; `dismiss` drops one. */
  'operations.failed': command(
    z.object({}),
    z.object({
      operations: z.array(
        z.object({
          id: z.int(),
          accountId: AccountId,
          kind: z.string(),
          subject: z.string(),
          error: z
            .object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
            .nullable(),
          state: z.string(),
          createdAt: z.number(),
        }),
      ),
    }),
  ),
  'operations.dismiss': command(z.object({ id: z.int() }), z.object({})),
  'operations.retry': command(z.object({ id: z.int() }), z.object({})),
};
