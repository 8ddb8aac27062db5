import { expect, test } from 'vitest';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { answerQuestion } from '#renderer/features/group/answerGate.ts';
import { AnsweringSignal } from '#renderer/features/group/answeringSignal.ts';
import { newsOf } from '#renderer/features/group/groupNews.ts';
import { levelOf, oncePerPerson } from '#renderer/features/notices/newMail.ts';
import type { GroupState, Person } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import { EventId } from '#shared/domain/group/events.ts';
import { AccountId, FolderId, MessageId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

const person = (name: string): Person => ({ id: UserId.parse(name.toLowerCase()), name, address: '' });
const anna = person('Anna');
const ben = person('Ben');
const clara = person('Clara');
const i18n = new I18n('en-GB');
const now = new Date(2026, 1, 27, 15, 30).getTime();
const since = new Date(2026, 1, 27, 10, 5).getTime();
type Asked = Parameters<typeof answerQuestion>[0];
const state = (change: Partial<Asked>): Asked => ({
  handler: null,
  since: null,
  status: 'open',
  composing: [],
  ...change,
});
const ask = (change: Partial<Asked>) => answerQuestion(state(change), { me: anna.id, now, i18n });

test('an answer to my own mail, or to nobody’s, is asked nothing', () => {
  expect(ask({})).toBeNull();
  expect(ask({ handler: anna, since })).toBeNull();
  // I write it myself; somebody stopped writing a while ago.
  expect(ask({ handler: anna, composing: [{ user: anna, until: now + 1 }] })).toBeNull();
  expect(ask({ composing: [{ user: ben, until: now }] })).toBeNull();
});

test('before an answer to somebody else’s mail it is said who has it, and since when', () => {
  const question = ask({ handler: ben, since });
  expect(question?.title).toBe('Ben handles this message');
  expect(question?.text).toMatch(/^Since today, 10:05\. /);
  expect(question?.choices.map(({ label }) => label)).toEqual(['Answer anyway', 'Add a note', 'Take over']);
  expect(ask({ handler: ben, since, status: 'done' })?.title).toBe('Ben has finished this message');
});

test('before an answer that somebody is writing it is said who writes', () => {
  const until = now + 60_000;
  const both = ask({ handler: ben, since, composing: [{ user: clara, until }] });
  expect(both?.title).toBe('Clara is answering');
  expect(both?.text).toMatch(/^Ben has handled it since today, 10:05\. /);
  expect(
    ask({
      handler: anna,
      composing: [
        { user: ben, until },
        { user: clara, until },
      ],
    })?.title,
  ).toBe('Ben, Clara are answering');
});

type News = Parameters<typeof newsOf>;
const event = (change: Partial<News[0]>): News[0] => ({
  event: 'assign',
  mine: false,
  accepted: true,
  handler: ben,
  by: ben,
  ...change,
});
const entry = (kind: string, to: Person | null): GroupState['history'][number] => ({
  at: 0,
  by: ben,
  event: kind,
  accepted: true,
  to,
});

test('told is what was given to me, taken from me, or mentions me; and what I lost', () => {
  const nothing = { history: [], notes: [] };
  expect(newsOf(event({ handler: anna }), nothing, anna.id)).toBe('assigned');
  const taken = { history: [entry('intake', anna), entry('note', null), entry('assign', ben)], notes: [] };
  expect(newsOf(event({}), taken, anna.id)).toBe('taken');
  const others = { history: [entry('assign', clara), entry('assign', ben)], notes: [] };
  expect(newsOf(event({}), others, anna.id)).toBeNull();
  const note = { id: EventId.parse('00000000-0000-7000-8000-000000000001'), at: 0, text: '', editedAt: null };
  const notes = [
    { ...note, by: ben, mentions: [anna] },
    { ...note, by: clara, mentions: [] },
  ];
  expect(newsOf(event({ event: 'note' }), { history: [], notes }, anna.id)).toBe('mentioned');
  expect(newsOf(event({ event: 'note', by: clara }), { history: [], notes }, anna.id)).toBeNull();
  expect(newsOf(event({ mine: true, accepted: false }), null, anna.id)).toBe('lost');
  expect(newsOf(event({ mine: true }), null, anna.id)).toBeNull();
  expect(newsOf(event({ accepted: false }), nothing, anna.id)).toBeNull();
});

test('a mail to a person and to his group is told once, as loudly as either', () => {
  const mail = (account: string, subject = 'Offer') => ({
    accountId: AccountId.parse(account),
    folderId: FolderId.parse(1),
    id: MessageId.parse(1),
    from: 'Ben',
    subject,
  });
  const told = oncePerPerson([
    [mail('info'), 'quiet'],
    [mail('anna'), 'loud'],
    [mail('anna', 'Another'), 'loud'],
    [mail('anna', 'Another'), 'loud'],
  ]);
  expect(told.map(([{ accountId, subject }, level]) => [accountId, subject, level])).toEqual([
    ['anna', 'Offer', 'loud'],
    // Two mails of one account are two mails.
    ['anna', 'Another', 'loud'],
    ['anna', 'Another', 'loud'],
  ]);
});

test('the group is told of an answer while it is open, and not of answers to personal mail', async () => {
  const [mine, personal] = [MessageId.parse(1), MessageId.parse(2)];
  const client = new ScriptedClient({
    'groups.composing': ({ messageId }) => {
      if (messageId === personal) throw new MailError('no-group-message');
      return {};
    },
  });
  const reports: unknown[] = [];
  using signal = new AnsweringSignal(client, (error) => void reports.push(error));
  signal.set([mine, personal]);
  // The refusals have come back.
  await new Promise((resolve) => setImmediate(resolve));
  signal.set([mine]);
  signal.set([mine, personal]);
  signal.set([]);
  expect(client.requests('groups.composing')).toEqual([
    { messageId: mine, composing: true },
    { messageId: personal, composing: true },
    { messageId: mine, composing: false },
  ]);
  expect(reports).toEqual([]);
});

type NewsSettings = Parameters<typeof levelOf>[2];
const orders = FolderId.parse(7);
const [own, shared] = [AccountId.parse('own'), AccountId.parse('shared')];
test.each([
  ['a person’s own mail is told aloud', own, undefined, {}, 'loud'],
  ['in an account that is quiet, quietly', own, undefined, { [own]: 'quiet' }, 'quiet'],
  ['and elsewhere aloud', own, undefined, { [shared]: 'off' }, 'loud'],
  ['what I handle, aloud', shared, 'handler', {}, 'loud'],
  ['what others handle, quietly', shared, 'information', {}, 'quiet'],
  ['an account makes nothing louder than its role', shared, 'information', { [shared]: 'loud' }, 'quiet'],
  ['an account that is off tells nothing, whoever handles it', shared, 'handler', { [shared]: 'off' }, 'off'],
] as const)('%s', (_what, accountId, role, accountNews, level) => {
  const settings: NewsSettings = {
    ...{ accountNews, folderNews: [] },
    ...{ groupHandled: 'loud', groupInformation: 'quiet' },
  };
  expect(levelOf({ accountId, folderId: orders }, role, settings)).toBe(level);
});

test.each([
  ['a folder that is loud is so in a quiet account', 'quiet', 'loud', undefined, 'loud'],
  ['and in one that is off', 'off', 'loud', undefined, 'loud'],
  ['one that is quiet is so in a loud account', 'loud', 'quiet', undefined, 'quiet'],
  ['one that is off tells nothing', 'loud', 'off', 'handler', 'off'],
  ['it makes nothing louder than its role', 'loud', 'loud', 'information', 'quiet'],
] as const)('%s', (_what, account, folder, role, level) => {
  const settings: NewsSettings = {
    accountNews: { [shared]: account },
    folderNews: [{ folderId: orders, level: folder }],
    groupHandled: 'loud',
    groupInformation: 'quiet',
  };
  expect(levelOf({ accountId: shared, folderId: orders }, role, settings)).toBe(level);
  // Another folder of the account is as ever.
  const elsewhere = { accountId: shared, folderId: FolderId.parse(8) };
  expect(levelOf(elsewhere, undefined, settings)).toBe(account);
});
