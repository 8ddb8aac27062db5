import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { Updates } from '#renderer/features/updates/updates.svelte.ts';
import type { HostBridge, UpdateState } from '#shared/contract/host.ts';
import type { OutboxRow } from '#shared/contract/compose.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { ComposerHarness, reading } from './composerHarness.ts';

let harness: ComposerHarness;
let updates: Updates;
let installs: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  harness = new ComposerHarness();
  installs = 0;
  const host: Pick<HostBridge, 'installUpdate' | 'lookForUpdate'> = {
    installUpdate: () => Promise.resolve(++installs > 0),
    lookForUpdate: () => Promise.resolve(),
  };
  updates = new Updates({
    client: harness.client,
    host: host as HostBridge,
    announcer: harness.announcer,
    compose: harness.compose,
    dialogs: harness.dialogs,
    i18n: new I18n('en-GB'),
    explain: String,
  });
});
afterEach(() => {
  harness[Symbol.dispose]();
  vi.useRealTimers();
});

const ready: UpdateState = { is: 'ready', version: '1.1.0' };
async function write(text: string): Promise<void> {
  await harness.desk.take({ kind: 'new' });
  const composition = harness.desk.open.at(-1)!;
  composition.attachReader(reading(() => `<div>${text}</div>`));
  composition.setSubject(text);
}

test('a version is news once, a fault of the feed is none, a file that was refused is said', () => {
  for (const state of [
    { is: 'looking' },
    { is: 'downloading', version: '1.1.0', percent: 40 },
    { is: 'failed', fault: 'feed-unreachable', version: null },
    { is: 'newest', checkedAt: 0 },
  ] as const)
    updates.take(state);
  expect(harness.texts).toEqual([]);
  updates.take({ is: 'available', version: '1.1.0' });
  updates.take({ is: 'looking' });
  updates.take({ is: 'available', version: '1.1.0' });
  expect(harness.texts).toEqual(['Version 1.1.0 is available. It is not installed by itself.']);
  updates.take({ is: 'failed', fault: 'file-refused', version: '1.1.0' });
  expect(harness.texts).toEqual([expect.stringContaining('1.1.0 was refused')]);
});

test('nothing restarts by itself; the button does, at once where nobody writes', async () => {
  updates.take(ready);
  expect(installs).toBe(0);
  harness.press('Restart');
  await vi.advanceTimersByTimeAsync(0);
  expect([installs, harness.questions]).toEqual([1, []]);
});

test('with mails that are being written they are saved first, and the person is asked', async () => {
  await write('half a sentence');
  updates.take(ready);
  harness.agree = false;
  await updates.restart();
  expect(harness.questions).toMatchObject([{ text: expect.stringContaining('kept as a draft') as unknown }]);
  expect(installs).toBe(0);
  expect([...harness.drafts.values()].map(({ content }) => content.subject)).toEqual(['half a sentence']);
  harness.agree = true;
  await updates.restart();
  expect(installs).toBe(1);
});

test('with mails that are not sent yet the person is asked; one that is to be sent later was meant to wait', async () => {
  const entries = [{ state: 'waiting', sendAt: Date.now() + 3_600_000 }] as OutboxRow[];
  harness.client.answer('outbox.list', () => ({ entries }));
  updates.take(ready);
  await updates.restart();
  expect([installs, harness.questions]).toEqual([1, []]);
  entries.push(
    { state: 'waiting', sendAt: Date.now() + 8000 } as OutboxRow,
    { state: 'retrying', sendAt: 0 } as OutboxRow,
  );
  harness.agree = false;
  await updates.restart();
  expect(harness.questions).toMatchObject([
    { text: '2 mails are not sent yet. They go out after the restart.' },
  ]);
  expect(installs).toBe(1);
});

test('what cannot be saved keeps everything as it is, and says so', async () => {
  await write('half a sentence');
  harness.client.answer('drafts.create', () => {
    throw new MailError('disk-full');
  });
  updates.take(ready);
  await updates.restart();
  expect(installs).toBe(0);
  expect(harness.texts.at(-1)).toContain('cannot be saved');
});
