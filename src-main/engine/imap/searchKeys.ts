/** What a server's SEARCH is asked, as a tree, and how it is sent: OR and NOT, words beyond ASCII, Gmail's own search where it is offered. */
import { unreachable } from '#shared/base/assert.ts';
import type { MessageState } from '#shared/domain/query.ts';
import { atom, text, type Argument } from './flow.ts';

/** What IMAP's SEARCH can be asked (RFC 9051 section 6.4.4). Days are by the Date header, in any zone. */
export type SearchKey =
  | { readonly kind: 'and' | 'or'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'not'; readonly key: SearchKey }
  /** `any`: headers and text. */
  | {
      readonly kind: 'text';
      readonly field: 'any' | 'from' | 'to' | 'cc' | 'bcc' | 'subject' | 'body';
      readonly text: string;
    }
  | { readonly kind: 'is'; readonly state: MessageState }
  /** ms since 1970: the day that this lies in. */
  | { readonly kind: 'sent'; readonly relation: 'before' | 'since'; readonly at: number }
  | { readonly kind: 'size'; readonly relation: 'larger' | 'smaller'; readonly bytes: number }
  /** In the words of Gmail's own search; any other server is not asked for it. */
  | { readonly kind: 'gmail'; readonly words: string };

export interface SearchTerms {
  readonly terms: readonly Argument[];
  /** Words beyond ASCII are in it, as literals in UTF-8. */
  readonly unicode: boolean;
  /** Nothing of it says anything to this server: any message fits. */
  readonly everything: boolean;
}

const states: Readonly<Record<MessageState, readonly string[]>> = {
  unread: ['UNSEEN'],
  read: ['SEEN'],
  starred: ['FLAGGED'],
  answered: ['ANSWERED'],
  forwarded: ['KEYWORD', '$Forwarded'],
  draft: ['DRAFT'],
};
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `gmail`: the server has X-GM-EXT-1. `asciiOnly`: leaves out spellings that a server without UTF-8 cannot be asked for. */
export function searchTerms(
  key: SearchKey | null,
  { gmail, asciiOnly }: { readonly gmail: boolean; readonly asciiOnly: boolean },
): SearchTerms {
  let unicode = false;

  const string = (value: string): Argument => {
    if (/^[\x20-\x7e]*$/.test(value)) return text(value);
    unicode = true;
    return { type: 'LITERAL', value: Buffer.from(value, 'utf8') };
  };
  /** Keys that must all hold; null: it says nothing to this server. */
  const keysOf = (one: SearchKey): Argument[][] | null => {
    switch (one.kind) {
      case 'and': {
        const parts = one.keys.flatMap((part) => keysOf(part) ?? []);
        return parts.length === 0 ? null : parts;
      }
      case 'or': {
        const parts = one.keys.filter((part) => !asciiOnly || isAscii(part)).map(keysOf);
        // One that fits any message makes the whole fit any.
        if (parts.length === 0 || parts.some((part) => part === null)) return null;
        const operands = parts.map((part) => operand(part ?? []));
        return [operands.reduceRight((rest, first) => [atom('OR'), ...first, ...rest])];
      }
      case 'not': {
        const inner = keysOf(one.key);
        return inner === null ? null : [[atom('NOT'), ...operand(inner)]];
      }
      case 'text': {
        if (asciiOnly && !isAscii(one)) return null;
        const field = one.field === 'any' ? 'TEXT' : one.field.toUpperCase();
        return [gmail ? [atom('X-GM-RAW'), string(gmailWords(one))] : [atom(field), string(one.text)]];
      }
      case 'is':
        return [states[one.state].map(atom)];
      case 'sent':
        return [[atom(one.relation === 'before' ? 'SENTBEFORE' : 'SENTSINCE'), atom(searchDate(one.at))]];
      case 'size':
        return [[atom(one.relation.toUpperCase()), atom(String(one.bytes))]];
      case 'gmail':
        return gmail ? [[atom('X-GM-RAW'), string(one.words)]] : null;
      default:
        return unreachable(one);
    }
  };

  const keys = key === null ? null : keysOf(key);
  return { terms: keys?.flat() ?? [atom('ALL')], unicode, everything: keys === null };
}

/** Of OR and NOT: one key, or several in parentheses. */
function operand(keys: readonly Argument[][]): Argument[] {
  const [only] = keys;
  return keys.length === 1 && only ? only : [keys.flat()];
}

function isAscii(key: SearchKey): boolean {
  return key.kind !== 'text' || /^[\x20-\x7e]*$/.test(key.text);
}

/** As the machine's calendar has it. */
function searchDate(at: number): string {
  const day = new Date(at);
  return `${String(day.getDate())}-${months[day.getMonth()] ?? 'Jan'}-${String(day.getFullYear())}`;
}

function gmailWords({ field, text: words }: Extract<SearchKey, { kind: 'text' }>): string {
  const quoted = `"${words.replaceAll('"', ' ').trim()}"`;
  return field === 'any' || field === 'body' ? quoted : `${field}:${quoted}`;
}
