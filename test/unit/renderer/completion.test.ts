/** What the search box proposes, and what becomes of the text. */
import { describe, expect, test } from 'vitest';
import { parseQuery, unreadParts } from '#shared/domain/query.ts';
import { languages } from '#shared/i18n/translate.ts';
import {
  begins,
  fixedValues,
  operatorOf,
  operators,
  operatorWord,
  recentSearches,
  rememberSearch,
  unfinishedOperator,
  withWord,
  wordAt,
} from '#renderer/features/searches/completion.ts';

describe('every proposal is understood by the grammar', () => {
  test.each(languages.flatMap((language) => operators.map((operator) => [language, operator] as const)))(
    'in %s: %s',
    (language, operator) => {
      const word = operatorWord(operator, language);
      expect(operatorOf(word)).toBe(operator);
      for (const value of fixedValues(operator, language))
        expect(unreadParts(`${word}:${value}`, true), value).toEqual([]);
      const tree = parseQuery(`${word}:${fixedValues(operator, language)[0] ?? 'anna'} `);
      const read = tree?.kind === 'not' ? tree.node : tree;
      expect(read?.kind === 'text' ? read.field : read?.kind).not.toBeNull();
    },
  );
});

/** The caret stands where the bar is. */
const at = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];

describe('the word at the caret', () => {
  test.each([
    ['an|', null, 'an'],
    ['anna |', null, ''],
    ['from:|', 'from', ''],
    ['von:an|', 'from', 'an'],
    ['x -is:un|', 'is', 'un'],
    ['(in:Pro|', 'in', 'Pro'],
    ['in:"Hafen S|', 'in', 'Hafen S'],
    ['in:"Hafen Süd" |', null, ''],
    ['from:an| is:unread', 'from', 'an'],
    ['http://x|', null, '//x'],
  ])('%s', (marked, operator, value) => {
    expect(wordAt(...at(marked))).toMatchObject({ operator, value });
  });
});

describe('a proposal that is taken', () => {
  test.each([
    ['fr|', 'from', null, 'from:|'],
    ['invoice -fr|', 'from', null, 'invoice -from:|'],
    ['from:an|', 'from', 'anna@xyz.test', 'from:anna@xyz.test |'],
    ['in:Ha|', 'in', 'Hafen Süd', 'in:"Hafen Süd" |'],
    ['in:"Hafen S|', 'in', 'Hafen Süd', 'in:"Hafen Süd" |'],
    ['-is:u| invoice', 'is', 'unread', '-is:unread| invoice'],
    ['from:an|na invoice', 'from', 'ben@xyz.test', 'from:ben@xyz.test| invoice'],
  ])('%s with %s:%s', (marked, operator, value, expected) => {
    const [query, caret] = at(marked);
    const made = withWord(query, wordAt(query, caret), operator, value);
    const bar = value === null || !expected.includes('| ') ? made.caret : made.caret - 1;
    expect(`${made.query.slice(0, bar)}|${made.query.slice(bar)}`).toBe(expected);
  });
});

test.each([
  ['Hafen Süd', 'sud', true],
  ['Hafen Süd', 'sued', true],
  ['Hafen Süd', 'afen', false],
  ['Müller', 'mue', true],
  ['anna@xyz.test', 'xyz', true],
])('%s begins with %s: %s', (name, typed, expected) => {
  expect(begins(name, typed)).toBe(expected);
});

test('searches are remembered newest first, each once, and not each letter of one', () => {
  const values = new Map<string, string>();
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  } as Storage;
  for (const query of ['inv', 'invoice', 'a', 'lunch', 'invoice']) rememberSearch(storage, query);
  expect(recentSearches(storage)).toEqual(['invoice', 'lunch']);
});

test.each([
  ['von:', 'von:'],
  ['invoice from:', 'from:'],
  ['-has:', 'has:'],
  ['from:ben', null],
  ['from:"', 'from:'],
  ['re:', null],
  ['invoice', null],
  ['', null],
])('“%s” ends with an operator whose value is still to come: %s', (query, expected) => {
  expect(unfinishedOperator(query)).toBe(expected);
});
