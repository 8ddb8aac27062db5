import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlightTerms } from '#shared/domain/queryHighlight.ts';
import { highlight } from '#renderer/features/list/highlight.ts';

const marked = (text: string, query: string): string =>
  highlight(text, highlightTerms(query))
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');

describe('hits of a search', () => {
  test.each([
    ['Angebot für März', 'angebot', '[Angebot] für März'],
    ['Angebot für März', 'marz', 'Angebot für [März]'],
    ['Angebot für März', 'ange mär', '[Angebot] für [März]'],
    // As the engine finds them: an umlaut in either spelling, a part of a compound, a whole short word.
    ['Jörg Müller, Mueller & Muller', 'mueller', 'Jörg [Müller], [Mueller] & [Muller]'],
    ['Straße, Strasse', 'strasse', '[Straße], [Strasse]'],
    ['Krankenhaus am Hafen', 'haus', '[Krankenhaus] am Hafen'],
    ['Vorangebot', 'angebot', '[Vorangebot]'],
    ['Die Art der Artikel', 'art ', 'Die [Art] der Artikel'],
    ['A quick brown fox', '"quick brown"', 'A [quick] [brown] fox'],
    ['From Ben', 'from:ben', 'From [Ben]'],
    ['Unread things', 'is:unread', 'Unread things'],
    ['No spam', '-spam', 'No spam'],
    // Words of notes are not marked in mails.
    ['Anna called', 'note:anna called', 'Anna [called]'],
    ['Ä Ö ﬁnd', 'find', 'Ä Ö [ﬁnd]'],
    ['会議の予定表', '予定', '会議の[予定]表'],
    ['', 'x', ''],
  ])('in %j for %s', (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  test('no text is lost or changed, whatever is sought in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, query) => {
        const parts = highlight(text, highlightTerms(query));
        expect(parts.map((part) => part.text).join('')).toBe(text);
      }),
    );
  });
});
