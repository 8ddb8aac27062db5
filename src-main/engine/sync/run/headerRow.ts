/** One FETCH response of the header pass as a row for the store. */
import { readBodyStructure } from '#engine/imap/bodyStructure.ts';
import type { FetchRow, Value } from '#engine/imap/fetchParser.ts';
import { listFields, readHeaderBlock } from '#engine/mime/headers.ts';
import { readStructure } from '#engine/mime/structure.ts';
import { flagsFromServer } from '#engine/store/flags.ts';
import { messageIdentity } from '#engine/store/identity.ts';
import type { HeaderRow } from '#engine/store/headerBatch.ts';

/** What is asked of each message: everything a list shows, where its texts are, and the server's own conversation where it knows one. */
export function headerItems(server: { has(capability: string): boolean }): string {
  if (server.has('X-GM-EXT-1')) return `${baseItems} X-GM-THRID`;
  return server.has('OBJECTID') ? `${baseItems} THREADID` : baseItems;
}
const baseItems = `UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (${listFields.join(' ').toUpperCase()})]`;

const noBytes = new Uint8Array();

export function uidOf(row: FetchRow): number | null {
  const uid = Number(row.items.get('UID'));
  return Number.isSafeInteger(uid) && uid > 0 ? uid : null;
}

export function modseqOf(row: FetchRow): string | null {
  const value = row.items.get('MODSEQ');
  const modseq: unknown = Array.isArray(value) ? (value as readonly Value[])[0] : value;
  return typeof modseq === 'string' && /^\d{1,20}$/.test(modseq) ? modseq : null;
}

export function flagsIn(row: FetchRow): { flags: number; keywords: string[] } | null {
  const value = row.items.get('FLAGS');
  if (!Array.isArray(value)) return null;
  const list = (value as readonly Value[]).filter((flag): flag is string => typeof flag === 'string');
  const { flags, keywords } = flagsFromServer(list);
  return { flags, keywords: keywords.length > maxKeywords ? keywords.slice(0, maxKeywords) : keywords };
}
const maxKeywords = 100;

/**
 * null: not an answer to the header pass (a flag that changed meanwhile). Throws what reading a mail throws: nothing, unless there is
 * a fault in the reader; the caller puts the message aside then.
 */
export function readHeaderRow(row: FetchRow, uid: number): HeaderRow | null {
  const block = row.items.get('BODY[HEADER.FIELDS]');
  const flags = flagsIn(row);
  if (block === undefined || flags === null) return null;
  const size = Number(row.items.get('RFC822.SIZE') ?? 0);
  const tree = readBodyStructure(row.items.get('BODYSTRUCTURE'));
  const headers = readHeaderBlock(bytesOf(block));
  const boundedSize = Number.isSafeInteger(size) && size >= 0 ? size : 0;
  return {
    uid,
    flags: flags.flags,
    keywords: flags.keywords,
    internalDate: internalDateOf(row.items.get('INTERNALDATE')),
    size: boundedSize,
    headers,
    structure: tree === null ? null : readStructure(tree),
    identity: messageIdentity(headers, boundedSize),
    thread: threadOf(row),
  };
}

/** The server's conversation (Gmail's; RFC 8474), as one more name that ties messages together. No Message-ID holds a space. */
function threadOf(row: FetchRow): string | null {
  const gmail = row.items.get('X-GM-THRID');
  if (typeof gmail === 'string' && /^\d{1,20}$/.test(gmail)) return `x-gm-thrid ${gmail}`;
  const value = row.items.get('THREADID');
  const id: unknown = Array.isArray(value) ? (value as readonly Value[])[0] : value;
  return typeof id === 'string' && /^[\w-]{1,255}$/.test(id) ? `threadid ${id}` : null;
}

/** A section's bytes; a server may send short ones as a quoted string, and none as NIL. */
export function bytesOf(value: Value | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value, 'latin1') : noBytes;
}

const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** "24-Nov-2026 19:20:21 +0100" (RFC 9051 section 9, date-time) as ms since 1970; 0 where it cannot be read. */
export function internalDateOf(value: Value | undefined): number {
  if (typeof value !== 'string') return 0;
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/.exec(
    value,
  );
  if (match === null) return 0;
  const [, day, name, year, hour, minute, second, sign, offsetHours, offsetMinutes] = match;
  const month = months.indexOf((name ?? '').toLowerCase()) / 3;
  if (!Number.isInteger(month) || month < 0) return 0;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return Math.max(0, sign === '-' ? local + offset : local - offset);
}
