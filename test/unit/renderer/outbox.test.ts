import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangeFeed } from '#renderer/client/changeFeed.ts';
import { Outbox, waitsForServer } from '#renderer/features/outbox/outbox.svelte.ts';
import type { OutboxRow } from '#shared/contract/compose.ts';
import { AccountId, OutboxId } from '#shared/domain/ids.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

let rows: OutboxRow[] = [];
let client: ScriptedClient;
let changes: ChangeFeed;
let outbox: Outbox;

function row(number: number, change: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id: OutboxId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`),
    accountId: AccountId.parse('anna'),
    messageId: `${number}@post.example`,
    subject: `mail ${number}`,
    recipients: [],
    state: 'waiting',
    sendAt: number,
    attempts: 0,
    nextAttempt: null,
    error: null,
    sentCopy: { state: 'none', folder: null, uid: null },
    archive: 'none',
    createdAt: number,
    ...change,
  };
}

const subjects = (): string[] => outbox.shown.map(({ subject }) => subject);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  client = new ScriptedClient({
    'outbox.list': ({ includeFinished }) => ({
      entries: rows.filter(({ state }) => includeFinished || state !== 'sent'),
    }),
  });
  changes = new ChangeFeed(client, (error) => {
    throw error;
  });
  outbox = new Outbox(client, changes);
});
afterEach(() => {
  outbox[Symbol.dispose]();
  changes[Symbol.dispose]();
  expect(client.listening).toBe(0);
  vi.useRealTimers();
});

test('what needs a person stands first, then what goes out next', async () => {
  rows = [
    row(1, { sendAt: 900 }),
    row(2, { state: 'failed' }),
    row(3, { state: 'retrying', nextAttempt: 500 }),
    row(4, { state: 'sending' }),
    row(5, { state: 'uncertain' }),
  ];
  await outbox.load();
  expect(subjects()).toEqual(['mail 5', 'mail 2', 'mail 4', 'mail 3', 'mail 1']);
  expect(outbox.waiting).toBe(5);
});

test('a mail that went out leaves the list, unless one of its copies is still to be made', async () => {
  rows = [row(1), row(2)];
  await outbox.load();
  client.emit('outbox.changed', row(1, { state: 'sent', archive: 'sent' }));
  client.emit('outbox.changed', row(2, { state: 'sent', archive: 'failed' }));
  expect(subjects()).toEqual(['mail 2']);
  expect(outbox.waiting).toBe(0);
});

test('finished ones are shown where they are asked for', async () => {
  rows = [row(1, { state: 'sent' })];
  await outbox.load();
  expect(subjects()).toEqual([]);
  outbox.setShowFinished(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(subjects()).toEqual(['mail 1']);
});

test('a change of the outbox is read anew, and a mail that comes by an event is there at once', async () => {
  rows = [];
  await outbox.load();
  client.emit('outbox.changed', row(7));
  expect(subjects()).toEqual(['mail 7']);
  rows = [row(8)];
  client.emit('changed', { changes: [{ kind: 'outbox' }] });
  await vi.advanceTimersByTimeAsync(300);
  expect(subjects()).toEqual(['mail 8']);
});

test.each([
  ['retrying', 'network-unreachable', true],
  ['retrying', 'connection-refused', true],
  ['retrying', 'smtp-temporary', false],
  ['failed', 'connection-refused', false],
  ['uncertain', 'connection-closed', false],
] as const)('a mail that is %s by %s waits for nothing but its server: %s', (state, code, expected) => {
  expect(waitsForServer(row(1, { state, error: { code, params: {} } }))).toBe(expected);
});
