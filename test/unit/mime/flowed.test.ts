import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import { decodeFlowed, encodeFlowed } from '#engine/mime/flowed.ts';

/** What the format can carry of a text: no blanks at the ends of lines, one blank after quote marks. */
function carried(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => {
      const depth = /^>*/.exec(line)?.[0].length ?? 0;
      let content = line.slice(depth);
      if (depth > 0 && content.startsWith(' ')) content = content.slice(1);
      if (content !== '-- ') content = content.replace(/ +$/, '');
      if (depth === 0) return content;
      return content === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${content}`;
    })
    .join('\n');
}

const long =
  'Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy eirmod tempor invidunt ut labore.';

describe('format=flowed', () => {
  test('a long paragraph is cut after blanks and whole again', () => {
    const wire = encodeFlowed(long);
    expect(wire.split('\n')).toHaveLength(2);
    for (const line of wire.split('\n')) expect(line.length).toBeLessThanOrEqual(76);
    expect(decodeFlowed(wire)).toBe(long);
  });

  test('a long quote keeps its marks on each line', () => {
    const wire = encodeFlowed(`>> ${long}`);
    for (const line of wire.split('\n')) expect(line).toMatch(/^>> /);
    expect(decodeFlowed(wire)).toBe(`>> ${long}`);
  });

  test('"From " and blanks at the beginning are stuffed', () => {
    expect(encodeFlowed('From here\n  two')).toBe(' From here\n   two');
  });

  test('the signature keeps its blank and stands alone', () => {
    expect(encodeFlowed('Hi  \n-- \nAnna')).toBe('Hi\n-- \nAnna');
    expect(decodeFlowed('Hi \n-- \nAnna')).toBe('Hi \n-- \nAnna');
  });

  test('delsp: the blank of the wrap is not part of the text', () => {
    expect(decodeFlowed('東京 \n都', { delsp: true })).toBe('東京都');
    expect(decodeFlowed('a \nb', { delsp: false })).toBe('a b');
  });

  test('lines of different quote depth are never joined', () => {
    expect(decodeFlowed('> a \nb')).toBe('> a \nb');
  });

  test('round trip of any text', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc
        .array(fc.constantFrom('word', '-- ', '>', ' ', 'From ', 'a'.repeat(90), '  ', 'ä'), {
          maxLength: 60,
        })
        .map((words) => words.join('')),
      fc
        .array(fc.constantFrom('word', '--', '>', 'From', 'ä', ''), { maxLength: 60 })
        .map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.join('\n');
        expect(decodeFlowed(encodeFlowed(text))).toBe(carried(text));
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['> ', ' ', 'a ', '>', '\n', '-- ', '- '])(
    'M15: a megabyte of %j is done in linear time',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      const start = cpuTime();
      decodeFlowed(encodeFlowed(text));
      expect(cpuTime() - start).toBeLessThan(2000);
    },
  );
});
