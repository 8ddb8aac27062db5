/** Drafts and the outbox. A draft is safe on disk before anything is sent; sending is a durable job with one Message-ID. */
import * as z from 'zod';
import { AccountId, DraftId, MessageId, OutboxId, PartId } from '../domain/ids.ts';
import { WireError } from '../errors/MailError.ts';
import { command, event, someOf } from './define.ts';

const headerText = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]*$/);
const HeaderText = headerText(2000);
const RecipientList = headerText(100_000);

/** BCP 47: the language and region that an answer's own words are in. Without it: the settings' language, or the engine's. */
export const ReaderLocale = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}$/);

/** Recipients as typed: one RFC 5322 address list a field; checked address by address when it is sent. */
export const DraftContent = z.object({
  to: RecipientList.default(''),
  cc: RecipientList.default(''),
  bcc: RecipientList.default(''),
  replyTo: HeaderText.default(''),
  /** Who it is from (contract/writing.ts); null: the account's own name and address. */
  identity: z.string().max(64).nullable().default(null),
  subject: HeaderText.default(''),
  text: z.string().max(20_000_000).default(''),
  /** null: a plain-text mail. */
  html: z.string().max(20_000_000).nullable().default(null),
  inReplyTo: HeaderText.nullable().default(null),
  references: z.array(HeaderText).max(200).default([]),
  /** The stored message that this answers or forwards. */
  related: z
    .object({ messageId: MessageId, kind: z.enum(['reply', 'forward']) })
    .nullable()
    .default(null),
});
export type DraftContent = z.infer<typeof DraftContent>;

export const DraftAttachment = z.object({
  id: z.string(),
  filename: z.string(),
  contentType: z.string(),
  size: z.int(),
  inline: z.boolean(),
  contentId: z.string().nullable(),
});
export type DraftAttachment = z.infer<typeof DraftAttachment>;

export const Draft = z.object({
  id: DraftId,
  accountId: AccountId,
  content: DraftContent,
  attachments: z.array(DraftAttachment),
  version: z.int(),
  updatedAt: z.number(),
});
export type Draft = z.infer<typeof Draft>;

/**
 * waiting: undo window or send later · sending: on the wire · retrying: a temporary failure, tried again by itself · sent ·
 * failed: refused for good, the draft is back · uncertain: the connection died where the server may have accepted it · cancelled
 */
export const OutboxState = z.enum([
  'waiting',
  'sending',
  'retrying',
  'sent',
  'failed',
  'uncertain',
  'cancelled',
]);
export type OutboxState = z.infer<typeof OutboxState>;

export const RecipientResult = z.object({
  address: z.string(),
  status: z.enum(['pending', 'accepted', 'refused', 'deferred']),
  response: z.string(),
});

export const OutboxRow = z.object({
  id: OutboxId,
  accountId: AccountId,
  messageId: z.string(),
  subject: z.string(),
  recipients: z.array(RecipientResult),
  state: OutboxState,
  sendAt: z.number(),
  attempts: z.int(),
  nextAttempt: z.number().nullable(),
  error: WireError.nullable(),
  sentCopy: z.object({
    state: z.enum(['none', 'pending', 'filed', 'failed']),
    folder: z.string().nullable(),
    uid: z.int().nullable(),
  }),
  archive: z.enum(['none', 'pending', 'sent', 'failed']),
  createdAt: z.number(),
});
export type OutboxRow = z.infer<typeof OutboxRow>;

export const ArchiveLedgerRow = z.object({
  outboxId: OutboxId,
  accountId: AccountId,
  messageId: z.string(),
  address: z.string(),
  at: z.number(),
  outcome: z.enum(['accepted', 'refused', 'unreachable']),
  server: z.string().nullable(),
  response: z.string().nullable(),
});

/** Sent mails of an account whose archive copy the archive has not taken yet. */
export const OpenArchiveCopies = z.object({
  accountId: AccountId,
  waiting: z.int(),
  failed: z.int(),
  /** Those that failed first, then the oldest; the first twenty. */
  copies: z.array(
    z.object({
      id: OutboxId,
      subject: z.string(),
      sentAt: z.number(),
      address: z.string(),
      /** `waiting`: it is tried again by itself. */
      state: z.enum(['waiting', 'failed']),
      attempts: z.int(),
      /** How the last attempt ended; null: none was made yet. */
      last: ArchiveLedgerRow.pick({ at: true, outcome: true, server: true, response: true }).nullable(),
    }),
  ),
});
export type OpenArchiveCopies = z.infer<typeof OpenArchiveCopies>;

export const composeCommands = {
  /** A new draft; with `related` derived as an answer or a forward (recipients, subject, quote, attachments). `quoteHtml` is already sanitised. */
  'drafts.create': command(
    z.object({
      accountId: AccountId,
      content: someOf(DraftContent).default({}),
      derive: z
        .object({
          kind: z.enum(['reply', 'reply-all', 'forward']),
          messageId: MessageId,
          quoteHtml: z.string().max(20_000_000).nullable(),
          locale: ReaderLocale.optional(),
        })
        .nullable()
        .default(null),
    }),
    Draft,
  ),
  'drafts.get': command(z.object({ id: DraftId }), Draft),
  'drafts.list': command(z.object({ accountId: AccountId.optional() }), z.object({ drafts: z.array(Draft) })),
  /** Opens a mail of a Drafts folder for editing: the local draft it came from, or a new one made from the server's copy. */
  'drafts.open': command(z.object({ messageId: MessageId }), Draft),
  'drafts.save': command(
    z.object({ id: DraftId, accountId: AccountId, content: DraftContent }),
    z.object({ version: z.int() }),
  ),
  'drafts.attach': command(
    z.object({
      id: DraftId,
      filename: z.string().max(1000),
      contentType: z.string().max(200),
      content: z.instanceof(Uint8Array),
      inline: z.boolean().default(false),
    }),
    DraftAttachment,
  ),
  /** Takes an attachment of a stored message into the draft. */
  'drafts.attachFromMessage': command(
    z.object({ id: DraftId, messageId: MessageId, part: PartId }),
    DraftAttachment,
  ),
  /** The bytes of an attachment, for showing a picture inside the text of a draft that is opened again. */
  'drafts.attachment': command(
    z.object({ id: DraftId, attachmentId: z.string() }),
    z.object({ contentType: z.string(), content: z.instanceof(Uint8Array) }),
  ),
  'drafts.detach': command(z.object({ id: DraftId, attachmentId: z.string() }), z.object({})),
  'drafts.discard': command(z.object({ id: DraftId }), z.object({})),

  /** Into the outbox. `undoSeconds`: how long it can be taken back. Errors: invalid-input (each bad address), no-recipients, no-smtp. */
  'outbox.send': command(
    z.object({
      draftId: DraftId,
      undoSeconds: z.int().min(0).max(120).default(0),
      sendAt: z.number().nullable().default(null),
    }),
    OutboxRow,
  ),
  'outbox.list': command(
    z.object({ includeFinished: z.boolean().default(false) }),
    z.object({ entries: z.array(OutboxRow) }),
  ),
  'outbox.get': command(z.object({ id: OutboxId }), OutboxRow),
  /** Resolves once the job cannot go on by itself right now: sent (with its copies tried), failed, uncertain or waiting to retry. */
  'outbox.settle': command(z.object({ id: OutboxId }), OutboxRow),
  'outbox.retry': command(z.object({ id: OutboxId }), OutboxRow),
  /** Until the server was spoken to the draft comes back; afterwards `already-sent`. Also answers "uncertain": it counts as not sent. */
  'outbox.cancel': command(z.object({ id: OutboxId }), z.object({ draftId: DraftId.nullable() })),
  /** For an uncertain job, after looking: it was sent. */
  'outbox.confirmSent': command(z.object({ id: OutboxId }), OutboxRow),
  /** Accounts without open copies are left out. */
  'archive.open': command(z.object({}), z.object({ accounts: z.array(OpenArchiveCopies) })),
  /** Tries every open copy of the account again, now; what came of it is told by `outbox.changed`. */
  'archive.retry': command(z.object({ accountId: AccountId }), z.object({ copies: z.int() })),
  'archive.ledger': command(
    z.object({ accountId: AccountId.optional(), limit: z.int().min(1).max(1000).default(200) }),
    z.object({ entries: z.array(ArchiveLedgerRow) }),
  ),
};

export const composeEvents = {
  'outbox.changed': event(OutboxRow),
};
