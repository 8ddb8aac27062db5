/** A mail that comes from a file: is it one, and what does it bring along for the server's side of it? */
import { readStatus, type MailStatus } from '#shared/domain/mbox/status.ts';
import { readHeaderFields } from './headerFields.ts';
import { readHeaderBlock, type MessageHeaders } from './headers.ts';
import { readMailDate } from './mailDate.ts';

export interface IncomingMail {
  /** As it is filed: lines with CRLF, without what the other program noted in it. */
  readonly raw: Uint8Array<ArrayBuffer>;
  readonly headers: MessageHeaders;
  readonly status: MailStatus;
  readonly keywords: readonly string[];
  readonly removed: boolean;
  /** ms since 1970; null: nothing in it says when it arrived. */
  readonly arrivedAt: number | null;
}

/** One of these stands in every mail, and hardly in anything else that has "name: value" at its top. */
const telling: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'received',
  'return-path',
  'delivered-to',
  'mime-version',
  'content-type',
]);
/** Clocks differ; what lies further ahead was set wrong, or on purpose. */
const aheadMs = 2 * 86_400_000;

/** null: these bytes are no mail. `envelopeDate`: of the mbox's own line. */
export function readIncomingMail(
  content: Uint8Array,
  envelopeDate: number | null,
  now: number,
): IncomingMail | null {
  const { raw, status, keywords, removed } = readStatus(new Uint8Array(content));
  const head = raw.subarray(0, headEnd(raw));
  // A field's name begins at the first byte: text of any other kind rarely looks so, and no program of this or another kind does.
  if (
    !/^[\x21-\x39\x3b-\x7e]+[ \t]*:/.test(Buffer.from(head.subarray(0, 200)).toString('latin1')) ||
    head.includes(0)
  )
    return null;
  let known = false;
  let received: number | null = null;
  readHeaderFields(head, (name, value) => {
    if (telling.has(name)) known = true;
    // The topmost is of the server where it came to rest.
    if (name === 'received') received ??= readMailDate(value().split(';').at(-1) ?? '');
  });
  if (!known) return null;
  const headers = readHeaderBlock(head);
  const arrivedAt =
    [received, headers.date, envelopeDate].find((date) => date !== null && date < now + aheadMs) ?? null;
  return { raw, headers, status, keywords, removed, arrivedAt };
}

function headEnd(raw: Uint8Array): number {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const found = bytes.indexOf('\r\n\r\n');
  return found < 0 ? raw.length : found + 2;
}
