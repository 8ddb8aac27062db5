/** Drafts, outbox and the archive's ledger: the contract's handlers. */
import { deriveReply } from '#engine/mime/reply.ts';
import type { Clock, Ids } from '#engine/ports/ports.ts';
import { buildMessage } from '#engine/send/buildMessage.ts';
import type { Drafts } from '#engine/send/drafts.ts';
import type { Outbox } from '#engine/send/outbox.ts';
import { answeringIdentity } from '#engine/send/identities.ts';
import { readRecipients } from '#engine/send/recipients.ts';
import { listLedger, openCopies, openCopiesOf } from '#engine/store/archiveLedger.repo.ts';
import { draftAttachmentContents, findDraftByServerCopy, lockDraft } from '#engine/store/drafts.repo.ts';
import {
  deleteEndedJob,
  getJob,
  insertJob,
  listJobs,
  outboxRow,
  type StoredJob,
} from '#engine/store/outbox.repo.ts';
import type { Store } from '#engine/store/store.ts';
import { DraftContent, type Draft } from '#shared/contract/compose.ts';
import type { CommandName, HandlersOf, ParsedRequestOf } from '#shared/contract/contract.ts';
import type { composeCommands } from '#shared/contract/compose.ts';
import type { Identity } from '#shared/contract/writing.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { OutboxId, type AccountId, type MessageId, type PartId } from '#shared/domain/ids.ts';
import type { Address, MessageContent } from '#shared/domain/message.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface ComposeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly machineId: string;
  /** What a client that does not say it reads in. */
  readonly locale: () => string;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly settingsOf: (id: AccountId) => AccountSettings | null;
  readonly identities: () => readonly Identity[];
  /** Whom mail of this account names as its author; null: it says no more than `From`. */
  readonly author: (id: AccountId) => Address | null;
  /** Every address that is the reader's own, for "reply to all". */
  readonly ownAddresses: () => readonly string[];
  readonly quotePosition: () => 'below' | 'above';
  /** The stored message; its text is fetched where it is not here yet. */
  readonly content: (id: MessageId, signal: AbortSignal) => Promise<MessageContent>;
  readonly attachment: (
    id: MessageId,
    part: PartId,
    signal: AbortSignal,
  ) => Promise<{ filename: string; contentType: string; content: Uint8Array }>;
}

/** Open archive copies of one account that are named one by one. */
const shownCopies = 20;

type ComposeCommandName = Extract<CommandName, keyof typeof composeCommands>;

export function createComposeHandlers(parts: ComposeParts): HandlersOf<ComposeCommandName> {
  const { store, drafts, outbox } = parts;

  const publicDraft = (draft: Draft): Draft => {
    const { id, accountId, content, attachments, version, updatedAt } = draft;
    return { id, accountId, content, attachments, version, updatedAt };
  };

  const settings = (id: AccountId): AccountSettings => {
    const found = parts.settingsOf(id);
    if (found === null) throw new MailError('not-found', { what: 'account' });
    return found;
  };

  async function takeAttachments(
    draft: Draft,
    original: MessageContent,
    wanted: (part: MessageContent['attachments'][number]) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (const part of original.attachments.filter(wanted)) {
      const { filename, contentType, content } = await parts.attachment(original.id, part.id, signal);
      drafts.attach(draft.id, {
        filename,
        contentType,
        content,
        inline: part.inline,
        contentId: part.contentId,
      });
    }
  }

  async function derive(request: ParsedRequestOf<'drafts.create'>, signal: AbortSignal): Promise<Draft> {
    const { derive: from } = request;
    if (from === null) return drafts.create(request.accountId, request.content);
    const original = await parts.content(from.messageId, signal);
    const mode = from.kind === 'reply-all' ? 'replyAll' : from.kind;
    const derived = deriveReply(original, {
      mode,
      ownAddresses: parts.ownAddresses(),
      locale: from.locale ?? parts.locale(),
      quote: parts.quotePosition(),
      quoteHtml: from.quoteHtml,
    });
    const draft = drafts.create(request.accountId, {
      ...derived,
      identity: answeringIdentity(parts.identities(), request.accountId, original),
      related: { messageId: original.id, kind: from.kind === 'forward' ? 'forward' : 'reply' },
      ...request.content,
    });
    // A forward takes everything along; an answer only the pictures that its quote shows.
    await takeAttachments(
      draft,
      original,
      (part) =>
        from.kind === 'forward' ||
        (part.inline && part.contentId !== null && (from.quoteHtml ?? '').includes(part.contentId)),
      signal,
    );
    return drafts.get(draft.id);
  }

  return {
    'drafts.create': async (request, signal) => publicDraft(await derive(request, signal)),
    'drafts.get': async ({ id }) => publicDraft(drafts.get(id)),
    'drafts.list': async ({ accountId }) => ({ drafts: drafts.list(accountId ?? null).map(publicDraft) }),
    'drafts.open': async ({ messageId }, signal) => {
      const original = await parts.content(messageId, signal);
      const known =
        original.messageId === null
          ? null
          : findDraftByServerCopy(store.read, original.accountId, original.messageId);
      if (known) return publicDraft(known);
      const list = (people: MessageContent['to']): string =>
        people
          .map(({ name, address }) =>
            name === '' ? address : `"${name.replace(/["\\]/g, '')}" <${address}>`,
          )
          .join(', ');
      const draft = drafts.create(original.accountId, {
        to: list(original.to),
        cc: list(original.cc),
        bcc: list(original.bcc),
        subject: original.subject,
        text: original.text ?? '',
        html: original.html,
        inReplyTo: original.inReplyTo,
        references: original.references,
      });
      await takeAttachments(draft, original, () => true, signal);
      return publicDraft(drafts.get(draft.id));
    },
    'drafts.save': async ({ id, accountId, content }) => ({ version: drafts.save(id, accountId, content) }),
    'drafts.attach': async ({ id, ...attachment }) => drafts.attach(id, attachment),
    'drafts.attachFromMessage': async ({ id, messageId, part }, signal) => {
      const { filename, contentType, content } = await parts.attachment(messageId, part, signal);
      return drafts.attach(id, { filename, contentType, content, inline: false });
    },
    'drafts.attachment': async ({ id, attachmentId }) => {
      const found = draftAttachmentContents(store.read, id).find((one) => one.id === attachmentId);
      if (found === undefined) throw new MailError('not-found', { what: 'attachment' });
      return { contentType: found.contentType, content: Uint8Array.from(found.content) };
    },
    'drafts.detach': async ({ id, attachmentId }) => {
      drafts.detach(id, attachmentId);
      return {};
    },
    'drafts.discard': async ({ id }) => {
      drafts.discard(id);
      return {};
    },

    'outbox.send': async ({ draftId, undoSeconds, sendAt }) => {
      const draft = drafts.get(draftId);
      if (draft.outboxId !== null) throw new MailError('already-sent');
      const account = settings(draft.accountId);
      if (account.smtp === null) throw new MailError('no-smtp', { name: account.name });
      const { content } = draft;
      const from = parts
        .identities()
        .find(({ id, accountId }) => accountId === draft.accountId && id === (content.identity ?? accountId));
      // Never from another name than the one that was chosen.
      if (from === undefined) throw new MailError('not-found', { what: 'identity' });
      const recipients = readRecipients({ ...content, replyTo: content.replyTo || from.replyTo });
      const now = parts.clock.now();
      const raw = await buildMessage(
        {
          from: { name: from.name, address: from.address },
          sender: parts.author(draft.accountId),
          to: recipients.to,
          cc: recipients.cc,
          bcc: [],
          replyTo: recipients.replyTo,
          content: DraftContent.parse(draft.content),
          attachments: draftAttachmentContents(store.read, draftId),
          messageId: draft.messageId,
          date: sendAt ?? now,
        },
        { keepBcc: false },
      );
      const job: StoredJob = {
        id: OutboxId.parse(parts.ids.uuid()),
        accountId: draft.accountId,
        draftId,
        messageId: draft.messageId,
        subject: draft.content.subject,
        envelope: { from: from.address, to: [...recipients.envelope] },
        state: 'waiting',
        sendAt: Math.max(sendAt ?? now, now + undoSeconds * 1000),
        attempts: 0,
        nextAttemptAt: null,
        error: null,
        recipients: recipients.envelope.map((address) => ({ address, status: 'pending', response: '' })),
        sentCopy: 'pending',
        sentFolder: null,
        sentUid: null,
        sentAttempts: 0,
        archive: account.archiveAddress === null ? 'none' : 'pending',
        archiveAddress: account.archiveAddress,
        related: draft.content.related,
        machineId: parts.machineId,
        createdAt: now,
        finishedAt: null,
      };
      store.precious((db) => {
        deleteEndedJob(db, job.messageId);
        insertJob(db, job, raw);
        lockDraft(db, draftId, job.id);
      });
      outbox.wake();
      return outboxRow(job);
    },
    'outbox.list': async ({ includeFinished }) => ({
      entries: listJobs(store.read, includeFinished).map(outboxRow),
    }),
    'outbox.get': async ({ id }) => {
      const job = getJob(store.read, id);
      if (job === null) throw new MailError('not-found', { what: 'outbox' });
      return outboxRow(job);
    },
    'outbox.settle': ({ id }) => outbox.settle(id),
    'outbox.retry': async ({ id }) => outbox.retry(id),
    'outbox.cancel': async ({ id }) => ({ draftId: outbox.cancel(id) }),
    'outbox.confirmSent': async ({ id }) => outbox.confirmSent(id),
    'archive.open': async () => ({ accounts: openCopies(store.read, parts.machineId, shownCopies) }),
    'archive.retry': async ({ accountId }) => {
      const copies = openCopiesOf(store.read, parts.machineId, accountId);
      for (const id of copies) outbox.retry(id);
      return { copies: copies.length };
    },
    'archive.ledger': async ({ accountId, limit }) => ({
      entries: listLedger(store.read, accountId ?? null, limit),
    }),
  };
}
