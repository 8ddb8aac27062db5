/**
 * One FETCH whose answer is read by our own parser, straight from the connection's byte stream. ImapFlow keeps the connection:
 * its parser is taken off the stream while the command runs, and gets back every line that was not for us.
 */
import type { Readable, Writable } from 'node:stream';
import type { ImapFlow } from 'imapflow';
import { MailError } from '#shared/errors/MailError.ts';
import { printable } from './errorMapping.ts';
import { FetchFramer } from './fetchParser.ts';
import type { FetchLimits, FetchRow } from './fetchParser.ts';

/** What is taken from ImapFlow beyond its public interface; a test holds the pinned version to it. */
interface ByteStream {
  readonly socket: Readable & { destroyed: boolean };
  /** Set once COMPRESS=DEFLATE is on: then this carries the bytes. */
  readonly _inflate?: Readable;
  readonly streamer: Writable & { readBytesCounter: number };
  /** Appends the line break. */
  write(command: string): void;
}

export interface BulkFetch {
  /** One that ImapFlow never makes: its own are hexadecimal. */
  readonly tag: string;
  /** "UID FETCH 1:5 (UID FLAGS)", without tag and line break. ASCII. */
  readonly command: string;
  readonly limits: FetchLimits;
  /** Must not keep the row's bytes: they are part of a shared buffer. A throw ends the connection. */
  onRow(row: FetchRow): void;
  onUnreadable(line: string): void;
  /** Every other untagged line. */
  onUntagged?(line: string): void;
}

/**
 * Resolves when the answer is complete: null for OK, else the server's refusal. Rejects with the reason of `closed` or with what
 * `onRow` threw: the caller must then close the connection, because the rest of the answer is still on its way.
 */
export async function bulkFetch(
  client: ImapFlow,
  fetch: BulkFetch,
  closed: AbortSignal,
): Promise<MailError | null> {
  const stream = client as unknown as ByteStream;
  const source = stream._inflate ?? stream.socket;
  const { promise, resolve, reject } = Promise.withResolvers<{ status: string; rest: Buffer }>();
  const foreign: Buffer[] = [];

  const framer = new FetchFramer(
    fetch.tag,
    {
      row: (row) => {
        fetch.onRow(row);
      },
      unreadable: (line) => {
        fetch.onUnreadable(line);
      },
      untagged: (line) => {
        const text = line.toString('latin1');
        if (!/^\* VANISHED \(EARLIER\)/i.test(text)) foreign.push(Buffer.from(line), CRLF);
        fetch.onUntagged?.(text);
      },
      tagged: (status, rest) => {
        resolve({ status, rest });
      },
    },
    fetch.limits,
  );
  const onData = (chunk: Buffer): void => {
    stream.streamer.readBytesCounter += chunk.length;
    try {
      framer.push(chunk);
    } catch (error) {
      reject(error as Error);
    }
  };
  const onClosed = (): void => {
    reject(closed.reason as Error);
  };

  closed.throwIfAborted();
  closed.addEventListener('abort', onClosed, { once: true });
  source.unpipe(stream.streamer);
  source.on('data', onData);
  source.resume();
  try {
    stream.write(`${fetch.tag} ${fetch.command}`);
    const { status, rest } = await promise;
    source.off('data', onData);
    for (const line of foreign) stream.streamer.write(line);
    if (rest.length > 0) stream.streamer.write(rest);
    // Counted by the parser as well from here on.
    for (const line of [...foreign, rest]) stream.streamer.readBytesCounter -= line.length;
    source.pipe(stream.streamer);
    return refusal(status, fetch.command);
  } finally {
    source.off('data', onData);
    closed.removeEventListener('abort', onClosed);
  }
}

const CRLF = Buffer.from('\r\n');

/** null: OK, or a NO that only says that some of the messages are gone meanwhile (their rows are missing, which is seen). */
function refusal(status: string, command: string): MailError | null {
  if (/^OK\b/i.test(status)) return null;
  if (/^NO\b.*(EXPUNGEISSUED|no longer exist)/i.test(status)) return null;
  const params = { command: command.slice(0, 40), response: printable(status) };
  if (/throttled|\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT)\]/i.test(status))
    return new MailError('server-busy', params);
  return new MailError(/^BAD\b/i.test(status) ? 'protocol-error' : 'server-refused', params);
}
