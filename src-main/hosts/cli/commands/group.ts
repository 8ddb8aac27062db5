/** group: the organisation and its shared config, founded, published and joined; what else belongs to it is registered here. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { ResponseOf } from '#shared/contract/contract.ts';
import type { GroupAccountRow } from '#shared/contract/groups.ts';
import { Preset } from '#shared/domain/group/config.ts';
import { issueFaults } from '#shared/domain/schemaFaults.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { address, who } from '../groupWords.ts';
import { invalid, table, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';
import { registerGroupAccounts } from './groupAccounts.ts';
import { registerGroupHealth } from './groupHealth.ts';
import { registerGroupMails } from './groupMails.ts';
import { registerGroupSignIn } from './groupSignIn.ts';
import { registerGroupUsers } from './groupUsers.ts';

async function presetFile(path: string): Promise<Preset[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(path, 'not-json', 'this is not valid JSON');
    throw new MailError('file-unreadable', { file: path }, { cause: error });
  }
  const parsed = z.array(Preset).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new MailError('invalid-input', { file: path }, { faults: parsed.error.issues.flatMap(issueFaults) });
}

function accountJson(row: GroupAccountRow): Record<string, unknown> {
  return {
    id: row.accountId,
    group: row.group,
    name: row.name,
    address: row.address,
    state: row.state,
    members: row.members.map(who),
    defaultHandler: who(row.defaultHandler),
    ...(row.personalAccount === null ? {} : { personalAccount: row.personalAccount }),
  };
}

function printJoined(output: Output, joined: ResponseOf<'groups.join'>): void {
  output.result(
    {
      organisation: joined.organisation.name,
      id: joined.organisation.id,
      revision: joined.revision,
      changed: joined.changed,
      fingerprint: joined.fingerprint,
      accounts: joined.accounts.map(accountJson),
    },
    () => [
      `${joined.organisation.name}, revision ${joined.revision.toString()}, signed by ${joined.fingerprint}`,
      ...table(joined.accounts.map(({ name, address: mail, state }) => [name, mail, state])),
    ],
  );
}

export function registerGroupCommands(context: CommandContext): void {
  const { program, run } = context;
  const group = program
    .command('group')
    .description('the organisation and work on the mails of group accounts');

  group
    .command('init')
    .description('a new organisation with its administrator’s key')
    .requiredOption('--organisation <name>', 'what it is called')
    .requiredOption('--me <address>', 'your address')
    .option('--name <name>', 'your name')
    .action((flags: { organisation: string; me: string; name?: string }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const made = await client.call('groups.init', {
            organisation: flags.organisation,
            address: address(flags.me, '--me'),
            ...(flags.name === undefined ? {} : { name: flags.name }),
          });
          options.output.result(
            { organisation: made.organisation, id: made.id, fingerprint: made.fingerprint },
            (value) => `${value.organisation}  ${value.fingerprint}`,
          );
        }),
      ),
    );

  registerGroupUsers(group, context);
  registerGroupAccounts(group, context);

  group
    .command('presets [file]')
    .description(
      'the accounts that the organisation offers; with a JSON file: these from now on (administrators)',
    )
    .action((file: string | undefined) =>
      run((options) =>
        withEngine(options, async (client) => {
          if (file !== undefined) await client.call('groups.setPresets', { presets: await presetFile(file) });
          const { presets } = (await client.call('groups.draft', {})).config;
          options.output.result(presets, () =>
            presets.map(
              ({ match, settings }) => `${match.address ?? match.domain ?? ''}  ${settings.imap.host}`,
            ),
          );
        }),
      ),
    );

  group
    .command('publish')
    .description('sign the shared config and write it to its place')
    .option('--to <url|path>', 'where; default: where it was published before')
    .option('--invite-code <code>', 'seals the group accounts’ passwords under it')
    .action((flags: { to?: string; inviteCode?: string }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const published = await client.call('groups.publish', {
            ...(flags.to === undefined ? {} : { to: flags.to }),
            ...(flags.inviteCode === undefined ? {} : { inviteCode: flags.inviteCode }),
          });
          options.output.result(published, ({ revision, url, joinLink }) => [
            `revision ${revision.toString()} at ${url}`,
            joinLink,
          ]);
        }),
      ),
    );

  group
    .command('join <link>')
    .description('take the shared config over, from a join link or a file')
    .requiredOption('--me <address>', 'who you are in it')
    .option('--invite-code <code>', 'opens the passwords of the group accounts')
    .option('--take-over', 'personal accounts with a group account’s mailbox become the group account')
    .action((link: string, flags: { me: string; inviteCode?: string; takeOver?: boolean }) =>
      run((options) =>
        withEngine(options, async (client) => {
          let joined = await client.call('groups.join', {
            from: link,
            me: address(flags.me, '--me'),
            ...(flags.inviteCode === undefined ? {} : { inviteCode: flags.inviteCode }),
          });
          for (const row of joined.accounts.filter(({ state }) => state === 'conflict')) {
            if (flags.takeOver) await client.call('groups.takeOver', { group: row.group });
            else
              options.output.note(
                `${row.name}: you have this mailbox as a personal account; --take-over makes it the group account`,
              );
          }
          if (flags.takeOver) joined = { ...(await client.call('groups.sync', {})), changed: joined.changed };
          printJoined(options.output, joined);
        }),
      ),
    );

  group
    .command('sync')
    .description('fetch the shared config again now, and read the groups’ logs')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) =>
          printJoined(options.output, await client.call('groups.sync', {})),
        ),
      ),
    );

  registerGroupHealth(group, context);
  registerGroupSignIn(group, context);
  registerGroupMails(group, context);
}
