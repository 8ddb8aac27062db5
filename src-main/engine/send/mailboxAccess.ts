/** What sending needs of an account's mailbox; the IMAP side implements it, so that this folder knows no IMAP. */
import type { WriteDb } from '#engine/store/handles.ts';
import type { AccountId } from '#shared/domain/ids.ts';

export interface FiledMessage {
  readonly folder: string;
  /** null: the server has no UIDPLUS and the copy was not found again. */
  readonly uid: number | null;
  readonly uidValidity: string | null;
}

export interface MailboxAccess {
  /** The folder's path for a role, null where the account has none. */
  folderFor(accountId: AccountId, role: 'sent' | 'drafts'): string | null;
  /** The same asked of the server: for an account whose folders were not read yet. Throws what a connection throws. */
  learnFolder(accountId: AccountId, role: 'sent' | 'drafts', signal: AbortSignal): Promise<string | null>;
  /** Asks the server (not the store) for a message by its Message-ID. Throws what a connection throws. */
  findByMessageId(
    accountId: AccountId,
    folder: string,
    messageId: string,
    signal: AbortSignal,
  ): Promise<FiledMessage | null>;
  append(
    accountId: AccountId,
    folder: string,
    raw: Uint8Array,
    flags: readonly string[],
    date: number,
    signal: AbortSignal,
  ): Promise<FiledMessage>;
  /**
   * Queues the removal of one message of ours (an outdated draft copy) as a durable operation in the caller's transaction; on a server
   * that cannot expunge one message alone it stays, flagged as deleted.
   */
  queueRemoval(db: WriteDb, accountId: AccountId, message: FiledMessage): void;
  /** This host files a copy of what it sends by itself (Exchange, Gmail): look longer before appending one. */
  filesOwnSentCopy(accountId: AccountId): boolean;
}
