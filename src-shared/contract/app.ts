/** The app itself: settings, notices, sync runs, and the change feed. */
import * as z from 'zod';
import { AccountId, FolderId, MessageId } from '../domain/ids.ts';
import { ProxyChoice } from '../domain/proxy.ts';
import { WireError } from '../errors/MailError.ts';
import { command, event, someOf } from './define.ts';

/** How new mail is told: by a notification, in the window alone, or not. */
export const NewsLevel = z.enum(['loud', 'quiet', 'off']);
export type NewsLevel = z.infer<typeof NewsLevel>;

/** Shortcuts as text: "Mod+K", "G I"; the steps of a sequence stand one after the other. */
const Shortcut = z.string().regex(/^\S{1,40}(?: \S{1,40}){0,3}$/);

/** A search that is kept under a name and opened like a folder. */
export const SavedSearch = z.object({
  id: z.string().min(1).max(60),
  name: z.string().trim().min(1).max(100),
  query: z.string().min(1).max(2000),
  /** Only in this account. */
  accountId: AccountId.optional(),
});
export type SavedSearch = z.infer<typeof SavedSearch>;

export const Settings = z.object({
  language: z.enum(['system', 'de', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  density: z.enum(['comfortable', 'compact']).default('comfortable'),
  /** The reader beside the list, below it, or in its place. */
  layout: z.enum(['columns', 'stacked', 'list']).default('columns'),
  /** One row a conversation in lists, and the whole conversation in the reader. */
  conversations: z.boolean().default(true),
  conversationOrder: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  /** Folders that stand first in the tree, in this order; those that are gone are passed over. */
  favourites: z.array(FolderId).max(100).default([]),
  undoSeconds: z.int().min(0).max(120).default(10),
  composeFormat: z.enum(['html', 'plain']).default('html'),
  quotePosition: z.enum(['below', 'above']).default('above'),
  /** Where the signature of an answer stands; one that is written below the quote has it at the end in any case. */
  signaturePosition: z.enum(['above-quote', 'below-quote']).default('above-quote'),
  notifications: z.boolean().default(true),
  /** How new mail of group accounts is told: that I handle or nobody does yet, and that somebody else does. */
  groupHandled: NewsLevel.default('loud'),
  groupInformation: NewsLevel.default('quiet'),
  /** The most that each account's new mail is told by; without an entry `loud`. */
  accountNews: z.partialRecord(AccountId, NewsLevel).default({}),
  /** Group accounts whose administrators are told how this machine's connection is; without an entry they are not. */
  healthReports: z.partialRecord(AccountId, z.boolean()).default({}),
  /**
   * Folders with a level of their own, whatever their account has; those that are gone are passed over. Without one an inbox is told as
   * its account is, and any other folder not at all.
   */
  folderNews: z
    .array(z.object({ folderId: FolderId, level: NewsLevel }))
    .max(500)
    .default([]),
  /** Senders (normalised addresses) whose remote content is shown, bound to the account that granted it (H22). */
  remoteContentSenders: z
    .array(z.object({ accountId: AccountId, address: z.string().max(320) }))
    .max(10_000)
    .default([]),
  /** How plain-text mails are set. */
  plainFont: z.enum(['proportional', 'fixed']).default('proportional'),
  /** Single letters as shortcuts; off for people whose input device types them by accident (WCAG 2.1.4). */
  singleKeys: z.boolean().default(true),
  /** In the order in which they stand in the tree. */
  savedSearches: z.array(SavedSearch).max(100).default([]),
  /** Whose shortcuts the window has. */
  keymap: z.enum(['postkorb', 'gmail', 'outlook', 'thunderbird']).default('postkorb'),
  /** Commands that a person gave other shortcuts than those, by the command's id; without any: it has none. */
  shortcuts: z
    .record(z.string().min(1).max(100), z.array(Shortcut).max(8))
    .refine((changes) => Object.keys(changes).length <= 500)
    .default({}),
  /** A newer version: fetched and installed at the next start, told, or not looked for. */
  updates: z.enum(['automatic', 'notify', 'off']).default('automatic'),
  logLevel: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  /** The way out to the network; a proxy's password is not among the settings (network.setProxyPassword). */
  proxy: ProxyChoice.default({ mode: 'none' }),
  /** Files (PEM) with further certificate authorities, beside those of the system. */
  caFiles: z.array(z.string().min(1).max(4000)).max(20).default([]),
  markReadAfterMs: z.int().min(0).max(60_000).default(1500),
});
export type Settings = z.infer<typeof Settings>;

/** Something a person must know once: a store put aside and rebuilt, a mail put aside, secrets in a file. Texts in i18n "notice.<code>". */
export const Notice = z.object({
  id: z.string(),
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  at: z.number(),
});
export type Notice = z.infer<typeof Notice>;

export const SyncResult = z.object({
  id: AccountId,
  ok: z.boolean(),
  folders: z.int(),
  messages: z.int(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  bytes: z.int(),
  commands: z.int(),
  /** From the start to the first page of the inbox in the store. */
  firstPageMs: z.number().nullable(),
  ms: z.number(),
  error: WireError.optional(),
});
export type SyncResult = z.infer<typeof SyncResult>;

export const SyncProgress = z.object({
  accountId: AccountId,
  phase: z.enum(['idle', 'folders', 'headers', 'texts', 'operations']),
  folder: z.string().nullable(),
  done: z.int(),
  total: z.int(),
});
export type SyncProgress = z.infer<typeof SyncProgress>;

/** One coalesced batch. Beyond the cap of ids a list says `all`: re-read it. */
export const Change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('messages'),
    accountId: AccountId,
    folderId: FolderId,
    ids: z.union([z.array(MessageId), z.literal('all')]),
  }),
  z.object({ kind: z.literal('folders'), accountId: AccountId }),
  z.object({ kind: z.literal('accounts') }),
  z.object({ kind: z.literal('drafts') }),
  z.object({ kind: z.literal('outbox') }),
  z.object({ kind: z.literal('settings') }),
  z.object({ kind: z.literal('operations'), accountId: AccountId }),
  /** The address book, or what is suggested beside it. */
  z.object({ kind: z.literal('contacts') }),
  /** Identities, signatures, templates. */
  z.object({ kind: z.literal('writing') }),
  /** The organisation, its group accounts, the lists of group work and their counts. */
  z.object({ kind: z.literal('groups') }),
]);
export type Change = z.infer<typeof Change>;

export const appCommands = {
  'app.info': command(
    z.object({}),
    z.object({
      version: z.string(),
      locale: z.string(),
      secrets: z.enum(['keychain', 'encrypted-file', 'memory']),
      profile: z.string(),
    }),
  ),
  'app.notices': command(z.object({}), z.object({ notices: z.array(Notice) })),
  'app.dismissNotice': command(z.object({ id: z.string() }), z.object({})),
  /** As they count: what the organisation prescribes is in them. */
  'settings.get': command(z.object({}), Settings),
  /** Errors: policy-setting (the organisation prescribes it). */
  'settings.set': command(someOf(Settings), Settings),
  /** One pass to the end. `full`: every text as well. */
  'sync.run': command(
    z.object({ accountId: AccountId.optional(), full: z.boolean().default(false) }),
    z.object({ accounts: z.array(SyncResult) }),
  ),
  'sync.progress': command(z.object({}), z.object({ accounts: z.array(SyncProgress) })),
  /**
   * Fetches a remote image for a mail whose reader asked for it: no cookies, no referrer, images only, size-capped. Errors:
   * policy-remote-content.
   */
  'remote.image': command(
    z.object({ url: z.url().max(4000) }),
    z.object({ contentType: z.string(), content: z.instanceof(Uint8Array) }),
  ),
};

export const appEvents = {
  changed: event(z.object({ changes: z.array(Change) })),
  /** New mail for a person, each announced once by its identity (never for what was there before the account was added). */
  'mail.new': event(
    z.object({
      accountId: AccountId,
      folderId: FolderId,
      id: MessageId,
      from: z.string(),
      subject: z.string(),
    }),
  ),
  'sync.progress': event(SyncProgress),
  notice: event(Notice),
};
