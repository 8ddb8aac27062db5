import { expect, test } from 'vitest';
import { beginningOf } from '#shared/domain/htmlBeginning.ts';

const picture = `<img src="data:image/png;base64,${'A'.repeat(900_000)}">`;

test.each([
  ['nothing', ''],
  ['a text without tags', 'x '.repeat(200_000)],
  ['a newsletter', '<td>cell</td>'.repeat(2_900)],
  ['large pictures that are written out', `<p>Hello</p>${picture}${picture}<p>Bye</p>`],
])('%s is shown whole', (_what, html) => {
  expect(beginningOf(html)).toBeNull();
});

test.each([
  ['more tags than are shown at once end before the next one', '<b>x</b>'.repeat(20_000), 3_000 * 8],
  ['many tags and pictures end before the tag', `${'<p>x</p>'.repeat(5_000)}${picture}`, 3_000 * 8],
  ['one long text ends within it', `<p>${'x'.repeat(5_000_000)}</p>`, 600_000],
  ['a long text without tags ends within it', 'x'.repeat(5_000_000), 600_000],
  ['a comment without an end is left out', `<p>Hello</p><!--${'x'.repeat(900_000)}`, '<p>Hello</p>'.length],
])('%s', (_what, html, length) => {
  // The lengths alone: a difference in texts of megabytes is nothing to print.
  const beginning = beginningOf(html) ?? '';
  expect([beginning.length, html.startsWith(beginning)]).toEqual([length, true]);
});
