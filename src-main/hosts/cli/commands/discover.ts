/** discover: the settings for an address; nothing is saved. */
import { describeError, table } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

export function registerDiscoverCommand({ program, run }: CommandContext): void {
  program
    .command('discover <address>')
    .description('find the servers for an address; saves nothing; ends within 10 s')
    .action((address: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const { output } = options;
          const found = await client.call('accounts.discover', { address });
          const tried = found.tried.map(({ error, ...entry }) => ({
            ...entry,
            ...(error ? describeError(error, output.language) : {}),
          }));
          output.result({ ...found, tried }, () => [
            ...(found.imap === null
              ? ['nothing was found']
              : [`source  ${found.source ?? ''}`, serverLine('IMAP', found.imap)]),
            ...(found.smtp === null ? [] : [serverLine('SMTP', found.smtp)]),
            ...(found.confirm === null
              ? []
              : [`these servers belong to ${found.confirm.domain}: make sure that this is your provider`]),
            ...table(
              tried.map((entry) => [
                entry.ok ? 'ok' : 'no',
                entry.source,
                entry.target,
                `${entry.ms} ms`,
                'message' in entry ? String(entry.message) : '',
              ]),
            ),
          ]);
          return found.imap === null ? 1 : 0;
        }),
      ),
    );
}

const serverLine = (
  name: string,
  { host, port, security, user }: { host: string; port: number; security: string; user: string },
): string => `${name}    ${host}:${port} (${security}), user ${user}`;
