/**
 * Commands whose answers are read by our own parser, straight from the connection's byte stream. ImapFlow keeps the connection: its
 * parser is taken off the stream while they run, and gets back every line that was not for us.
 */
import type { Readable, Writable } from 'node:stream';
import { setImmediate } from 'node:timers';
import type { ImapFlow } from 'imapflow';
import { MailError } from '#shared/errors/MailError.ts';
import { printable } from './errorMapping.ts';
import { ResponseFramer } from './fetchParser.ts';
import type { FetchLimits, FetchRow } from './fetchParser.ts';

/** What is taken from ImapFlow beyond its public interface; a test holds the pinned version to it. */
interface ByteStream {
  readonly socket: Readable & { destroyed: boolean };
  /** Set once COMPRESS=DEFLATE is on: then this carries the bytes. */
  readonly _inflate?: Readable;
  readonly streamer: Writable & {
    readBytesCounter: number;
    /** Bytes of a response whose end has not arrived. */
    readonly responseBytes: number;
    readonly lineBytes: number;
  };
  /** Appends the line break. */
  write(command: string): void;
}

export interface RawExchange {
  /**
   * With tags that ImapFlow never makes (its own are hexadecimal); sent in one go and answered in any order. Without line breaks, ASCII.
   */
  readonly commands: readonly { readonly tag: string; readonly command: string }[];
  readonly limits: FetchLimits;
  /** Must not keep the row's bytes: they are part of a shared buffer. A throw ends the connection. */
  onRow(row: FetchRow): void;
  onUnreadable(line: string): void;
  /** Every other untagged line; true: taken, ImapFlow need not see it. */
  onUntagged(line: string): boolean;
}

/** Far more than a server has to say beside the answer; beyond it is an attack on the memory (N08). */
const maxForeignBytes = 1024 * 1024;

/** Did the last bytes that ImapFlow saw end a response? If not, a NOOP must come first: half a line would be lost between two parsers. */
export function betweenResponses(client: ImapFlow): boolean {
  const { streamer } = client as unknown as ByteStream;
  return streamer.responseBytes === 0 && streamer.lineBytes === 0 && streamer.writableLength === 0;
}

/**
 * Resolves when all answers are complete: for each command null for OK, else the server's refusal. Rejects with the reason of `closed`
 * or with what `onRow` threw: the caller must then close the connection, because the rest of the answer is still on its way.
 */
export async function rawExchange(
  client: ImapFlow,
  exchange: RawExchange,
  closed: AbortSignal,
): Promise<readonly (MailError | null)[]> {
  const stream = client as unknown as ByteStream;
  const source = stream._inflate ?? stream.socket;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const foreign: Buffer[] = [];
  let foreignBytes = 0;
  const statuses = new Map<string, string>();

  const framer = new ResponseFramer(
    exchange.commands.map(({ tag }) => tag),
    {
      row: (row) => {
        exchange.onRow(row);
      },
      unreadable: (line) => {
        exchange.onUnreadable(line);
      },
      untagged: (line) => {
        if (exchange.onUntagged(line.toString('latin1'))) return;
        foreignBytes += line.length;
        if (foreignBytes > maxForeignBytes)
          throw new MailError('response-too-large', { limit: maxForeignBytes });
        foreign.push(Buffer.from(line), CRLF);
      },
      tagged: (tag, status) => {
        statuses.set(tag, status);
      },
      done: (rest) => {
        resolve(rest);
      },
    },
    exchange.limits,
  );
  let reading = true;
  const onData = (chunk: Buffer): void => {
    stream.streamer.readBytesCounter += chunk.length;
    try {
      framer.push(chunk);
    } catch (error) {
      source.off('data', onData);
      reject(error as Error);
      return;
    }
    // A socket hands over up to 32 chunks in a row, and each may be a transaction: who waits for this thread comes first in between.
    source.pause();
    setImmediate(() => {
      if (reading) source.resume();
    });
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
    stream.write(exchange.commands.map(({ tag, command }) => `${tag} ${command}`).join('\r\n'));
    const rest = await promise;
    reading = false;
    source.off('data', onData);
    for (const line of foreign) stream.streamer.write(line);
    if (rest.length > 0) stream.streamer.write(rest);
    // Counted by the parser as well from here on.
    for (const line of [...foreign, rest]) stream.streamer.readBytesCounter -= line.length;
    source.pipe(stream.streamer);
    return exchange.commands.map(({ tag, command }) => refusal(statuses.get(tag) ?? '', command));
  } finally {
    reading = false;
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
