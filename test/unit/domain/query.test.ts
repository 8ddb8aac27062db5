import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, readDay, unreadParts, type QueryNode } from '#shared/domain/query.ts';
import { highlightRanges, highlightTerms } from '#shared/domain/queryHighlight.ts';
import { foldText, wordsOf } from '#shared/domain/searchWords.ts';

/** A tree in a line: enough to tell trees apart. */
function show(node: QueryNode | null): string {
  switch (node?.kind) {
    case undefined:
      return 'nothing';
    case 'and':
    case 'or':
      return `(${node.nodes.map(show).join(node.kind === 'and' ? ' & ' : ' | ')})`;
    case 'not':
      return `!${show(node.node)}`;
    case 'text':
      return `${node.field ? `${node.field}:` : ''}${node.exact ? `"${node.text}"` : node.text}${node.open ? '*' : ''}`;
    case 'is':
      return `is ${node.state}`;
    case 'has-attachment':
      return 'has-attachment';
    case 'in':
      return `in ${node.folder}`;
    case 'account':
      return `account ${node.name}`;
    case 'handler':
      return `handler ${node.who}`;
    case 'status':
      return `status ${node.status}`;
    case 'date':
      return `${node.relation} ${JSON.stringify(Object.values(node.day).slice(1))}`;
    case 'size':
      return `${node.relation} ${node.bytes.toString()}`;
  }
}

describe('the query grammar', () => {
  it.each([
    ['', 'nothing'],
    ['   ', 'nothing'],
    ['müller', 'müller*'],
    ['müller ', 'müller'],
    ['anna rechnung ', '(anna & rechnung)'],
    ['anna AND rechnung ', '(anna & rechnung)'],
    ['anna OR ben ', '(anna | ben)'],
    ['anna ODER ben ', '(anna | ben)'],
    ['a b OR c d ', '((a & b) | (c & d))'],
    ['(a OR b) c ', '((a | b) & c)'],
    ['-spam ', '!spam'],
    ['anna -ben ', '(anna & !ben)'],
    ['NOT ben ', '!ben'],
    ['-(a OR b) ', '!(a | b)'],
    ['e-mail ', 'e-mail'],
    ['"offene rechnung"', '"offene rechnung"'],
    ['„offene rechnung“', '"offene rechnung"'],
    ['"never closed', '"never closed"'],
    ['rech* neu ', '(rech* & neu)'],
    ['from:anna ', 'from:anna'],
    ['von:anna an:ben betreff:"alte rechnung" ', '(from:anna & to:ben & subject:"alte rechnung")'],
    ['from:(anna OR ben) x ', '((from:anna | from:ben) & x)'],
    ['FROM:anna@xyz.test ', 'from:anna@xyz.test'],
    ['is:unread is:starred ', '(is unread & is starred)'],
    ['ist:ungelesen', 'is unread'],
    // What is still to be typed takes nothing away.
    ['invoice in:', 'invoice'],
    ['invoice label:', '(invoice & label:*)'],
    ['handler:me status:erledigt', '(handler me & status done)'],
    ['note:angebot notiz:"ruft zurück" ', '(note:angebot & note:"ruft zurück")'],
    ['notizen:(müller OR maier) -notes:alt ', '((note:müller | note:maier) & !note:alt)'],
    ['note:rück', 'note:rück*'],
    ['note:', 'nothing'],
    ['-is:read ', '!is read'],
    ['is:unanswered', '!is answered'],
    ['has:attachment filename:pdf ', '(has-attachment & filename:pdf)'],
    ['hat:anhang', 'has-attachment'],
    ['in:"Alte Projekte" ', 'in Alte Projekte'],
    ['account:info@xyz.test', 'account info@xyz.test'],
    ['before:2026-01-31', 'before [2026,1,31]'],
    ['nach:31.1.2026', 'after [2026,1,31]'],
    ['on:gestern', 'on [1,"day"]'],
    ['before:7d', 'before [7,"day"]'],
    ['larger:5mb smaller:1,5g ', '(larger 5242880 & smaller 1610612736)'],
    ['before:banana ', 'before:banana'],
    ['larger:much ', 'larger:much'],
    ['is:happy ', 'is:happy'],
    ['re:invoice ', 're:invoice'],
    ['http://x.test/a ', 'http://x.test/a'],
    ['from: ', 'from:'],
    ['constructor:x __proto__:y ', '(constructor:x & __proto__:y)'],
    ['is:constructor ', 'is:constructor'],
    ['a) b', '(a & b*)'],
    ['((a', 'a*'],
    ['OR OR', 'nothing'],
    ['- -', 'nothing'],
    ['- a ', 'a'],
    ['a OR ', 'a'],
    ['***', 'nothing'],
    ['()', 'nothing'],
  ])('%s', (query, tree) => {
    expect(show(parseQuery(query))).toBe(tree);
  });

  it.each([
    ['2026', { kind: 'date', year: 2026, month: null, day: null }],
    ['2026-02', { kind: 'date', year: 2026, month: 2, day: null }],
    ['02.2026', { kind: 'date', year: 2026, month: 2, day: null }],
    ['1.2.26', { kind: 'date', year: 2026, month: 2, day: 1 }],
    ['2024-02-29', { kind: 'date', year: 2024, month: 2, day: 29 }],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['heute', { kind: 'ago', amount: 0, unit: 'day' }],
    ['2w', { kind: 'ago', amount: 2, unit: 'week' }],
    ['3j', { kind: 'ago', amount: 3, unit: 'year' }],
    ['99999d', null],
    ['', null],
  ])('the day %s', (word, day) => {
    expect(readDay(word)).toEqual(day);
  });

  it('never throws and stays bounded, whatever is typed', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '"',
      '-',
      'OR',
      ':',
      'from:',
      'is:',
      'before:',
      ' ',
      '*',
      '“',
      'ä',
      '\u0000',
      'a',
    );
    const count = (node: QueryNode | null): number =>
      node === null
        ? 0
        : 'nodes' in node
          ? node.nodes.reduce((sum, child) => sum + count(child), 0)
          : 'node' in node
            ? count(node.node)
            : 1;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 600 }).map((p) => p.join('')),
        ),
        (query) => {
          expect(count(parseQuery(query))).toBeLessThanOrEqual(100);
        },
      ),
    );
    expect(() => parseQuery('('.repeat(100_000))).not.toThrow();
    expect(() => parseQuery('-'.repeat(100_000) + 'a')).not.toThrow();
  });

  it('words alone are found again as they were typed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zäöü]{1,12}$/), { minLength: 1, maxLength: 8 }),
        (words) => {
          const tree = parseQuery(`${words.join(' ')} `);
          const leaves = tree?.kind === 'and' ? tree.nodes : [tree];
          expect(leaves.map((leaf) => (leaf?.kind === 'text' ? leaf.text : null))).toEqual(words);
        },
      ),
    );
  });
});

describe('folding', () => {
  it('one spelling for Müller, Mueller and Muller, for ß and ss, and for accents', () => {
    for (const word of ['Müller', 'Mueller', 'Muller', 'MÜLLER', 'Mu\u0308ller'])
      expect(foldText(word)).toBe('muller');
    expect(foldText('Straße')).toBe(foldText('STRASSE'));
    expect(foldText('Jäger')).toBe(foldText('Jaeger'));
    expect(foldText('Schön')).toBe(foldText('Schoen'));
    expect(foldText('Élève')).toBe('eleve');
    expect(foldText('Łódź')).toBe('lodz');
  });

  it('leaves Bauer, neue and quer alone', () => {
    expect(foldText('Bauer')).not.toBe(foldText('Baur'));
    expect(foldText('neue')).not.toBe(foldText('neu'));
    expect(foldText('quer')).toBe('quer');
  });

  it('the beginning of a word folds to the beginning of its fold', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zäöüßéq]{1,15}$/), fc.nat(15), (word, length) => {
        expect(foldText(word).startsWith(foldText(word.slice(0, length)))).toBe(true);
      }),
    );
  });

  it('cuts text into words, and scripts without spaces into pairs', () => {
    expect(wordsOf('Re: Ihre E-Mail vom 30.06.2026!')).toEqual([
      're',
      'ihre',
      'e',
      'mail',
      'vom',
      '30',
      '06',
      '2026',
    ]);
    expect(wordsOf('東京都')).toEqual(['東京', '京都']);
    expect(wordsOf('a'.repeat(100))).toEqual([]);
  });
});

describe('highlighting', () => {
  const marked = (text: string, query: string) =>
    highlightRanges(text, highlightTerms(query)).map(({ start, end }) => text.slice(start, end));

  it('marks what was searched, in every spelling, and compounds by their parts', () => {
    expect(marked('Frau Mueller und Herr Müller', 'müller ')).toEqual(['Mueller', 'Müller']);
    expect(marked('Der Rechnungsbetrag der Rechnungen', 'betrag rechnung ')).toEqual([
      'Rechnungsbetrag',
      'Rechnungen',
    ]);
    expect(marked('Art und Arten', 'art ')).toEqual(['Art']);
    expect(marked('Art und Arten', 'art')).toEqual(['Art', 'Arten']);
    expect(marked('Anna, Ben', 'anna -ben ')).toEqual(['Anna']);
    expect(marked('Anna, Annas', '"anna"')).toEqual(['Anna']);
  });

  it('ranges lie inside the text, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, query) => {
        let end = 0;
        for (const range of highlightRanges(text, highlightTerms(query))) {
          expect(range.start).toBeGreaterThanOrEqual(end);
          expect(range.end).toBeGreaterThan(range.start);
          end = range.end;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('what has no sense in a query', () => {
  it.each([
    ['anna', []],
    ['before:soon anna', ['before:soon']],
    ['is:red has:attachment ist:gelesen', ['is:red']],
    ['größer:viel status:offen', ['größer:viel']],
    ['note:this', []],
    ['https://x.test/before:y', []],
    ['from:"before:soon"', []],
  ])('%s: %j', (query, parts) => {
    expect(unreadParts(query, true)).toEqual(parts);
  });

  it('what is being typed is not wrong yet', () => {
    expect(unreadParts('before:20', false)).toEqual([]);
    expect(unreadParts('before:20', true)).toEqual(['before:20']);
    expect(unreadParts('before:20 ', false)).toEqual(['before:20']);
  });
});
