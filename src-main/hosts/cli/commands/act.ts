/** flag, move, delete, archive: done at once in the store, carried to the server, kept until it got there. */
import { MessageId, type AccountId } from '#shared/domain/ids.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { invalid } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { findFolder, messageNumber, withEngine, type GlobalOptions } from '../session.ts';

type Flag = 'seen' | 'flagged' | 'answered' | 'forwarded';

interface Ref {
  readonly id: MessageId;
}

async function act(
  options: GlobalOptions,
  messages: readonly string[],
  change: (client: EngineClient, refs: Ref[]) => Promise<{ queued: number; done: number }>,
): Promise<number> {
  const refs = messages.map((text) => ({ id: MessageId.parse(messageNumber(text)) }));
  return await withEngine(options, async (client) => {
    const changed = await change(client, refs);
    const failedBefore = new Set(
      (await client.call('operations.failed', {})).operations.map((operation) => operation.id),
    );
    const flushed = await client.call('operations.flush', {});
    const refused = (await client.call('operations.failed', {})).operations.filter(
      (operation) => operation.state === 'failed' && !failedBefore.has(operation.id),
    );
    const answer = { queued: flushed.queued, done: changed.done + flushed.done };
    options.output.result(answer, () => `${answer.done} done, ${answer.queued} waiting for the server`);
    for (const operation of refused)
      options.output.note(`${operation.kind}: ${operation.error?.code ?? 'refused'} (${operation.subject})`);
    return refused.length === 0 ? 0 : 1;
  });
}

async function accountOf(client: EngineClient, refs: readonly Ref[]): Promise<AccountId> {
  const { messages } = await client.call('messages.rows', { refs: refs.map(({ id }) => ({ id })) });
  const accounts = new Set(messages.map((row) => row.accountId));
  const [only] = accounts;
  if (only === undefined) throw new MailError('not-found', { what: 'message' });
  if (accounts.size > 1)
    throw invalid(
      'MESSAGE',
      'several-accounts',
      'messages of one account at a time can be moved to a folder',
    );
  return only;
}

const collect = (text: string, all: Flag[]): Flag[] => {
  const aliases: Record<string, Flag> = {
    '\\seen': 'seen',
    read: 'seen',
    '\\flagged': 'flagged',
    starred: 'flagged',
    star: 'flagged',
    '\\answered': 'answered',
    $forwarded: 'forwarded',
  };
  for (const word of text.split(',')) {
    const name = word.trim().toLowerCase();
    const flag =
      aliases[name] ??
      (['seen', 'flagged', 'answered', 'forwarded'] as const).find((known) => known === name);
    if (!flag)
      throw invalid('--add/--remove', 'invalid', `"${word}": one of seen, flagged, answered, forwarded`);
    all.push(flag);
  }
  return all;
};

export function registerActCommands({ program, run }: CommandContext): void {
  program
    .command('flag <message...>')
    .description('set or take away flags')
    .option('--add <flags>', 'seen, flagged, answered, forwarded (comma separated)')
    .option('--remove <flags>', 'the same')
    .option('--read', 'the same as --add seen')
    .option('--unread', 'the same as --remove seen')
    .option('--star', 'the same as --add flagged')
    .option('--unstar', 'the same as --remove flagged')
    .action(
      (
        messages: string[],
        flags: {
          add?: string;
          remove?: string;
          read?: boolean;
          unread?: boolean;
          star?: boolean;
          unstar?: boolean;
        },
      ) =>
        run(async (options) => {
          const add = collectAll(flags.add, flags.read, flags.star);
          const remove = collectAll(flags.remove, flags.unread, flags.unstar);
          if (add.length + remove.length === 0)
            throw invalid(
              'flag',
              'missing',
              'say what to change: --add seen, --remove flagged, --read, --star ...',
            );
          return await act(options, messages, (client, refs) =>
            client.call('messages.flag', { refs, add, remove }),
          );
        }),
    );

  program
    .command('move <message...>')
    .description('to another folder of the same account')
    .requiredOption('--to <path>', 'the folder (path or role)')
    .action((messages: string[], flags: { to: string }) =>
      run((options) =>
        act(options, messages, async (client, refs) => {
          const folder = await findFolder(client, await accountOf(client, refs), flags.to);
          return await client.call('messages.move', { refs, target: folder.id });
        }),
      ),
    );

  program
    .command('delete <message...>')
    .description('to the trash; from the trash for good')
    .action((messages: string[]) =>
      run((options) => act(options, messages, (client, refs) => client.call('messages.delete', { refs }))),
    );

  program
    .command('archive <message...>')
    .description('to the archive folder')
    .action((messages: string[]) =>
      run((options) => act(options, messages, (client, refs) => client.call('messages.archive', { refs }))),
    );
}

function collectAll(
  list: string | undefined,
  seen: boolean | undefined,
  flagged: boolean | undefined,
): Flag[] {
  const all: Flag[] = list === undefined ? [] : collect(list, []);
  if (seen) all.push('seen');
  if (flagged) all.push('flagged');
  return [...new Set(all)];
}
