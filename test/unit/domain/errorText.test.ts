import { expect, test } from 'vitest';
import { errorText, fillOptional } from '#shared/i18n/errorText.ts';

test('a part whose values are missing is left out with the blank before what follows; a word that begins with a dot keeps its own', () => {
  expect(fillOptional('It said [so: {what}] .', {})).toBe('It said.');
  expect(fillOptional('Files: .eml, .msg [and {more}], all.', {})).toBe('Files: .eml, .msg, all.');
  expect(errorText({ code: 'not-a-mail', params: {} }, 'de').hint).toContain('sind .eml- und mbox-Dateien');
});
