/** account test | add | list | retest | signin | remove */
import type { Command } from 'commander';
import type { AccountRow, ConnectionTest, ServerTest } from '#shared/contract/accounts.ts';
import { describeError, iso, table, type Language, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findAccount, withEngine } from '../session.ts';
import { signIn } from '../signIn.ts';
import { accountInFile, accountOfAddress, type AddressOptions } from '../wantedAccount.ts';
import { registerImportCommand } from './import.ts';

function serverJson(server: ServerTest | null, language: Language): unknown {
  if (server === null) return null;
  return {
    ok: server.ok,
    steps: server.steps.map(({ step, ok, ms, error }) => {
      if (!error) return { step, ok, ms };
      const { code, message, hint } = describeError(error, language);
      return { step, ok, ms, code, message, hint };
    }),
    ...(server.certificate ? { certificate: server.certificate } : {}),
  };
}

export function testJson(test: ConnectionTest, language: Language): Record<string, unknown> {
  return {
    ok: test.ok,
    ms: test.ms,
    imap: serverJson(test.imap, language),
    smtp: serverJson(test.smtp, language),
    ...(test.slow ? { slow: test.slow } : {}),
  };
}

function testWords(test: ConnectionTest, language: Language): string[] {
  const lines: string[] = [];
  for (const [name, server] of [
    ['IMAP', test.imap],
    ['SMTP', test.smtp],
  ] as const) {
    if (server === null) {
      lines.push(`${name}  -`);
      continue;
    }
    for (const step of server.steps) {
      lines.push(
        `${name}  ${step.ok ? 'ok    ' : 'failed'}  ${step.step.padEnd(8)} ${String(Math.round(step.ms)).padStart(5)} ms`,
      );
      if (step.error) {
        const { message, hint } = describeError(step.error, language);
        lines.push(`      ${message}`, ...(hint ? [`      ${hint}`] : []));
      }
    }
    if (!server.ok && server.certificate)
      lines.push(`      sha256:${server.certificate.fingerprint.replace(/^sha256:/, '')}`);
  }
  return lines;
}

function printTest(output: Output, test: ConnectionTest): number {
  output.result(testJson(test, output.language), () => testWords(test, output.language));
  return test.ok ? 0 : 1;
}

function accountJson(account: AccountRow, language: Language): Record<string, unknown> {
  const { health } = account;
  return {
    id: account.id,
    name: account.name,
    address: account.address,
    default: account.default,
    active: account.active,
    group: account.group,
    health: {
      state: health.state,
      since: iso(health.since),
      lastSuccess: iso(health.lastSuccess),
      ...(health.lastError ? { lastError: describeError(health.lastError, language) } : {}),
      ...(health.nextAttempt === null ? {} : { nextAttempt: iso(health.nextAttempt) }),
      ...(health.gapClosed
        ? {
            gapClosed: {
              messages: health.gapClosed.messages,
              from: iso(health.gapClosed.from),
              until: iso(health.gapClosed.until),
            },
          }
        : {}),
      ...(health.server
        ? {
            loginMs: health.server.loginMs,
            listMs: health.server.listMs,
            certificateUntil: iso(health.server.certificateUntil),
            tokenUntil: iso(health.server.tokenUntil),
          }
        : {}),
    },
    queued: account.queued,
    failedOperations: account.failedOperations,
  };
}

export function registerAccountCommands(context: CommandContext): void {
  const { program, run } = context;
  const account = program
    .command('account')
    .description('accounts: test, add, list, retest, signin, remove, import');
  registerImportCommand(account, context);

  /** What goes with an address in the place of a file. */
  const withAddress = (command: Command): Command =>
    command
      .option('--name <name>', 'with an address: the account’s name (else the address)')
      .option('--display-name <name>', 'with an address: the name that others see')
      .option(
        '--password-file <file>',
        'with an address: its password is what stands in this file; "-": standard input',
      )
      .option('--servers-at <domain>', 'with an address: its servers may belong to this domain');

  withAddress(account.command('test <file-or-address>'))
    .description('try the settings of an account file, or of an address; saves nothing; ends within 10 s')
    .action((given: string, flags: AddressOptions) =>
      run(async (options) => {
        const { output } = options;
        const file = await accountInFile(given, flags);
        return await withEngine(options, async (client) => {
          const { settings, credentials } = file ?? (await accountOfAddress(client, output, given, flags));
          await client.call('accounts.permit', { settings });
          return printTest(
            output,
            await client.call('accounts.test', {
              settings,
              credentials,
              signIn: settings.auth === undefined ? null : await signIn(client, output, settings),
            }),
          );
        });
      }),
    );

  withAddress(account.command('add <file-or-address>'))
    .description(
      'test an account file and save it if it passed; for an address its servers are found and only the password is asked for',
    )
    .option('--inactive', 'save without a test; it is not polled until it is tested')
    .action((given: string, flags: AddressOptions & { inactive?: boolean }) =>
      run(async (options) => {
        const { output } = options;
        const file = await accountInFile(given, flags);
        return await withEngine(options, async (client) => {
          const { settings, credentials } = file ?? (await accountOfAddress(client, output, given, flags));
          await client.call('accounts.permit', { settings });
          let token: string | null = null;
          let signedIn: string | null = null;
          if (!flags.inactive) {
            if (settings.auth !== undefined) signedIn = await signIn(client, output, settings);
            const test = await client.call('accounts.test', { settings, credentials, signIn: signedIn });
            if (!test.ok || test.token === null) {
              const error = describeError({ code: 'test-failed', params: {} }, output.language);
              output.result({ ...testJson(test, output.language), error }, () => [
                ...testWords(test, output.language),
                error.message,
              ]);
              return 1;
            }
            ({ token } = test);
          }
          const saved = await client.call('accounts.save', {
            id: null,
            settings,
            credentials,
            signIn: signedIn,
            token,
            active: !flags.inactive,
          });
          output.result(
            { id: saved.id, name: saved.name, active: saved.active },
            (value) => `${value.id}  ${value.name}`,
          );
          return 0;
        });
      }),
    );

  account
    .command('list')
    .description('by account name; the first is the default account')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) => {
          const { accounts } = await client.call('accounts.list', {});
          const { output } = options;
          output.result(
            accounts.map((row) => accountJson(row, output.language)),
            () =>
              table(
                accounts.map((row) => [
                  row.id,
                  row.default ? '*' : ' ',
                  row.name,
                  row.address,
                  row.active ? row.health.state : 'inactive',
                ]),
              ),
          );
        }),
      ),
    );

  account
    .command('retest <id>')
    .description('test the saved settings again')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const row = await findAccount(client, id);
          return printTest(options.output, await client.call('accounts.retest', { id: row.id }));
        }),
      ),
    );

  account
    .command('signin <id>')
    .description('sign in again at the account’s provider (OAuth 2), in a browser on this machine')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const row = await findAccount(client, id);
          const { settings } = await client.call('accounts.get', { id: row.id });
          const signedIn = await signIn(client, options.output, settings);
          return printTest(
            options.output,
            await client.call('accounts.retest', { id: row.id, signIn: signedIn }),
          );
        }),
      ),
    );

  account
    .command('remove <id>')
    .description('forget the account, its local mail and its passwords; nothing is deleted on the server')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const row = await findAccount(client, id);
          await client.call('accounts.remove', { id: row.id });
          options.output.result({ id: row.id, name: row.name, removed: true }, () => `removed ${row.name}`);
        }),
      ),
    );
}
