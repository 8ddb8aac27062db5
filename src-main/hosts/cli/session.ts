/** One command's link to the engine: attached to the process that holds the profile, or an engine of its own. */
import { connectEngine, type EngineConnection } from '#hosts/node/connectEngine.ts';
import type { AccountRow } from '#shared/contract/accounts.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { FolderRow, MessageRow } from '#shared/domain/message.ts';
import { invalid, type Output } from './output.ts';

export interface GlobalOptions {
  readonly profile: string | undefined;
  readonly output: Output;
}

/**
 * Opens the profile, runs `work`, and closes everything again whatever happens.
 * `thread`: an engine of its own runs on its thread, as in the app; for long work, which takes less memory there.
 */
export async function withEngine<T>(
  options: GlobalOptions,
  work: (client: EngineClient) => Promise<T>,
  mode: { passive: boolean; thread?: boolean } = { passive: true },
): Promise<T> {
  const connection: EngineConnection = await connectEngine({
    profile: options.profile,
    passive: mode.passive,
    ...(mode.thread === undefined ? {} : { thread: mode.thread }),
    locale: options.output.language,
    note: (text) => {
      options.output.note(text);
    },
  });
  await using _ = connection;
  return await work(connection.client);
}

/** An account as a person names it: its id, its account name or its address. */
export async function findAccount(client: EngineClient, named: string): Promise<AccountRow> {
  const { accounts } = await client.call('accounts.list', {});
  const found =
    accounts.find((account) => account.id === named) ??
    accounts.find((account) => account.name === named) ??
    accounts.find((account) => normaliseAddress(account.address) === normaliseAddress(named));
  if (!found) {
    throw invalid(
      '--account',
      'not-found',
      `there is no account "${named}"; "postkorb account list" shows them`,
    );
  }
  return found;
}

/** A folder by its path, or by its role ("inbox", "sent") where no path is called so. INBOX is case-insensitive (RFC 9051, 5.1). */
export async function findFolder(
  client: EngineClient,
  accountId: AccountId,
  named: string,
): Promise<FolderRow> {
  const { folders } = await client.call('folders.list', { accountId });
  const found =
    folders.find((folder) => folder.path === named) ??
    folders.find((folder) => folder.path.toUpperCase() === 'INBOX' && named.toUpperCase() === 'INBOX') ??
    folders.find((folder) => folder.role === named.toLowerCase());
  if (!found) {
    throw invalid('folder', 'not-found', `there is no folder "${named}"; "postkorb folders" shows them`);
  }
  return found;
}

/** A message id as the lists print it. */
export function messageNumber(text: string): number {
  const id = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(id)) {
    throw invalid(
      'MESSAGE',
      'invalid',
      `"${text}" is no message id; "postkorb messages" and "postkorb search" print them`,
    );
  }
  return id;
}

const flagNames = [
  ['seen', '\\Seen'],
  ['flagged', '\\Flagged'],
  ['answered', '\\Answered'],
  ['draft', '\\Draft'],
  ['forwarded', '$Forwarded'],
] as const;

function groupJson(mark: NonNullable<MessageRow['group']>): Record<string, unknown> {
  return {
    group: mark.group,
    handler: mark.handler,
    mine: mark.mine,
    status: mark.status,
    notes: mark.notes,
    readByMe: mark.readByMe,
    pending: mark.pending,
  };
}

/** A row as CLI.md prints it; flags by their IMAP names. */
export function messageJson(row: MessageRow): Record<string, unknown> {
  return {
    id: row.id,
    uid: row.uid,
    threadId: row.threadId,
    account: row.accountId,
    folderId: row.folderId,
    subject: row.subject,
    from: row.from,
    to: row.to,
    date: new Date(row.date).toISOString(),
    flags: flagNames.filter(([key]) => row.flags[key]).map(([, name]) => name),
    size: row.size,
    hasAttachments: row.hasAttachments,
    snippet: row.snippet,
    pending: row.pending,
    ...(row.group === undefined ? {} : { group: groupJson(row.group) }),
  };
}

export function messageLine(row: MessageRow): string[] {
  const mark = `${row.flags.seen ? ' ' : '*'}${row.flags.flagged ? '!' : ' '}${row.hasAttachments ? '@' : ' '}`;
  const when = new Date(row.date).toISOString().slice(0, 16).replace('T', ' ');
  return [String(row.id), mark, when, row.from?.name || row.from?.address || '', row.subject];
}
