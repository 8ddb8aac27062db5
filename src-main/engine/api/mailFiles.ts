/** Mails as files, out and in: the contract's handlers. Each call is whole in itself; what an export or import is in all, its client knows. */
import { readFileMail } from '#engine/mime/fileMail.ts';
import { readIncomingMail, type IncomingMail } from '#engine/mime/incomingMail.ts';
import { deriveReply } from '#engine/mime/reply.ts';
import { messageIdentity } from '#engine/store/identity.ts';
import type { Clock } from '#engine/ports/ports.ts';
import { placesNamed } from '#engine/store/conversations.ts';
import { flagsOf } from '#engine/store/flags.ts';
import { getFolder, requireFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { exportedMessage, messagesOfFolder, type ExportedMessage } from '#engine/store/mailFiles.repo.ts';
import { announceOnce } from '#engine/store/messages.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { AccountSession } from '#engine/sync/accountSession.ts';
import { fetchMails } from '#engine/sync/access/messageExport.ts';
import { fileMails } from '#engine/sync/access/messageImport.ts';
import type { CommandName, HandlersOf, ParsedRequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { ImportOutcome, mailFileCommands } from '#shared/contract/mailFiles.ts';
import { mboxEntry } from '#shared/domain/mbox/writer.ts';
import type { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';

export interface MailFileParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly session: (id: AccountId) => Promise<AccountSession>;
  /** One mail from wherever it lies now. */
  readonly source: (id: MessageId, signal: AbortSignal) => Promise<Uint8Array>;
  /** Every address that is the reader's own, for "reply to all". */
  readonly ownAddresses: () => readonly string[];
  readonly quotePosition: () => 'below' | 'above';
  /** What a client that does not say it reads in. */
  readonly locale: () => string;
  /** Something came into this account: look soon. */
  readonly kick: (id: AccountId) => void;
}

export type MailFileCommandName = Extract<CommandName, keyof typeof mailFileCommands>;

type Read = ResponseOf<'mailFiles.read'>;

export function createMailFileHandlers(parts: MailFileParts): HandlersOf<MailFileCommandName> {
  const { store, clock } = parts;

  const folderOf = (id: FolderId): StoredFolder => {
    const folder = requireFolder(store.read, id);
    if (!folder.selectable || folder.role === 'log') throw new MailError('not-permitted', { what: 'folder' });
    return folder;
  };

  function listed(source: ParsedRequestOf<'mailFiles.list'>['source']): ExportedMessage[] {
    if (source.kind === 'folder') return messagesOfFolder(store.read, folderOf(source.folderId).id);
    return store.snapshot((db) =>
      placesNamed(db, source.refs).flatMap(({ id, folderId }) => exportedMessage(db, folderId, id) ?? []),
    );
  }

  /** The mails of one folder; one that moved meanwhile is fetched from where it lies now. */
  async function read(
    folderId: FolderId,
    messages: readonly ExportedMessage[],
    format: ParsedRequestOf<'mailFiles.read'>['format'],
    answer: Read,
    signal: AbortSignal,
  ): Promise<void> {
    const folder = getFolder(store.read, folderId);
    const uids = messages.flatMap(({ uid }) => (uid > 0 ? [uid] : []));
    const fetched =
      folder?.selectable === true
        ? await unlessChanged(fetchMailsOf(folder, uids, signal), () => new Map<number, never>())
        : new Map<number, never>();
    for (const { id, uid, subject, from, date, flags } of messages) {
      try {
        const mail = fetched.get(uid) ?? { raw: await parts.source(id, signal), flags, date: null };
        const content =
          format === 'eml'
            ? mail.raw
            : mboxEntry({
                raw: mail.raw,
                sender: from,
                date: mail.date ?? date,
                status: flagsOf(mail.flags),
              });
        answer.entries.push({ id, subject, date, content: new Uint8Array(content) });
      } catch (error) {
        signal.throwIfAborted();
        if (!isMailError(error) || !concernsMail(error)) throw error;
        answer.failed.push({ id, subject, error: toWire(error) });
      }
    }
  }

  async function fetchMailsOf(folder: StoredFolder, uids: readonly number[], signal: AbortSignal) {
    return fetchMails(await parts.session(folder.accountId), folder, uids, signal);
  }

  /** What is filed is no news: it is not announced as new mail. */
  function silence(accountId: AccountId, mails: readonly IncomingMail[]): void {
    store.write((db) => {
      for (const { headers, raw } of mails)
        announceOnce(db, accountId, messageIdentity(headers, raw.length), clock.now());
    });
  }

  return {
    'mailFiles.list': async ({ source }) => ({
      messages: listed(source).map(({ id, folderId, size }) => ({ id, folderId, size })),
    }),
    'mailFiles.read': async ({ messages, format }, signal) => {
      const answer: Read = { entries: [], failed: [] };
      const found = messages.map(({ id, folderId }) => exportedMessage(store.read, folderId, id));
      messages.forEach(({ id }, at) => {
        if (found[at] === null)
          answer.failed.push({ id, subject: '', error: toWire(new MailError('message-gone')) });
      });
      const there = found.filter((message) => message !== null);
      for (const [folderId, some] of Map.groupBy(there, (message) => message.folderId))
        await read(folderId, some, format, answer, signal);
      // In the order asked for.
      const order = new Map(messages.map(({ id }, at) => [id, at]));
      answer.entries.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
      return answer;
    },
    'mailFiles.import': async ({ folderId, mails }, signal) => {
      const folder = folderOf(folderId);
      const outcomes: (ImportOutcome | null)[] = mails.map(() => null);
      const filed: { readonly at: number; readonly mail: IncomingMail }[] = [];
      mails.forEach(({ content, envelopeDate }, at) => {
        const mail = readIncomingMail(content, envelopeDate, clock.now());
        if (mail === null) outcomes[at] = { outcome: 'failed', error: toWire(new MailError('not-a-mail')) };
        else if (mail.removed) outcomes[at] = { outcome: 'removed' };
        else filed.push({ at, mail });
      });
      const incoming = filed.map(({ mail }) => mail);
      let done = 0;
      let stopped: ResponseOf<'mailFiles.import'>['stopped'] = null;
      if (incoming.length > 0)
        try {
          const session = await parts.session(folder.accountId);
          silence(folder.accountId, incoming);
          await fileMails(
            session,
            folder,
            incoming,
            (outcome) => {
              outcomes[filed[done]?.at ?? 0] = outcome;
              done += 1;
            },
            signal,
          );
        } catch (error) {
          signal.throwIfAborted();
          if (!isMailError(error)) throw error;
          stopped = toWire(error);
        } finally {
          if (done > 0) parts.kick(folder.accountId);
        }
      const left = outcomes.findIndex((outcome) => outcome === null);
      return {
        outcomes: (left < 0 ? outcomes : outcomes.slice(0, left)).filter((outcome) => outcome !== null),
        stopped,
      };
    },
    'mailFiles.open': async ({ content }) => readFileMail(content, clock.now()),
    'mailFiles.answer': async ({ content, kind, quoteHtml, locale }) => ({
      content: deriveReply(readFileMail(content, clock.now()).mail, {
        mode: kind === 'reply-all' ? 'replyAll' : kind,
        ownAddresses: parts.ownAddresses(),
        locale: locale ?? parts.locale(),
        quote: parts.quotePosition(),
        quoteHtml,
      }),
    }),
  };
}

/** Another folder by now: its UIDs mean other mails, and each is looked for by itself. */
async function unlessChanged<T>(work: Promise<T>, instead: () => T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMailError(error) && (error.code === 'mailbox-changed' || error.code === 'mailbox-not-found'))
      return instead();
    throw error;
  }
}

/** Of one mail, while the others can be had. */
function concernsMail(error: MailError): boolean {
  return (
    error.code === 'message-gone' ||
    error.code === 'mailbox-changed' ||
    error.code === 'not-found' ||
    error.code === 'response-too-large' ||
    error.code === 'server-refused'
  );
}
