/** Who may log in, under which password, and where mail for which addresses goes. */
import { Mailboxes } from './Mailboxes.ts';
import type { FolderSpec } from './Mailboxes.ts';

export interface MailUserOptions {
  readonly login: string;
  readonly password: string;
  /** Everything sent to these is delivered to this user's INBOX. Default: login@domain. */
  readonly addresses?: readonly string[];
  /** Folders beside INBOX. Default: the usual ones with their special use. */
  readonly folders?: readonly FolderSpec[];
  /** Default "/". */
  readonly delimiter?: string;
  /** What OAuth hands out: accepted by XOAUTH2 and OAUTHBEARER. */
  readonly accessToken?: string;
}

export interface MailUser {
  readonly login: string;
  /** May be changed while the server runs: what a user does who changes it elsewhere. */
  password: string;
  accessToken: string | null;
  /** Lower case. */
  readonly addresses: ReadonlySet<string>;
  readonly mailboxes: Mailboxes;
}

export const usualFolders: readonly FolderSpec[] = [
  { path: 'Drafts', specialUse: '\\Drafts' },
  { path: 'Sent', specialUse: '\\Sent' },
  { path: 'Archive', specialUse: '\\Archive' },
  { path: 'Junk', specialUse: '\\Junk' },
  { path: 'Trash', specialUse: '\\Trash' },
];

/** `uidValidity` is where the numbers of this user's mailboxes begin. */
export function createMailUser(
  options: MailUserOptions,
  surroundings: { domain: string; uidValidity: number; onError: (error: unknown) => void },
): MailUser {
  const { domain, uidValidity, onError } = surroundings;
  const mailboxes = new Mailboxes({ delimiter: options.delimiter ?? '/', uidValidity, onError });
  for (const folder of options.folders ?? usualFolders) {
    mailboxes.create(folder.path, folder.specialUse ?? null);
    if (folder.subscribed !== false) mailboxes.subscribe(folder.path);
  }
  const addresses = options.addresses ?? [`${options.login}@${domain}`];
  return {
    login: options.login,
    password: options.password,
    accessToken: options.accessToken ?? null,
    addresses: new Set(addresses.map((address) => address.toLowerCase())),
    mailboxes,
  };
}
