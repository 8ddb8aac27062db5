/**
 * One event as one mail of the log folder: headers that a person can read, and the envelope as text. Reading looks at nothing but the
 * body; what the headers say is for people and for searching.
 */
import { createHash } from 'node:crypto';
import libmime from 'libmime';
import type { LogEntry } from '#shared/domain/group/fold.ts';
import { eventPayloadType, maxEventBytes, readEvent, type TeamEvent } from '#shared/domain/group/events.ts';
import { parseStrictJson } from '#shared/domain/group/strictJson.ts';
import type { Envelope, SignatureChecker } from './dsse.ts';
import { openEnvelope } from './dsse.ts';

/** Names the kind of a mail in the log, for SEARCH: an event's type, or `state-part`. */
export const kindHeader = 'X-Postkorb';

export interface MailWords {
  readonly subject: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
}

/** The Message-ID of an event's mail, without its brackets: the same for every time that it is sent. */
export function eventMessageId(event: { readonly id: string }): string {
  return `${event.id}@log.postkorb.invalid`;
}

export function writeEventMail(event: TeamEvent, envelope: Envelope, words: MailWords): Buffer {
  const headers = [
    ...commonHeaders(words, event.at, eventMessageId(event), event.type),
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: quoted-printable',
  ];
  return Buffer.from(
    `${headers.join('\r\n')}\r\n\r\n${quotedPrintable(JSON.stringify(envelope))}\r\n`,
    'latin1',
  );
}

/** A mail whose body is bytes: a part of a snapshot. */
export function writePartMail(content: Uint8Array, id: string, at: string, words: MailWords): Buffer {
  const headers = [
    ...commonHeaders(words, at, `${id}@log.postkorb.invalid`, 'state-part'),
    'Content-Type: application/octet-stream',
    'Content-Transfer-Encoding: base64',
  ];
  const body = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}\r\n`, 'latin1');
}

function commonHeaders(
  { subject, from, to }: MailWords,
  at: string,
  messageId: string,
  kind: string,
): string[] {
  return [
    `From: ${libmime.foldLines(`${encoded(from.name.replace(/["<>,;:@()[\]\\]/g, ' '))} <${from.address}>`)}`,
    `To: <${to}>`,
    libmime.foldLines(`Subject: ${encoded(subject)}`),
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    `${kindHeader}: ${kind}`,
    'MIME-Version: 1.0',
  ];
}

/** As encoded words where it needs them. */
function encoded(text: string): string {
  return libmime.encodeWords(text.replace(/\p{C}+|\s+/gu, ' ').trim(), 'Q', 52);
}

/** ASCII without control characters: only "=" has a meaning of its own. Lines stay below 76 characters (RFC 2045, 6.7). */
function quotedPrintable(text: string): string {
  return text
    .replaceAll('=', '=3D')
    .replace(/(?:[^=]|=3D){1,70}/g, (line, at: number, all: string) =>
      at + line.length < all.length ? `${line}=\r\n` : line,
    );
}

/** A mail of the log folder as it was fetched. */
export interface FetchedMail {
  readonly uid: number;
  /** INTERNALDATE, ms since 1970. */
  readonly at: number;
  /** RFC822.SIZE, bytes. */
  readonly size: number;
  /** The mail; of one larger than an event may be only the beginning. */
  readonly raw: Uint8Array;
}

export type ReadMail = Omit<LogEntry, 'digest'> & {
  /** What the chain is made of; null: no well-formed envelope. */
  readonly link: string | null;
  /** A part of a snapshot: neither event nor junk. */
  readonly part: boolean;
};

/** Never throws: what is no event says why. */
export function readEventMail(mail: FetchedMail, checker: SignatureChecker): ReadMail {
  const { uid, at, size, raw } = mail;
  const nothing = { uid, at, link: null, event: null, key: null, part: false } as const;
  const text = Buffer.from(raw).toString('latin1');
  const split = /\r?\n\r?\n/.exec(text);
  const head = split === null ? text : text.slice(0, split.index);
  const kind = headerValue(head, kindHeader);
  if (kind === 'state-part') return { ...nothing, reason: null, part: true };
  if (size > maxEventBytes) return { ...nothing, reason: kind === null ? 'junk' : 'too-large' };
  if (split === null) return { ...nothing, reason: 'junk' };
  const opened = openEnvelope(body(head, text.slice(split.index + split[0].length)), eventPayloadType);
  const [signature, ...others] = opened.ok ? opened.envelope.signatures : [];
  if (!opened.ok || signature === undefined || others.length > 0)
    return { ...nothing, reason: kind === null ? 'junk' : 'malformed' };

  const link = createHash('sha256').update(`${opened.envelope.payload}.${signature.sig}`).digest('hex');
  const json = parseStrictJson(Buffer.from(opened.payload).toString('utf8'));
  const read = json.ok ? readEvent(json.value) : ({ ok: false, reason: 'malformed' } as const);
  if (!read.ok) return { ...nothing, link, reason: read.reason };
  const [key = null] = checker.validKeys(opened);
  return { ...nothing, link, event: read.event, reason: null, key };
}

function headerValue(head: string, name: string): string | null {
  const match = new RegExp(`^${name}:[ \\t]*([^\\r\\n]*)`, 'im').exec(head);
  return match?.[1]?.trim() ?? null;
}

/** Decoded as its header says; our own is quoted-printable, what a server or a migration made of it may be base64. */
function body(head: string, text: string): string {
  switch (headerValue(head, 'Content-Transfer-Encoding')?.toLowerCase()) {
    case 'quoted-printable':
      return text
        .replace(/[ \t]*=[ \t]*\r?\n/g, '')
        .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
        .trim();
    case 'base64':
      return Buffer.from(text, 'base64').toString('latin1').trim();
    default:
      return text.trim();
  }
}

/** The bytes of a snapshot's part; null: not what we wrote. */
export function readPartMail(raw: Uint8Array): Uint8Array | null {
  const text = Buffer.from(raw).toString('latin1');
  const split = /\r?\n\r?\n/.exec(text);
  if (split === null || headerValue(text.slice(0, split.index), kindHeader) !== 'state-part') return null;
  return Buffer.from(text.slice(split.index + split[0].length), 'base64');
}
