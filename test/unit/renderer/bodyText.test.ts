import { expect, test } from 'vitest';
import {
  htmlToText,
  isPlainHtml,
  quoteStyle,
  textToHtml,
  unwrapBody,
  wrapBody,
} from '#renderer/features/composer/bodyText.ts';

test.each([
  [
    'one line a block, empty lines kept',
    '<div>a<br></div><div><br></div><div>b <b>bold</b><br></div>',
    'a\n\nb bold',
  ],
  ['two empty lines', '<div>a</div><div><br></div><div><br></div><div>b</div>', 'a\n\n\nb'],
  ['paragraphs', '<p>a</p><p>b</p>', 'a\n\nb'],
  [
    'quotes in quotes',
    '<div>Hi</div><div><br></div><blockquote type="cite"><div>one</div><div><br></div><div>two</div><blockquote><div>deep</div></blockquote></blockquote><div>after</div>',
    'Hi\n\n> one\n>\n> two\n> > deep\nafter',
  ],
  ['lists', '<ul><li>one</li><li>two</li></ul><ol><li>three</li></ol>', '- one\n- two\n 1. three'],
  [
    'a table stays in columns',
    '<table><tr><th>Name</th><th>N</th></tr><tr><td>a</td><td>1</td></tr></table>',
    'Name   N\na      1',
  ],
  [
    'the target of a link is told where its text is another',
    '<a href="https://x.example/">here</a> <a href="https://x.example/">https://x.example/</a>',
    'here <https://x.example/> https://x.example/',
  ],
  [
    'and once where it is the same but for the protocol',
    '<div><a href="https://x.example/a?b=1&amp;c=2">x.example/a?b=1&amp;c=2</a></div><div>At <a href="http://x.example/">x.example</a>.</div>',
    'https://x.example/a?b=1&c=2\nAt http://x.example.',
  ],
  ['runs of blanks', '<div>a\u00a0\u00a0b</div>', 'a  b'],
  ['a signature keeps its mark', '<div>Hi</div><div>-- </div><div>Anna</div>', 'Hi\n-- \nAnna'],
  ['nothing', '<div><br></div>', ''],
])('HTML as text: %s', (_, html, text) => {
  expect(htmlToText(html)).toBe(text);
});

test('text becomes HTML and comes back as it was', () => {
  const text = 'Hello  you,\n\n<b>not bold</b> & "quoted"\n\n> one\n> > two\n>\n> three\nend';
  expect(htmlToText(textToHtml(text))).toBe(text);
  expect(textToHtml('<script>')).toBe('<div>&lt;script&gt;</div>');
});

test('quotes that open and never close are closed', () => {
  const open = `<blockquote type="cite" style="${quoteStyle}">`;
  expect(textToHtml('>> deep')).toBe(`${open}${open}<div>deep</div></blockquote></blockquote>`);
});

test('the letter put round a text is taken off again, and no other', () => {
  expect(unwrapBody(wrapBody('<div>a</div>'))).toBe('<div>a</div>');
  expect(unwrapBody('<div>a</div>')).toBe('<div>a</div>');
  expect(wrapBody('')).toBe('');
});

test('formatting is noticed before it is dropped', () => {
  expect(isPlainHtml('<div>a<br></div><blockquote><p>b</p></blockquote>')).toBe(true);
  expect(isPlainHtml('<div>a <b>b</b></div>')).toBe(false);
  expect(isPlainHtml('<div><span style="color: red">a</span></div>')).toBe(false);
  expect(isPlainHtml('<ul><li>a</li></ul>')).toBe(false);
});
