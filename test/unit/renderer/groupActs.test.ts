import { expect, onTestFinished, test } from 'vitest';
import { Dialogs } from '#renderer/app/dialogs.svelte.ts';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { UndoStack } from '#renderer/app/undoStack.ts';
import { GroupActs } from '#renderer/features/group/groupActs.ts';
import type { Groups } from '#renderer/features/group/groups.svelte.ts';
import { Announcer } from '#renderer/features/notices/announcer.svelte.ts';
import type { GroupOutcome, GroupState, Person } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import { EventId } from '#shared/domain/group/events.ts';
import { AccountId, FolderId, MessageId, ThreadId } from '#shared/domain/ids.ts';
import type { GroupMark, MessageRow } from '#shared/domain/message.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

const person = (name: string): Person => ({ id: UserId.parse(name.toLowerCase()), name, address: '' });
const anna = person('Anna');
const ben = person('Ben');
const handling = EventId.parse('00000000-0000-7000-8000-000000000001');
const mark: GroupMark = {
  group: 'kontor/info',
  handler: null,
  mine: false,
  status: 'open',
  until: null,
  notes: 0,
  readByMe: true,
  marksSeen: false,
  composing: [],
  pending: false,
};
const row = (id: number, group: Partial<GroupMark> = {}): MessageRow => ({
  id: MessageId.parse(id),
  accountId: AccountId.parse('info'),
  folderId: FolderId.parse(1),
  uid: id,
  threadId: ThreadId.parse(id),
  subject: `Mail ${id}`,
  from: null,
  to: [],
  date: 0,
  flags: { seen: true, flagged: false, answered: false, draft: false, forwarded: false },
  size: 1,
  hasAttachments: false,
  snippet: '',
  pending: false,
  group: { ...mark, ...group },
});
const won: GroupOutcome = { accepted: true, pending: false, handler: anna, status: 'open' };
const bens = { handler: { id: ben.id, name: ben.name } };
const stateOf = (messageId: MessageId): GroupState => ({
  messageId,
  group: 'kontor/info',
  info: [],
  handler: ben,
  since: 0,
  status: 'open',
  until: null,
  due: false,
  notes: [],
  readBy: [],
  composing: [],
  history: [],
  handling,
  pending: false,
  members: [],
});

function setUp(outcome: (id: MessageId) => GroupOutcome = () => won) {
  const client = new ScriptedClient({
    'groups.claim': ({ messageId }) => outcome(messageId),
    'groups.assign': ({ messageId }) => outcome(messageId),
    'groups.status': ({ messageId }) => outcome(messageId),
    'groups.state': ({ messageId }) => stateOf(messageId),
  });
  const announcer = new Announcer();
  onTestFinished(() => announcer[Symbol.dispose]());
  const dialogs = new Dialogs();
  const groups = {
    me: anna,
    markOf: ({ group }: MessageRow) => group,
    newestOf: (one: MessageRow) => one,
  } as unknown as Groups;
  const i18n = new I18n('en-GB');
  const undo = new UndoStack();
  const acts = new GroupActs({ client, groups, announcer, dialogs, i18n, undo, explain: String });
  const said = (): string[] => announcer.messages.map(({ text }) => text);
  return { acts, announcer, client, dialogs, said, undo };
}

test('a claim that lost says who was faster, and the others are mine', async () => {
  const lost: GroupOutcome = {
    accepted: false,
    pending: false,
    handler: ben,
    status: 'open',
    conflict: { by: ben, at: Date.now() },
  };
  const { acts, said } = setUp((id) => (id === 2 ? lost : won));
  expect(await acts.claim([row(1), row(2), row(3)])).toBe(false);
  expect(said()).toEqual([
    expect.stringMatching(/^Ben was faster and has handled “Mail 2” since today, /),
    'You handle 2 messages now',
  ]);
});

test('what waits for the server is said to wait', async () => {
  const { acts, said } = setUp(() => ({ ...won, accepted: false, pending: true, handler: null }));
  expect(await acts.claim([row(1)])).toBe(true);
  expect(said()).toEqual(['You handle it now. It waits for the server.']);
});

test('from somebody else a mail is taken only after asking, and only as it was seen', async () => {
  const { acts, client, dialogs } = setUp();
  const first = acts.claim([row(1, bens)]);
  await expect.poll(() => dialogs.question?.title).toBe('Take over from Ben?');
  dialogs.question?.answer(null);
  expect(await first).toBe(false);
  expect(client.requests('groups.claim')).toEqual([]);

  const second = acts.claim([row(1, bens)]);
  await expect.poll(() => dialogs.question?.title).toBe('Take over from Ben?');
  dialogs.question?.answer('yes');
  expect(await second).toBe(true);
  // Had somebody else taken it meanwhile, the engine would refuse.
  expect(client.requests('groups.claim')).toEqual([{ messageId: 1, over: handling }]);
});

test('nobody’s mail is claimed without having been seen: a decision made meanwhile stands', async () => {
  const { acts, client } = setUp();
  await acts.claim([row(1)]);
  expect(client.requests('groups.claim')).toEqual([{ messageId: 1 }]);
});

test('undo brings back what each mail had before', async () => {
  const { acts, announcer, client } = setUp();
  await acts.assign([row(1, bens), row(2)], person('Clara'));
  announcer.messages[0]?.action?.run();
  await expect
    .poll(() => client.requests('groups.assign').map(({ messageId, to }) => [messageId, to]))
    .toEqual([
      [1, 'clara'],
      [2, 'clara'],
      [1, 'ben'],
      [2, null],
    ]);
});

test('Undo takes back what was done last, whether to a mail or in the group, and each once', async () => {
  const { acts, announcer, client, undo } = setUp();
  const taken: string[] = [];
  undo.push(async () => void taken.push('first archive'));
  await acts.setStatus([row(1)], 'done');
  undo.push(async () => void taken.push('second archive'));
  await acts.assign([row(2)], person('Clara'));
  // By its own message; then by the key, one after the other.
  announcer.messages.at(-1)?.action?.run();
  await expect.poll(() => client.requests('groups.assign').length).toBe(2);
  expect(await undo.takeLast()).toBe(true);
  expect(taken).toEqual(['second archive']);
  expect(await undo.takeLast()).toBe(true);
  expect(client.requests('groups.status').map(({ status }) => status)).toEqual(['done', 'open']);
  expect(await undo.takeLast()).toBe(true);
  expect(taken).toEqual(['second archive', 'first archive']);
  expect(await undo.takeLast()).toBe(false);
});

test('what is done already is left as it is', async () => {
  const { acts, client } = setUp();
  await acts.setStatus([row(1, { status: 'done' }), row(2)], 'done');
  expect(client.requests('groups.status').map(({ messageId }) => messageId)).toEqual([2]);
});
