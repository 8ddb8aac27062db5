/**
 * What a mail program knew of a mail, as header fields of the file it kept it in: Status and X-Status (mutt, Dovecot, the BSD mails),
 * X-Mozilla-Status (Thunderbird), X-Gmail-Labels (Google Takeout). Fields of a file and not of the mail: they are read and left out.
 */
import { cr, lf } from './lines.ts';

export interface MailStatus {
  readonly seen: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
  readonly draft: boolean;
  readonly forwarded: boolean;
}

export interface StatusRead {
  readonly status: MailStatus;
  readonly keywords: readonly string[];
  /** It was removed there and only not cleared away yet, or it is the program's own note and no mail. */
  readonly removed: boolean;
  /** The mail without these fields. */
  readonly raw: Uint8Array<ArrayBuffer>;
}

const unseen: MailStatus = { seen: false, flagged: false, answered: false, draft: false, forwarded: false };

/** The fields, each with its line end. */
export function statusFields({ seen, flagged, answered, draft, forwarded }: MailStatus): string {
  const more = `${answered ? 'A' : ''}${flagged ? 'F' : ''}${draft ? 'T' : ''}`;
  return (
    // "O": not new any more, which is all that is known of an unread one.
    `Status: ${seen ? 'RO' : 'O'}\n` +
    // Written also where it is empty: a field of that name that the sender wrote is then known for his.
    `X-Status: ${more}\n` +
    (forwarded ? 'X-Keywords: $Forwarded\n' : '')
  );
}

/** Of Thunderbird's bits (nsMsgMessageFlags). */
const mozilla = { read: 0x1, replied: 0x2, marked: 0x4, expunged: 0x8, forwarded: 0x1000 } as const;

/** A header block beyond this is not searched. */
const maxHeader = 256 * 1024;

type Changes = { -readonly [K in keyof MailStatus]?: boolean };

/** Reads the fields of a mail with CRLF lines. */
export function readStatus(raw: Uint8Array<ArrayBuffer>): StatusRead {
  const changes: Changes = {};
  const keywords = new Set<string>();
  const seenFields = new Set<string>();
  const left: Uint8Array[] = [];
  let removed = false;
  let kept = 0;
  let at = 0;
  while (at < raw.length && at < maxHeader) {
    const next = fieldEnd(raw, at);
    if (next - at <= 2 && (raw[at] === cr || raw[at] === lf)) break;
    const field =
      /^(x-)?(status|mozilla-status2?|mozilla-keys|keywords|gmail-labels|uid|imap|imapbase):/i.exec(
        text(raw, at, Math.min(at + 24, next)),
      );
    if (field !== null) {
      const name = field[0].slice(0, -1).toLowerCase();
      const value = text(raw, at + field[0].length, Math.min(next, at + 2000))
        .replace(/\r?\n[ \t]/g, ' ')
        .trim();
      const own = readField(name, value, changes, keywords, seenFields);
      if (own === 'removed') removed = true;
      if (own !== 'foreign') {
        left.push(raw.subarray(kept, at));
        kept = next;
      }
    }
    at = next;
  }
  return {
    status: { ...unseen, ...changes },
    keywords: [...keywords],
    removed,
    raw: kept === 0 ? raw : joined([...left, raw.subarray(kept)]),
  };
}

/** 'foreign': of the mail itself after all, and stays. Of fields that stand twice the first is the file's. */
function readField(
  name: string,
  value: string,
  changes: Changes,
  keywords: Set<string>,
  met: Set<string>,
): 'own' | 'foreign' | 'removed' {
  if (met.has(name)) return 'foreign';
  switch (name) {
    case 'status':
      if (!/^[ROUND]*$/.test(value)) return 'foreign';
      if (value.includes('R')) changes.seen = true;
      break;
    case 'x-status':
      if (!/^[AFTDRNOU]*$/.test(value)) return 'foreign';
      if (value.includes('A')) changes.answered = true;
      if (value.includes('F')) changes.flagged = true;
      if (value.includes('T')) changes.draft = true;
      if (value.includes('D')) return 'removed';
      break;
    case 'x-mozilla-status': {
      if (!/^[0-9a-f]{4}$/i.test(value)) return 'foreign';
      const bits = parseInt(value, 16);
      if (bits & mozilla.read) changes.seen = true;
      if (bits & mozilla.replied) changes.answered = true;
      if (bits & mozilla.marked) changes.flagged = true;
      if (bits & mozilla.forwarded) changes.forwarded = true;
      if (bits & mozilla.expunged) return 'removed';
      break;
    }
    case 'x-mozilla-status2':
      if (!/^[0-9a-f]{8}$/i.test(value)) return 'foreign';
      break;
    case 'x-mozilla-keys':
    case 'x-keywords':
      for (const word of value.split(/[\s,]+/)) {
        if (word.toLowerCase() === '$forwarded') changes.forwarded = true;
        else if (/^[\w$.+-]{1,100}$/.test(word) && keywords.size < 50) keywords.add(word);
      }
      break;
    case 'x-gmail-labels':
      readLabels(value, changes);
      // Where a mail lay there is worth keeping.
      return 'foreign';
    case 'x-uid':
      break;
    case 'x-imap':
    case 'x-imapbase':
      // The pseudo mail in which UW-IMAP keeps its numbers begins with it.
      if (name === 'x-imap') return 'removed';
      break;
    default:
      return 'foreign';
  }
  met.add(name);
  return 'own';
}

/** Takeout writes the labels in the language of the account. */
function readLabels(value: string, changes: Changes): void {
  const labels = new Set(value.split(',').map((label) => label.trim().toLowerCase()));
  changes.seen = !labels.has('unread') && !labels.has('ungelesen');
  if (labels.has('starred') || labels.has('markiert')) changes.flagged = true;
  if (labels.has('drafts') || labels.has('entwürfe')) changes.draft = true;
}

/** Behind the field that begins here, with the lines that continue it. */
function fieldEnd(raw: Uint8Array, at: number): number {
  let next = at;
  do {
    const found = raw.indexOf(lf, next);
    if (found < 0) return raw.length;
    next = found + 1;
  } while (raw[next] === 32 || raw[next] === 9);
  return next;
}

function text(raw: Uint8Array, from: number, to: number): string {
  let out = '';
  for (const byte of raw.subarray(from, to)) out += String.fromCharCode(byte);
  return out;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
