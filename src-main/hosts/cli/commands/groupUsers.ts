/** group user: who belongs to the organisation, and whose keys count (administrators). */
import type { Command } from 'commander';
import { address, who } from '../groupWords.ts';
import { invalid, iso, table } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

export function registerGroupUsers(group: Command, { run }: CommandContext): void {
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
}
