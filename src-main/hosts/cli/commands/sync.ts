/** sync: one pass to the end. */
import { describeError, table } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findAccount, withEngine } from '../session.ts';

export function registerSyncCommand({ program, run }: CommandContext): void {
  program
    .command('sync')
    .description('fetch what is new and carry out what waits, one pass')
    .option('--account <id>', 'only this account (id, name or address)')
    .option('--full', 'every text as well, so that all is searchable offline')
    .action((flags: { account?: string; full?: boolean }) =>
      run((options) =>
        withEngine(
          options,
          async (client) => {
            const account =
              flags.account === undefined ? undefined : await findAccount(client, flags.account);
            const { accounts } = await client.call('sync.run', {
              ...(account ? { accountId: account.id } : {}),
              full: flags.full ?? false,
            });
            const { output } = options;
            output.result(
              {
                accounts: accounts.map(({ error, ...row }) => ({
                  ...row,
                  ...(error ? { error: describeError(error, output.language) } : {}),
                })),
              },
              () =>
                table(
                  accounts.map((row) => [
                    row.id,
                    row.ok ? 'ok' : 'failed',
                    `${row.folders} folders`,
                    `${row.messages} messages`,
                    `+${row.added} ~${row.changed} -${row.removed}`,
                    `${row.ms} ms`,
                    row.error ? describeError(row.error, output.language).message : '',
                  ]),
                ),
            );
            return accounts.every((row) => row.ok) ? 0 : 1;
          },
          { passive: true, thread: true },
        ),
      ),
    );
}
