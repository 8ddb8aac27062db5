/** A message's content, source and attachments: from the store, or fetched from its server first. */
import type { AttachmentCache } from '#engine/store/attachmentCache.ts';
import { getMessage, type StoredMessage } from '#engine/store/messageDetails.ts';
import { placementsOf, type MessagePlace } from '#engine/store/messages.repo.ts';
import type { StoredAttachment } from '#engine/store/messageStructure.ts';
import type { Store } from '#engine/store/store.ts';
import { getText, type StoredText } from '#engine/store/texts.repo.ts';
import { flagsOf } from '#engine/store/flags.ts';
import type { FolderId, MessageId, PartId } from '#shared/domain/ids.ts';
import { PartId as PartIdSchema } from '#shared/domain/ids.ts';
import type { MessageContent } from '#shared/domain/message.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';

/** What only a server can give. Each throws `message-gone` and what a connection throws. */
export interface ServerReader {
  /** Fetches the text and stores it (texts.repo.ts: storeText). */
  fetchText(id: MessageId, signal: AbortSignal): Promise<void>;
  /** The whole message as the server has it. */
  fetchSource(id: MessageId, signal: AbortSignal): Promise<Uint8Array>;
  /** One part, decoded. */
  fetchPart(id: MessageId, attachment: StoredAttachment, signal: AbortSignal): Promise<Uint8Array>;
}

export interface MessageContentParts {
  readonly store: Store;
  readonly reader: ServerReader;
  readonly cache: AttachmentCache;
}

export interface AttachmentBytes {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

export class MessageContents {
  readonly #parts: MessageContentParts;

  constructor(parts: MessageContentParts) {
    this.#parts = parts;
  }

  /** `folderId`: whose flags are meant; absent: where the message is nearest. Errors: not-found, message-gone, and what a connection throws. */
  async content(id: MessageId, signal: AbortSignal, folderId?: FolderId): Promise<MessageContent> {
    this.#placed(id, folderId);
    const text = await this.#text(id, signal);
    // Read anew: it may have moved while its text was fetched.
    const { message, place } = this.#placed(id, folderId);
    if (text === null) throw new MailError('message-gone');
    return {
      id,
      accountId: message.accountId,
      folderId: place.folderId,
      threadId: message.threadId,
      messageId: message.messageId,
      inReplyTo: message.inReplyTo,
      references: [...message.references],
      subject: message.subject,
      from: message.from,
      sender: message.sender,
      replyTo: [...message.replyTo],
      to: [...message.to],
      cc: [...message.cc],
      bcc: [...message.bcc],
      date: message.date,
      flags: flagsOf(place.flags),
      size: message.size,
      text: text.text,
      html: text.html,
      attachments: message.attachments.flatMap(({ part, filename, contentType, size, inline, contentId }) => {
        const partId = PartIdSchema.safeParse(part);
        return partId.success ? [{ id: partId.data, filename, contentType, size, inline, contentId }] : [];
      }),
      warnings: text.warnings,
      authenticationResults: text.authenticationResults,
      listUnsubscribe: text.listUnsubscribe,
    };
  }

  /**
   * The stored text, unpacked once; fetched first where there is none. Of a very long one the background pass stores the beginning:
   * without a server that is what there is to see, and it says so.
   */
  async #text(id: MessageId, signal: AbortSignal): Promise<StoredText | null> {
    const { store, reader } = this.#parts;
    const stored = getText(store.read, id);
    if (stored !== null && !stored.warnings.some(({ code }) => code === 'text-incomplete')) return stored;
    try {
      await reader.fetchText(id, signal);
    } catch (error) {
      if (stored === null) throw error;
      signal.throwIfAborted();
      if (!isMailError(error)) throw error;
      return stored;
    }
    return getText(store.read, id);
  }

  /** Errors: not-found, message-gone, and what a connection throws. */
  async source(id: MessageId, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    this.#placed(id);
    return alone(await this.#parts.reader.fetchSource(id, signal));
  }

  /** Errors: not-found (also a part that is no attachment of this message), message-gone, and what a connection throws. */
  async attachment(id: MessageId, part: PartId, signal: AbortSignal): Promise<AttachmentBytes> {
    const { reader, cache } = this.#parts;
    const { message } = this.#placed(id);
    const attachment = message.attachments.find((one) => one.part === part);
    if (!attachment) throw new MailError('not-found', { what: 'attachment' });
    const { filename, contentType } = attachment;
    const cached = await cache.get(id, part);
    if (cached) return { filename, contentType, content: alone(cached) };
    const content = await reader.fetchPart(id, attachment, signal);
    await cache.put(id, part, content);
    return { filename, contentType, content: alone(content) };
  }

  #placed(id: MessageId, folderId?: FolderId): { message: StoredMessage; place: MessagePlace } {
    const { read } = this.#parts.store;
    const message = getMessage(read, id);
    const places = placementsOf(read, id).filter(({ hidden }) => !hidden);
    // Moved meanwhile: it is the same message, and opening it is what was wanted.
    const place = places.find((one) => one.folderId === folderId) ?? places[0];
    if (!message || !place) throw new MailError('not-found', { what: 'message' });
    return { message, place };
  }
}

/** In a buffer of their own: what crosses a transport takes its whole buffer along. */
function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
