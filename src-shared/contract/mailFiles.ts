/**
 * Mails as files, out and in. The files themselves are the client's: the engine is asked for mails, or handed them, a few at a time,
 * so that neither side ever holds a whole archive, and a client that stops asking has cancelled.
 */
import * as z from 'zod';
import { FolderId, MessageId, PartId } from '../domain/ids.ts';
import { MessageContent } from '../domain/message.ts';
import { WireError } from '../errors/MailError.ts';
import { DraftContent, ReaderLocale } from './compose.ts';
import { command } from './define.ts';
import { ActRef } from './messages.ts';

export const ExportSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), folderId: FolderId }),
  z.object({ kind: z.literal('messages'), refs: z.array(ActRef).min(1).max(10_000) }),
]);
export type ExportSource = z.infer<typeof ExportSource>;

/** `eml`: each mail by itself, as the server has it. `mbox`: each as an entry of an mbox (mboxrd). */
export const MailFileFormat = z.enum(['eml', 'mbox']);
export type MailFileFormat = z.infer<typeof MailFileFormat>;

const StoredMail = z.object({ id: MessageId, folderId: FolderId });

export const ImportOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('imported') }),
  /** A mail with its Message-ID lies in the folder. */
  z.object({ outcome: z.literal('duplicate') }),
  /** The program that wrote the file had it removed, and not cleared away yet. */
  z.object({ outcome: z.literal('removed') }),
  z.object({ outcome: z.literal('failed'), error: WireError }),
]);
export type ImportOutcome = z.infer<typeof ImportOutcome>;

/** A mail that no account has. What a server said about its sender is not known: the file can claim anything. */
export const FileMail = MessageContent.omit({
  id: true,
  accountId: true,
  folderId: true,
  threadId: true,
  flags: true,
});
export type FileMail = z.infer<typeof FileMail>;

export const mailFileCommands = {
  /** What an export has to ask for, in the order of the file: a folder's in the order of arrival. */
  'mailFiles.list': command(
    z.object({ source: ExportSource }),
    z.object({ messages: z.array(StoredMail.extend({ size: z.int() })) }),
  ),
  /** Fetches mails from their server. Errors: what a connection throws. */
  'mailFiles.read': command(
    z.object({ messages: z.array(StoredMail).min(1).max(500), format: MailFileFormat }),
    z.object({
      entries: z.array(
        z.object({
          id: MessageId,
          subject: z.string(),
          date: z.number(),
          content: z.instanceof(Uint8Array),
        }),
      ),
      failed: z.array(z.object({ id: MessageId, subject: z.string(), error: WireError })),
    }),
  ),
  /**
   * Files mails in a folder of a server, in this order. `outcomes` stands for the first of them; where something stopped the rest (no
   * connection, no room), `stopped` says what. Errors: not-found, not-permitted (a folder that takes no mails).
   */
  'mailFiles.import': command(
    z.object({
      folderId: FolderId,
      mails: z
        .array(
          z.object({
            content: z.instanceof(Uint8Array),
            /** Of the mbox's own line, ms since 1970. */
            envelopeDate: z.number().nullable(),
          }),
        )
        .min(1)
        .max(500),
    }),
    z.object({ outcomes: z.array(ImportOutcome), stopped: WireError.nullable() }),
  ),
  /** A file's (first) mail, to be looked at. Nothing of it is kept. Errors: not-a-mail. */
  'mailFiles.open': command(
    z.object({ content: z.instanceof(Uint8Array) }),
    z.object({
      mail: FileMail,
      parts: z.array(
        z.object({
          id: PartId,
          filename: z.string(),
          contentType: z.string(),
          content: z.instanceof(Uint8Array),
        }),
      ),
    }),
  ),
  /** What an answer to it, or its forward, begins with; the attachments are its opener's. `quoteHtml`: as in `drafts.create`. Errors: not-a-mail. */
  'mailFiles.answer': command(
    z.object({
      content: z.instanceof(Uint8Array),
      kind: z.enum(['reply', 'reply-all', 'forward']),
      quoteHtml: z.string().max(20_000_000).nullable(),
      locale: ReaderLocale.optional(),
    }),
    z.object({ content: DraftContent.partial() }),
  ),
};
