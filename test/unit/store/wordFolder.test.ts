/** Words of many texts folded in one go, against each text folded alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordFolder } from '#engine/store/wordFolder.ts';
import { wordsOf } from '#shared/domain/searchWords.ts';

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
    'x'.repeat(60),
    'x'.repeat(61),
    // Letters beyond the basic plane, and halves of some.
    '𝐀𝐁',
    '𠮷野家',
    '\ud835',
    '\udc00a',
    'a\ud835b',
    '👍',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const text = fc
  .array(word, { maxLength: 20 })
  .chain((words) => fc.constantFrom(' ', '', ', ', '-').map((between) => words.join(between)));

describe('a folder of words', () => {
  it('finds in each text the words that folding it alone finds, in their order', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        const folder = new WordFolder();
        for (const one of texts) expect(folder.distinct(one)).toEqual([...new Set(wordsOf(one))]);
      }),
    );
  });

  it('still finds them after more different words than it remembers', () => {
    const folder = new WordFolder();
    const many = Array.from({ length: 120_000 }, (_, at) => `Wört${at}`);
    for (let at = 0; at < many.length; at += 1000) folder.distinct(many.slice(at, at + 1000).join(' '));
    expect(folder.distinct('Wört1 Wört119999')).toEqual(['wort1', 'wort119999']);
  });

  it('hands a word out once, and again after what came of it was lost, or for another index', () => {
    const folder = new WordFolder();
    const unmet = (words: string): string[] => {
      const fresh: string[] = [];
      folder.distinct(words, fresh);
      return fresh;
    };
    expect(unmet('Betrag Konto betrag')).toEqual(['betrag', 'konto']);
    expect(unmet('KONTO Saldo')).toEqual(['saldo']);
    folder.forget();
    expect(unmet('konto')).toEqual(['konto']);
    folder.serve(null);
    expect(unmet('konto')).toEqual([]);
    folder.serve(1);
    expect(unmet('konto')).toEqual(['konto']);
    folder.serve(1);
    expect(unmet('konto')).toEqual([]);
  });

  it('hands out what was found before without being asked for', () => {
    const folder = new WordFolder();
    folder.distinct('Anna');
    const fresh: string[] = [];
    expect(folder.distinct('Anna Ben', fresh)).toEqual(['anna', 'ben']);
    expect(fresh).toEqual(['anna', 'ben']);
  });
});
