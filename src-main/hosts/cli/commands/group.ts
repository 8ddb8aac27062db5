/** group: the organisation, its shared config, and work on the mails of group accounts. */
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { parseAccountFile } from '#engine/accounts/accountFile.ts';
import type { EngineClient, ResponseOf } from '#shared/contract/contract.ts';
import type { GroupAccountRow, GroupOutcome, GroupState, Person } from '#shared/contract/groups.ts';
import { EmailAddress, type AccountSettings, type Credentials } from '#shared/domain/account.ts';
import { conductOf, type GroupConduct } from '#shared/domain/group/config.ts';
import { MessageId } from '#shared/domain/ids.ts';
import { Preset } from '#shared/domain/group/config.ts';
import { issueFaults } from '#shared/domain/schemaFaults.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { z } from 'zod';
import { describeError, invalid, iso, table, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { messageNumber, withEngine } from '../session.ts';
import { signIn } from '../signIn.ts';
import { testJson } from './account.ts';
import { registerGroupHealth } from './groupHealth.ts';
import { registerGroupSignIn } from './groupSignIn.ts';

const who = (person: Person | null): string | null =>
  person === null ? null : person.address || person.name;
const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const seenByOption = (): Option =>
  new Option('--seen-by <who>', 'whose reading marks a mail as read on the server').choices([
    'handler',
    'anybody',
  ]);

function address(text: string, option: string): string {
  if (!EmailAddress.safeParse(text).success)
    throw invalid(option, 'invalid', `"${text}" is no e-mail address`);
  return text;
}

async function accountFile(path: string) {
  try {
    return parseAccountFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof MailError) throw error;
    throw new MailError('file-unreadable', { file: path }, { cause: error });
  }
}

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

function printOutcome(output: Output, outcome: GroupOutcome): number {
  output.result(
    {
      accepted: outcome.accepted,
      handler: who(outcome.handler),
      status: outcome.status,
      ...(outcome.pending ? { pending: true } : {}),
      ...(outcome.conflict
        ? { conflict: { by: who(outcome.conflict.by), at: iso(outcome.conflict.at) } }
        : {}),
    },
    (value) =>
      `${outcome.accepted ? 'done' : outcome.pending ? 'waits for the server' : 'not done'}: ${value.handler ?? 'no handler'}, ${value.status}`,
  );
  return outcome.accepted ? 0 : 1;
}

export function groupStateJson(state: GroupState): Record<string, unknown> {
  return {
    group: state.group,
    info: state.info.map(who),
    handler: who(state.handler),
    since: iso(state.since),
    status: state.status,
    ...(state.until === null ? {} : { until: iso(state.until), due: state.due }),
    notes: state.notes.map(({ id, at, by, text, mentions, editedAt }) => ({
      id,
      at: iso(at),
      by: who(by),
      text,
      mentions: mentions.map(who),
      ...(editedAt === null ? {} : { editedAt: iso(editedAt) }),
    })),
    readBy: state.readBy.map(({ user, at }) => ({ user: who(user), at: iso(at) })),
    composing: state.composing.map(({ user, until }) => ({ user: who(user), until: iso(until) })),
    history: state.history.map(({ at, by, event, accepted, to, status, conflict, pending }) => ({
      at: iso(at),
      by: who(by),
      event,
      accepted,
      ...(to === undefined ? {} : { to: who(to) }),
      ...(status === undefined ? {} : { status }),
      ...(conflict === undefined ? {} : { conflict: { by: who(conflict.by), at: iso(conflict.at) } }),
      ...(pending === true ? { pending: true } : {}),
    })),
    pending: state.pending,
  };
}

function stateWords(state: GroupState): string[] {
  return [
    `Handler: ${state.handler?.name ?? '-'}   Status: ${state.status}`,
    `For information: ${state.info.map(({ name }) => name).join(', ')}`,
    `Read by: ${state.readBy.map(({ user }) => user.name).join(', ') || '-'}`,
    ...state.notes.map(({ by, text }) => `${by.name}: ${text}`),
    ...table(
      state.history.map(({ at, by, event, accepted, to }) => [
        iso(at) ?? '',
        by.name,
        event,
        to?.name ?? '',
        accepted ? '' : 'not accepted',
      ]),
    ),
  ];
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

  const user = group.command('user').description('users of the organisation (administrators)');
  user
    .command('add <address>')
    .description('add a user')
    .requiredOption('--name <name>', 'what he is called')
    .option('--admin', 'an administrator, as soon as his key is confirmed')
    .action((mail: string, flags: { name: string; admin?: boolean }) =>
      run((options) =>
        withEngine(options, async (client) => {
          const saved = await client.call('groups.addUser', {
            address: address(mail, 'ADDRESS'),
            name: flags.name,
            admin: flags.admin ?? false,
          });
          options.output.result(
            { ...saved, published: false },
            ({ id, name }) => `${id}  ${name} (not published yet)`,
          );
        }),
      ),
    );
  user
    .command('remove <address>')
    .description('he leaves: memberships end, his history stays')
    .action((mail: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const removed = await client.call('groups.removeUser', { user: mail });
          options.output.result(
            { removed: mail, groups: removed.groups, published: false },
            () => `${mail} removed (not published yet)`,
          );
          if (removed.groups.length > 0)
            options.output.note(`He knows the passwords of: ${removed.groups.join(', ')}. Change them.`);
        }),
      ),
    );
  user
    .command('keys')
    .description('keys that ask to be confirmed, with their fingerprints')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) => {
          const { requests } = await client.call('groups.draft', {});
          options.output.result(
            requests.map(({ user: person, key, fingerprint, at }) => ({
              user: who(person),
              key,
              fingerprint,
              at: iso(at),
            })),
            (rows) => table(rows.map(({ user: name, fingerprint }) => [name ?? '', fingerprint])),
          );
        }),
      ),
    );
  user
    .command('confirm <address> <fingerprint>')
    .description('confirm a key that asks; compare the fingerprint with its owner first')
    .action((mail: string, fingerprint: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const { requests } = await client.call('groups.draft', {});
          const wanted = fingerprint.toUpperCase();
          const found = requests.find(
            (request) =>
              request.fingerprint === wanted && (request.user.address === mail || request.user.id === mail),
          );
          if (!found)
            throw invalid(
              'FINGERPRINT',
              'not-found',
              'no key with this fingerprint asks; "postkorb group user keys" lists them',
            );
          await client.call('groups.confirmKey', { user: found.user.id, key: found.key });
          options.output.result(
            { confirmed: who(found.user), published: false },
            () => 'confirmed (not published yet)',
          );
        }),
      ),
    );

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
            // Who may not is told so before a server is asked.
            await client.call('groups.draft', {});
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

  const act = (
    name: string,
    description: string,
    work: (client: EngineClient, id: MessageId) => Promise<GroupOutcome>,
  ): void => {
    group
      .command(`${name} <message>`)
      .description(description)
      .action((message: string) =>
        run((options) => {
          const id = MessageId.parse(messageNumber(message));
          return withEngine(options, async (client) => printOutcome(options.output, await work(client, id)));
        }),
      );
  };
  act('claim', 'take it, unless somebody else did', (client, messageId) =>
    client.call('groups.claim', { messageId }),
  );
  act('release', 'give it back', (client, messageId) =>
    client.call('groups.assign', { messageId, to: null }),
  );
  act('done', 'it is finished', (client, messageId) =>
    client.call('groups.status', { messageId, status: 'done' }),
  );
  act('reopen', 'it is not finished', (client, messageId) =>
    client.call('groups.status', { messageId, status: 'open' }),
  );

  group
    .command('assign <message>')
    .description('give it to somebody, or take it over')
    .requiredOption('--to <address>', 'to whom')
    .action((message: string, flags: { to: string }) =>
      run((options) => {
        const messageId = MessageId.parse(messageNumber(message));
        return withEngine(options, async (client) =>
          printOutcome(options.output, await client.call('groups.assign', { messageId, to: flags.to })),
        );
      }),
    );
  group
    .command('note <message>')
    .description('a note for the group')
    .requiredOption('--text <text>', 'what it says')
    .option('--mention <addresses>', 'whom it concerns, comma separated')
    .action((message: string, flags: { text: string; mention?: string }) =>
      run((options) => {
        const messageId = MessageId.parse(messageNumber(message));
        return withEngine(options, async (client) =>
          printOutcome(
            options.output,
            await client.call('groups.note', { messageId, text: flags.text, mentions: list(flags.mention) }),
          ),
        );
      }),
    );
  group
    .command('state <message>')
    .description('who got it for information, who handles it, and all that happened')
    .action((message: string) =>
      run((options) => {
        const messageId = MessageId.parse(messageNumber(message));
        return withEngine(options, async (client) => {
          const state = await client.call('groups.state', { messageId });
          options.output.result(groupStateJson(state), () => stateWords(state));
        });
      }),
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
