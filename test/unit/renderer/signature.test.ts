import { describe, expect, it, test } from 'vitest';
import { htmlToText } from '#renderer/features/composer/bodyText.ts';
import {
  isUnchanged,
  signatureHtml,
  swapSignatureText,
  withSignature,
} from '#renderer/features/composer/signature.ts';

const anna = { html: '<div><b>Anna</b></div><div>Kontor Nord</div>', text: 'Anna\nKontor Nord' };
const info = { html: null, text: 'Your team\nat Kontor' };
const quote = '\n\nOn Monday Ben wrote:\n> Hello\n';
const quoteHtml = '<p><br></p><p>On Monday Ben wrote:</p><blockquote type="cite">Hello</blockquote>';

describe('a signature stands under its mark', () => {
  it.each([
    ['of a new mail, with room above', '', 'above-quote', false, '\n\n-- \nAnna\nKontor Nord'],
    [
      'above the quote',
      quote,
      'above-quote',
      true,
      '\n\n-- \nAnna\nKontor Nord\n\nOn Monday Ben wrote:\n> Hello\n',
    ],
    [
      'below the quote',
      quote,
      'below-quote',
      true,
      '\n\nOn Monday Ben wrote:\n> Hello\n\n-- \nAnna\nKontor Nord',
    ],
    [
      'at the end of an answer below the quote',
      '> Hello\n\n',
      'above-quote',
      false,
      '> Hello\n\n-- \nAnna\nKontor Nord',
    ],
    [
      'after a text that the mail begins with',
      'Dear Ben',
      'above-quote',
      false,
      'Dear Ben\n\n-- \nAnna\nKontor Nord',
    ],
  ] as const)('%s', (_, body, place, answerAbove, signed) => {
    expect(withSignature(body, anna, 'plain', place, answerAbove)).toBe(signed);
  });

  it('in formatted text at the same places, and reads as plain text with its mark', () => {
    const above = withSignature(quoteHtml, anna, 'html', 'above-quote', true);
    expect(htmlToText(above)).toMatch(/^-- \nAnna\nKontor Nord\n\n+On Monday Ben wrote:\n+> Hello$/);
    const below = withSignature(quoteHtml, anna, 'html', 'below-quote', true);
    expect(htmlToText(below)).toMatch(/^On Monday Ben wrote:\n[^]*> Hello\n+-- \nAnna\nKontor Nord$/);
  });
});

describe('another sender', () => {
  const body = 'Hello Ben\n\n-- \nAnna\nKontor Nord\n\nOn Monday Ben wrote:\n> -- \n> Anna\n> Kontor Nord';

  it('signs in the place of the one before, and nothing else of the text changes', () => {
    expect(swapSignatureText(body, anna, info)).toEqual({
      kind: 'swapped',
      body: body.replace('-- \nAnna\nKontor Nord\n\nOn', '-- \nYour team\nat Kontor\n\nOn'),
    });
  });

  it('without a signature takes it out', () => {
    expect(swapSignatureText('Hi\n\n-- \nAnna\nKontor Nord', anna, null)).toEqual({
      kind: 'swapped',
      body: 'Hi\n',
    });
  });

  test.each([
    ['was added to', 'Hi\n\n-- \nAnna\nKontor Nord e.V.'],
    ['was removed', 'Hi'],
    ['stands in a quote alone', '> -- \n> Anna\n> Kontor Nord'],
  ])('leaves one that %s', (_, text) => {
    expect(swapSignatureText(text, anna, info)).toEqual({ kind: 'kept' });
  });
});

it('is known again in other tags and not with other words', () => {
  expect(isUnchanged(signatureHtml(anna), anna)).toBe(true);
  expect(isUnchanged('<div data-signature="1">--<br>Anna<br>Kontor Nord</div>', anna)).toBe(true);
  expect(isUnchanged('<div data-signature="1">--<br>Anna<br>Kontor Nord, and my text</div>', anna)).toBe(
    false,
  );
});
