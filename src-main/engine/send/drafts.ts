/** Drafts: safe on this disk at once, in the account's Drafts folder soon after, never lost by a failed send. */
import { drop } from '#shared/base/drop.ts';
import type { Draft, DraftAttachment, DraftContent } from '#shared/contract/compose.ts';
import { DraftContent as DraftContentSchema } from '#shared/contract/compose.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { Address } from '#shared/domain/message.ts';
import { DraftId, type AccountId } from '#shared/domain/ids.ts';
import { MailError, toWire } from '#shared/errors/MailError.ts';
import type { Clock, Ids, Log } from '#engine/ports/ports.ts';
import {
  deleteDraft,
  deleteDraftAttachment,
  draftAttachmentContents,
  draftsToUpload,
  getDraft,
  insertDraft,
  insertDraftAttachment,
  listDrafts,
  recordServerCopy,
  touchDraft,
  updateDraft,
  type ServerDraftCopy,
  type StoredDraft,
} from '#engine/store/drafts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { buildMessage } from './buildMessage.ts';
import type { MailboxAccess } from './mailboxAccess.ts';
import { readableRecipients } from './recipients.ts';

export interface DraftsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly mailbox: MailboxAccess;
  readonly settingsOf: (id: AccountId) => AccountSettings | null;
  /** null: the identity is gone. */
  readonly senderOf: (id: AccountId, identity: string | null) => Address | null;
  readonly passive: boolean;
}

/** A draft rests this long before its copy goes to the server: one upload a pause, not one a keystroke. */
const restMs = 8_000;
const retryMs = 60_000;
/** Together, for one mail; what a server takes is asked of it at sending. */
const maxAttachmentBytes = 150 * 1024 * 1024;

export interface NewAttachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly inline: boolean;
  readonly contentId?: string | null;
}

export class Drafts implements AsyncDisposable {
  readonly #parts: DraftsParts;
  readonly #abort = new AbortController();
  #timer: Disposable | null = null;
  #upload: Promise<void> = Promise.resolve();

  constructor(parts: DraftsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#schedule(0);
  }

  create(
    accountId: AccountId,
    content: Partial<DraftContent>,
    serverCopy: ServerDraftCopy | null = null,
    messageId?: string,
  ): Draft {
    const { store, ids, clock } = this.#parts;
    const settings = this.#settings(accountId);
    const id = DraftId.parse(ids.uuid());
    // The Message-ID is made once and stays: it is what a lost answer is looked for by.
    const domain = settings.address.split('@')[1] ?? 'localhost';
    store.precious((db) => {
      insertDraft(db, {
        id,
        accountId,
        content: DraftContentSchema.parse(content),
        messageId: messageId ?? `${ids.uuid()}@${domain}`,
        now: clock.now(),
        serverCopy,
      });
    });
    return this.get(id);
  }

  get(id: DraftId): StoredDraft {
    const draft = getDraft(this.#parts.store.read, id);
    if (draft === null) throw new MailError('not-found', { what: 'draft' });
    return draft;
  }

  list(accountId: AccountId | null): StoredDraft[] {
    return listDrafts(this.#parts.store.read, accountId);
  }

  /** The new version. Errors: not-found, not-permitted (it is being sent). */
  save(id: DraftId, accountId: AccountId, content: DraftContent): number {
    const draft = this.#writable(id);
    this.#settings(accountId);
    const { store, clock } = this.#parts;
    const version = store.precious((db) => {
      // In another account's Drafts folder it is another mail: the old copy goes.
      if (draft.accountId !== accountId && draft.serverCopy)
        this.#parts.mailbox.queueRemoval(db, draft.accountId, draft.serverCopy);
      return updateDraft(db, id, accountId, content, clock.now());
    });
    this.#schedule(restMs);
    return version;
  }

  attach(id: DraftId, attachment: NewAttachment): DraftAttachment {
    const draft = this.#writable(id);
    const { store, clock, ids } = this.#parts;
    const together = draft.attachments.reduce((sum, { size }) => sum + size, attachment.content.byteLength);
    if (together > maxAttachmentBytes)
      throw new MailError('message-too-large', { size: together, limit: maxAttachmentBytes });
    const row: DraftAttachment = {
      // Sorts in the order of attaching.
      id: `${String(clock.now()).padStart(15, '0')}-${ids.uuid()}`,
      filename: attachment.filename,
      contentType: attachment.contentType || 'application/octet-stream',
      size: attachment.content.byteLength,
      inline: attachment.inline,
      contentId: attachment.contentId ?? (attachment.inline ? `${ids.uuid()}@postkorb` : null),
    };
    store.precious((db) => {
      insertDraftAttachment(db, id, { ...row, content: attachment.content });
      touchDraft(db, id, clock.now());
    });
    this.#schedule(restMs);
    return row;
  }

  detach(id: DraftId, attachmentId: string): void {
    this.#writable(id);
    const { store, clock } = this.#parts;
    store.precious((db) => {
      if (!deleteDraftAttachment(db, id, attachmentId))
        throw new MailError('not-found', { what: 'attachment' });
      touchDraft(db, id, clock.now());
    });
    this.#schedule(restMs);
  }

  discard(id: DraftId): void {
    const draft = this.#writable(id);
    this.#parts.store.precious((db) => {
      if (draft.serverCopy) this.#parts.mailbox.queueRemoval(db, draft.accountId, draft.serverCopy);
      deleteDraft(db, id);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new MailError('cancelled'));
    this.#timer?.[Symbol.dispose]();
    await this.#upload;
  }

  #settings(accountId: AccountId): AccountSettings {
    const settings = this.#parts.settingsOf(accountId);
    if (settings === null) throw new MailError('not-found', { what: 'account' });
    return settings;
  }

  #writable(id: DraftId): StoredDraft {
    const draft = this.get(id);
    if (draft.outboxId !== null) throw new MailError('not-permitted', { what: 'draft' });
    return draft;
  }

  #schedule(ms: number): void {
    if (this.#parts.passive || this.#abort.signal.aborted) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#parts.clock.setTimer(ms, () => {
      this.#upload = this.#upload.then(() => this.#uploadRested());
      drop(this.#upload, 'drafts are copied to the server', (error) => {
        this.#parts.log.error('drafts could not be copied', { error });
      });
    });
  }

  async #uploadRested(): Promise<void> {
    const { store, clock, log } = this.#parts;
    let failed = false;
    for (const draft of draftsToUpload(store.read, clock.now() - restMs)) {
      if (this.#abort.signal.aborted) return;
      try {
        await this.#uploadOne(draft);
      } catch (error) {
        failed = true;
        log.info('a draft waits for its server', { code: toWire(error).code });
      }
    }
    if (failed) this.#schedule(retryMs);
  }

  /** The new copy is there before the old one goes. */
  async #uploadOne(draft: StoredDraft): Promise<void> {
    const { store, mailbox, clock } = this.#parts;
    const folder = mailbox.folderFor(draft.accountId, 'drafts');
    const settings = this.#parts.settingsOf(draft.accountId);
    if (folder === null || settings === null) return;
    const { content } = draft;
    const own: Address = { name: settings.displayName, address: settings.address };
    const from = this.#parts.senderOf(draft.accountId, content.identity) ?? own;
    const raw = await buildMessage(
      {
        from,
        to: readableRecipients(content.to),
        cc: readableRecipients(content.cc),
        bcc: readableRecipients(content.bcc),
        replyTo: readableRecipients(content.replyTo),
        content,
        attachments: draftAttachmentContents(store.read, draft.id),
        messageId: draft.messageId,
        date: draft.updatedAt,
      },
      { keepBcc: true },
    );
    const copy = await mailbox.append(
      draft.accountId,
      folder,
      raw,
      ['\\Draft', '\\Seen'],
      clock.now(),
      this.#abort.signal,
    );
    store.precious((db) => {
      const now = getDraft(db, draft.id);
      // Sent or discarded while it was on its way: the copy that just arrived goes again.
      if (now === null) mailbox.queueRemoval(db, draft.accountId, copy);
      else {
        if (draft.serverCopy) mailbox.queueRemoval(db, draft.accountId, draft.serverCopy);
        recordServerCopy(db, draft.id, draft.version, copy);
      }
    });
  }
}
