/** Reading an answer from a stream that has a great deal of it at once. */
import { PassThrough, Writable } from 'node:stream';
import type { ImapFlow } from 'imapflow';
import { expect, test } from 'vitest';
import { rawExchange } from '#engine/imap/rawExchange.ts';

/** What `rawExchange` takes of a connection. */
function connection() {
  const socket = new PassThrough();
  const streamer = Object.assign(
    new Writable({
      write(_chunk, _encoding, done) {
        done();
      },
    }),
    { readBytesCounter: 0, responseBytes: 0, lineBytes: 0 },
  );
  socket.pipe(streamer);
  return { socket, client: { socket, streamer, write: () => undefined } as unknown as ImapFlow };
}

const never = new AbortController().signal;

test('whoever waits for the thread is let in between the chunks of a long answer', async () => {
  const { socket, client } = connection();
  const seen: string[] = [];
  const answer = rawExchange(
    client,
    {
      commands: [{ tag: 'x1', command: 'UID FETCH 1:* (UID)' }],
      limits: { responseBytes: 1000, depth: 5 },
      onRow: ({ items }) => seen.push(`row ${String(items.get('UID'))}`),
      onUnreadable: () => undefined,
      onUntagged: () => false,
    },
    never,
  );
  for (const uid of [1, 2, 3]) socket.write(`* ${String(uid)} FETCH (UID ${String(uid)})\r\n`);
  socket.write('x1 OK done\r\n');
  const other = (): void => {
    seen.push('other work');
    if (seen.filter((one) => one.startsWith('row')).length < 3) setImmediate(other);
  };
  setImmediate(other);
  expect(await answer).toEqual([null]);
  expect(seen.filter((one) => one.startsWith('row'))).toEqual(['row 1', 'row 2', 'row 3']);
  const between = seen.slice(seen.indexOf('row 1'), seen.indexOf('row 3'));
  expect(between).toContain('other work');
});

test('afterwards the connection’s own reader goes on with the stream', async () => {
  const { socket, client } = connection();
  const read: string[] = [];
  const streamer = (client as unknown as { streamer: Writable }).streamer;
  streamer.write = (chunk: unknown): boolean => {
    read.push(String(chunk));
    return true;
  };
  const answer = rawExchange(
    client,
    {
      commands: [{ tag: 'x1', command: 'NOOP' }],
      limits: { responseBytes: 1000, depth: 5 },
      onRow: () => undefined,
      onUnreadable: () => undefined,
      onUntagged: () => true,
    },
    never,
  );
  socket.write('x1 OK done\r\n');
  await answer;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  socket.on('data', () => {
    resolve(undefined);
  });
  socket.write('* 5 EXISTS\r\n');
  await promise;
  expect(read.join('')).toBe('* 5 EXISTS\r\n');
});
