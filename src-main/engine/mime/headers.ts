/** The headers that a list, a thread and a reader need, of one mail: decoded, without controls, bounded (M03, M07, M08, M16, M17). */
import type { Address } from '#shared/domain/message.ts';
import { safeLine } from '#shared/domain/safeText.ts';
import { parseAddressList } from './addresses.ts';
import { decodeWords } from './encodedWords.ts';
import { readHeaderFields } from './headerFields.ts';
import { readMailDate } from './mailDate.ts';

/** What a mail says of itself, and what is kept of it. */
export interface MailHeaders {
  /** Normalised, without <>; null: there is none, or none that is safe to use. */
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** Oldest first, without <>, each once; of a long list the first and the last. */
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: Address | null;
  readonly sender: Address | null;
  readonly replyTo: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  /** The Date header in ms since 1970; null: missing, unreadable or absurd. */
  readonly date: number | null;
}

export interface MessageHeaders extends MailHeaders {
  /** As they stand, newest (topmost) first: whose they are decides whether they mean anything. */
  readonly authenticationResults: readonly string[];
  readonly listUnsubscribe: string | null;
  /** More than one address stands in From. */
  readonly severalSenders: boolean;
  /** Fields that may stand once and do not, in lower case. */
  readonly duplicates: readonly string[];
  /** The block was too long to be read whole. */
  readonly limited: boolean;
}

/** What a list needs: to be asked for with FETCH BODY[HEADER.FIELDS (...)]. */
export const listFields = [
  'message-id',
  'in-reply-to',
  'references',
  'subject',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'date',
] as const;
/** What a reader needs beside it. */
export const readerFields = ['authentication-results', 'list-unsubscribe'] as const;

const wanted: ReadonlySet<string> = new Set<string>([...listFields, ...readerFields]);

const maxSubject = 4000;
const maxReferences = 200;
const maxAuthenticationResults = 20;
/** Of one address field: 100,000 recipients in a mail are an attack or a mistake. */
const maxAddressField = 1_000_000;

/** A header block or any selection of its fields. Never throws. */
export function readHeaderBlock(bytes: Uint8Array): MessageHeaders {
  const first = new Map<string, string>();
  const duplicates = new Set<string>();
  const authenticationResults: string[] = [];
  const { limited } = readHeaderFields(bytes, (name, value) => {
    if (!wanted.has(name)) return;
    if (name === 'authentication-results') {
      if (authenticationResults.length < maxAuthenticationResults)
        authenticationResults.push(safeLine(value(), 2000));
    } else if (!first.has(name)) first.set(name, value());
    else {
      duplicates.add(name);
      // Several To or Cc fields are against the rules and are meant as one list.
      if (name === 'to' || name === 'cc' || name === 'bcc')
        first.set(name, joined(first.get(name) ?? '', value()));
    }
  });
  const from = addresses(first, 'from');
  return {
    messageId: ids(first.get('message-id'), 1)[0] ?? null,
    inReplyTo: ids(first.get('in-reply-to'), 1)[0] ?? null,
    references: ids(first.get('references'), maxReferences),
    subject: headerText(first.get('subject') ?? '', maxSubject),
    from: from[0] ?? null,
    sender: addresses(first, 'sender')[0] ?? null,
    replyTo: addresses(first, 'reply-to'),
    to: addresses(first, 'to'),
    cc: addresses(first, 'cc'),
    bcc: addresses(first, 'bcc'),
    date: first.has('date') ? readMailDate(first.get('date') ?? '') : null,
    authenticationResults,
    listUnsubscribe: first.has('list-unsubscribe')
      ? safeLine(first.get('list-unsubscribe') ?? '', 4000)
      : null,
    severalSenders: from.length > 1 || duplicates.has('from'),
    duplicates: [...duplicates],
    limited,
  };
}

function joined(before: string, more: string): string {
  return before.length < maxAddressField ? `${before}, ${more}` : before;
}

/** An unstructured field: encoded words decoded, on one line. */
export function headerText(raw: string, max: number): string {
  return safeLine(decodeWords(raw.length > max * 8 ? raw.slice(0, max * 8) : raw), max);
}

const nobody: readonly Address[] = [];

function addresses(fields: ReadonlyMap<string, string>, name: string): readonly Address[] {
  const raw = fields.get(name);
  if (raw === undefined || raw === '') return nobody;
  return parseAddressList(raw.length > maxAddressField ? raw.slice(0, maxAddressField) : raw);
}

/**
 * Message-IDs (RFC 5322 section 3.6.4): what stands in <>, or words with "@" where a mailer forgot the brackets. One with controls,
 * blanks or brackets within is none: it would end up in a command or a header (N20). Of many, the first and the last ones.
 */
export function ids(raw: string | undefined, max: number): string[] {
  if (raw === undefined || raw === '') return [];
  const found: string[] = [];
  for (let at = raw.indexOf('<'); at >= 0;) {
    const end = raw.indexOf('>', at);
    if (end < 0) break;
    add(found, raw.slice(raw.lastIndexOf('<', end) + 1, end), max);
    at = raw.indexOf('<', end);
  }
  if (found.length === 0 && !raw.includes('>')) {
    for (const word of raw.slice(0, 10_000).split(/[\s,]+/)) if (word.includes('@')) add(found, word, max);
  }
  if (found.length < 2) return found;
  // An id that stands twice counts where it stands last: nearer to the mail.
  const once = [...new Set(found.reverse())].reverse();
  return once.length <= max ? once : [once[0] ?? '', ...once.slice(1 - max)];
}

const badInId = /[\u0000-\u001f\u007f<>\u2028\u2029]/;

function add(found: string[], raw: string, max: number): void {
  const id = raw.includes(' ') || raw.includes('\t') ? raw.replace(/[ \t]+/g, '') : raw;
  if (id === '' || id.length > 998 || badInId.test(id)) return;
  // A first one and twice as many of the last as are wanted: enough to tell repetitions.
  if (found.length > max * 2) found.splice(1, max);
  found.push(id);
}
