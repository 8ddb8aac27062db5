/** Messages as lists and readers see them. */
import * as z from 'zod';
import { AccountId, FolderId, MessageId, PartId, ThreadId } from './ids.ts';

/** `address` is what the parser used and what is always shown; `name` is decoded, without controls, and may lie. */
export const Address = z.object({ name: z.string(), address: z.string() });
export type Address = z.infer<typeof Address>;

export const FolderRole = z.enum([
  'inbox',
  'drafts',
  'sent',
  'archive',
  'junk',
  'trash',
  'all',
  'flagged',
  'important',
  'log',
]);
export type FolderRole = z.infer<typeof FolderRole>;

/** The system flags of RFC 9051 that have a meaning to a reader, with their usual names; others are `keywords`. */
export const Flags = z.object({
  seen: z.boolean(),
  flagged: z.boolean(),
  answered: z.boolean(),
  draft: z.boolean(),
  forwarded: z.boolean(),
});
export type Flags = z.infer<typeof Flags>;

export const FolderRow = z.object({
  id: FolderId,
  accountId: AccountId,
  path: z.string(),
  /** The last part of the path, decoded, as shown. */
  name: z.string(),
  /** Path of the folder above, or null at the top. */
  parent: z.string().nullable(),
  delimiter: z.string().nullable(),
  role: FolderRole.nullable(),
  selectable: z.boolean(),
  /** On the server, or about to be. */
  subscribed: z.boolean(),
  /** It stands in the tree and is synchronised: unless a person unsubscribed it here, or wants to see subscribed folders only. */
  shown: z.boolean(),
  total: z.int(),
  unread: z.int(),
});
export type FolderRow = z.infer<typeof FolderRow>;

/** What a list shows of a group account's mail. Names as the config has them. */
export const GroupMark = z.object({
  /** "<organisation>/<group>" */
  group: z.string(),
  handler: z.object({ id: z.string(), name: z.string() }).nullable(),
  mine: z.boolean(),
  status: z.enum(['open', 'waiting', 'done']),
  until: z.number().nullable(),
  notes: z.int(),
  readByMe: z.boolean(),
  /** Does my reading set the server's flag, which all members share? It follows the group's setting. */
  marksSeen: z.boolean(),
  /** Others who are writing an answer right now. */
  composing: z.array(z.object({ id: z.string(), name: z.string() })),
  pending: z.boolean(),
});
export type GroupMark = z.infer<typeof GroupMark>;

/** What a list of conversations says of one beside its newest message. */
export const ConversationSummary = z.object({
  /** Its messages in this row's folder: what an act on the row concerns. */
  total: z.int(),
  unread: z.int(),
  /** Its messages wherever they lie; those in spam and trash only where the row lies there itself. */
  size: z.int(),
  /** Who wrote them, in the order of their first ones, oneself among them; a few of many. */
  people: z.array(Address),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const MessageRow = z.object({
  id: MessageId,
  accountId: AccountId,
  folderId: FolderId,
  /** The server's UID in this folder; null while a local act waits for the server to give it one. */
  uid: z.int().nullable(),
  threadId: ThreadId,
  subject: z.string(),
  from: Address.nullable(),
  to: z.array(Address),
  /** Milliseconds since 1970: the Date header, or the server's arrival date where that is missing or absurd. */
  date: z.number(),
  flags: Flags,
  size: z.int(),
  hasAttachments: z.boolean(),
  snippet: z.string(),
  /** A local change on this message still waits for the server. */
  pending: z.boolean(),
  /**
   * In a list of conversations, where the row stands for all of this one's messages in its folder: `seen`, `flagged` and
   * `hasAttachments` then speak for all of them, everything else for the newest.
   */
  conversation: ConversationSummary.optional(),
  /** Of a group account's mail. */
  group: GroupMark.optional(),
});
export type MessageRow = z.infer<typeof MessageRow>;

export const AttachmentRow = z.object({
  id: PartId,
  filename: z.string(),
  contentType: z.string(),
  /** Decoded bytes where known; for a part not yet fetched the estimate from its encoded size. */
  size: z.int(),
  inline: z.boolean(),
  contentId: z.string().nullable(),
});
export type AttachmentRow = z.infer<typeof AttachmentRow>;

/** Stable codes; the texts are in i18n ("warning.<code>"). */
export const MessageWarning = z.object({ code: z.string(), detail: z.string().optional() });
export type MessageWarning = z.infer<typeof MessageWarning>;

export const MessageContent = z.object({
  id: MessageId,
  accountId: AccountId,
  folderId: FolderId,
  threadId: ThreadId,
  messageId: z.string().nullable(),
  inReplyTo: z.string().nullable(),
  references: z.array(z.string()),
  subject: z.string(),
  from: Address.nullable(),
  sender: Address.nullable(),
  replyTo: z.array(Address),
  to: z.array(Address),
  cc: z.array(Address),
  bcc: z.array(Address),
  date: z.number(),
  flags: Flags,
  size: z.int(),
  text: z.string().nullable(),
  /** As received and hostile: only ever handed to the sanitiser and then to a frame without rights. */
  html: z.string().nullable(),
  /** `html` is the beginning of it, as was asked for; so is `text`. */
  htmlGoesOn: z.boolean().optional(),
  textGoesOn: z.boolean().optional(),
  /** All of it is too much to be shown as sent. */
  htmlTooMuch: z.boolean().optional(),
  attachments: z.array(AttachmentRow),
  warnings: z.array(MessageWarning),
  authenticationResults: z.array(z.string()),
  listUnsubscribe: z.string().nullable(),
});
export type MessageContent = z.infer<typeof MessageContent>;
