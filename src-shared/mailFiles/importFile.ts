/** An import as its client runs it: a file's bytes as they come, taken apart, and handed to the engine a few megabytes at a time. */
import type { EngineClient } from '../contract/contract.ts';
import { MailFileSplitter } from '../domain/mbox/splitter.ts';
import type { FolderId } from '../domain/ids.ts';
import { fromWire, MailError, toWire, type WireError } from '../errors/MailError.ts';

export interface ImportTarget {
  readonly client: EngineClient;
  readonly folderId: FolderId;
  /** What one message to the engine can carry at most. */
  readonly maxMailBytes: number;
}

export interface FailedMail {
  /** Which mail of the file, from 1 on. */
  readonly at: number;
  readonly error: WireError;
}

export interface ImportCount {
  imported: number;
  duplicates: number;
  /** Marked as removed by the program that wrote the file. */
  removed: number;
  readonly failed: FailedMail[];
}

interface WaitingMail {
  readonly number: number;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly envelopeDate: number | null;
}

const stepBytes = 2 * 1024 * 1024;
/** So many are soon done, when the person stops. */
const stepMails = 25;
/** Of a file that is not full of mails at all; the count goes on. */
const maxFailed = 1000;

/**
 * Files the mails of one file. `count` is kept up to date, also where this throws: what stops the whole (no connection, no room), and
 * `not-a-mail` for a file that holds none. `onBytes` is waited for: it may hold the import up.
 */
export async function importFile(
  { client, folderId, maxMailBytes }: ImportTarget,
  bytes: AsyncIterable<Uint8Array>,
  count: ImportCount,
  signal: AbortSignal,
  onBytes: (read: number) => void | Promise<void> = () => undefined,
): Promise<void> {
  const splitter = new MailFileSplitter({ maxMailBytes });
  let waiting: WaitingMail[] = [];
  let waitingBytes = 0;
  let met = 0;

  const fail = (at: number, error: WireError): void => {
    if (count.failed.length < maxFailed) count.failed.push({ at, error });
  };
  const send = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const mails = waiting;
    waiting = [];
    waitingBytes = 0;
    // To its end also where the person stops: what was filed by then is counted.
    const { outcomes, stopped } = await client.call('mailFiles.import', {
      folderId,
      mails: mails.map(({ content, envelopeDate }) => ({ content, envelopeDate })),
    });
    outcomes.forEach((one, index) => {
      if (one.outcome === 'imported') count.imported += 1;
      else if (one.outcome === 'duplicate') count.duplicates += 1;
      else if (one.outcome === 'removed') count.removed += 1;
      else fail(mails[index]?.number ?? 0, one.error);
    });
    if (stopped !== null) throw fromWire(stopped);
    signal.throwIfAborted();
  };
  const take = async (pieces: ReturnType<MailFileSplitter['push']>): Promise<void> => {
    for (const piece of pieces) {
      met += 1;
      if (piece.kind === 'too-large') {
        fail(
          piece.number,
          toWire(new MailError('mail-too-large', { size: piece.bytes, limit: maxMailBytes })),
        );
        continue;
      }
      const { number, raw, envelopeDate } = piece;
      if (waiting.length >= stepMails || (waiting.length > 0 && waitingBytes + raw.length > stepBytes))
        await send();
      waiting.push({ number, content: raw, envelopeDate });
      waitingBytes += raw.length;
    }
  };

  let read = 0;
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    await take(splitter.push(chunk));
    read += chunk.length;
    await onBytes(read);
  }
  await take(splitter.end());
  await send();
  if (met === 0) throw new MailError('not-a-mail');
}
