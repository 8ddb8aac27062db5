/** group account: which mailboxes are a group's, and who works in them (administrators); tested before they are saved. */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { parseAccountFile } from '#engine/accounts/accountFile.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { AccountSettings, Credentials } from '#shared/domain/account.ts';
import { conductOf, type GroupConduct } from '#shared/domain/group/config.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { list } from '../groupWords.ts';
import { describeError, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';
import { signIn } from '../signIn.ts';
import { testJson } from './account.ts';

const seenByOption = (): Option =>
  new Option('--seen-by <who>', 'whose reading marks a mail as read on the server').choices([
    'handler',
    'anybody',
  ]);

async function accountFile(path: string) {
  try {
    return parseAccountFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof MailError) throw error;
    throw new MailError('file-unreadable', { file: path }, { cause: error });
  }
}

export function registerGroupAccounts(group: Command, { run }: CommandContext): void {
  const account = group
    .command('account')
    .description('group accounts (administrators); tested before they are saved');
  account
    .command('add <file>')
    .description('add a group account from an account file')
    .requiredOption('--members <addresses>', 'who works in it, comma separated')
    .option('--default-handler <address>', 'who handles a mail when it arrives')
    .addOption(seenByOption())
    .option('--names-author', 'sent mail names its author as "Sender"')
    .action((file: string, flags: { members: string; defaultHandler?: string } & GroupConduct) =>
      run(async (options) => {
        const { settings, credentials } = await accountFile(file);
        return await withEngine(options, async (client) => {
          const passed = await tested(client, options.output, settings, credentials);
          if (passed === null) return 1;
          const saved = await client.call('groups.addAccount', {
            ...passed,
            credentials,
            members: list(flags.members),
            defaultHandler: flags.defaultHandler ?? null,
            ...conductOf(flags),
          });
          options.output.result(
            { ...saved, published: false },
            ({ id, name }) => `${id}  ${name} (not published yet)`,
          );
          return 0;
        });
      }),
    );
  account
    .command('edit <id>')
    .description('change a group account')
    .option('--file <file>', 'other servers, names or passwords, from an account file')
    .option('--members <addresses>', 'all members from now on, comma separated')
    .option('--default-handler <address>', 'an empty text: nobody')
    .option('--archive-address <address>', 'an empty text: none')
    .option('--signature <text>', 'what all members sign with; an empty text: each has his own')
    .addOption(seenByOption())
    .option('--names-author', 'sent mail names its author as "Sender"')
    .option('--no-names-author', 'it does not')
    .action(
      (
        id: string,
        flags: {
          file?: string;
          members?: string;
          defaultHandler?: string;
          archiveAddress?: string;
          signature?: string;
        } & GroupConduct,
      ) =>
        run(async (options) => {
          const fromFile = flags.file === undefined ? null : await accountFile(flags.file);
          return await withEngine(options, async (client) => {
            let passed: Tested | null = null;
            if (fromFile !== null) {
              passed = await tested(client, options.output, fromFile.settings, fromFile.credentials);
              if (passed === null) return 1;
            }
            await client.call('groups.editAccount', {
              group: id,
              ...(fromFile === null || passed === null
                ? {}
                : {
                    ...passed,
                    ...(fromFile.credentials === null ? {} : { credentials: fromFile.credentials }),
                  }),
              ...(flags.members === undefined ? {} : { members: list(flags.members) }),
              ...(flags.defaultHandler === undefined ? {} : { defaultHandler: flags.defaultHandler || null }),
              ...(flags.archiveAddress === undefined ? {} : { archiveAddress: flags.archiveAddress || null }),
              ...(flags.signature === undefined
                ? {}
                : { signature: flags.signature === '' ? null : { text: flags.signature, html: null } }),
              ...conductOf(flags),
            });
            options.output.result({ id, published: false }, () => `${id} changed (not published yet)`);
            return 0;
          });
        }),
    );
  account
    .command('remove <id>')
    .description('its mailbox stays as it is')
    .action((id: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          await client.call('groups.removeAccount', { group: id });
          options.output.result({ removed: id, published: false }, () => `${id} removed (not published yet)`);
        }),
      ),
    );
}

interface Tested {
  readonly settings: AccountSettings;
  readonly signIn: string | null;
  readonly token: string;
}

/** null: it did not pass, and was printed. */
async function tested(
  client: EngineClient,
  output: Output,
  file: AccountSettings,
  credentials: Credentials | null,
): Promise<Tested | null> {
  // Who may not is told so before a server is asked.
  await client.call('groups.draft', {});
  const { organisation } = await client.call('groups.organisation', {});
  // The administrator signs in as himself, as every member will.
  const settings =
    file.auth === undefined || organisation === null
      ? file
      : { ...file, auth: { ...file.auth, login: organisation.me.address } };
  const signedIn = settings.auth === undefined ? null : await signIn(client, output, settings);
  const test = await client.call('accounts.test', {
    settings,
    credentials,
    signIn: signedIn,
    forGroup: true,
  });
  if (test.ok && test.token !== null) return { settings, signIn: signedIn, token: test.token };
  const error = describeError({ code: 'test-failed', params: {} }, output.language);
  output.result({ ...testJson(test, output.language), error }, () => error.message);
  return null;
}
