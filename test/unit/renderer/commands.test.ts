import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Commands } from '#renderer/app/commands.svelte.ts';
import type { Command } from '#renderer/app/commands.svelte.ts';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import type { KeyPress } from '#renderer/app/shortcuts.ts';

let ran: string[];
let singleKeys: boolean;
let commands: Commands;

const command = (id: string, keys: string[], change: Partial<Command> = {}): Command => ({
  id,
  group: 'mail',
  title: () => id,
  keys,
  run: () => ran.push(id),
  ...change,
});
const press = (key: string, change: Partial<KeyPress> = {}, restricted = false): boolean =>
  commands.press(
    { key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, altGraph: false, ...change },
    restricted,
  );

beforeEach(() => {
  vi.useFakeTimers();
  ran = [];
  singleKeys = true;
  commands = new Commands(new I18n('en-GB'), 'linux', { singleKeys: () => singleKeys });
});
afterEach(() => {
  commands[Symbol.dispose]();
  vi.useRealTimers();
});

describe('a shortcut', () => {
  test('runs its command, and only where it can be run', () => {
    let enabled = false;
    commands.register([command('reply', ['R'], { enabled: () => enabled })]);
    expect(press('r')).toBe(false);
    enabled = true;
    expect(press('r')).toBe(true);
    expect(ran).toEqual(['reply']);
  });

  test('of two keys waits for the second, and not for ever', () => {
    commands.register([command('inboxes', ['G I']), command('important', ['I'])]);
    expect(press('g')).toBe(true);
    expect(ran).toEqual([]);
    press('i');
    expect(ran).toEqual(['inboxes']);
    press('g');
    vi.advanceTimersByTime(2_000);
    press('i');
    expect(ran).toEqual(['inboxes', 'important']);
  });

  test('a key that continues no sequence means what it means alone', () => {
    commands.register([command('inboxes', ['G I']), command('reply', ['R'])]);
    press('g');
    press('r');
    expect(ran).toEqual(['reply']);
  });

  test('of a single letter is silent while a text has the keyboard', () => {
    commands.register([command('reply', ['R']), command('palette', ['Mod+K'], { everywhere: true })]);
    expect(press('r', {}, true)).toBe(false);
    expect(press('k', { ctrlKey: true }, true)).toBe(true);
    expect(ran).toEqual(['palette']);
  });

  test('of a single letter can be switched off; others stay (WCAG 2.1.4)', () => {
    commands.register([
      command('reply', ['R']),
      command('delete', ['Delete', '#']),
      command('find', ['Mod+F']),
    ]);
    singleKeys = false;
    expect(press('r')).toBe(false);
    expect(press('#')).toBe(false);
    expect(press('Delete')).toBe(true);
    expect(press('f', { ctrlKey: true })).toBe(true);
    expect(ran).toEqual(['delete', 'find']);
  });

  test('that is handled where the focus is, is shown and not listened for', () => {
    commands.register([command('first', ['Home'], { local: true })]);
    expect(press('Home')).toBe(false);
    expect(commands.keysOf('first')).toEqual([['Home']]);
  });
});

test('what is registered later covers the earlier of its name until it goes', () => {
  commands.register([command('send', ['Mod+Enter'])]);
  const later = commands.register([command('send', ['Mod+Enter'], { run: () => ran.push('dialog') })]);
  press('Enter', { ctrlKey: true });
  later[Symbol.dispose]();
  press('Enter', { ctrlKey: true });
  expect(ran).toEqual(['dialog', 'send']);
  expect(commands.all).toHaveLength(1);
});
