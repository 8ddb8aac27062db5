import { describe, expect, test } from 'vitest';
import { createTranslate } from '#shared/i18n/translate.ts';
import { ariaKeys, keyCaps, matchesStep, parseKeys } from '#renderer/app/shortcuts.ts';
import type { KeyPress } from '#renderer/app/shortcuts.ts';

const t = createTranslate('de');
const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  altGraph: false,
  ...change,
});
const matches = (keys: string, made: KeyPress, platform: 'linux' | 'macos' = 'linux'): boolean => {
  const [step] = parseKeys(keys);
  return step !== undefined && matchesStep(step, made, platform);
};

describe('a key press', () => {
  test.each([
    ['R', press('r'), true],
    ['R', press('R', { shiftKey: true }), false],
    ['Shift+U', press('U', { shiftKey: true }), true],
    ['Shift+U', press('u'), false],
    ['Mod+K', press('k', { ctrlKey: true }), true],
    ['Mod+K', press('k'), false],
    ['R', press('r', { ctrlKey: true }), false],
    ['R', press('r', { altKey: true }), false],
    ['Mod+K', press('k', { metaKey: true }), false],
    ['Delete', press('Delete'), true],
    ['F6', press('F6', { shiftKey: true }), false],
    ['Shift+F6', press('F6', { shiftKey: true }), true],
  ])('of %s', (keys, made, expected) => {
    expect(matches(keys, made)).toBe(expected);
  });

  test('a character counts as typed, however the keyboard types it', () => {
    expect(matches('?', press('?', { shiftKey: true }))).toBe(true);
    expect(matches('/', press('/', { shiftKey: true }))).toBe(true);
    expect(matches('#', press('#'))).toBe(true);
    // AltGr is Ctrl and Alt to the browser, and only types a character.
    expect(matches('/', press('/', { ctrlKey: true, altKey: true, altGraph: true }))).toBe(true);
    expect(matches('Mod+/', press('/', { ctrlKey: true, altKey: true, altGraph: true }))).toBe(false);
  });

  test('on a Mac Mod is Cmd, and Ctrl is something else', () => {
    expect(matches('Mod+K', press('k', { metaKey: true }), 'macos')).toBe(true);
    expect(matches('Mod+K', press('k', { ctrlKey: true }), 'macos')).toBe(false);
  });
});

test('caps are named as the keyboard of the language names them', () => {
  expect(keyCaps('Mod+Shift+R', 'linux', t)).toEqual([['Strg', 'Umschalt', 'R']]);
  expect(keyCaps('G I', 'linux', t)).toEqual([['G'], ['I']]);
  expect(keyCaps('Mod+K', 'macos', t)).toEqual([['⌘', 'K']]);
  expect(keyCaps('Delete', 'linux', t)).toEqual([['Entf']]);
});

test('a sequence has no form for screen readers', () => {
  expect(ariaKeys('Mod+K', 'linux')).toBe('Control+K');
  expect(ariaKeys('G I', 'linux')).toBeUndefined();
});
