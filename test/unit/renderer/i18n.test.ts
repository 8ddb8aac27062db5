import { expect, test } from 'vitest';
import { I18n } from '#renderer/app/i18n.svelte.ts';

test('a change of the language setting reaches what was derived from it', () => {
  const i18n = new I18n('de-AT');
  expect(i18n.t('common.close')).toBe('Schließen');
  i18n.setting = 'en';
  expect(i18n.t('common.close')).toBe('Close');
});

test('dates follow the region of the system where it speaks the chosen language, else the language', () => {
  const i18n = new I18n('de-AT');
  expect(i18n.locale).toBe('de-AT');
  i18n.setting = 'en';
  expect(i18n.locale).toBe('en');
});
