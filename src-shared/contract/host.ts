/**
 * What a window may ask of the host that it runs in: the desktop shell or a browser. The renderer cannot tell which one it is; it asks
 * `can` before it offers something, so that no method of any host is "not implemented". Requests are parsed where they enter the host:
 * a message that a window can send is a message that an attacker can send.
 */
import * as z from 'zod';
import { AccountId, FolderId, MessageId } from '../domain/ids.ts';

/** What this host can do. A method whose capability is false resolves to "not done" and does nothing. */
export const HostCapabilities = z.object({
  /** Native notifications. In a browser: true once the person may be asked. */
  notify: z.boolean(),
  /** The number of unread mails on the dock, the taskbar or the page's icon. */
  badge: z.boolean(),
  /** Saving under a name that the person picks in a dialog; false: the file goes where the browser puts downloads. */
  saveFile: z.boolean(),
  /** Opening a link outside, in the person's own browser or mail program. */
  openExternal: z.boolean(),
  /** The window hides in the tray when closed, and mail goes on arriving. */
  tray: z.boolean(),
  /** Can be made the system's program for mailto: links. */
  mailto: z.boolean(),
  /** Looks for newer versions of itself. */
  updates: z.boolean(),
});
export type HostCapabilities = z.infer<typeof HostCapabilities>;

/** Why there is no newer version although one was looked for. */
export const UpdateFault = z.enum([
  'feed-unreachable',
  'feed-missing',
  'feed-invalid',
  'download-failed',
  /** Not the file that the feed announced. */
  'file-refused',
  /** Not signed by whom it has to be. */
  'signature-refused',
  'install-failed',
]);
export type UpdateFault = z.infer<typeof UpdateFault>;

export const UpdateState = z.discriminatedUnion('is', [
  /** Not looked yet, or looking is switched off. */
  z.object({ is: z.literal('idle') }),
  z.object({ is: z.literal('looking') }),
  /** ms since 1970 */
  z.object({ is: z.literal('newest'), checkedAt: z.number() }),
  /** There is one, and it is not fetched: whoever administers this machine installs it. */
  z.object({ is: z.literal('available'), version: z.string() }),
  z.object({ is: z.literal('downloading'), version: z.string(), percent: z.number() }),
  /** Installed when the program ends. */
  z.object({ is: z.literal('ready'), version: z.string() }),
  /** Looked for again later. */
  z.object({ is: z.literal('failed'), fault: UpdateFault, version: z.string().nullable() }),
]);
export type UpdateState = z.infer<typeof UpdateState>;

/** A message that a notification, a tray entry or a link points at. */
export const MessageTarget = z.object({ accountId: AccountId, folderId: FolderId, id: MessageId });
export type MessageTarget = z.infer<typeof MessageTarget>;

/** What can be done with a new mail from its notification. */
export const notificationActs = ['archive', 'read', 'delete'] as const;
export type NotificationAct = (typeof notificationActs)[number];

export const HostNotification = z.object({
  title: z.string().max(200),
  /** Text only (H20): it is never read as markup. */
  body: z.string().max(500),
  /** A later one with the same tag takes the place of the earlier. */
  tag: z.string().max(100).optional(),
  /** What a click opens; comes back as the host event `open-message`. */
  target: MessageTarget.optional(),
  /** Buttons, where the system has them; one that is pressed comes back as `message-act` with the target. */
  acts: z
    .array(z.object({ act: z.enum(notificationActs), label: z.string().max(100) }))
    .max(3)
    .optional(),
});
export type HostNotification = z.infer<typeof HostNotification>;

export const SaveFile = z.object({
  /** A cleaned name without folders; the host cleans it again before it meets a file system. */
  filename: z.string().min(1).max(1000),
  contentType: z.string().max(200),
  content: z.instanceof(Uint8Array),
});
export type SaveFile = z.infer<typeof SaveFile>;

/** Every request to a host with its schema; both ends infer their types from it. */
export const hostRequests = {
  notify: z.object({ notification: HostNotification }),
  setBadge: z.object({ unread: z.int().min(0).max(10_000_000) }),
  saveFile: SaveFile,
  /** A folder that files go into; null: the person closed the dialog. */
  chooseFolder: z.object({}),
  /** A file that is written piece by piece, in a chosen folder or where the person says; null: the person closed the dialog. */
  createFile: z.object({ filename: z.string().min(1).max(1000), folder: z.int().nullable() }),
  writeFile: z.object({ id: z.int(), content: z.instanceof(Uint8Array) }),
  /** `keep: false`: nothing of it stays. */
  closeFile: z.object({ id: z.int(), keep: z.boolean() }),
  /** http, https and mailto only; anything else is answered `false`. */
  openExternal: z.object({ url: z.string().max(8000) }),
  makeDefaultMailProgram: z.object({}),
  lookForUpdate: z.object({}),
  installUpdate: z.object({}),
} as const;
export type HostRequestName = keyof typeof hostRequests;
export type HostRequestOf<N extends HostRequestName> = z.output<(typeof hostRequests)[N]>;

/** What a mailto: link may bring into a draft: these five fields and nothing else, never a file (W11, "Mailto: Me Your Secrets"). */
export const MailtoDraft = z.object({
  to: z.string().max(100_000),
  cc: z.string().max(100_000),
  bcc: z.string().max(100_000),
  subject: z.string().max(2000),
  body: z.string().max(100_000),
});
export type MailtoDraft = z.infer<typeof MailtoDraft>;

/** Acts that a host's menu, tray or dock offers and the window carries out. */
export const menuActions = [
  'new-message',
  'search',
  'accounts',
  'settings',
  'shortcuts',
  'command-palette',
  'sync',
  'reply',
  'reply-all',
  'forward',
  'archive',
  'delete',
  'print',
  'about',
] as const;
export type MenuAction = (typeof menuActions)[number];

/** What a host tells its window. */
export const HostEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('compose'), draft: MailtoDraft }),
  z.object({ kind: z.literal('open-message'), target: MessageTarget }),
  z.object({ kind: z.literal('message-act'), act: z.enum(notificationActs), target: MessageTarget }),
  z.object({ kind: z.literal('menu'), action: z.enum(menuActions) }),
  /** A postkorb://join link: its text, unread. */
  z.object({ kind: z.literal('join'), link: z.string().max(200_000) }),
  /** A mail that was opened as a file. */
  z.object({ kind: z.literal('open-file'), content: z.instanceof(Uint8Array) }),
  /** The machine woke up or the network came back: what is on screen may be old. */
  z.object({ kind: z.literal('resumed') }),
  z.object({ kind: z.literal('update'), state: UpdateState }),
]);
export type HostEvent = z.infer<typeof HostEvent>;

/** A folder that the person chose; known to the host that gave it. */
export type SaveFolder = number & { readonly SaveFolder: unique symbol };

export interface FileSink {
  write(content: Uint8Array): Promise<void>;
  close(keep: boolean): Promise<void>;
}

export interface HostBridge {
  readonly kind: 'desktop' | 'browser';
  readonly platform: 'windows' | 'macos' | 'linux' | 'other';
  readonly can: HostCapabilities;
  /** Resolves to false where it was not shown (not allowed, not supported). */
  notify(notification: HostNotification): Promise<boolean>;
  setBadge(unread: number): Promise<void>;
  /** `cancelled`: the person closed the dialog. Rejects with MailError `file-unreadable` or `disk-full` when writing failed. */
  saveFile(file: SaveFile): Promise<'saved' | 'cancelled'>;
  /** null: the person closed the dialog. */
  chooseFolder(): Promise<SaveFolder | null>;
  /**
   * A file that is written piece by piece and is there once it was closed with `keep`: in a chosen folder under a name that is free, or where
   * the person says (null: the person closed the dialog). Rejects as `saveFile` does.
   */
  createFile(filename: string, folder?: SaveFolder): Promise<FileSink | null>;
  /** Resolves to false where the address is not http, https or mailto, and nothing was opened. */
  openExternal(url: string): Promise<boolean>;
  /** Resolves to whether mailto: links now open this app. */
  makeDefaultMailProgram(): Promise<boolean>;
  /** Looks for a newer version now; what comes of it is told by events. */
  lookForUpdate(): Promise<void>;
  /** Ends the program and starts the version that is ready. Resolves to false where none is. */
  installUpdate(): Promise<boolean>;
  onEvent(listener: (event: HostEvent) => void): Disposable;
}
