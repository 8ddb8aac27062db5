/** What the search box proposes for what is being typed: operators, their values, searches of before. Pure. */
import type { Language } from '#shared/i18n/translate.ts';
import { foldText } from '#shared/domain/searchWords.ts';

/** What stands behind an operator, and so what its values are. */
export type Operator =
  | 'from'
  | 'to'
  | 'cc'
  | 'subject'
  | 'filename'
  | 'in'
  | 'account'
  | 'is'
  | 'has'
  | 'before'
  | 'after'
  | 'on'
  | 'larger'
  | 'smaller'
  | 'handler'
  | 'status'
  | 'note';

/** Those that ask what a group knows of a mail. */
export const groupOperators: ReadonlySet<Operator> = new Set(['handler', 'status', 'note']);

/** As the grammar of searches reads them (domain/query.ts), in the words of each language. */
const words: Record<Language, Readonly<Record<Operator, string>>> = {
  en: {
    from: 'from',
    to: 'to',
    subject: 'subject',
    in: 'in',
    is: 'is',
    has: 'has',
    before: 'before',
    after: 'after',
    on: 'on',
    account: 'account',
    filename: 'filename',
    cc: 'cc',
    larger: 'larger',
    smaller: 'smaller',
    handler: 'handler',
    status: 'status',
    note: 'note',
  },
  de: {
    from: 'von',
    to: 'an',
    subject: 'betreff',
    in: 'in',
    is: 'ist',
    has: 'hat',
    before: 'vor',
    after: 'nach',
    on: 'am',
    account: 'konto',
    filename: 'dateiname',
    cc: 'kopie',
    larger: 'größer',
    smaller: 'kleiner',
    handler: 'bearbeiter',
    status: 'status',
    note: 'notiz',
  },
};
/** Other spellings of the grammar that somebody may have typed. */
const aliases: Readonly<Record<string, Operator>> = {
  folder: 'in',
  ordner: 'in',
  mit: 'has',
  file: 'filename',
  datei: 'filename',
  since: 'after',
  seit: 'after',
  ab: 'after',
  bis: 'before',
  bigger: 'larger',
  groesser: 'larger',
  notes: 'note',
  notizen: 'note',
};
export const operators = Object.keys(words.en) as Operator[];

export function operatorWord(operator: Operator, language: Language): string {
  return words[language][operator];
}

/** The operator that a typed word stands for, in either language. */
export function operatorOf(word: string): Operator | null {
  const typed = word.toLowerCase();
  for (const table of Object.values(words))
    for (const operator of operators) if (table[operator] === typed) return operator;
  return Object.hasOwn(aliases, typed) ? (aliases[typed] ?? null) : null;
}

/** Values that the grammar knows, in the words of each language. */
const fixed: Partial<Record<Operator, Record<Language, readonly string[]>>> = {
  is: {
    en: ['unread', 'read', 'starred', 'answered', 'unanswered', 'forwarded', 'draft'],
    de: ['ungelesen', 'gelesen', 'markiert', 'beantwortet', 'unbeantwortet', 'weitergeleitet', 'entwurf'],
  },
  has: { en: ['attachment'], de: ['anhang'] },
  status: { en: ['open', 'waiting', 'done'], de: ['offen', 'wartet', 'erledigt'] },
  before: { en: ['today', '7d', '1m', '1y'], de: ['heute', '7t', '1m', '1j'] },
  after: { en: ['today', 'yesterday', '7d', '1m', '1y'], de: ['heute', 'gestern', '7t', '1m', '1j'] },
  on: { en: ['today', 'yesterday'], de: ['heute', 'gestern'] },
  larger: { en: ['1mb', '5mb', '10mb'], de: ['1mb', '5mb', '10mb'] },
  smaller: { en: ['100kb', '1mb'], de: ['100kb', '1mb'] },
};

export function fixedValues(operator: Operator, language: Language): readonly string[] {
  return fixed[operator]?.[language] ?? [];
}

/** The word that the caret stands in. */
export interface TypedWord {
  /** Where it begins and ends in the query, with its operator and its quotation marks. */
  readonly start: number;
  readonly end: number;
  readonly operator: Operator | null;
  /** As it was typed, so that it stays in its language. */
  readonly operatorText: string;
  /** What stands before the caret, without operator and quotation mark. */
  readonly value: string;
  readonly negated: boolean;
}

export function wordAt(query: string, caret: number): TypedWord {
  const before = query.slice(0, caret);
  const match = /(?:^|[\s(])(-?)(?:([\p{L}_]{1,20}):)?("[^"]*|[^\s("]*)$/u.exec(before);
  const [, minus = '', operatorText = '', typed = ''] = match ?? [];
  const operator = operatorText === '' ? null : operatorOf(operatorText);
  const whole = `${minus}${operatorText === '' ? '' : `${operatorText}:`}${typed}`;
  const rest = typed.startsWith('"') ? /^[^"]*"?/u : /^[^\s()"]*/u;
  return {
    start: caret - whole.length,
    end: caret + (rest.exec(query.slice(caret))?.[0].length ?? 0),
    operator,
    operatorText,
    value: typed.replace(/^"/, ''),
    negated: minus !== '',
  };
}

/** The operator that a query ends with while its value is still to come ("from:"), as it was typed; null: none. */
export function unfinishedOperator(query: string): string | null {
  const { operator, operatorText, value } = wordAt(query, query.length);
  return operator !== null && value === '' ? `${operatorText}:` : null;
}

export interface Replaced {
  readonly query: string;
  readonly caret: number;
}

/** The query with another word at the caret; what is complete is followed by a blank. */
export function withWord(query: string, word: TypedWord, operator: string, value: string | null): Replaced {
  const quoted = value !== null && /[\s()":]/.test(value) ? `"${value.replaceAll('"', '')}"` : (value ?? '');
  const text = `${word.negated ? '-' : ''}${operator}:${quoted}`;
  const after = query.slice(word.end);
  const blank = value !== null && !after.startsWith(' ') ? ' ' : '';
  return {
    query: query.slice(0, word.start) + text + blank + after,
    caret: word.start + text.length + (value === null ? 0 : 1),
  };
}

/** Does a name, or one of its words, begin so? */
export function begins(name: string, typed: string): boolean {
  const wanted = foldText(typed);
  return (
    wanted === '' ||
    name.split(/[\s/._@-]+/).some((part) => foldText(part).startsWith(wanted)) ||
    foldText(name).startsWith(wanted)
  );
}

const storageKey = 'postkorb.recentSearches';
const maxRecent = 10;

export function recentSearches(storage: Storage): string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(storageKey) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, maxRecent) : [];
  } catch {
    return [];
  }
}

/** A longer form of the last one takes its place: somebody went on typing. */
export function rememberSearch(storage: Storage, query: string): void {
  const wanted = query.trim();
  if (wanted.length < 2) return;
  const others = recentSearches(storage).filter(
    (one, at) => one !== wanted && !(at === 0 && wanted.startsWith(one)),
  );
  try {
    storage.setItem(storageKey, JSON.stringify([wanted, ...others].slice(0, maxRecent)));
  } catch {
    // Not remembered for the next time, that is all.
  }
}

export function forgetSearches(storage: Storage): void {
  storage.removeItem(storageKey);
}
