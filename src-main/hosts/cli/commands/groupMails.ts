/** group claim | release | done | reopen | assign | note | state: work on the mails of group accounts. */
import type { Command } from 'commander';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { GroupOutcome, GroupState } from '#shared/contract/groups.ts';
import { MessageId } from '#shared/domain/ids.ts';
import { list, who } from '../groupWords.ts';
import { iso, table, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { messageNumber, withEngine } from '../session.ts';

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

function groupStateJson(state: GroupState): Record<string, unknown> {
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

export function registerGroupMails(group: Command, { run }: CommandContext): void {
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
