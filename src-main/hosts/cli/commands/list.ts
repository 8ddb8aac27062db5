/** folders, messages, search */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { ListSource } from '#shared/contract/messages.ts';
import { createTranslate } from '#shared/i18n/translate.ts';
import { describeError, invalid, table, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findAccount, findFolder, messageJson, messageLine, withEngine } from '../session.ts';

function limitOf(text: string | undefined): number {
  if (text === undefined) return 50;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw invalid('--limit', 'invalid', 'a whole number from 1 to 500');
  return limit;
}

interface ServerJson {
  readonly account: string;
  readonly found: number;
  readonly fetched: number;
  readonly cut: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** What each account's server came to; what went wrong, and what no server can be asked for, is said beside it. */
async function askServers(
  client: EngineClient,
  source: Extract<ListSource, { kind: 'search' }>,
  output: Output,
): Promise<ServerJson[]> {
  const { query, accountId } = source;
  const { accounts, local } = await client.call('search.onServer', {
    query,
    job: randomUUID(),
    ...(accountId === undefined ? {} : { accountId }),
  });
  const t = createTranslate(output.language);
  if (local.length > 0)
    output.note(
      t(accounts.length === 0 ? 'serverSearch.onlyLocal' : 'serverSearch.checkedHere', {
        parts: local.map((part) => t(`serverSearch.part.${part}`)).join(', '),
      }),
    );
  const { accounts: rows } = await client.call('accounts.list', {});
  return accounts.map(({ accountId: id, found, fetched, cut, error }) => {
    const told = error === null ? null : describeError(error, output.language);
    const name = rows.find((row) => row.id === id)?.name ?? id;
    if (told) output.note(`${name}: ${told.message}`);
    return { account: id, found, fetched, cut, ...(told ? { error: told } : {}) };
  });
}

export function registerListCommands({ program, run }: CommandContext): void {
  program
    .command('folders')
    .description('the folders of an account with their counts')
    .requiredOption('--account <id>', 'the account (id, name or address)')
    .action((flags: { account: string }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const account = await findAccount(client, flags.account);
          const { folders } = await client.call('folders.list', { accountId: account.id });
          options.output.result(
            folders.map(({ id, path, role, total, unread }) => ({ path, role, total, unread, id })),
            (rows) =>
              table(rows.map((row) => [String(row.unread), String(row.total), row.role ?? '', row.path])),
          );
        }),
      ),
    );

  program
    .command('messages')
    .description('the messages of a folder, newest first')
    .requiredOption('--account <id>', 'the account (id, name or address)')
    .requiredOption('--folder <path>', 'the folder (path or role)')
    .option('--limit <n>', 'how many (default 50, at most 500)')
    .option('--before <cursor>', '"next" of the page before')
    .option('--threads', 'one row a conversation')
    .action(
      (flags: { account: string; folder: string; limit?: string; before?: string; threads?: boolean }) =>
        run((options) =>
          withEngine(options, async (client) => {
            const limit = limitOf(flags.limit);
            const account = await findAccount(client, flags.account);
            const folder = await findFolder(client, account.id, flags.folder);
            const page = await client.call('messages.list', {
              source: { kind: 'folder', folderId: folder.id },
              limit,
              threads: flags.threads ?? false,
              ...(flags.before === undefined ? {} : { before: flags.before }),
            });
            options.output.result({ messages: page.messages.map(messageJson), next: page.next }, () => [
              ...table(page.messages.map(messageLine)),
              ...(page.next === null ? [] : [`more: --before ${page.next}`]),
            ]);
          }),
        ),
    );

  program
    .command('search <query...>')
    .description('search offline, in the grammar of the search box')
    .option('--account <id>', 'only this account (id, name or address)')
    .option('--server', 'ask the servers as well for what is not here')
    .option('--limit <n>', 'how many (default 50, at most 500)')
    .option('--before <cursor>', '"next" of the page before')
    .action((words: string[], flags: { account?: string; server?: true; limit?: string; before?: string }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const limit = limitOf(flags.limit);
          const account = flags.account === undefined ? undefined : await findAccount(client, flags.account);
          const source: ListSource = {
            kind: 'search',
            query: words.join(' '),
            ...(account ? { accountId: account.id } : {}),
          };
          const asked = flags.server === true ? await askServers(client, source, options.output) : null;
          const started = performance.now();
          const page = await client.call('messages.list', {
            source,
            limit,
            ...(flags.before === undefined ? {} : { before: flags.before }),
          });
          const ms = Math.round((performance.now() - started) * 10) / 10;
          options.output.result(
            {
              messages: page.messages.map(messageJson),
              next: page.next,
              ms,
              ...(page.total === null ? {} : { total: page.total }),
              ...(asked === null ? {} : { server: asked }),
            },
            () => table(page.messages.map(messageLine)),
          );
        }),
      ),
    );
}
