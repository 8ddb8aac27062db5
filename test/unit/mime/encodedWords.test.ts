import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import { decodeWords } from '#engine/mime/encodedWords.ts';
import { readHeaderBlock } from '#engine/mime/headers.ts';

const b = (text: string | Buffer, charset = 'utf-8'): string =>
  `=?${charset}?B?${Buffer.from(text as string).toString('base64')}?=`;

describe('M07: encoded words', () => {
  test.each<[string, string, string]>([
    ['Q', '=?iso-8859-1?Q?Gr=FC=DFe_an_alle?=', 'Grüße an alle'],
    ['B', b('Grüße'), 'Grüße'],
    ['lower case', '=?utf-8?q?=c3=a4?=', 'ä'],
    ['with a language (RFC 2231)', '=?utf-8*de?Q?=C3=A4?=', 'ä'],
    ['between words', 'Re: =?utf-8?Q?=C3=A4?= und =?utf-8?Q?=C3=B6?= !', 'Re: ä und ö !'],
    ['adjacent: the blank between falls away', '=?utf-8?Q?a?= =?utf-8?Q?b?=\r\n =?utf-8?Q?c?=', 'abc'],
    ['adjacent without a blank', '=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['split inside a character, Q', '=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=', 'ä'],
    ['split inside a character, B', `${b(Buffer.from([0xe2, 0x82]))} ${b(Buffer.from([0xac]))}`, '€'],
    ['split over Q and B', `=?utf-8?Q?=C3?= ${b(Buffer.from([0xa4]))}`, 'ä'],
    ['two charsets beside each other', '=?iso-8859-1?Q?=E4?= =?utf-8?Q?=C3=B6?=', 'äö'],
    ['blanks inside', '=?utf-8?Q?a b c?=', 'a b c'],
    ['a question mark inside', '=?utf-8?Q?what?now?=', 'what?now'],
    ['in the middle of a word', 'foo=?utf-8?Q?=C3=A4?=bar', 'fooäbar'],
    ['ISO-2022-JP', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['unknown charset', '=?klingon?Q?=C3=A4?=', 'ä'],
    ['base64 without padding', '=?utf-8?B?w6Q?=', 'ä'],
    ['base64 padded in the middle', '=?utf-8?B?w6Q=w7Y=?=', 'äö'],
  ])('%s', (_name, raw, expected) => {
    expect(decodeWords(raw)).toBe(expected);
  });

  test.each([
    '=?utf-8?Q?never closed',
    '=?utf-8?X?abc?=',
    '=?utf-8?Q',
    '=??Q?abc?=',
    'a =? b ?= c',
    '=?=?=?=',
  ])('broken ones stay as they are: %s', (raw) => {
    expect(decodeWords(raw)).toBe(raw);
  });

  test('a word that never ends does not swallow the next one', () => {
    expect(decodeWords('=?utf-8?Q?abc =?utf-8?Q?=C3=A4?= d')).toBe('=?utf-8?Q?abc ä d');
  });

  test('line breaks and NUL inside a word make no new line and no new header', () => {
    const subject = `Subject: ${b('a\r\nBcc: victim@x.test\u0000\u2028b')}\r\n\r\n`;
    expect(readHeaderBlock(Buffer.from(subject)).subject).toBe('a Bcc: victim@x.test b');
    expect(readHeaderBlock(Buffer.from(subject)).bcc).toEqual([]);
  });

  test('in quotes they are decoded too, as mailers mean them', () => {
    const { from } = readHeaderBlock(Buffer.from(`From: "=?utf-8?Q?M=C3=BCller=2C_A?=" <a@b.test>\r\n`));
    expect(from).toEqual({ name: 'Müller, A', address: 'a@b.test' });
  });

  test('what any encoder wrote is read again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (words) => {
          expect(decodeWords(words.map((word) => b(word.toWellFormed())).join('\r\n '))).toBe(
            words.map((word) => word.toWellFormed()).join(''),
          );
        },
      ),
    );
  });

  test.each(['=?', '=?a?q?', '=?utf-8?Q?x?=', '?=', '=?utf-8?Q?', '=?a?b?c?= '])(
    'M15: a megabyte of %j in linear time',
    (piece) => {
      for (const end of ['', '?=', ' x']) {
        const start = cpuTime();
        decodeWords(piece.repeat(1_000_000 / piece.length) + end);
        expect(cpuTime() - start).toBeLessThan(2000);
      }
    },
  );
});
