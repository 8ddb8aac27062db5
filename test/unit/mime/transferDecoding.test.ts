import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import {
  decodeBase64,
  decodeQuotedPrintable,
  decodeTransfer,
  decodeUuencoded,
} from '#engine/mime/transferDecoding.ts';
import { embeddedNumber, takeUuencoded } from '#engine/mime/uuencode.ts';

const qp = (text: string): string =>
  Buffer.from(decodeQuotedPrintable(Buffer.from(text, 'latin1'))).toString('latin1');

/** As RFC 2045 section 6.7 wants it, with soft breaks everywhere. */
function encodeQp(bytes: Uint8Array): string {
  let line = '';
  let out = '';
  for (const byte of bytes) {
    const piece =
      byte > 32 && byte < 127 && byte !== 61
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (line.length + piece.length > 75) {
      out += `${line}=\r\n`;
      line = '';
    }
    line += piece;
  }
  return out + line;
}

function encodeUu(bytes: Uint8Array): string {
  const lines: string[] = [];
  const char = (value: number): string => (value === 0 ? '`' : String.fromCharCode(32 + value));
  for (let at = 0; at < bytes.length; at += 45) {
    const chunk = bytes.subarray(at, at + 45);
    let line = char(chunk.length);
    for (let from = 0; from < chunk.length; from += 3) {
      const bits = ((chunk[from] ?? 0) << 16) | ((chunk[from + 1] ?? 0) << 8) | (chunk[from + 2] ?? 0);
      for (const shift of [18, 12, 6, 0]) line += char((bits >> shift) & 63);
    }
    lines.push(line);
  }
  return `${lines.join('\n')}\n\``;
}

describe('M11: transfer encodings', () => {
  test.each<[string, string]>([
    ['a=E4b', 'a\xe4b'],
    ['a=e4b', 'a\xe4b'],
    ['soft =\r\nbreak', 'soft break'],
    ['soft =  \r\nbreak', 'soft break'],
    ['soft =\nbreak', 'soft break'],
    ['blanks at the end \t\r\nx', 'blanks at the end\r\nx'],
    ['encoded blank=20\r\nx', 'encoded blank \r\nx'],
    ['broken =XY and = and =4', 'broken =XY and = and =4'],
    ['ends with =', 'ends with '],
    ['a=3D=3D', 'a=='],
  ])('quoted-printable %j', (raw, expected) => {
    expect(qp(raw)).toBe(expected);
  });

  test.each<[string, string]>([
    ['aGFsbG8=', 'hallo'],
    ['aGFs\r\nbG8=\r\n', 'hallo'],
    ['aGFsbG8', 'hallo'],
    ['aGFsbG8====', 'hallo'],
    ['aG!Fs*bG8=', 'hallo'],
    ['aGE=aGE=', 'haha'],
    ['', ''],
    ['====', ''],
  ])('base64 %j', (raw, expected) => {
    expect(Buffer.from(decodeBase64(Buffer.from(raw))).toString()).toBe(expected);
  });

  test('unknown encodings leave the bytes as they are', () => {
    const bytes = Buffer.from('=41');
    for (const encoding of [null, '', '7bit', '8bit', 'binary', 'rot13', '__proto__'])
      expect(decodeTransfer(bytes, encoding)).toBe(bytes);
    expect(Buffer.from(decodeTransfer(bytes, ' Quoted-Printable ')).toString()).toBe('A');
  });

  test('what was encoded comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const content = Buffer.from(bytes);
        expect(Buffer.from(decodeQuotedPrintable(Buffer.from(encodeQp(bytes)))).equals(content)).toBe(true);
        expect(
          Buffer.from(
            decodeBase64(Buffer.from(content.toString('base64').replace(/.{20}/g, '$&\r\n'))),
          ).equals(content),
        ).toBe(true);
        expect(
          Buffer.from(decodeUuencoded(Buffer.from(`begin 644 x\n${encodeUu(bytes)}\nend\n`))).equals(content),
        ).toBe(true);
      }),
    );
  });

  test('anything is decoded, and never to more than it was, or one byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('base64', 'quoted-printable', 'x-uuencode'),
        (bytes, encoding) => {
          expect(decodeTransfer(bytes, encoding).length).toBeLessThanOrEqual(bytes.length + 1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each(['=', 'a=', '= ', ' ', '=\r', 'M', 'aa='])('M15: a megabyte of %j', (piece) => {
    const bytes = Buffer.from(piece.repeat(1_000_000 / piece.length));
    const start = cpuTime();
    for (const encoding of ['base64', 'quoted-printable', 'x-uuencode']) decodeTransfer(bytes, encoding);
    expect(cpuTime() - start).toBeLessThan(2000);
  });
});

describe('M11: files inside a text', () => {
  const file = Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(5));

  test('are taken out and listed', () => {
    const block = `begin 644 fox.txt\n${encodeUu(file)}\nend\n`;
    const { text, files } = takeUuencoded(`Before\n${block}between\n${block}after\n`);
    expect(text).toBe('Before\nbetween\nafter\n');
    expect(files.map(({ filename, content }) => [filename, Buffer.from(content).equals(file)])).toEqual([
      ['fox.txt', true],
      ['fox.txt', true],
    ]);
  });

  test.each([
    'We begin 644 things\nand so on\n',
    'begin 644 the work\nand then the rest of this sentence, which is much longer than it says\nend\n',
    `begin 644 never.ends\n${encodeUu(file)}\n`,
    'begin 644 empty\nend\n',
  ])('prose stays prose: %j', (text) => {
    expect(takeUuencoded(text)).toEqual({ text, files: [] });
  });

  test('their numbers are none of IMAP', () => {
    expect(embeddedNumber('1.2.0.3')).toEqual({ textPart: '1.2', index: 2 });
    for (const part of ['1', '1.2', '0.1', '1.0', '1.0.0']) expect(embeddedNumber(part)).toBeNull();
  });

  test('M15: many beginnings', () => {
    const text = 'begin 644 x\nM\n'.repeat(70_000);
    const start = cpuTime();
    takeUuencoded(text);
    expect(cpuTime() - start).toBeLessThan(2000);
  });
});
