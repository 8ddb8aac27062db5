import { expect, test } from 'vitest';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { en } from '#shared/i18n/messages.en.ts';
import { createTranslate, isMessageKey, languages } from '#shared/i18n/translate.ts';

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

/** Whoever speaks to the window says what is seen (WCAG 2.5.3); the longer name is for whoever hears one button of many. */
test.each(languages)('the full name of a button contains what stands on it, in %s', (language) => {
  const t = createTranslate(language) as (key: string, params: object) => string;
  const words = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
  const parameters = { name: 'Anna', fingerprint: 'AB12', count: 2 };
  const lacking = Object.keys(en)
    .filter((key) => key.endsWith('Named'))
    .map((key) => key.slice(0, -'Named'.length))
    // These stand over a form or a question; their buttons are icons.
    .filter((key) => isMessageKey(key) && !/\.(?:edit|remove)$/.test(key))
    .filter((key) => !words(t(`${key}Named`, parameters)).includes(words(t(key, parameters))));
  expect(lacking).toEqual([]);
});
