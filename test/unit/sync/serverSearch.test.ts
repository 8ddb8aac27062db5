/** What of a query a server is asked, and what is checked here. */
import { describe, expect, test } from 'vitest';
import { searchTerms } from '#engine/imap/searchKeys.ts';
import type { Argument } from '#engine/imap/flow.ts';
import { planServerSearch, spellings } from '#engine/sync/plan/serverSearch.ts';
import { parseQuery, type QueryNode } from '#shared/domain/query.ts';

const now = new Date(2026, 5, 15, 12).getTime();

const plan = (query: string) => planServerSearch(parseQuery(query) as QueryNode, now);

function sent(argument: Argument): string {
  if (Array.isArray(argument)) return `(${argument.map(sent).join(' ')})`;
  const { type, value } = argument as Exclude<Argument, readonly Argument[]>;
  const words = value.toString();
  return type === 'STRING' ? `"${words}"` : type === 'LITERAL' ? `{${words}}` : words;
}
/** As it goes to the server, each search a line. */
const asked = (query: string, options: { gmail?: boolean; asciiOnly?: boolean } = {}): string[] =>
  plan(query).searches.map(({ key }) =>
    searchTerms(key, { gmail: false, asciiOnly: false, ...options })
      .terms.map(sent)
      .join(' '),
  );

describe('a server is asked', () => {
  test.each([
    ['invoice', ['TEXT "invoice"']],
    ['anna invoice ', ['TEXT "anna" TEXT "invoice"']],
    ['"open invoice"', ['TEXT "open invoice"']],
    ['from:anna subject:"old bill" ', ['FROM "anna" SUBJECT "old bill"']],
    ['cc:anna ', ['OR CC "anna" BCC "anna"']],
    ['body:anna -from:ben ', ['BODY "anna" NOT FROM "ben"']],
    ['a -(b OR c) ', ['TEXT "a" NOT TEXT "b" NOT TEXT "c"']],
    ['-(b c) ', ['NOT TEXT "b"', 'NOT TEXT "c"']],
    ['a OR b OR c ', ['OR OR TEXT "a" TEXT "b" TEXT "c"']],
    ['a OR b c ', ['OR TEXT "a" (TEXT "b" TEXT "c")']],
    ['is:unread is:starred a ', ['UNSEEN FLAGGED TEXT "a"']],
    ['-is:answered is:forwarded a ', ['NOT ANSWERED KEYWORD $Forwarded TEXT "a"']],
    ['larger:1k a ', ['LARGER 1024 TEXT "a"']],
    // Servers name the day by the header's own zone: a day more on each side, and the rest is checked here.
    ['after:2026-03-10 a ', ['SENTSINCE 9-Mar-2026 TEXT "a"']],
    ['before:2026-03-10 a ', ['SENTBEFORE 12-Mar-2026 TEXT "a"']],
    ['-after:2026-03-10 a ', ['SENTBEFORE 12-Mar-2026 TEXT "a"']],
    ['on:2026-03-10 a ', ['SENTSINCE 9-Mar-2026 SENTBEFORE 13-Mar-2026 TEXT "a"']],
    // As search here folds them, as far as the spelling tells.
    ['müller', ['OR TEXT {müller} OR TEXT "mueller" TEXT "muller"']],
    ['mueller', ['OR TEXT "mueller" OR TEXT {müller} TEXT "muller"']],
    ['muller', ['TEXT "muller"']],
    ['café', ['OR TEXT {café} TEXT "cafe"']],
    ['-straße ', ['NOT OR TEXT {straße} TEXT "strasse"']],
    // Of what no server knows nothing is asked, and an alternative of such parts alone is answered here.
    ['a handler:me ', ['TEXT "a"']],
    ['note:a OR b ', ['TEXT "b"']],
    ['note:a ', []],
    ['handler:me has:attachment in:archive', []],
    ['a has:attachment ', ['TEXT "a"']],
  ])('%s: %j', (query, lines) => {
    expect(asked(query)).toEqual(lines);
  });

  test('that is Gmail in its own words', () => {
    expect(asked('from:anna "old bill" has:attachment ', { gmail: true })).toEqual([
      'X-GM-RAW "from:"anna"" X-GM-RAW ""old bill"" X-GM-RAW "has:attachment"',
    ]);
    expect(asked('-filename:bill.pdf a ', { gmail: true })).toEqual([
      'NOT X-GM-RAW "filename:"bill.pdf"" X-GM-RAW ""a""',
    ]);
  });

  test('that reads no UTF-8 for the spellings that it can read', () => {
    expect(asked('müller', { asciiOnly: true })).toEqual(['OR TEXT "mueller" TEXT "muller"']);
    expect(
      searchTerms(plan('имя').searches[0]?.key ?? null, { gmail: false, asciiOnly: true }),
    ).toMatchObject({
      everything: true,
    });
  });
});

describe('what was found is checked here', () => {
  const checked = (query: string) => plan(query).searches.map(({ check }) => check?.kind ?? null);

  test('but for words that the server looked for in whole texts', () => {
    expect(checked('a from:b ')).toEqual([null]);
    expect(checked('a is:unread ')).toEqual(['is']);
    expect(checked('a -b ')).toEqual(['not']);
    expect(checked('a in:inbox handler:me ')).toEqual(['and']);
  });

  test('and what no server was asked for is named', () => {
    expect(plan('a note:b handler:me status:open filename:c has:attachment ').local).toEqual([
      'note',
      'handler',
      'status',
      'filename',
      'has-attachment',
    ]);
    expect(plan('a in:inbox is:unread ').local).toEqual([]);
  });

  test('alternatives with the same checks are one search, others are each their own', () => {
    expect(plan('a OR b ').searches).toHaveLength(1);
    expect(plan('(a OR b) status:open ').searches).toHaveLength(1);
    expect(plan('a status:open OR b ').searches).toHaveLength(2);
  });

  test('only texts are asked for where the headers are here', () => {
    expect(plan('from:a ').searches.map(({ asksForTexts }) => asksForTexts)).toEqual([false]);
    expect(plan('from:a OR b ').searches.map(({ asksForTexts }) => asksForTexts)).toEqual([false, true]);
  });

  test('a query with too many alternatives is refused', () => {
    const query = Array.from({ length: 6 }, (_, at) => `(a${at} OR b${at} note:x)`).join(' ');
    expect(() => plan(query)).toThrow(expect.objectContaining({ code: 'not-supported' }) as Error);
  });
});

test('a word is spelled in all ways that are certain, each once', () => {
  expect(spellings('Größe')).toEqual(['Größe', 'Groesse', 'Grosse']);
  expect(spellings('Bauer neue')).toEqual(['Bauer neue']);
  expect(spellings('Uebung')).toEqual(['Uebung', 'Übung', 'Ubung']);
  expect(spellings(' a   b ')).toEqual(['a b']);
});
