/**
 * A query as servers can be asked for it. Its alternatives are taken apart: what a server knows of each becomes search keys, and what must
 * hold besides is checked here, on what the server found. Pure.
 */
import type { SearchKey } from '#engine/imap/searchKeys.ts';
import { unreachable } from '#shared/base/assert.ts';
import type { LocalPart } from '#shared/contract/search.ts';
import type { QueryNode, TextField } from '#shared/domain/query.ts';
import { dayBounds } from '#shared/domain/queryDays.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface PlannedSearch {
  /** null: any message. */
  readonly key: SearchKey | null;
  /** Servers know more than the store of messages that are stored: it asks for words of whole texts. */
  readonly asksForTexts: boolean;
  /** What must hold of a message that was found, by what is known here. */
  readonly check: QueryNode | null;
  /** `in:` and `account:` that say where to look, and with "not" where not to. */
  readonly where: readonly Leaf[];
}

export interface ServerSearchPlan {
  readonly searches: readonly PlannedSearch[];
  readonly local: readonly LocalPart[];
}

type LeafNode = Exclude<QueryNode, { kind: 'and' | 'or' | 'not' }>;

export interface Leaf {
  readonly node: LeafNode;
  readonly negated: boolean;
}

/** As many ways in which a message may fit. */
const maxAlternatives = 32;
const dayMs = 24 * 60 * 60_000;

/** Errors: not-supported (too many alternatives). */
export function planServerSearch(query: QueryNode, now: number): ServerSearchPlan {
  const searches = new Map<string, PlannedSearch>();
  const local = new Set<LocalPart>();
  for (const leaves of alternatives(query, false)) {
    for (const { node } of leaves) {
      const part = localPart(node);
      if (part !== null) local.add(part);
    }
    const planned = planOne(leaves, now);
    if (planned === null) continue;
    // Where the same is checked at the same places, the server is asked once for all.
    const same = JSON.stringify([planned.check, planned.asksForTexts]);
    const before = searches.get(same);
    searches.set(same, before === undefined ? planned : { ...planned, key: either(before.key, planned.key) });
  }
  return { searches: [...searches.values()], local: [...local] };
}

function either(a: SearchKey | null, b: SearchKey | null): SearchKey | null {
  return a === null || b === null ? null : { kind: 'or', keys: [a, b] };
}

/** null: it is about what is known here alone, so that a search here has answered it. */
function planOne(leaves: readonly Leaf[], now: number): PlannedSearch | null {
  const keys: SearchKey[] = [];
  const checks: QueryNode[] = [];
  let asked = false;
  let asksForTexts = false;
  for (const leaf of leaves) {
    const { node, negated } = leaf;
    const key = keyOf(leaf, now);
    if (key !== null) keys.push(key);
    if (localPart(node) === null && node.kind !== 'in' && node.kind !== 'account') asked = true;
    const believed = node.kind === 'text' && !negated && key !== null && key.kind !== 'gmail';
    if (believed) asksForTexts ||= node.field === null || node.field === 'body';
    // What the server says of a mail's texts is all that is known of it; the rest is known here as well, and better.
    else checks.push(negated ? { kind: 'not', node } : node);
  }
  if (!asked) return null;
  return {
    key: keys.length > 1 ? { kind: 'and', keys } : (keys[0] ?? null),
    asksForTexts,
    check: checks.length > 1 ? { kind: 'and', nodes: checks } : (checks[0] ?? null),
    where: leaves.filter(({ node }) => node.kind === 'in' || node.kind === 'account'),
  };
}

/** The query as alternatives of which each holds as a whole; `not` stands at single parts alone. */
function alternatives(node: QueryNode, negated: boolean): Leaf[][] {
  switch (node.kind) {
    case 'not':
      return alternatives(node.node, !negated);
    case 'and':
    case 'or': {
      const parts = node.nodes.map((one) => alternatives(one, negated));
      const found = (node.kind === 'or') !== negated ? parts.flat() : parts.reduce(together, [[]]);
      if (found.length > maxAlternatives) throw new MailError('not-supported', { what: 'query' });
      return found;
    }
    default:
      return [[{ node, negated }]];
  }
}

function together(a: readonly Leaf[][], b: readonly Leaf[][]): Leaf[][] {
  if (a.length * b.length > maxAlternatives) throw new MailError('not-supported', { what: 'query' });
  return a.flatMap((one) => b.map((other) => [...one, ...other]));
}

function localPart(node: LeafNode): LocalPart | null {
  switch (node.kind) {
    case 'handler':
    case 'status':
    case 'has-attachment':
      return node.kind;
    case 'text':
      return node.field === 'note' || node.field === 'filename' ? node.field : null;
    default:
      return null;
  }
}

function keyOf({ node, negated }: Leaf, now: number): SearchKey | null {
  const given = (key: SearchKey): SearchKey => (negated ? { kind: 'not', key } : key);
  switch (node.kind) {
    case 'text':
      if (node.field === 'note') return null;
      if (node.field === 'filename')
        return given({ kind: 'gmail', words: `filename:${quotedWords(node.text)}` });
      return given(textKey(node.field, node.text));
    case 'is':
      return given({ kind: 'is', state: node.state });
    case 'size':
      return given({ kind: 'size', relation: node.relation, bytes: node.bytes });
    case 'has-attachment':
      return given({ kind: 'gmail', words: 'has:attachment' });
    case 'date':
      return sentKey(node, negated, now);
    case 'in':
    case 'account':
    case 'handler':
    case 'status':
      return null;
    default:
      return unreachable(node);
  }
}

/** A day wider than asked, since servers take the header's own zone for it; which day it was is checked here. */
function sentKey(
  { relation, day }: Extract<QueryNode, { kind: 'date' }>,
  negated: boolean,
  now: number,
): SearchKey | null {
  const { start, end } = dayBounds(day, now);
  const before = (at: number): SearchKey => ({ kind: 'sent', relation: 'before', at: at + 2 * dayMs });
  const since = (at: number): SearchKey => ({ kind: 'sent', relation: 'since', at: at - dayMs });
  if (relation === 'on') return negated ? null : { kind: 'and', keys: [since(start), before(end)] };
  return (relation === 'before') !== negated ? before(start) : since(start);
}

function textKey(field: Exclude<TextField, 'note' | 'filename'> | null, text: string): SearchKey {
  // Copies are one thing here, and two to a server.
  const fields = field === null ? (['any'] as const) : field === 'cc' ? (['cc', 'bcc'] as const) : [field];
  const keys = fields.flatMap((one) =>
    spellings(text).map((spelling): SearchKey => ({ kind: 'text', field: one, text: spelling })),
  );
  const [only] = keys;
  return keys.length === 1 && only ? only : { kind: 'or', keys };
}

const digraphs: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  Ä: 'Ae',
  Ö: 'Oe',
  Ü: 'Ue',
  ß: 'ss',
};
const umlauts: Readonly<Record<string, string>> = { ae: 'ä', oe: 'ö', ue: 'ü' };

/**
 * The ways to write a text that search takes for one: servers compare letter by letter. What is typed with plain vowels is looked for as it
 * is typed: each of them could be an umlaut.
 */
export function spellings(text: string): string[] {
  const typed = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  const asDigraphs = typed.replace(/[äöüÄÖÜß]/g, (letter) => digraphs[letter] ?? letter);
  const asUmlauts = typed.replace(/(?<![aeq])ue|[ao]e/gi, (pair) => {
    const letter = umlauts[pair.toLowerCase()] ?? pair;
    return /^[a-z]/.test(pair) ? letter : letter.toUpperCase();
  });
  const plain = (some: string): string =>
    some
      .normalize('NFD')
      .replace(/\p{M}+/gu, '')
      .replaceAll('ß', 'ss');
  return [...new Set([typed, asDigraphs, asUmlauts, plain(typed), plain(asUmlauts)])];
}

function quotedWords(text: string): string {
  return `"${text.replaceAll('"', ' ').trim()}"`;
}
