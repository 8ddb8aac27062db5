/** When an IDLE ends, with a client that only tells what happened. */
import { EventEmitter } from 'node:events';
import type { ImapFlow } from 'imapflow';
import { describe, expect, test } from 'vitest';
import { idleOnce } from '#engine/imap/idle.ts';
import { FakeClock, settled } from '#test/support/fakeClock.ts';

class IdlingClient extends EventEmitter {
  usable = true;
  socketTimeout = 60_000;
  socket = Object.assign(new EventEmitter(), { setTimeout: () => undefined });
  preCheck: (() => Promise<void>) | false = false;
  done = 0;
  closed = false;
  answersDone = true;
  readonly #ended = Promise.withResolvers<undefined>();

  idle(): Promise<undefined> {
    this.preCheck = () => {
      this.done += 1;
      if (this.answersDone) this.end();
      return Promise.resolve();
    };
    return this.#ended.promise;
  }
  end(): void {
    this.preCheck = false;
    this.#ended.resolve(undefined);
  }
  close(): void {
    this.closed = true;
    this.usable = false;
    this.end();
  }
}

function begin() {
  const client = new IdlingClient();
  const clock = new FakeClock();
  const wake = new AbortController();
  const outcome = idleOnce(client as unknown as ImapFlow, clock, {
    wake: wake.signal,
    quietMs: 150_000,
    maxMs: 27 * 60_000,
  });
  return { client, clock, wake, outcome };
}

describe('an IDLE', () => {
  test.each(['exists', 'expunge', 'flags'])('ends with DONE when the server tells of %s', async (event) => {
    const { client, outcome } = begin();
    client.emit(event, {});
    expect(await outcome).toBe('news');
    expect(client.done).toBe(1);
  });

  test('ends in order when it is asked to, and at once when it was asked before it began', async () => {
    const { client, wake, outcome } = begin();
    wake.abort();
    expect(await outcome).toBe('woken');
    expect(client.done).toBe(1);
    const aborted = AbortSignal.abort();
    const never = new IdlingClient();
    await expect(
      idleOnce(never as unknown as ImapFlow, new FakeClock(), {
        wake: aborted,
        quietMs: 1,
        maxMs: 1,
      }),
    ).resolves.toBe('woken');
    expect(never.done).toBe(0);
  });

  test('is given up as silent when nothing at all was heard for a while; each byte counts', async () => {
    const { client, clock, outcome } = begin();
    await clock.advance(100_000);
    client.socket.emit('data');
    await clock.advance(149_000);
    expect(client.done).toBe(0);
    await clock.advance(1_000);
    expect(await outcome).toBe('quiet');
  });

  test('is never older than a server allows, however lively it is', async () => {
    const { client, clock, outcome } = begin();
    for (let minute = 0; minute < 26; minute += 1) {
      await clock.advance(60_000);
      client.socket.emit('data');
    }
    expect(client.done).toBe(0);
    await clock.advance(60_000);
    expect(await outcome).toBe('expired');
  });

  test('whose DONE is not answered ends the connection', async () => {
    const { client, clock, outcome } = begin();
    client.answersDone = false;
    client.emit('exists', {});
    await clock.advance(19_000);
    expect(client.closed).toBe(false);
    await clock.advance(2_000);
    expect(client.closed).toBe(true);
    await outcome;
  });

  test('leaves no timer and no listener behind', async () => {
    const { client, clock, outcome } = begin();
    client.emit('flags', {});
    await outcome;
    await settled();
    expect(clock.nextIn).toBeNull();
    expect([...client.eventNames(), ...client.socket.eventNames()]).toEqual([]);
  });
});
