/** What sending needs of an account's mailbox. */
import type { MailboxAccess, FiledMessage } from '#engine/send/mailboxAccess.ts';
import { findFolderByRole } from '#engine/store/folders.repo.ts';
import type { WriteDb } from '#engine/store/handles.ts';
import { enqueue } from '#engine/store/operations.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { quirksFor } from '#engine/imap/quirks.ts';
import type { Clock } from '#engine/ports/ports.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { orderedFolders } from '../plan/folderList.ts';

export interface MailboxParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  /** The IMAP host of an account; null: there is no such account. */
  readonly hostOf: (id: AccountId) => string | null;
  /** Something of the account changed here or on the server: look soon. */
  readonly kick: (id: AccountId) => void;
}

export class StoredMailbox implements MailboxAccess {
  readonly #parts: MailboxParts;

  constructor(parts: MailboxParts) {
    this.#parts = parts;
  }

  folderFor(accountId: AccountId, role: 'sent' | 'drafts'): string | null {
    const folder = findFolderByRole(this.#parts.store.read, accountId, role);
    return folder?.selectable === true && !folder.localOnly ? folder.path : null;
  }

  async learnFolder(
    accountId: AccountId,
    role: 'sent' | 'drafts',
    signal: AbortSignal,
  ): Promise<string | null> {
    const session = await this.#parts.session(accountId);
    const listed = await session.lanes.withConnection('interactive', signal, (connection) =>
      connection.listFolders(signal),
    );
    const found = orderedFolders(listed, null).find((folder) => folder.role === role);
    return found?.selectable === true ? found.path : null;
  }

  async findByMessageId(
    accountId: AccountId,
    folder: string,
    messageId: string,
    signal: AbortSignal,
  ): Promise<FiledMessage | null> {
    const session = await this.#parts.session(accountId);
    return session.lanes.withMailbox('interactive', folder, { readOnly: true }, signal, async (mailbox) => {
      const uid = (await mailbox.searchMessageId(messageId, signal)).at(-1);
      return uid === undefined ? null : { folder, uid, uidValidity: mailbox.uidValidity };
    });
  }

  async append(
    accountId: AccountId,
    folder: string,
    raw: Uint8Array,
    flags: readonly string[],
    date: number,
    signal: AbortSignal,
  ): Promise<FiledMessage> {
    const session = await this.#parts.session(accountId);
    const appended = await session.lanes.withConnection('interactive', signal, (connection) =>
      connection.append(folder, raw, flags, date, signal),
    );
    this.#parts.kick(accountId);
    if (appended.uid !== null) return { folder, ...appended };
    // Without UIDPLUS the server does not say where it is: the last with this Message-ID is the one that just came.
    const messageId = messageIdIn(raw);
    const found =
      messageId === null ? null : await this.findByMessageId(accountId, folder, messageId, signal);
    return found ?? { folder, uid: null, uidValidity: null };
  }

  queueRemoval(db: WriteDb, accountId: AccountId, message: FiledMessage): void {
    const { folder, uid, uidValidity } = message;
    // Nothing to name it by: it stays, and a person sees it.
    if (uid === null || uidValidity === null) return;
    enqueue(
      db,
      { kind: 'remove-draft', accountId, path: folder, uid, uidValidity, messageId: null },
      this.#parts.clock.now(),
    );
    this.#parts.kick(accountId);
  }

  filesOwnSentCopy(accountId: AccountId): boolean {
    const host = this.#parts.hostOf(accountId);
    if (host === null) throw new MailError('not-found', { what: 'account' });
    return quirksFor(host).filesSentCopy === true;
  }
}

/** The Message-ID of one of our own messages, without angle brackets. */
function messageIdIn(raw: Uint8Array): string | null {
  const head = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 64 * 1024)).toString(
    'latin1',
  );
  const headers = head.split(/\r?\n\r?\n/, 1)[0] ?? '';
  return /^message-id:\s*<([^<>\s]+)>/im.exec(headers)?.[1] ?? null;
}
