/** An answer or a forward derived from the mail it is about: recipients, subject, thread, quote. */
import type { DraftContent } from '#shared/contract/compose.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import type { Address, MessageContent } from '#shared/domain/message.ts';
import { safeLine } from '#shared/domain/safeText.ts';
import { createTranslate, localeOf, resolveLanguage, type Translate } from '#shared/i18n/translate.ts';
import { formatAddress } from './addresses.ts';
import { htmlToText } from './htmlToText.ts';

export interface ReplyOptions {
  readonly mode: 'reply' | 'replyAll' | 'forward';
  /** Every address that is the reader's own: never answered to, and what tells an own mail. */
  readonly ownAddresses: readonly string[];
  /** BCP 47: language and date format of the attribution. */
  readonly locale: string;
  /** Where the answer stands: above the quote, or below it. */
  readonly quote: 'below' | 'above';
  /** What was visible of the original, sanitised; null: a plain-text answer. */
  readonly quoteHtml: string | null;
  /** IANA name; the system's own where it is not said. */
  readonly timeZone?: string;
}

/** Longest list of recipients a draft takes (contract/compose.ts), with room for what is added. */
const maxRecipients = 90_000;
const maxQuote = 1_000_000;
/** RFC 5322 bounds a line, not the list; the root and the nearest ancestors are what threading needs. */
const maxReferences = 30;

/** What an answer needs of the mail: also of one that no account has. */
export type AnsweredMail = Omit<MessageContent, 'id' | 'accountId' | 'folderId' | 'threadId' | 'flags'>;

export function deriveReply(original: AnsweredMail, options: ReplyOptions): Partial<DraftContent> {
  const t = createTranslate(resolveLanguage('system', options.locale));
  const references = referencesAfter(original);
  if (options.mode === 'forward') {
    return {
      subject: `Fwd: ${bareSubject(original.subject)}`,
      references,
      ...forwardBody(original, options, t),
    };
  }
  const { to, cc } = replyRecipients(original, options.mode === 'replyAll', options.ownAddresses);
  return {
    to: joinAddresses(to),
    cc: joinAddresses(cc),
    subject: `Re: ${bareSubject(original.subject)}`,
    inReplyTo: usableId(original.messageId ?? '') ? original.messageId : null,
    references,
    ...replyBody(original, options, t),
  };
}

/**
 * To whom an answer goes (RFC 5322 section 3.6.3): to Reply-To, else From; an answer to one's own mail goes to whom that went.
 * "To all" adds the other recipients; nobody twice, and never oneself unless nobody else is left.
 */
export function replyRecipients(
  original: Pick<MessageContent, 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc'>,
  all: boolean,
  ownAddresses: readonly string[],
): { to: Address[]; cc: Address[] } {
  const own = new Set(ownAddresses.map(normaliseAddress));
  const isOwn = ({ address }: Address): boolean => own.has(normaliseAddress(address));
  const author = original.from ?? original.sender;
  const mine = author !== null && isOwn(author);
  const usable = (list: readonly Address[]): Address[] => list.filter(({ address }) => address.includes('@'));
  const target =
    usable(original.replyTo).length > 0 ? usable(original.replyTo) : usable(author ? [author] : []);
  const sentTo = [usable(original.to), usable(original.cc), usable(original.bcc)].find(
    (list) => list.length > 0,
  );
  const first = mine && sentTo !== undefined ? sentTo : target;
  const seen = new Set<string>();
  const once = (list: readonly Address[]): Address[] =>
    list.filter((address) => {
      const key = normaliseAddress(address.address);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  if (!all) return { to: once(first), cc: [] };
  const others = (list: readonly Address[]): Address[] => usable(list).filter((address) => !isOwn(address));
  const to = once(mine ? others(original.to) : [...others(target), ...others(original.to)]);
  const cc = once(others(original.cc));
  if (to.length > 0 || cc.length > 0) return { to, cc };
  return { to: once(first), cc: [] };
}

function joinAddresses(list: readonly Address[]): string {
  let joined = '';
  for (const address of list) {
    const piece = formatAddress(address);
    if (joined.length + piece.length + 2 > maxRecipients) break;
    joined += joined === '' ? piece : `, ${piece}`;
  }
  return joined;
}

/** "Re", "Fwd" and what mail programs of other languages write for them, each maybe counted ("Re[2]:", "AW (3):"). */
const prefix =
  /^\s*(?:re|aw|antw|antwort|sv|vs|odp|ref|rif|r|res|rv|fwd?|wg|wtr|tr|vl|vb|fs|enc|doorst|pd|i)\s{0,3}(?:[[(]\d{1,4}[\])]|\*\d{1,4})?\s{0,3}[:：]\s*/i;

/** The subject without the prefixes of answers and forwards; "R:" alone may be part of a subject and goes only before another prefix. */
export function bareSubject(subject: string): string {
  let bare = safeLine(subject, 1900);
  for (let match = prefix.exec(bare); match !== null; match = prefix.exec(bare))
    bare = bare.slice(match[0].length);
  return bare;
}

const badId = /[\u0000-\u0020\u007f<>]/;
function usableId(id: string): boolean {
  return id.length > 0 && id.length <= 1000 && !badId.test(id);
}

/** The thread so far and the mail itself (RFC 5322 section 3.6.4): the root and the nearest of a long chain. */
function referencesAfter(original: Pick<MessageContent, 'references' | 'inReplyTo' | 'messageId'>): string[] {
  const before =
    original.references.length > 0
      ? original.references
      : original.inReplyTo === null
        ? []
        : [original.inReplyTo];
  const all = [...before, ...(original.messageId === null ? [] : [original.messageId])].filter(usableId);
  // The last place of an id counts: a cycle ends here.
  const chain = [...new Set(all.reverse())].reverse();
  const [root] = chain;
  if (root === undefined || chain.length <= maxReferences) return chain;
  return [root, ...chain.slice(-(maxReferences - 1))];
}

function replyBody(
  original: AnsweredMail,
  options: ReplyOptions,
  t: Translate,
): Pick<DraftContent, 'text' | 'html'> {
  const author = original.from ?? original.sender;
  const attribution = t('reply.attribution', {
    date: formatDate(original.date, options),
    name: author === null ? '?' : author.name === '' ? author.address : formatAddress(author),
  });
  const quoted = withoutSignature(visibleText(original, options))
    .split('\n')
    .map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\n');
  const note = shortened(original, options, t);
  const quote = `${attribution}\n${quoted}${note === '' ? '' : `\n${note}`}`;
  const html =
    options.quoteHtml === null
      ? null
      : `<p>${escapeHtml(attribution)}</p><blockquote type="cite">${options.quoteHtml}</blockquote>`;
  return options.quote === 'above'
    ? { text: `\n\n${quote}\n`, html: html === null ? null : `<p><br></p>${html}` }
    : { text: `${quote}\n\n`, html: html === null ? null : `${html}<p><br></p>` };
}

function forwardBody(
  original: AnsweredMail,
  options: ReplyOptions,
  t: Translate,
): Pick<DraftContent, 'text' | 'html'> {
  const people = (list: readonly Address[]): string => shortPeople(list);
  const rows: [string, string][] = [
    [t('reply.from'), original.from === null ? '' : formatAddress(original.from)],
    [t('reply.date'), formatDate(original.date, options)],
    [t('reply.to'), people(original.to)],
    [t('reply.cc'), people(original.cc)],
    [t('reply.subject'), safeLine(original.subject)],
  ];
  const head = rows.filter(([, value]) => value !== '');
  const text = [
    '',
    '',
    `-------- ${t('reply.forwarded')} --------`,
    ...head.map(([label, value]) => `${label}: ${value}`),
    '',
    visibleText(original, options),
    shortened(original, options, t),
  ];
  const html =
    options.quoteHtml === null
      ? null
      : `<p><br></p><p>-------- ${escapeHtml(t('reply.forwarded'))} --------<br>${head
          .map(([label, value]) => `<b>${escapeHtml(label)}:</b> ${escapeHtml(value)}`)
          .join('<br>')}</p><div>${options.quoteHtml}</div>`;
  return { text: `${text.join('\n').trimEnd()}\n`, html };
}

/** A list of hundreds says nobody anything. */
function shortPeople(list: readonly Address[]): string {
  const shown = list.slice(0, 50).map(formatAddress).join(', ');
  return list.length > 50 ? `${shown}, … (${list.length.toString()})` : shown;
}

/** The same text that the reader saw: of the visible HTML where there is one, whatever the plain alternative says (M12, H15). */
function visibleText(original: AnsweredMail, { quoteHtml }: ReplyOptions): string {
  const html = quoteHtml ?? (original.text === null ? original.html : null);
  const text = html === null ? (original.text ?? '') : htmlToText(html, { links: true, maxOutput: maxQuote });
  return text
    .slice(0, maxQuote)
    .replace(/\r\n?/g, '\n')
    .replace(/^\n+|\s+$/g, '');
}

function shortened(original: AnsweredMail, { quoteHtml }: ReplyOptions, t: Translate): string {
  const length = quoteHtml === null ? (original.text ?? '').length : 0;
  return length > maxQuote ? t('reply.shortened') : '';
}

/** What stands below "-- " is not quoted. */
function withoutSignature(text: string): string {
  const at = text.lastIndexOf('\n-- \n');
  const lines = at < 0 ? 0 : text.slice(at).split('\n').length;
  return at > 0 && lines <= 15 ? text.slice(0, at).trimEnd() : text;
}

function formatDate(date: number, { locale, timeZone }: ReplyOptions): string {
  const language = resolveLanguage('system', locale);
  // The region decides between 12 and 24 hours; a foreign language gets English words anyway.
  const tag = localeOf('system', locale);
  const options: Intl.DateTimeFormatOptions = {
    dateStyle: 'long',
    timeStyle: 'short',
    ...(timeZone ? { timeZone } : {}),
  };
  try {
    return new Intl.DateTimeFormat(tag, options).format(date);
  } catch {
    return new Intl.DateTimeFormat(language, options).format(Number.isFinite(date) ? date : 0);
  }
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
