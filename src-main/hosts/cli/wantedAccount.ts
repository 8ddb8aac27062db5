/** What "account add" and "account test" are given: an account file, or an address whose servers are found and whose password is asked for. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parseAccountFile } from '#engine/accounts/accountFile.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { AccountSettings, EmailAddress, type Credentials } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { askHidden } from './askHidden.ts';
import { invalid, type Output } from './output.ts';

export interface WantedAccount {
  readonly settings: AccountSettings;
  /** null: it signs in at a provider. */
  readonly credentials: Credentials | null;
}

export interface AddressOptions {
  readonly name?: string;
  readonly displayName?: string;
  /** "-": standard input. */
  readonly passwordFile?: string;
  /** The person knows that the servers of this domain are his provider's. */
  readonly serversAt?: string;
}

/** A file is meant where there is one. */
function isAddress(given: string): boolean {
  return EmailAddress.safeParse(given).success && !existsSync(given);
}

async function readFileOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new MailError('file-unreadable', { file: path }, { cause });
  }
}

/** Of an account file; null: it is an address. Throws `file-unreadable` and `invalid-input` with every fault. */
export async function accountInFile(given: string, options: AddressOptions): Promise<WantedAccount | null> {
  if (isAddress(given)) return null;
  for (const [key, flag] of Object.entries(flags)) {
    if (options[key as keyof typeof flags] !== undefined)
      throw invalid(flag, 'with-file', 'this goes with an address; a file says it itself');
  }
  return parseAccountFile(await readFileOf(given));
}

/** Of an address. Throws `servers-not-found`, `servers-elsewhere`, and `invalid-input` without a password. */
export async function accountOfAddress(
  client: EngineClient,
  output: Output,
  given: string,
  options: AddressOptions,
): Promise<WantedAccount> {
  const settings = await findSettings(client, given, options);
  // What may not be is not asked the password of.
  await client.call('accounts.permit', { settings });
  if (settings.auth !== undefined) return { settings, credentials: null };
  const imapPassword = await readPassword(output, given, options.passwordFile);
  return { settings, credentials: { imapPassword, smtpPassword: null } };
}

const flags = {
  name: '--name',
  displayName: '--display-name',
  passwordFile: '--password-file',
  serversAt: '--servers-at',
} as const;

async function findSettings(
  client: EngineClient,
  address: string,
  { name, displayName, passwordFile, serversAt }: AddressOptions,
): Promise<AccountSettings> {
  const found = await client.call('accounts.discover', { address });
  const own = {
    ...(name === undefined ? {} : { name }),
    ...(displayName === undefined ? {} : { displayName }),
  };
  if (found.preset !== null) return { ...found.preset, ...own };
  const { imap, smtp, confirm } = found;
  if (imap === null) throw new MailError('servers-not-found', { address });
  if (confirm !== null && confirm.domain.toLowerCase() !== serversAt?.toLowerCase())
    throw new MailError('servers-elsewhere', { address, domain: confirm.domain });
  const { provider } = await client.call('signIn.find', { host: imap.host });
  const signsIn = provider?.configured === true && passwordFile === undefined;
  return AccountSettings.parse({
    name: address,
    address,
    displayName: '',
    imap,
    smtp,
    archiveAddress: null,
    tls: { trust: 'system' },
    ...own,
    ...(signsIn ? { auth: { method: 'oauth2', provider: provider.id } } : {}),
  });
}

/** From the file that is named, from what is piped in, or typed unseen. */
async function readPassword(output: Output, address: string, file: string | undefined): Promise<string> {
  const typed = file === undefined && process.stdin.isTTY;
  const words = { en: `Password for ${address}: `, de: `Passwort für ${address}: ` };
  const given = typed
    ? await askHidden(words[output.language])
    : file === undefined || file === '-'
      ? await text(process.stdin)
      : await readFileOf(file);
  const password = given.replace(/\r?\n$/, '');
  if (password === '')
    throw invalid(
      'password',
      'missing',
      'no password: type it, pipe it in, or name a file with --password-file',
    );
  return password;
}
