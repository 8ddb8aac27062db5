import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCharset } from '#engine/mime/charset.ts';
import { decodeTextPart } from '#engine/mime/decodePart.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/g, ''), 'hex');
const text = (content: Uint8Array, label: string | null): string => decodeCharset(content, label).text;

describe('M06: charsets', () => {
  test.each<[string, string, string]>([
    ['utf-8', 'c3a4e282ac', 'ä€'],
    ['UTF8', 'efbbbf61', 'a'],
    ['"iso-8859-1"', 'e4', 'ä'],
    ['iso-8859-1', '80', '€'],
    ['latin-1', 'fc', 'ü'],
    ['ISO-8859-15', 'a4', '€'],
    ['windows-1252', '8485', '„…'],
    ['cp-1252', '80', '€'],
    ['windows-1251', 'cff0e8e2e5f2', 'Привет'],
    ['koi8-r', 'f0d2c9d7c5d4', 'Привет'],
    ['gb2312', '81 40 c4e3', '丂你'],
    ['gbk', 'c4e3bac3', '你好'],
    ['gb18030', '9439fc36', '😊'.length === 2 ? new TextDecoder('gb18030').decode(bytes('9439fc36')) : ''],
    ['big5', 'a4a4a4e5', '中文'],
    ['euc-kr', 'c7d1b1db', '한글'],
    ['ks_c_5601-1987', 'c7d1b1db', '한글'],
    ['shift_jis', '93fa967b', '日本'],
    ['cp932', '93fa967b', '日本'],
    ['euc-jp', 'c6fccbdc', '日本'],
    ['iso-2022-jp', '1b2442467c4b5c1b2842', '日本'],
    ['utf-16', 'fffe6100e400', 'aä'],
    ['utf-16', 'feff006100e4', 'aä'],
    ['utf-16', '6100 6200 0d00 0a00', 'ab\r\n'],
    ['utf-16le', '6100e400', 'aä'],
    ['utf-16be', '006100e4', 'aä'],
    ['utf-32', 'fffe000061000000', 'a'],
    ['cp850', '8184', 'üä'],
    ['ibm437', '81', 'ü'],
    ['macintosh', '8a', 'ä'],
    ['windows-1252*de', 'e4', 'ä'],
  ])('%s: %s', (label, hex, expected) => {
    expect(text(bytes(hex), label)).toBe(expected);
  });

  test('UTF-8 without a label, or labelled ASCII, is UTF-8; other 8-bit is windows-1252', () => {
    for (const label of [null, '', 'us-ascii', 'unknown-8bit', 'x-unknown']) {
      expect(text(bytes('c3a4'), label)).toBe('ä');
      expect(text(bytes('e4 20 80'), label)).toBe('ä €');
    }
  });

  test('an unknown label: the bytes decide, and it is told', () => {
    expect(decodeCharset(bytes('c3a4'), 'klingon')).toMatchObject({ text: 'ä', fallback: true });
    expect(decodeCharset(bytes('e4'), 'klingon')).toMatchObject({ text: 'ä', fallback: true });
  });

  test('Latin-1 that is called UTF-8 is read; UTF-8 that is damaged keeps the rest', () => {
    expect(text(bytes('4772 fc df 65'), 'utf-8')).toBe('Grüße');
    expect(text(bytes('c3a4 ff c3b6'), 'utf-8')).toBe('ä\ufffdö');
  });

  test('UTF-7 is never decoded, by whatever name', () => {
    for (const label of ['utf-7', 'UTF7', 'unicode-1-1-utf-7', 'x-unicode-2-0-utf-7', 'utf-7-imap'])
      expect(text(Buffer.from('+ADw-script+AD4-'), label)).toBe('+ADw-script+AD4-');
    expect(text(Buffer.from('+ADw-script+AD4-'), null)).toBe('+ADw-script+AD4-');
  });

  test('transfer encodings and hidden codecs are no charsets', () => {
    for (const label of ['base64', 'hex', 'binary', 'utf7imap', '__proto__', 'constructor'])
      expect(text(Buffer.from('PGI+'), label)).toBe('PGI+');
  });

  test('no bytes and no label make it fail', () => {
    const labels = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(
        'iso-2022-kr',
        'iso-2022-cn',
        'hz-gb-2312',
        'utf-16',
        'utf-32',
        'iso-2022-jp-3',
        'replacement',
        'x-user-defined',
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), labels, (content, label) => {
        expect(typeof text(content, label)).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a text part', () => {
  const read = (
    content: Buffer,
    parameters: Record<string, string>,
    contentType = 'text/plain',
    encoding = '8bit',
  ) => decodeTextPart(content, { contentType, encoding, parameters });

  test('an HTML part without a charset says its own in its meta element', () => {
    const html = (meta: string): Buffer =>
      Buffer.concat([Buffer.from(`<html><head>${meta}</head>`), bytes('f0d2')]);
    expect(read(html('<meta charset=koi8-r>'), {}, 'text/html').text).toContain('Пр');
    expect(
      read(html('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">'), {}, 'text/html')
        .text,
    ).toContain('Пр');
    expect(read(html('<meta charset=koi8-r>'), { charset: 'windows-1252' }, 'text/html').text).toContain(
      'ðÒ',
    );
  });

  test('a label that does not fit is told; one that is missing is not', () => {
    expect(read(bytes('e4'), { charset: 'utf-8' }).wrongCharset).toBe('utf-8');
    expect(read(bytes('e4'), { charset: 'klingon' }).wrongCharset).toBe('klingon');
    expect(read(bytes('e4'), {}).wrongCharset).toBeNull();
    expect(read(bytes('c3a4'), { charset: 'us-ascii' }).wrongCharset).toBeNull();
  });

  test('lines end with LF and NUL is gone', () => {
    expect(read(Buffer.from('a\r\nb\rc\nd\u0000e'), {}).text).toBe('a\nb\nc\nde');
  });

  test('flowed text is one line a paragraph', () => {
    expect(read(Buffer.from('one \r\ntwo\r\n>> a \r\n>> b\r\n'), { format: 'Flowed' }).text).toBe(
      'one two\n>> a b\n',
    );
  });
});
