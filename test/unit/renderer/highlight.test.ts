import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlight, searchTerms } from '#renderer/features/list/highlight.ts';

const marked = (text: string, query: string): string =>
  highlight(text, searchTerms(query))
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');

describe('hits of a search', () => {
  test.each([
    ['Angebot für März', 'angebot', '[Angebot] für März'],
    ['Angebot für März', 'marz', 'Angebot für [März]'],
    ['Angebot für März', 'ange mär', '[Ange]bot für [Mär]z'],
    ['Vorangebot', 'angebot', 'Vorangebot'],
    ['A quick brown fox', '"quick brown"', 'A [quick brown] fox'],
    ['From Ben', 'from:ben', 'From [Ben]'],
    ['Unread things', 'is:unread', 'Unread things'],
    ['No spam', '-spam', 'No spam'],
    ['Ä Ö ﬁnd', 'find', 'Ä Ö [ﬁnd]'],
    ['aaa', 'a a a', '[a]aa'],
    ['', 'x', ''],
  ])('in %j for %s', (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  test('no text is lost or changed, whatever is sought in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, query) => {
        const parts = highlight(text, searchTerms(query));
        expect(parts.map((part) => part.text).join('')).toBe(text);
      }),
    );
  });
});
