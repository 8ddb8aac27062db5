/** The words of an HTML text, as the search index gets them. */
import { expect, test } from 'vitest';
import { textOfHtml } from '#engine/store/htmlWords.ts';
import { cpuTime } from '#test/support/cpuTime.ts';

const limit = 4_000_000;

test.each([
  ['a "<" that begins no tag is text', 'a < b <p>c', 'a < b  c'],
  ['one at the end as well', 'if a <', 'if a <'],
  ['a tag that does not end is none', 'a <p b', 'a '],
])('%s', (_name, html, text) => {
  expect(textOfHtml(html, limit)).toBe(text);
});

test('M15: millions of "<" before the only ">" are read once', () => {
  const begun = cpuTime();
  textOfHtml(`${'< '.repeat(1_500_000)}>`, limit);
  expect(cpuTime() - begun).toBeLessThan(4_000);
});
