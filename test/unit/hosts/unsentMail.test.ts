import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { countUnsent, letThrough } from '#hosts/electron/unsentMail.ts';
import type { OutboxRow, OutboxState } from '#shared/contract/compose.ts';
import { OutboxId } from '#shared/domain/ids.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

const inAnHour = Date.now() + 3_600_000;
test.each<[OutboxState, number, number]>([
  ['waiting', 0, 1],
  ['waiting', inAnHour, 0],
  ['sending', 0, 1],
  ['retrying', 0, 1],
  ['sent', 0, 0],
  ['failed', 0, 0],
  ['uncertain', 0, 0],
])('a mail that is %s (due at %i) counts as unsent: %i', async (state, sendAt, count) => {
  const client = new ScriptedClient({
    'outbox.list': () => ({ entries: [{ state, sendAt } as OutboxRow] }),
  });
  expect(await countUnsent(client)).toBe(count);
});

test('what a server is being given is waited for, and nothing else', async () => {
  const [onTheWire, later] = [randomUUID(), randomUUID()];
  const answered = Promise.withResolvers<OutboxRow>();
  const entry = (id: string, state: OutboxState) => ({ id: OutboxId.parse(id), state }) as OutboxRow;
  const client = new ScriptedClient({
    'outbox.list': () => ({ entries: [entry(onTheWire, 'sending'), entry(later, 'waiting')] }),
    'outbox.settle': () => answered.promise,
  });
  let through = false;
  const waiting = letThrough(client).then(() => (through = true));
  await expect.poll(() => client.requests('outbox.settle')).toEqual([{ id: onTheWire }]);
  expect(through).toBe(false);
  answered.resolve(entry(onTheWire, 'sent'));
  expect(await waiting).toBe(true);
});
