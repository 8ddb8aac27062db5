/** What is asked before a mail goes out. Pure: the mail in, the questions out. */
import { openPlaceholder } from './templates.ts';

export interface GuardedMail {
  readonly subject: string;
  /** The text as plain text, quotes as lines that begin with ">". */
  readonly text: string;
  /** Attachments beside the pictures in the text. */
  readonly attachments: number;
  /** Addresses in To and Cc: they see each other. */
  readonly visibleRecipients: number;
  /** What all of it will measure on its way. */
  readonly bytes: number;
  /** What the server takes; null: it is not known. */
  readonly limit: number | null;
}

export type Guard =
  | { readonly kind: 'subject' }
  | { readonly kind: 'attachment'; readonly word: string }
  | { readonly kind: 'placeholder'; readonly word: string }
  /** More than the server of the sender takes, by what it said of itself. */
  | { readonly kind: 'size'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'many'; readonly count: number };

/** From this many on, a person may have meant Bcc. */
export const manyRecipients = 20;

/**
 * Words that promise an attachment, in the two languages that our users write in. German compounds ("Rechnungsanhang") count; a
 * word that only contains one of them by chance ("Zusammenhang", "abhängen", "anhänglich") does not.
 */
const promises = [
  /(?<![\p{L}\p{N}])(?:attach(?:ed|ing|ments?)|enclos(?:ed|ing|ures?)|see attach\w*)(?![\p{L}\p{N}])/iu,
  /(?<![\p{L}\p{N}])(?:anbei|anliegend(?:e[nmrs]?)?|beiliegend(?:e[nmrs]?)?|beigefügt(?:e[nmrs]?)?|beigelegt(?:e[nmrs]?)?|angehängt(?:e[nmrs]?)?|angefügt(?:e[nmrs]?)?|angehangen|mit(?:geschickt|gesandt|gesendet)(?:e[nmrs]?)?)(?![\p{L}\p{N}])/iu,
  /(?<![\p{L}\p{N}])(?:(?:\p{L}+-)?Anh|\p{L}{3,}anh)(?:ang|angs|änge|ängen)(?![\p{L}\p{N}])/u,
  /(?<![\p{L}\p{N}])(?:in (?:der|den)|als|siehe|s\.) Anlagen?(?![\p{L}\p{N}])/iu,
  /(?<![\p{L}\p{N}])(?:schicke|sende)\s+(?:ich|wir)?\s*(?:[\p{L}\p{N}]+\s+){0,4}?mit(?=[.,;:!?)]|\s*$)/iu,
  /(?<![\p{L}\p{N}])(?:hänge|füge|lege)\s+(?:ich|wir)?\s*(?:[\p{L}\p{N}]+\s+){0,6}?(?:an|bei)(?=[\s.,;:!?)]|$)/iu,
];

/** The part that the person wrote: without quoted lines, and without what stands under "-- " (the signature). */
export function ownText(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*>/.test(line));
  const signature = lines.findIndex((line) => /^-- ?$/.test(line));
  const forwarded = lines.findIndex((line) =>
    /^-{4,}\s*(?:Original|Forwarded|Weitergeleitete|Ursprüngliche)/i.test(line),
  );
  const end = [signature, forwarded].filter((at) => at >= 0);
  return lines.slice(0, end.length > 0 ? Math.min(...end) : undefined).join('\n');
}

/** The first word that promises an attachment, or null. */
export function promisedAttachment(subject: string, text: string): string | null {
  for (const place of [ownText(text), subject.replace(/^(?:\s*(?:re|aw|wg|fwd?)\s*:)+/i, '')]) {
    for (const promise of promises) {
      const found = promise.exec(place);
      if (found) return found[0].replace(/\s+/g, ' ').trim().slice(0, 60);
    }
  }
  return null;
}

/** The questions in the order in which they are asked. */
export function guardsOf(mail: GuardedMail): Guard[] {
  const guards: Guard[] = [];
  if (mail.subject.trim() === '') guards.push({ kind: 'subject' });
  const word = mail.attachments === 0 ? promisedAttachment(mail.subject, mail.text) : null;
  if (word !== null) guards.push({ kind: 'attachment', word });
  const open = openPlaceholder(mail.subject) ?? openPlaceholder(ownText(mail.text));
  if (open !== null) guards.push({ kind: 'placeholder', word: open });
  if (mail.limit !== null && mail.bytes > mail.limit)
    guards.push({ kind: 'size', bytes: mail.bytes, limit: mail.limit });
  if (mail.visibleRecipients >= manyRecipients) guards.push({ kind: 'many', count: mail.visibleRecipients });
  return guards;
}
