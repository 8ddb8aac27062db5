/** What somebody who opens a mail needs of it from the server: at once, on a connection that no bulk work keeps busy. */
import type { FetchLimits, FetchRow } from '#engine/imap/fetchParser.ts';
import type { Mailbox } from '#engine/imap/Mailbox.ts';
import { readBodyStructure } from '#engine/imap/bodyStructure.ts';
import { decodePart } from '#engine/mime/decodePart.ts';
import { readEmbedded } from '#engine/mime/readText.ts';
import { readStructure } from '#engine/mime/structure.ts';
import { embeddedNumber } from '#engine/mime/uuencode.ts';
import type { MessageStructure, StoredAttachment } from '#engine/store/messageStructure.ts';
import { storeText, structureOf } from '#engine/store/texts.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { AccountId, MessageId } from '#shared/domain/ids.ts';
import { isMailError, MailError } from '#shared/errors/MailError.ts';
import type { AccountSession } from '../accountSession.ts';
import { bytesOf, uidOf } from '../run/headerRow.ts';
import { itemsFor, textOf } from '../run/textPass.ts';
import { placesOf } from './places.ts';
import type { Place } from './places.ts';

export interface ReaderParts {
  readonly store: Store;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  /** A folder was met that is not what the store takes it for. */
  readonly onFolderChanged: (id: AccountId) => void;
}

/** Of a text that a person opens; in the background less is fetched. */
const maxTextBytes = 16 * 1024 * 1024;
const textLimits: FetchLimits = { responseBytes: 40 * 1024 * 1024, depth: 100 };
const sourceLimits: FetchLimits = { responseBytes: 210 * 1024 * 1024, depth: 100 };

export class MessageReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /** Fetches the text of a message and stores it. Throws `message-gone`, and what a connection throws. */
  async fetchText(id: MessageId, signal: AbortSignal): Promise<void> {
    await this.#at(id, signal, async (mailbox, uid) => {
      const structure =
        structureOf(this.#parts.store.read, id) ?? (await fetchStructure(mailbox, uid, signal));
      const items = itemsFor(structure, maxTextBytes) ?? 'UID';
      const text = await fetchOne(mailbox, uid, items, textLimits, (row) => textOf(row, structure), signal);
      this.#parts.store.write((db) => {
        storeText(db, id, text);
      });
    });
  }

  /** The whole message as the server has it. Throws `message-gone`, and what a connection throws. */
  async fetchSource(id: MessageId, signal: AbortSignal): Promise<Uint8Array> {
    return this.#at(id, signal, (mailbox, uid) =>
      fetchOne(
        mailbox,
        uid,
        'UID BODY.PEEK[]',
        sourceLimits,
        (row) => {
          const bytes = row.items.get('BODY[]');
          return bytes === undefined ? null : Buffer.from(bytesOf(bytes));
        },
        signal,
      ),
    );
  }

  /** One attachment, decoded; also a file that stands inside a text. Throws `message-gone`, and what a connection throws. */
  async fetchPart(
    id: MessageId,
    attachment: Pick<StoredAttachment, 'part' | 'encoding'>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { part, encoding } = attachment;
    const place = embeddedNumber(part);
    if (place !== null) return this.#fetchEmbedded(id, part, place.textPart, signal);
    return this.#at(id, signal, (mailbox, uid) =>
      fetchOne(
        mailbox,
        uid,
        `UID BODY.PEEK[${part}]`,
        sourceLimits,
        (row) => {
          const bytes = row.items.get(`BODY[${part}]`);
          return bytes === undefined ? null : decodePart(bytesOf(bytes), encoding);
        },
        signal,
      ),
    );
  }

  async #fetchEmbedded(
    id: MessageId,
    number: string,
    textPart: string,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const structure = structureOf(this.#parts.store.read, id);
    if (structure === null) throw new MailError('message-gone');
    return this.#at(id, signal, (mailbox, uid) =>
      fetchOne(
        mailbox,
        uid,
        `UID BODY.PEEK[${textPart}]`,
        sourceLimits,
        (row) =>
          readEmbedded(structure, number, (part) => bytesOf(row.items.get(`BODY[${part}]`)))?.content ?? null,
        signal,
      ),
    );
  }

  /** Goes through the message's places until one answers. */
  async #at<T>(
    id: MessageId,
    signal: AbortSignal,
    work: (mailbox: Mailbox, uid: number) => Promise<T>,
  ): Promise<T> {
    const { store } = this.#parts;
    let fault = new MailError('message-gone');
    const places = placesOf(store.read, id);
    // A connection that broke in the middle says nothing about the mail: once more, on another.
    for (const { folder, uid } of [...places, ...places.slice(0, 1)]) {
      try {
        return await this.#inFolder({ folder, uid }, signal, work);
      } catch (error) {
        signal.throwIfAborted();
        // Moved, or its folder is another one by now: perhaps it lies in a second place.
        if (!isMailError(error) || (!elsewherePerhaps(error) && error.retry !== 'now')) throw error;
        fault = error;
      }
    }
    throw fault;
  }

  async #inFolder<T>(
    { folder, uid }: Place,
    signal: AbortSignal,
    work: (mailbox: Mailbox, uid: number) => Promise<T>,
  ): Promise<T> {
    const session = await this.#parts.session(folder.accountId);
    return session.lanes.withMailbox(
      'interactive',
      folder.path,
      { readOnly: true, reuse: true, upTo: uid },
      signal,
      async (mailbox) => {
        if (mailbox.uidValidity !== folder.uidValidity) {
          this.#parts.onFolderChanged(folder.accountId);
          throw new MailError('mailbox-changed', { folder: folder.path });
        }
        return work(mailbox, uid);
      },
    );
  }
}

function elsewherePerhaps(error: MailError): boolean {
  return (
    error.code === 'message-gone' || error.code === 'mailbox-changed' || error.code === 'mailbox-not-found'
  );
}

async function fetchStructure(mailbox: Mailbox, uid: number, signal: AbortSignal): Promise<MessageStructure> {
  return fetchOne(
    mailbox,
    uid,
    'UID BODYSTRUCTURE',
    textLimits,
    (row) => {
      const tree = readBodyStructure(row.items.get('BODYSTRUCTURE'));
      return tree === null ? null : readStructure(tree);
    },
    signal,
  );
}

/** The answer about one message; `read` says null to rows that are not it. Throws `message-gone` where none came. */
async function fetchOne<T>(
  mailbox: Mailbox,
  uid: number,
  items: string,
  limits: FetchLimits,
  read: (row: FetchRow) => T | null,
  signal: AbortSignal,
): Promise<T> {
  let found: { value: T } | null = null;
  await mailbox.fetch(
    uid.toString(),
    items,
    {
      onRow: (row) => {
        if (uidOf(row) !== uid) return;
        const value = read(row);
        if (value !== null) found = { value };
      },
      limits,
    },
    signal,
  );
  const answer = found as { value: T } | null;
  if (answer === null) throw new MailError('message-gone');
  return answer.value;
}
