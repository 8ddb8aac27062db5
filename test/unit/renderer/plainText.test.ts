import { describe, expect, test } from 'vitest';
import { quoteBegins } from '#renderer/mail-frame/plainText.ts';

describe('the quote at the end of a plain text begins', () => {
  test.each([
    ['at its attribution', ['Yes.', '', 'On Tue, 4 Mar 2025, Anna wrote:', '> Shall we?', ''], 2],
    [
      'at an attribution of two lines',
      ['Yes.', 'On Tue, 4 Mar 2025 at 10:00,', 'Anna Albrecht wrote:', '> Shall we?'],
      1,
    ],
    ['at a German attribution', ['Ja.', 'Am 04.03.25 um 10:00 schrieb Anna:', '> Wollen wir?'], 1],
    ['at its first mark', ['Yes.', '> Shall we?', '> > Or not?'], 1],
    ['at a separator', ['Yes.', '-----Ursprüngliche Nachricht-----', 'Von: Anna', 'Text'], 1],
  ])('%s', (_where, lines, expected) => {
    expect(quoteBegins(lines)).toBe(expected);
  });
  test.each([
    ['an answer below it', ['> Shall we?', 'Yes.']],
    ['answers in between', ['> One?', 'Yes.', '> Two?', 'No.']],
    ['nothing else', ['> Shall we?', '> Tomorrow?']],
    ['no quote', ['Yes.', '', 'Ben']],
    ['nothing at all', ['']],
  ])('nowhere with %s', (_what, lines) => {
    expect(quoteBegins(lines)).toBe(-1);
  });
});
