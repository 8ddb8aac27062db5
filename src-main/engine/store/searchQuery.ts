/** From the tree of a query to what SQLite is asked: an expression for the full-text index, and conditions for the rest. */
import type { QueryDay, QueryNode, TextField } from '#shared/domain/query.ts';
import { dayBounds } from '#shared/domain/queryDays.ts';
import { isCompoundPart, shortestOpenWord } from '#shared/domain/queryHighlight.ts';
import { wordsOf } from '#shared/domain/searchWords.ts';
import { unreachable } from '#shared/base/assert.ts';
import { FlagBit } from './flags.ts';
import { listFolders, type StoredFolder } from './folders.repo.ts';
import type { ReadDb } from './handles.ts';
import { addressWord } from './searchRows.ts';

/**
 * One part of a query: what the index must find (`match`, an FTS5 expression) and what else must hold (`where`, over the tables `m` of
 * messages, `p` of placements and `t` of texts). Both hold together; null and an empty list say nothing.
 */
export interface Condition {
  readonly match: string | null;
  /** All of these. */
  readonly where: readonly string[];
  /** For the `?` of `where`, in order. */
  readonly values: readonly (string | number)[];
  /** Of message ids, which rise with the date: from the first on and below the second. */
  readonly range: readonly [from: number, below: number];
}

/** What a query is understood by: today, and the names of folders and accounts. */
export interface QueryContext {
  readonly db: ReadDb;
  /** ms since 1970. */
  readonly now: number;
  readonly accounts: readonly {
    id: string;
    name: string;
    address: string;
    /** All that are the account's own, in lower case. */
    addresses?: readonly string[];
  }[];
  /** Who works in group accounts, and who of them this person is. */
  readonly people?: { readonly me: string | null; readonly all: readonly { id: string; name: string }[] };
}

/** Notes have an index of their own: they come and go without their mail. */
type MailField = Exclude<TextField, 'note'>;

const columns: Record<MailField, string> = {
  from: 'sender',
  to: 'recipients',
  cc: 'copies',
  subject: 'subject',
  filename: 'files',
  body: 'body',
};
/** Where a phrase is looked for, as `holds_phrase` is given it; see searchPhrase.ts. */
const phraseFields: Record<MailField | 'any', number> = {
  any: 0,
  subject: 1,
  from: 2,
  to: 3,
  cc: 4,
  body: 5,
  filename: 6,
};

/** As many long words as a short part is looked up in; the shortest, which are the nearest, come first. */
const maxCompounds = 200;
const always = [0, Number.MAX_SAFE_INTEGER] as const;
const nothing: Condition = { match: null, where: ['0'], values: [], range: always };

const text = (match: string): Condition => ({ match, where: [], values: [], range: always });
const only = (where: string, ...values: (string | number)[]): Condition => ({
  match: null,
  where: [where],
  values,
  range: always,
});
const between = (from: number, below: number): Condition => ({
  match: null,
  where: [],
  values: [],
  range: [from, below],
});

/** One of these messages. */
export const among = (ids: readonly number[]): Condition =>
  only('m.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));

/** Both hold. */
export function bothOf(a: Condition, b: Condition): Condition {
  const matches = [a.match, b.match].flatMap((match) => match ?? []);
  return {
    match: matches.length > 1 ? matches.map((one) => `(${one})`).join(' AND ') : (matches[0] ?? null),
    where: [...a.where, ...b.where],
    values: [...a.values, ...b.values],
    range: [Math.max(a.range[0], b.range[0]), Math.min(a.range[1], b.range[1])],
  };
}

export function compileQuery(node: QueryNode, context: QueryContext): Condition {
  switch (node.kind) {
    case 'and':
      return allOf(node.nodes, context);
    case 'or':
      return anyOf(node.nodes.map((child) => compileQuery(child, context)));
    case 'not':
      return negated(compileQuery(node.node, context));
    case 'text':
      return textCondition(node, context.db);
    case 'is':
      return only(stateConditions[node.state]);
    case 'has-attachment':
      return only('m.has_attachments = 1');
    case 'in':
      return inFolders(foldersNamed(listFolders(context.db, null), node.folder));
    case 'account':
      return inAccounts(context.accounts, node.name);
    case 'handler':
      return handledBy(node.who, context.people ?? { me: null, all: [] });
    case 'status':
      return only(groupMail('g.status = ?'), node.status);
    case 'date':
      return dateCondition(node.relation, node.day, context.now);
    case 'size':
      return sizeCondition(node.relation, node.bytes);
    default:
      return unreachable(node);
  }
}

/** A condition as one piece of SQL, for the places where the index cannot lead. */
export function asSql({ match, where, values, range: [from, below] }: Condition): {
  sql: string;
  values: readonly (string | number)[];
} {
  const found = match === null ? [] : ['m.id IN (SELECT rowid FROM search WHERE search MATCH ?)'];
  // Numbers of our own: they may stand in the text.
  const bounds = [
    ...(from === always[0] ? [] : [`m.id >= ${from}`]),
    ...(below === always[1] ? [] : [`m.id < ${below}`]),
  ];
  const all = [...found, ...where, ...bounds];
  return {
    sql: all.length === 1 ? (all[0] ?? '1') : `(${all.join(' AND ') || '1'})`,
    values: match === null ? values : [match, ...values],
  };
}

function allOf(nodes: readonly QueryNode[], context: QueryContext): Condition {
  const parts: Condition[] = [];
  const excluded: Condition[] = [];
  for (const node of nodes) {
    if (node.kind === 'not') excluded.push(compileQuery(node.node, context));
    else parts.push(compileQuery(node, context));
  }
  const matches = parts.flatMap(({ match }) => match ?? []);
  const where = parts.flatMap((part) => part.where);
  const values = parts.flatMap((part) => part.values);
  let match = matches.length > 1 ? matches.map((one) => `(${one})`).join(' AND ') : (matches[0] ?? null);
  for (const condition of excluded) {
    // The index can leave out what it finds itself, where it leads.
    if (match !== null && isOnlyText(condition)) match = `(${match}) NOT (${condition.match ?? ''})`;
    else {
      const not = negated(condition);
      where.push(...not.where);
      values.push(...not.values);
    }
  }
  const range = [
    Math.max(...parts.map((part) => part.range[0]), always[0]),
    Math.min(...parts.map((part) => part.range[1]), always[1]),
  ] as const;
  return { match, where, values, range };
}

/** Can the index alone answer it? */
function isOnlyText({ match, where, range }: Condition): boolean {
  return match !== null && where.length === 0 && range[0] === always[0] && range[1] === always[1];
}

export function anyOf(parts: readonly Condition[]): Condition {
  if (parts.every(isOnlyText)) return text(parts.map(({ match }) => `(${match ?? ''})`).join(' OR '));
  const pieces = parts.map(asSql);
  return only(`(${pieces.map(({ sql }) => sql).join(' OR ')})`, ...pieces.flatMap(({ values }) => values));
}

function negated(condition: Condition): Condition {
  const { sql, values } = asSql(condition);
  return only(`NOT coalesce(${sql}, 0)`, ...values);
}

const stateConditions = {
  unread: `p.flags & ${FlagBit.seen} = 0`,
  read: `p.flags & ${FlagBit.seen} <> 0`,
  starred: `p.flags & ${FlagBit.flagged} <> 0`,
  answered: `p.flags & ${FlagBit.answered} <> 0`,
  forwarded: `p.flags & ${FlagBit.forwarded} <> 0`,
  draft: `p.flags & ${FlagBit.draft} <> 0`,
} as const;

function textCondition(node: Extract<QueryNode, { kind: 'text' }>, db: ReadDb): Condition {
  const words = wordsOf(node.text);
  if (words.length === 0) return nothing;
  if (node.field === 'note') return noteCondition(node, words, db);
  const filter = node.field === null ? '' : `${columns[node.field]} : `;
  if (node.exact) {
    const match = words.map(quoted).join(' AND ');
    const found = text(filter === '' ? match : `${filter}(${match})`);
    if (words.length === 1) return found;
    // The index keeps no positions (they would double it): what it finds is looked at.
    return {
      ...found,
      where: [
        'holds_phrase(?, ?, m.subject, m.from_name, m.from_address, m.recipients, m.structure, t.text, t.html)',
      ],
      values: [JSON.stringify(words), phraseFields[node.field ?? 'any']],
    };
  }
  const parts = words.map((word, at) => openWord(db, word, node.open && at === words.length - 1));
  let match = parts.length === 1 ? (parts[0] ?? '') : parts.map((part) => `(${part})`).join(' AND ');
  // An address is one word of the index as well: found without going through all that hold its parts.
  if (node.text.includes('@') && words.length > 1) {
    const address = quoted(addressWord(node.text.trim()));
    match = `${address}${node.open ? ' *' : ''} OR (${match})`;
  }
  return text(filter === '' ? match : `${filter}(${match})`);
}

/** In the notes of group accounts' mails. Their index keeps positions: it answers a phrase by itself. */
function noteCondition(
  node: Extract<QueryNode, { kind: 'text' }>,
  words: readonly string[],
  db: ReadDb,
): Condition {
  const match = node.exact
    ? quoted(words.join(' '))
    : words.map((word, at) => `(${openWord(db, word, node.open && at === words.length - 1)})`).join(' AND ');
  return only('m.id IN (SELECT rowid FROM note_words WHERE note_words MATCH ?)', match);
}

/** A word, its longer forms where it is long enough or still being typed, and the compounds that it is a part of. */
function openWord(db: ReadDb, word: string, open: boolean): string {
  if (word.length < shortestOpenWord) return open && word.length > 1 ? `${quoted(word)} *` : quoted(word);
  const compounds = compoundsOf(db, word);
  return [`${quoted(word)} *`, ...compounds.map(quoted)].join(' OR ');
}

/** Long words met in mails that have `word` as a part but do not begin with it. */
function compoundsOf(db: ReadDb, word: string): string[] {
  if (!/^\p{L}+$/u.test(word) || word.length > 40) return [];
  return db
    .prepare<[string, number], { word: string }>(
      'SELECT word FROM word_parts WHERE word GLOB ? ORDER BY length(word) LIMIT ?',
    )
    .all(`*${word}*`, maxCompounds * 4)
    .map((row) => row.word)
    .filter((long) => !long.startsWith(word) && isCompoundPart(long, word))
    .slice(0, maxCompounds);
}

/** As one token of FTS5, whatever is in it. */
function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

const roleNames: Readonly<Record<string, string>> = {
  inbox: 'inbox',
  posteingang: 'inbox',
  eingang: 'inbox',
  sent: 'sent',
  gesendet: 'sent',
  drafts: 'drafts',
  draft: 'drafts',
  entwürfe: 'drafts',
  archive: 'archive',
  archiv: 'archive',
  junk: 'junk',
  spam: 'junk',
  trash: 'trash',
  papierkorb: 'trash',
  all: 'all',
};

/** By role, by path, by name; else by a beginning of the name. */
export function foldersNamed(folders: readonly StoredFolder[], name: string): StoredFolder[] {
  const wanted = name.toLowerCase();
  const role = Object.hasOwn(roleNames, wanted) ? roleNames[wanted] : undefined;
  const lastPart = (folder: StoredFolder): string => {
    const { delimiter, shownPath } = folder;
    return (delimiter ? (shownPath.split(delimiter).at(-1) ?? shownPath) : shownPath).toLowerCase();
  };
  const tests: ((folder: StoredFolder) => boolean)[] = [
    (folder) => role !== undefined && folder.role === role,
    (folder) => folder.shownPath.toLowerCase() === wanted,
    (folder) => lastPart(folder) === wanted,
    (folder) => lastPart(folder).startsWith(wanted),
  ];
  for (const test of tests) {
    const found = folders.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

function inFolders(folders: readonly StoredFolder[]): Condition {
  if (folders.length === 0) return nothing;
  return only(`p.folder_id IN (${folders.map(() => '?').join(', ')})`, ...folders.map(({ id }) => id));
}

function inAccounts(accounts: QueryContext['accounts'], name: string): Condition {
  const found = accountsNamed(accounts, name);
  if (found.length === 0) return nothing;
  return only(`m.account_id IN (${found.map(() => '?').join(', ')})`, ...found.map(({ id }) => id));
}

/** By id, name or address; else by a part of the name or address. */
export function accountsNamed(accounts: QueryContext['accounts'], name: string): QueryContext['accounts'] {
  const wanted = name.toLowerCase();
  const exact = accounts.filter(
    (account) =>
      account.id === name ||
      account.name.toLowerCase() === wanted ||
      account.address.toLowerCase() === wanted,
  );
  if (exact.length > 0) return exact;
  return accounts.filter(
    (account) =>
      account.name.toLowerCase().includes(wanted) || account.address.toLowerCase().includes(wanted),
  );
}

/** Of a group account's mail that waits for somebody, or did. */
function groupMail(holds: string): string {
  return `EXISTS (SELECT 1 FROM group_mail g WHERE g.message_id = m.id AND g.settled = 0 AND ${holds})`;
}

const meWords = new Set(['me', 'ich', 'mir']);
const nobodyWords = new Set(['none', 'nobody', 'keiner', 'niemand', 'ohne']);

function handledBy(who: string, { me, all }: NonNullable<QueryContext['people']>): Condition {
  const wanted = who.toLowerCase();
  if (nobodyWords.has(wanted)) return only(groupMail('g.handler IS NULL'));
  if (meWords.has(wanted)) return me === null ? nothing : only(groupMail('g.handler = ?'), me);
  const exact = all.filter(({ id, name }) => id === who || name.toLowerCase() === wanted);
  const words = wordsOf(who);
  const found =
    exact.length > 0
      ? exact
      : all.filter(({ name }) => {
          const theirs = wordsOf(name);
          return words.length > 0 && words.every((word) => theirs.some((one) => one.startsWith(word)));
        });
  if (found.length === 0) return nothing;
  return only(groupMail(`g.handler IN (${found.map(() => '?').join(', ')})`), ...found.map(({ id }) => id));
}

/** Ids rise with the date (decision 0002): a date is a range of ids, and costs nothing. */
function dateCondition(relation: 'before' | 'after' | 'on', day: QueryDay, now: number): Condition {
  const { start, end } = dayBounds(day, now);
  const first = idAt(start);
  if (relation === 'before') return between(always[0], first);
  if (relation === 'after') return between(first, always[1]);
  return between(first, idAt(end));
}

function idAt(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000)) * 2 ** 20;
}

/** From this size on the index messages_large knows all. */
const large = 1_000_000;

function sizeCondition(relation: 'larger' | 'smaller', bytes: number): Condition {
  if (relation === 'smaller') return only('m.size < ?', bytes);
  return bytes >= large ? only(`(m.size >= ${large} AND m.size > ?)`, bytes) : only('m.size > ?', bytes);
}
