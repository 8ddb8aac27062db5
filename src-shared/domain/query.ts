/**
 * The grammar of the search box. Words stand for themselves, `a OR b` for either, `-a` for not, `"a b"` for a phrase, `from:anna` for a
 * field, and parentheses for what they always mean. A parse never throws: what is no operator is a word.
 */

/** `note`: what members of a group wrote beside a mail; no part of the mail itself. */
export type TextField = 'from' | 'to' | 'cc' | 'subject' | 'filename' | 'body' | 'note';
export type WorkStatus = 'open' | 'waiting' | 'done';
export type MessageState = 'unread' | 'read' | 'starred' | 'answered' | 'forwarded' | 'draft';

/** A day as people name it; "ago" counts whole days, weeks, months or years back from today. */
export type QueryDay =
  | {
      readonly kind: 'date';
      readonly year: number;
      readonly month: number | null;
      readonly day: number | null;
    }
  | { readonly kind: 'ago'; readonly amount: number; readonly unit: 'day' | 'week' | 'month' | 'year' };

export type QueryNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | {
      readonly kind: 'text';
      readonly field: TextField | null;
      readonly text: string;
      /** Quoted: these words, in this order, as they are. */
      readonly exact: boolean;
      /** The word still being typed, or one with a star: its beginning is enough. */
      readonly open: boolean;
    }
  | { readonly kind: 'is'; readonly state: MessageState }
  | { readonly kind: 'has-attachment' }
  | { readonly kind: 'in'; readonly folder: string }
  | { readonly kind: 'account'; readonly name: string }
  /** Of a group account's mail: who handles it now, by name; `me` and `none` (and their German words) are this person and nobody. */
  | { readonly kind: 'handler'; readonly who: string }
  | { readonly kind: 'status'; readonly status: WorkStatus }
  /** `after` and `on` take the day in, `before` does not. */
  | { readonly kind: 'date'; readonly relation: 'before' | 'after' | 'on'; readonly day: QueryDay }
  | { readonly kind: 'size'; readonly relation: 'larger' | 'smaller'; readonly bytes: number };

/** Bounds on what one query may ask; what lies beyond is left out. */
const maxLength = 2000;
const maxNodes = 100;
const maxDepth = 20;

const textFields: Readonly<Record<string, TextField>> = {
  from: 'from',
  von: 'from',
  to: 'to',
  an: 'to',
  cc: 'cc',
  kopie: 'cc',
  subject: 'subject',
  betreff: 'subject',
  filename: 'filename',
  file: 'filename',
  datei: 'filename',
  dateiname: 'filename',
  body: 'body',
  text: 'body',
  note: 'note',
  notes: 'note',
  notiz: 'note',
  notizen: 'note',
};

const states: Readonly<Record<string, { state: MessageState; negated?: boolean }>> = {
  unread: { state: 'unread' },
  ungelesen: { state: 'unread' },
  read: { state: 'read' },
  gelesen: { state: 'read' },
  starred: { state: 'starred' },
  flagged: { state: 'starred' },
  markiert: { state: 'starred' },
  unstarred: { state: 'starred', negated: true },
  answered: { state: 'answered' },
  replied: { state: 'answered' },
  beantwortet: { state: 'answered' },
  unanswered: { state: 'answered', negated: true },
  unbeantwortet: { state: 'answered', negated: true },
  forwarded: { state: 'forwarded' },
  weitergeleitet: { state: 'forwarded' },
  draft: { state: 'draft' },
  entwurf: { state: 'draft' },
};

const statuses: Readonly<Record<string, WorkStatus>> = {
  open: 'open',
  offen: 'open',
  waiting: 'waiting',
  wartet: 'waiting',
  wartend: 'waiting',
  done: 'done',
  erledigt: 'done',
};

const attachmentWords = new Set([
  'attachment',
  'attachments',
  'file',
  'anhang',
  'anhänge',
  'anlage',
  'anlagen',
]);

const dateRelations: Readonly<Record<string, 'before' | 'after' | 'on'>> = {
  before: 'before',
  older: 'before',
  older_than: 'before',
  vor: 'before',
  bis: 'before',
  after: 'after',
  since: 'after',
  newer: 'after',
  newer_than: 'after',
  nach: 'after',
  seit: 'after',
  ab: 'after',
  on: 'on',
  date: 'on',
  am: 'on',
};

const sizeRelations: Readonly<Record<string, 'larger' | 'smaller'>> = {
  larger: 'larger',
  bigger: 'larger',
  größer: 'larger',
  groesser: 'larger',
  smaller: 'smaller',
  kleiner: 'smaller',
};

/** The query as a tree; null where nothing is asked. */
export function parseQuery(query: string): QueryNode | null {
  return new Parser(tokens(query.slice(0, maxLength))).parse();
}

const operatorNames = new Set([
  ...Object.keys(textFields),
  ...Object.keys(dateRelations),
  ...Object.keys(sizeRelations),
  ...[
    'is',
    'ist',
    'has',
    'hat',
    'mit',
    'in',
    'folder',
    'ordner',
    'account',
    'konto',
    'handler',
    'bearbeiter',
  ],
  'status',
]);

/** Operators of which not every value has a sense. */
const checked = new Set([
  ...Object.keys(dateRelations),
  ...Object.keys(sizeRelations),
  ...['is', 'ist', 'has', 'hat', 'mit', 'status'],
]);

/**
 * What of a query looks like an operator and has no sense ("before:soon", "is:red"), as it was typed. It is looked for as words, which
 * finds something else than was meant. What is being typed at the end is none yet, unless the query is `finished`.
 */
export function unreadParts(query: string, finished: boolean): string[] {
  return tokens(query.slice(0, maxLength)).flatMap((token) => {
    if (token.kind !== 'term' || token.operator === null || !checked.has(token.operator)) return [];
    if ((token.last && !finished) || operation(token.operator, token.value.trim(), token) !== null) return [];
    return [`${token.operator}:${token.value}`];
  });
}

type Token =
  | { readonly kind: 'open' | 'close' | 'or' | 'not' }
  | {
      readonly kind: 'term';
      /** Lower case; null: no operator stands before it. */
      readonly operator: string | null;
      readonly value: string;
      readonly quoted: boolean;
      /** The last character of the query belongs to it. */
      readonly last: boolean;
    }
  /** `from:(`: the operator holds for the words inside. */
  | { readonly kind: 'field-open'; readonly operator: string };

const orWords = new Set(['OR', 'ODER', '|', '||']);
const andWords = new Set(['AND', 'UND', '&', '&&']);
const notWords = new Set(['NOT', 'NICHT']);
const quotes: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '”': '”' };
const operatorPattern = /^([\p{L}_]{1,20}):(?!\/\/)/u;

function tokens(query: string): Token[] {
  const list: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const character = query.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (character === '(' || character === ')') {
      list.push({ kind: character === '(' ? 'open' : 'close' });
      at += 1;
      continue;
    }
    if ((character === '-' || character === '!') && /[^\s)]/.test(query.charAt(at + 1))) {
      list.push({ kind: 'not' });
      at += 1;
      continue;
    }
    const operator = operatorPattern.exec(query.slice(at, at + 22))?.[1]?.toLowerCase() ?? null;
    const start = operator === null ? at : at + operator.length + 1;
    if (operator !== null && query.charAt(start) === '(' && Object.hasOwn(textFields, operator)) {
      list.push({ kind: 'field-open', operator });
      at = start + 1;
      continue;
    }
    const { value, quoted, end } = readValue(query, start);
    at = end;
    const plain = operator === null && !quoted;
    if (plain && orWords.has(value)) list.push({ kind: 'or' });
    else if (plain && notWords.has(value)) list.push({ kind: 'not' });
    else if (plain && andWords.has(value)) continue;
    else list.push({ kind: 'term', operator, value, quoted, last: end >= query.length });
  }
  return list;
}

function readValue(query: string, start: number): { value: string; quoted: boolean; end: number } {
  const closing = quotes[query.charAt(start)];
  if (closing !== undefined) {
    const ends = [query.indexOf(closing, start + 1), query.indexOf('"', start + 1)].filter((at) => at >= 0);
    const end = ends.length === 0 ? query.length : Math.min(...ends);
    return { value: query.slice(start + 1, end), quoted: true, end: Math.min(query.length, end + 1) };
  }
  let end = start;
  while (end < query.length && !/[\s()"]/.test(query.charAt(end))) end += 1;
  return { value: query.slice(start, end), quoted: false, end };
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nodes = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  parse(): QueryNode | null {
    const nodes: QueryNode[] = [];
    while (this.#at < this.#tokens.length) {
      const node = this.#either(0, null);
      if (node) nodes.push(node);
      // A parenthesis that was never opened closes nothing.
      if (this.#peek()?.kind === 'close') this.#at += 1;
    }
    return join('and', nodes);
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #either(depth: number, field: string | null): QueryNode | null {
    const sides: QueryNode[] = [];
    for (;;) {
      const side = this.#all(depth, field);
      if (side) sides.push(side);
      if (this.#peek()?.kind !== 'or') return join('or', sides);
      this.#at += 1;
    }
  }

  #all(depth: number, field: string | null): QueryNode | null {
    const nodes: QueryNode[] = [];
    for (
      let token = this.#peek();
      token && token.kind !== 'or' && token.kind !== 'close';
      token = this.#peek()
    ) {
      const node = this.#one(depth, field);
      if (node) nodes.push(node);
    }
    return join('and', nodes);
  }

  #one(depth: number, field: string | null): QueryNode | null {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    switch (token?.kind) {
      case 'not': {
        const next = this.#peek();
        if (!next || next.kind === 'or' || next.kind === 'close' || depth >= maxDepth) return null;
        const node = this.#one(depth + 1, field);
        return node && { kind: 'not', node };
      }
      case 'open':
      case 'field-open': {
        if (depth >= maxDepth) return null;
        const node = this.#either(depth + 1, token.kind === 'field-open' ? token.operator : field);
        if (this.#peek()?.kind === 'close') this.#at += 1;
        return node;
      }
      case 'term':
        this.#nodes += 1;
        return this.#nodes > maxNodes ? null : term(token, field);
      default:
        return null;
    }
  }
}

function join(kind: 'and' | 'or', nodes: readonly QueryNode[]): QueryNode | null {
  return nodes.length > 1 ? { kind, nodes } : (nodes[0] ?? null);
}

function term(token: Extract<Token, { kind: 'term' }>, field: string | null): QueryNode | null {
  const { operator, value, quoted, last } = token;
  // Its value is still to come: what was found so far stays.
  if (operator !== null && value === '' && last && operatorNames.has(operator)) return null;
  if (operator !== null) {
    const known = operation(operator, value.trim(), token);
    if (known) return known;
  }
  // Not an operator of ours, or one without a sense in it: what was typed is what is looked for.
  const typed = operator === null || (quoted && value !== '') ? value : `${operator}:${value}`;
  const text = operator !== null && quoted ? `${operator} ${value}` : typed;
  return textNode(field === null ? null : (textFields[field] ?? null), text, token);
}

function textNode(
  field: TextField | null,
  typed: string,
  { quoted, last }: { quoted: boolean; last: boolean },
): QueryNode | null {
  const starred = !quoted && /\*+$/.test(typed);
  const text = starred ? typed.replace(/\*+$/, '') : typed;
  if (!/[\p{L}\p{N}]/u.test(text)) return null;
  return { kind: 'text', field, text, exact: quoted, open: starred || (!quoted && last) };
}

function operation(
  operator: string,
  value: string,
  token: { quoted: boolean; last: boolean },
): QueryNode | null {
  if (value === '') return null;
  const field = own(textFields, operator);
  if (field) return textNode(field, value, token);
  const word = value.toLowerCase();
  const relation = own(dateRelations, operator);
  if (relation) {
    const day = readDay(word);
    return day && { kind: 'date', relation, day };
  }
  const size = own(sizeRelations, operator);
  if (size) {
    const bytes = readSize(word);
    return bytes === null ? null : { kind: 'size', relation: size, bytes };
  }
  switch (operator) {
    case 'is':
    case 'ist': {
      const state = own(states, word);
      if (!state) return null;
      const node: QueryNode = { kind: 'is', state: state.state };
      return state.negated ? { kind: 'not', node } : node;
    }
    case 'has':
    case 'hat':
    case 'mit':
      return attachmentWords.has(word) ? { kind: 'has-attachment' } : null;
    case 'in':
    case 'folder':
    case 'ordner':
      return { kind: 'in', folder: value };
    case 'account':
    case 'konto':
      return { kind: 'account', name: value };
    case 'handler':
    case 'bearbeiter':
      return { kind: 'handler', who: value };
    case 'status': {
      const status = own(statuses, word);
      return status === undefined ? null : { kind: 'status', status };
    }
    default:
      return null;
  }
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

const dayNames: Readonly<Record<string, number>> = {
  today: 0,
  heute: 0,
  yesterday: 1,
  gestern: 1,
  vorgestern: 2,
};
const units: Readonly<Record<string, 'day' | 'week' | 'month' | 'year'>> = {
  d: 'day',
  t: 'day',
  w: 'week',
  m: 'month',
  y: 'year',
  j: 'year',
};

/** 2026-01-31, 2026/1/31, 31.1.2026, 31.1.26, 2026-01, 1.2026, 2026, today, gestern, 7d, 2w, 3m, 1y (German: 7t, 1j). */
export function readDay(word: string): QueryDay | null {
  const named = own(dayNames, word);
  if (named !== undefined) return { kind: 'ago', amount: named, unit: 'day' };
  const ago = /^(\d{1,4})([dtwmyj])$/.exec(word);
  const unit = own(units, ago?.[2] ?? '');
  if (ago && unit) return { kind: 'ago', amount: Number(ago[1]), unit };
  const iso = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(word);
  if (iso) return date(iso[1], iso[2], iso[3]);
  const german = /^(?:(\d{1,2})\.)?(\d{1,2})\.(\d{4}|\d{2})$/.exec(word);
  if (german) return date(german[3]?.length === 2 ? `20${german[3]}` : german[3], german[2], german[1]);
  return null;
}

function date(year: string | undefined, month: string | undefined, day: string | undefined): QueryDay | null {
  const y = Number(year);
  const m = month === undefined ? null : Number(month);
  const d = day === undefined ? null : Number(day);
  if (y < 1970 || y > 2200 || (m !== null && (m < 1 || m > 12))) return null;
  if (d !== null && (d < 1 || d > daysIn(y, m ?? 1))) return null;
  return { kind: 'date', year: y, month: m, day: d };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

const powers: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3 };

/** 500, 500k, 5mb, 1,5 GB (as one word): bytes. */
function readSize(word: string): number | null {
  const match = /^(\d{1,12}(?:[.,]\d{1,3})?)([kmg]?)i?b?$/.exec(word);
  if (!match) return null;
  const power = powers[match[2] ?? ''] ?? 0;
  const bytes = Math.round(Number((match[1] ?? '').replace(',', '.')) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
