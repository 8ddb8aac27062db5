/**
 * Branded ids: an account's id can never be passed where a folder's is wanted.
 * Accounts, drafts and outbox entries are UUIDs (made on this machine); folders are store row numbers.
 */
import * as z from 'zod';

export const AccountId = z.string().min(1).max(64).brand<'AccountId'>();
export type AccountId = z.infer<typeof AccountId>;

export const FolderId = z.int().nonnegative().brand<'FolderId'>();
export type FolderId = z.infer<typeof FolderId>;

/**
 * A message's id in the store: seconds since 1970 times 2^20 plus a number that tells messages of one second apart, so that
 * ids rise with the date and "newest first" is the primary key's own order. Always below 2^53, hence a plain number.
 */
export const MessageId = z.int().nonnegative().brand<'MessageId'>();
export type MessageId = z.infer<typeof MessageId>;

/** The id of the oldest message known of a conversation when the conversation was first seen; never reused. */
export const ThreadId = z.int().nonnegative().brand<'ThreadId'>();
export type ThreadId = z.infer<typeof ThreadId>;

export const DraftId = z.uuid().brand<'DraftId'>();
export type DraftId = z.infer<typeof DraftId>;

export const OutboxId = z.uuid().brand<'OutboxId'>();
export type OutboxId = z.infer<typeof OutboxId>;

/** An attachment of a stored message is named by its IMAP part number ("2", "1.3"). */
export const PartId = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/)
  .max(100)
  .brand<'PartId'>();
export type PartId = z.infer<typeof PartId>;
