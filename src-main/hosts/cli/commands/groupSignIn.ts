/** group signin: a mailbox that is shared with its members, each of whom signs in as himself. */
import type { Command } from 'commander';
import { invalid } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';
import { signInAt } from '../signIn.ts';

export function registerGroupSignIn(group: Command, { run }: CommandContext): void {
  group
    .command('signin <group>')
    .description('sign in to a group account as yourself, in a browser on this machine')
    .action((name: string) =>
      run((options) =>
        withEngine(options, async (client) => {
          const { organisation } = await client.call('groups.organisation', {});
          const row = organisation?.accounts.find((one) =>
            [one.group, one.group.split('/')[1], one.name, one.address, one.accountId].includes(name),
          );
          if (row?.signIn === undefined)
            throw invalid(
              'GROUP',
              'not-found',
              `there is no group account "${name}" that its members sign in to`,
            );
          const signedIn = await signInAt(client, options.output, row.signIn);
          const { accountId } = await client.call('groups.setCredentials', {
            group: row.group,
            credentials: null,
            signIn: signedIn,
          });
          options.output.result(
            { id: accountId, group: row.group, signedIn: true },
            () => `${row.name}: signed in`,
          );
        }),
      ),
    );
}
