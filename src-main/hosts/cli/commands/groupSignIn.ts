/** group signin: a mailbox that is shared with its members, each of whom signs in as himself. */
import type { Command } from 'commander';
import { findGroup } from '../groupWords.ts';
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
          const row = await findGroup(client, name);
          if (row.signIn === undefined)
            throw invalid('GROUP', 'has-a-password', `the members of "${row.name}" do not sign in to it`);
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
