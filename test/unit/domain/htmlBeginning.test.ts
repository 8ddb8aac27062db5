import { expect, test } from 'vitest';
import { beginningOf, pieceFrom, withBeginning } from '#shared/domain/htmlBeginning.ts';
import type { MessageContent } from '#shared/domain/message.ts';

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

const handedOver = (html: string | null, text: string | null): Partial<MessageContent> =>
  withBeginning({ html, text } as MessageContent);

test('of a long plain text the beginning is handed over, beside HTML less of it, and that it goes on', () => {
  const text = 'x'.repeat(700_000);
  const alone = handedOver(null, text);
  expect([alone.text?.length, alone.textGoesOn, alone.htmlGoesOn]).toEqual([600_000, true, undefined]);
  const beside = handedOver('<p>Hello</p>', text);
  expect([beside.html, beside.text?.length, beside.textGoesOn]).toEqual(['<p>Hello</p>', 200_000, true]);
  expect(handedOver('<p>Hello</p>', 'Hello')).toEqual({ html: '<p>Hello</p>', text: 'Hello' });
});

test('HTML that is too much to be shown as sent is known by its beginning already', () => {
  expect(handedOver('<p>x</p>'.repeat(20_000), null).htmlTooMuch).toBeUndefined();
  expect(handedOver(`<p>${'x'.repeat(5_000_000)}</p>`, null).htmlTooMuch).toBe(true);
});

test('pieces put together are the text, in whatever letters it is cut', () => {
  const text = `x${'😀'.repeat(600_000)}`;
  let together = '';
  let pieces = 0;
  for (let from: number | null = 0; from !== null; pieces += 1) {
    const answer: ReturnType<typeof pieceFrom> = pieceFrom({ text, html: null }, 'text', from);
    together += answer.piece;
    from = answer.next;
  }
  expect([together === text, pieces]).toEqual([true, 3]);
  expect(pieceFrom({ text: null, html: '' }, 'html', 0)).toEqual({ piece: '', next: null });
});
