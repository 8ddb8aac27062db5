/** Words as the search index and a query compare them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordFolder, wordsOf, type KnownWord } from '#shared/domain/searchWords.ts';

/** Texts of few different words, so that one folder meets them again, in scripts of every kind. */
const word = fc.oneof(
  fc.constantFrom(
    'Müller',
    'Mueller',
    'Muller',
    'Straße',
    'Rechnungsbetrag',
    'neue',
    '東京都',
    'ﬁne',
    '12',
    'x'.repeat(61),
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(' '));

const textsOf = (words: readonly KnownWord[]): string[] => words.map(({ text: word }) => word);

describe('a folder of words', () => {
  it('finds in each text the words that folding it alone finds, in their order', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const folder = new WordFolder();
        for (const one of texts) expect(textsOf(folder.distinct(one))).toEqual([...new Set(wordsOf(one))]);
      }),
    );
  });

  it('still finds them after more different words than it remembers', () => {
    const folder = new WordFolder();
    const many = Array.from({ length: 120_000 }, (_, at) => `Wört${at}`);
    for (let at = 0; at < many.length; at += 1000) folder.distinct(many.slice(at, at + 1000).join(' '));
    expect(textsOf(folder.distinct('Wört1 Wört119999'))).toEqual(['wort1', 'wort119999']);
  });

  it('hands a word out once, and again after what came of it was lost', () => {
    const folder = new WordFolder();
    const unmet = (words: string): string[] => folder.unmet(folder.distinct(words));
    expect(unmet('Betrag Konto betrag')).toEqual(['betrag', 'konto']);
    expect(unmet('KONTO Saldo')).toEqual(['saldo']);
    folder.forget();
    expect(unmet('konto')).toEqual(['konto']);
  });
});
