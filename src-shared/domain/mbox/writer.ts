/** Mails as the entries of an mbox: RFC 4155's default format with the reversible quoting of mboxrd. */
import { writeFromLine } from './fromLine.ts';
import { Bytes, cr, isFrom, isQuotedFrom, lf } from './lines.ts';
import { statusFields, type MailStatus } from './status.ts';

export interface MboxEntry {
  /** As the server has it. */
  readonly raw: Uint8Array;
  /** The envelope's sender, or who stands in From; null: nobody. */
  readonly sender: string | null;
  /** When it arrived, ms since 1970. */
  readonly date: number;
  readonly status: MailStatus;
}

/** Lines end with LF; one empty line ends the entry. */
export function mboxEntry({ raw, sender, date, status }: MboxEntry): Uint8Array<ArrayBuffer> {
  const out = new Bytes(raw.length + 256);
  const text = new TextEncoder();
  out.add(text.encode(`${writeFromLine(sender, date)}\n${statusFields(status)}`));
  const quote = Uint8Array.of(62);
  const newline = Uint8Array.of(lf);
  for (let at = 0; at < raw.length;) {
    const found = raw.indexOf(lf, at);
    let last = found < 0 ? raw.length : found;
    if (last > at && raw[last - 1] === cr) last -= 1;
    if (isFrom(raw, at) || isQuotedFrom(raw, at)) out.add(quote);
    out.add(raw.subarray(at, last));
    out.add(newline);
    at = found < 0 ? raw.length : found + 1;
  }
  out.add(newline);
  return out.view();
}
