/** What every way between a client and an engine must do alike. Each transport's suite runs these policies over itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import type { RpcServerOptions } from '#shared/rpc/server.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { createScriptedApi, untilCancelled } from './scriptedApi.ts';
import type { ScriptedApi } from './scriptedApi.ts';

export interface TransportPair {
  readonly client: Transport;
  readonly server: Transport;
  /** Ends what carried the pair; called once after each test. */
  dispose(): Promise<void>;
}

const rawCall = (id: number, name: string, request: unknown = {}): unknown => ({
  kind: 'call',
  id,
  name,
  request,
});

/** The next `count` messages that arrive. */
function messagesOf(transport: Transport, count: number): Promise<unknown[]> {
  const messages: unknown[] = [];
  return new Promise((resolve) => {
    const listening = transport.onMessage((message) => {
      messages.push(message);
      if (messages.length < count) return;
      listening[Symbol.dispose]();
      resolve(messages);
    });
  });
}

const closeOf = (transport: Transport): Promise<void> =>
  new Promise((resolve) => void transport.onClose(resolve));

/** Until `condition` holds, a turn of the event loop at a time; the test's own time-out is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export function describeTransport(name: string, createPair: () => Promise<TransportPair>): void {
  describe(`the RPC core over ${name}`, () => {
    let pair: TransportPair;
    let api: ScriptedApi;
    let reports: { error: unknown; why: string }[];
    const serve = (limits: RpcServerOptions['limits'] = {}): Disposable =>
      createRpcServer(api, pair.server, {
        limits,
        report: (error, why) => reports.push({ error, why }),
      });
    const client = (): RpcClient => createRpcClient(pair.client);

    beforeEach(async () => {
      pair = await createPair();
      api = createScriptedApi();
      reports = [];
    });
    afterEach(async () => {
      await pair.dispose();
    });

    it('a call brings its request over and its answer back', async () => {
      serve();
      api.on('folders.list', async (request) => ({ folders: [request] }));
      expect(await client().call('folders.list', { accountId: 'a1' })).toEqual({
        folders: [{ accountId: 'a1' }],
      });
    });

    it('calls may overtake each other, and each gets its own answer', async () => {
      serve();
      const release: (() => void)[] = [];
      api.on('messages.rows', async (request) => {
        await new Promise<void>((resolve) => release.push(resolve));
        return { messages: [request] };
      });
      const engine = client();
      const answers = [1, 2, 3].map((id) => engine.call('messages.rows', { refs: [{ id: id }] }));
      await until(() => release.length === 3);
      release.reverse().forEach((go) => go());
      expect(await Promise.all(answers)).toEqual([1, 2, 3].map((id) => ({ messages: [{ refs: [{ id }] }] })));
    });

    it('bytes arrive as the same bytes in both directions, and only they', async () => {
      serve();
      const pool = new Uint8Array(64).map((_value, at) => at);
      const seen: unknown[] = [];
      api.on('drafts.attach', async (request) => {
        seen.push((request as { content: unknown }).content);
        return { content: pool.subarray(8, 12) };
      });
      const answer = (await client().call('drafts.attach', {
        id: 'x',
        filename: 'a',
        contentType: 'b',
        content: pool.subarray(2, 5),
      })) as unknown as { content: Uint8Array };
      expect(seen[0]).toEqual(new Uint8Array([2, 3, 4]));
      expect(answer.content).toEqual(new Uint8Array([8, 9, 10, 11]));
      expect(answer.content.buffer.byteLength).toBe(4);
    });

    it('three megabytes of bytes and of text pass unharmed', async () => {
      serve();
      const bytes = new Uint8Array(3_000_000).map((_value, at) => at * 7);
      const text = 'ä€😀\u2028"\\'.repeat(300_000);
      api.on('messages.source', async () => ({ raw: bytes, text }));
      const answer = (await client().call('messages.source', { id: 1 })) as unknown as {
        raw: Uint8Array;
        text: string;
      };
      expect(Buffer.compare(answer.raw, bytes)).toBe(0);
      expect(answer.text === text).toBe(true);
    });

    it('an object that looks like tagged bytes stays an object', async () => {
      serve();
      const forged = [{ $bytes: 'AAAA' }, { $$bytes: 'AAAA' }, { $bytes: 1, more: 2 }, { $bytes: [] }];
      api.on('settings.get', async () => forged);
      expect(await client().call('settings.get', {})).toEqual(forged);
    });

    it('an error keeps its code, its parameters and its faults, and nothing else of it crosses', async () => {
      serve();
      api.on('accounts.save', async () => {
        throw new MailError(
          'invalid-input',
          { field: 'imap.port' },
          {
            cause: new Error('/home/secret'),
            faults: [{ path: 'imap.port', code: 'too_big', message: 'm' }],
          },
        );
      });
      const engine = client();
      await expect(engine.call('accounts.list', {})).rejects.toMatchObject({
        code: 'unknown-command',
        params: { name: 'accounts.list' },
      });
      const saved: unknown = await engine.call('accounts.save', {} as never).catch((error: unknown) => error);
      expect(saved).toBeInstanceOf(MailError);
      expect(saved).toMatchObject({
        code: 'invalid-input',
        params: { field: 'imap.port' },
        faults: [{ path: 'imap.port', code: 'too_big', message: 'm' }],
      });
      expect(JSON.stringify(saved)).not.toContain('secret');
    });

    it('an error that is none of ours arrives as "internal" without its text, and is reported here (W09)', async () => {
      serve();
      api.on('app.info', async () => {
        throw new TypeError('cannot read /home/anna/.postkorb/secrets');
      });
      const answer = messagesOf(pair.client, 1);
      pair.client.send(rawCall(1, 'app.info'));
      expect(await answer).toEqual([{ kind: 'error', id: 1, error: { code: 'internal', params: {} } }]);
      expect(reports).toHaveLength(1);
    });

    it('an aborted call rejects at once, and is cancelled over there', async () => {
      serve();
      api.on('sync.run', untilCancelled);
      const abort = new AbortController();
      const call = client().call('sync.run', {}, { signal: abort.signal });
      abort.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      await until(() => api.cancelled.length === 1);
    });

    it('a call whose signal is aborted already is never sent', async () => {
      serve();
      let calls = 0;
      api.on('sync.run', async () => {
        calls += 1;
        return { accounts: [] };
      });
      const engine = client();
      await expect(engine.call('sync.run', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'cancelled',
      });
      await engine.call('sync.run', {});
      expect(calls).toBe(1);
    });

    it('events reach exactly those who listen, in order, by one subscription each', async () => {
      serve();
      const engine = client();
      api.on('app.notices', async () => ({ notices: [] }));
      const first: unknown[] = [];
      const second: unknown[] = [];
      const listening = engine.on('changed', (payload) => first.push(payload));
      const also = engine.on('changed', (payload) => second.push(payload));
      await engine.call('app.notices', {});
      expect(api.listeners).toBe(1);
      api.emit('changed', 1);
      api.emit('notice', 'not subscribed');
      api.emit('changed', 2);
      await engine.call('app.notices', {});
      expect(first).toEqual([1, 2]);
      expect(second).toEqual([1, 2]);
      listening[Symbol.dispose]();
      api.emit('changed', 3);
      await engine.call('app.notices', {});
      expect(first).toEqual([1, 2]);
      expect(second).toEqual([1, 2, 3]);
      also[Symbol.dispose]();
      await engine.call('app.notices', {});
      api.emit('changed', 4);
      await engine.call('app.notices', {});
      expect(second).toEqual([1, 2, 3]);
    });

    it('a listener that throws keeps no other from hearing', async () => {
      serve();
      const engine = client();
      api.on('app.notices', async () => ({ notices: [] }));
      const heard: unknown[] = [];
      engine.on('changed', () => {
        throw new Error('broken listener');
      });
      engine.on('changed', (payload) => heard.push(payload));
      await engine.call('app.notices', {});
      api.emit('changed', 'x');
      await engine.call('app.notices', {});
      expect(heard).toEqual(['x']);
    });

    it('a client that goes cancels all it asked for and leaves no listener on the engine', async () => {
      serve();
      api.on('sync.run', untilCancelled);
      api.on('outbox.settle', untilCancelled);
      const engine = client();
      engine.on('changed', () => undefined);
      const calls = [engine.call('sync.run', {}), engine.call('outbox.settle', { id: 'x' })].map((call) =>
        call.catch((error: unknown) => error),
      );
      await until(() => api.listeners === 1);
      engine[Symbol.dispose]();
      for (const error of await Promise.all(calls))
        expect(error).toMatchObject({ code: 'connection-closed' });
      await until(() => api.cancelled.length === 2 && api.listeners === 0);
    });

    it('an engine that goes ends pending calls with connection-closed, and later ones too', async () => {
      const server = serve();
      api.on('sync.run', untilCancelled);
      const engine = client();
      const pending = engine.call('sync.run', {}).catch((error: unknown) => error);
      const closed = new Promise<void>((resolve) => void engine.onClose(resolve));
      await until(() => true);
      server[Symbol.dispose]();
      await closed;
      expect(await pending).toMatchObject({ code: 'connection-closed' });
      await expect(engine.call('sync.run', {})).rejects.toMatchObject({ code: 'connection-closed' });
    });

    it('closing is told once on each side, and to a listener that comes late', async () => {
      let told = 0;
      pair.server.onClose(() => (told += 1));
      const other = closeOf(pair.server);
      pair.client.close();
      pair.client.close();
      await other;
      await closeOf(pair.server);
      await closeOf(pair.client);
      expect(told).toBe(1);
      pair.client.send({ kind: 'call' });
      pair.server.send({ kind: 'result' });
    });

    it('what is sent before the other side listens is not lost', async () => {
      api.on('settings.get', async () => ({ theme: 'dark' }));
      const answer = client().call('settings.get', {});
      await new Promise((resolve) => setImmediate(resolve));
      serve();
      expect(await answer).toEqual({ theme: 'dark' });
    });

    it('malformed messages crash nothing, and the next good one is served', async () => {
      serve();
      api.on('settings.get', async () => 'good');
      const nonsense: unknown[] = [
        null,
        1,
        'x',
        [],
        {},
        { kind: 'call' },
        { kind: 'call', id: 'one', name: 'settings.get' },
        { kind: 'call', id: -1, name: 'settings.get' },
        { kind: 'call', id: 1.5, name: 'settings.get' },
        { kind: 'call', id: 1, name: ['settings.get'] },
        { kind: 'call', id: 1, name: 'x'.repeat(1000) },
        { kind: 'toString', id: 1, name: 'settings.get' },
        { kind: 'result', id: 1, value: 1 },
      ];
      for (const message of nonsense) pair.client.send(message);
      pair.client.send({ kind: 'cancel', id: 99 });
      pair.client.send({ kind: 'unsubscribe', id: 99 });
      const answer = messagesOf(pair.client, 1);
      pair.client.send(rawCall(7, 'settings.get'));
      expect(await answer).toEqual([{ kind: 'result', id: 7, value: 'good' }]);
    });

    it('a client that sends nothing but nonsense is closed', async () => {
      serve({ maxMalformed: 3 });
      for (let at = 0; at < 4; at += 1) pair.client.send({ nonsense: at });
      await closeOf(pair.client);
      expect(reports).toHaveLength(1);
    });

    it('an unknown event is refused, a known one still served', async () => {
      serve();
      const answers = messagesOf(pair.client, 2);
      pair.client.send({ kind: 'subscribe', id: 1, name: '__proto__' });
      pair.client.send({ kind: 'subscribe', id: 2, name: 'changed' });
      await until(() => api.listeners === 1);
      api.emit('changed', 'payload');
      expect(await answers).toEqual([
        { kind: 'error', id: 1, error: { code: 'unknown-command', params: { name: '__proto__' } } },
        { kind: 'event', id: 2, payload: 'payload' },
      ]);
    });

    it('more unanswered calls than the limit are refused, and a freed place is used again', async () => {
      serve({ maxPendingCalls: 2 });
      api.on('sync.run', untilCancelled);
      api.on('settings.get', async () => 'free');
      const refused = messagesOf(pair.client, 1);
      for (const id of [1, 2, 3]) pair.client.send(rawCall(id, 'sync.run'));
      expect(await refused).toEqual([
        { kind: 'error', id: 3, error: { code: 'rate-limited', params: { limit: 2 } } },
      ]);
      const answers = messagesOf(pair.client, 2);
      pair.client.send({ kind: 'cancel', id: 1 });
      await until(() => api.cancelled.length === 1);
      await new Promise((resolve) => setImmediate(resolve));
      pair.client.send(rawCall(4, 'settings.get'));
      expect(await answers).toEqual([
        { kind: 'error', id: 1, error: { code: 'cancelled', params: {} } },
        { kind: 'result', id: 4, value: 'free' },
      ]);
    });

    it('more subscriptions than the limit are refused', async () => {
      serve({ maxSubscriptions: 1 });
      const refused = messagesOf(pair.client, 1);
      pair.client.send({ kind: 'subscribe', id: 1, name: 'changed' });
      pair.client.send({ kind: 'subscribe', id: 2, name: 'changed' });
      expect(await refused).toMatchObject([{ kind: 'error', id: 2, error: { code: 'rate-limited' } }]);
    });

    it('an id in use is not taken over by a second call', async () => {
      serve();
      let calls = 0;
      api.on('sync.run', (request, signal) => {
        calls += 1;
        return untilCancelled(request, signal);
      });
      api.on('settings.get', async () => 'done');
      pair.client.send(rawCall(1, 'sync.run'));
      pair.client.send(rawCall(1, 'sync.run'));
      const answer = messagesOf(pair.client, 1);
      pair.client.send(rawCall(2, 'settings.get'));
      await answer;
      expect(calls).toBe(1);
    });

    it.each([
      ['too large', 'too-large', { text: 'x'.repeat(5000) }],
      ['too large in small pieces', 'too-large', Array.from({ length: 2000 }, (_value, at) => at)],
      ['too deep', 'too-deep', Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), null)],
    ])('a request that is %s is answered and never reaches the engine', async (_title, reason, request) => {
      serve({ maxMessageBytes: 4000, maxDepth: 30 });
      let reached = false;
      api.on('settings.set', async () => {
        reached = true;
      });
      const answer = messagesOf(pair.client, 1);
      pair.client.send(rawCall(1, 'settings.set', request));
      expect(await answer).toEqual([
        { kind: 'error', id: 1, error: { code: 'invalid-input', params: { reason } } },
      ]);
      expect(reached).toBe(false);
    });

    it('an own __proto__ in a request changes no prototype and is not served (M14)', async () => {
      serve();
      let seen: unknown;
      api.on('settings.set', async (request) => {
        seen = request;
        return {};
      });
      api.on('settings.get', async () => 'next');
      const answers: unknown[] = [];
      pair.client.onMessage((message) => answers.push(message));
      pair.client.send(rawCall(1, 'settings.set', JSON.parse('{"__proto__":{"polluted":1}}')));
      pair.client.send(rawCall(2, 'settings.get'));
      await until(() => answers.some((answer) => (answer as { id: number }).id === 2));
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect((seen as { polluted?: number } | undefined)?.polluted).toBeUndefined();
      expect(seen === undefined || Object.keys(seen as object).length === 0).toBe(true);
    });
  });
}
