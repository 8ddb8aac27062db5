/** Presets of shortcuts, and what happens where a person gives a command another one. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Settings } from '#shared/contract/app.ts';
import { Settings as SettingsSchema } from '#shared/contract/app.ts';
import type { Command } from '#renderer/app/commands.svelte.ts';
import { Commands } from '#renderer/app/commands.svelte.ts';
import { I18n } from '#renderer/app/i18n.svelte.ts';
import { conflictsOf, keysIn } from '#renderer/app/keymap.ts';
import { presetNames, presets } from '#renderer/app/keymapPresets.ts';
import { isNeededElsewhere, takerOf } from '#renderer/app/reservedKeys.ts';
import { parseKeys, stepText, type KeyPress } from '#renderer/app/shortcuts.ts';
import { ShortcutEditor } from '#renderer/features/keyboard/shortcutEditor.svelte.ts';
import { listedCommands } from '#test/support/listedCommands.ts';

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  altGraph: false,
  ...change,
});

describe.each(presetNames)('the preset %s', (preset) => {
  const listed = listedCommands();
  const bound = listed.map((command) => ({ ...command, keys: keysIn({ preset, changes: {} }, command) }));

  test('names commands that there are', () => {
    const ids = new Set(listed.map(({ id }) => id));
    expect(Object.keys(presets[preset]).filter((id) => !ids.has(id))).toEqual([]);
  });

  test('gives no two commands one key', () => {
    const meeting = bound.flatMap((command) =>
      command.keys.flatMap((keys) =>
        conflictsOf(keys, command, bound).map(
          (conflict) => `${command.id} ${keys} / ${conflict.command.id} ${conflict.keys}`,
        ),
      ),
    );
    expect(meeting).toEqual([]);
  });

  test('has keys that can be read, pressed and stored', () => {
    for (const { keys } of bound) {
      for (const one of keys) {
        for (const step of parseKeys(one)) {
          expect(step.key, one).toMatch(/^(?:\S|[A-Z][A-Za-z]+|F\d{1,2})$/);
          const pressed = press(step.key, { ctrlKey: step.mod, altKey: step.alt, shiftKey: step.shift });
          expect(parseKeys(stepText(pressed, 'linux') ?? ''), one).toEqual([step]);
        }
        expect(SettingsSchema.shape.shortcuts.safeParse({ some: [one] }).success, one).toBe(true);
      }
    }
  });

  test('leaves a way to the palette, the search, the list of shortcuts and a new mail', () => {
    for (const id of ['app.palette', 'search', 'app.shortcuts', 'compose.new', 'message.reply'])
      expect(bound.find((command) => command.id === id)?.keys, id).not.toEqual([]);
  });
});

describe('a key press as text', () => {
  test.each([
    ['R', press('r')],
    ['Shift+R', press('R', { shiftKey: true })],
    ['Mod+Shift+R', press('R', { ctrlKey: true, shiftKey: true })],
    ['?', press('?', { shiftKey: true })],
    ['+', press('+')],
    ['Mod++', press('+', { ctrlKey: true })],
    ['#', press('#', { ctrlKey: true, altKey: true, altGraph: true })],
    ['Alt+F5', press('F5', { altKey: true })],
    [null, press('Dead')],
    [null, press('r', { metaKey: true })],
  ])('%s', (text, made) => {
    expect(stepText(made, 'linux')).toBe(text);
  });
});

test.each([
  ['Mod+N', 'browser', 'linux', 'browser'],
  ['Mod+N', 'desktop', 'linux', null],
  ['Mod+R', 'browser', 'linux', null],
  ['Alt+F4', 'desktop', 'windows', 'system'],
  ['Mod+Q', 'desktop', 'macos', 'system'],
  ['Mod+Q', 'desktop', 'windows', null],
  ['Mod+C', 'desktop', 'linux', 'text'],
] as const)('%s in a %s on %s is taken by %s', (keys, host, platform, taker) => {
  expect(takerOf(keys, host, platform)).toBe(taker);
});

test('what moves the focus cannot be a shortcut by itself', () => {
  expect(['Tab', 'Shift+Tab', 'Enter', 'Space', 'ArrowUp', 'Escape'].every(isNeededElsewhere)).toBe(true);
  expect(['Mod+Enter', 'Delete', 'F2', 'A', 'Alt+ArrowUp'].some(isNeededElsewhere)).toBe(false);
});

describe('recording', () => {
  let values: Pick<Settings, 'keymap' | 'shortcuts'>;
  let commands: Commands;
  let editor: ShortcutEditor;
  const command = (id: string, keys: string[], change: Partial<Command> = {}): Command => ({
    id,
    group: 'mail',
    title: () => id,
    keys,
    run: () => undefined,
    ...change,
  });
  const keysOf = (id: string): readonly string[] => {
    const own = commands.own.find((one) => one.id === id);
    return own ? keysIn({ preset: values.keymap, changes: values.shortcuts }, own) : [];
  };
  /** As they stand with what was chosen so far. */
  const standing = (): Command[] => commands.own.map((one) => ({ ...one, keys: keysOf(one.id) }));

  beforeEach(() => {
    vi.useFakeTimers();
    values = { keymap: 'postkorb', shortcuts: {} };
    commands = new Commands(new I18n('en-GB'), 'linux', { singleKeys: () => true });
    commands.register([
      command('message.reply', ['R']),
      command('message.archive', ['E']),
      command('go.inboxes', ['G I']),
      command('go.outbox', ['G O']),
      command('conversation.next', ['N'], { place: 'conversation' }),
      command('message.markRead', ['Shift+U']),
      command('message.markUnread', ['U'], { turns: 'message.markRead' }),
    ]);
    editor = new ShortcutEditor({
      commands: {
        get all() {
          return standing();
        },
        own: commands.own,
      },
      preferences: {
        get values() {
          return values;
        },
        set: (change) => {
          values = { ...values, ...change };
          return Promise.resolve();
        },
      },
      platform: 'linux',
      host: 'browser',
    });
  });
  afterEach(() => {
    editor[Symbol.dispose]();
    commands[Symbol.dispose]();
    vi.useRealTimers();
  });

  test('a free key is taken at once; a plain one after a moment, in which a second may follow', () => {
    editor.record('message.archive');
    editor.press(press('y', { ctrlKey: true }));
    expect(keysOf('message.archive')).toEqual(['Mod+Y']);
    editor.record('message.archive');
    editor.press(press('y'));
    expect(editor.recording).toBe('message.archive');
    vi.advanceTimersByTime(2_000);
    expect(keysOf('message.archive')).toEqual(['Y']);
    editor.record('message.archive');
    editor.press(press('y'));
    editor.press(press('a'));
    expect(keysOf('message.archive')).toEqual(['Y A']);
  });

  test('a key that another command has is named, and stays there until the person decides', () => {
    editor.record('message.archive');
    editor.press(press('r'));
    vi.advanceTimersByTime(2_000);
    expect(editor.pending?.conflicts.map((one) => one.command.id)).toEqual(['message.reply']);
    expect(keysOf('message.reply')).toEqual(['R']);
    editor.cancel();
    expect(keysOf('message.archive')).toEqual(['E']);
    editor.record('message.archive');
    editor.press(press('r'));
    vi.advanceTimersByTime(2_000);
    editor.take();
    expect([keysOf('message.archive'), keysOf('message.reply')]).toEqual([['R'], []]);
  });

  test('the beginning of a sequence stands in the way of the whole of it', () => {
    editor.record('message.archive');
    editor.press(press('g'));
    vi.advanceTimersByTime(2_000);
    expect(editor.pending?.conflicts.map((one) => one.keys)).toEqual(['G I', 'G O']);
    editor.cancel();
    editor.record('go.inboxes');
    editor.press(press('r'));
    editor.press(press('i'));
    expect(editor.pending?.conflicts.map((one) => one.command.id)).toEqual(['message.reply']);
  });

  test('commands of different places, and both directions of an act, may share a key', () => {
    editor.record('message.archive');
    editor.press(press('n'));
    vi.advanceTimersByTime(2_000);
    expect(keysOf('message.archive')).toEqual(['N']);
    editor.record('message.markRead');
    editor.press(press('u'));
    vi.advanceTimersByTime(2_000);
    expect(keysOf('message.markRead')).toEqual(['U']);
  });

  test('what the browser keeps is said before it is taken', () => {
    editor.record('message.archive');
    editor.press(press('n', { ctrlKey: true }));
    expect(editor.pending?.taker).toBe('browser');
    editor.take();
    expect(keysOf('message.archive')).toEqual(['Mod+N']);
  });

  test('a key that moves the focus is refused, and the recording goes on', () => {
    editor.record('message.archive');
    editor.press(press('ArrowDown'));
    expect([editor.refused, editor.recording]).toEqual(['ArrowDown', 'message.archive']);
    editor.press(press('F2'));
    expect(keysOf('message.archive')).toEqual(['F2']);
  });

  test('a shortcut is removed and set back; one as before is no change', () => {
    editor.remove('message.archive');
    expect([keysOf('message.archive'), editor.changed('message.archive')]).toEqual([[], true]);
    editor.reset('message.archive');
    expect([keysOf('message.archive'), editor.changed('message.archive')]).toEqual([['E'], false]);
    editor.remove('message.archive');
    editor.record('message.archive');
    editor.press(press('e'));
    vi.advanceTimersByTime(2_000);
    expect(values.shortcuts).toEqual({});
  });

  test('keys of the person stay with another preset, and what they meet there is named', () => {
    editor.record('message.reply');
    editor.press(press('#'));
    vi.advanceTimersByTime(2_000);
    editor.choosePreset('thunderbird');
    expect(keysOf('message.reply')).toEqual(['#']);
    values = { ...values, shortcuts: { 'message.reply': ['A'] } };
    const reply = standing().find(({ id }) => id === 'message.reply');
    expect(reply && editor.sharedWith(reply).map((one) => one.command.id)).toEqual(['message.archive']);
  });
});

test('a key that types a character does not run a command that works everywhere while a text is typed', () => {
  const ran: string[] = [];
  const commands = new Commands(new I18n('en-GB'), 'linux', {
    singleKeys: () => true,
    keymap: () => ({ preset: 'postkorb', changes: { palette: ['P', 'Mod+J'] } }),
  });
  commands.register([
    { id: 'palette', group: 'app', title: () => '', everywhere: true, run: () => ran.push('palette') },
  ]);
  expect(commands.press(press('p'), true)).toBe(false);
  expect(commands.press(press('j', { ctrlKey: true }), true)).toBe(true);
  expect(commands.press(press('p'), false)).toBe(true);
  expect(ran).toHaveLength(2);
  commands[Symbol.dispose]();
});

test('a key that the browser keeps is not the one that is shown where there is another', () => {
  const commands = new Commands(new I18n('en-GB'), 'linux', {
    singleKeys: () => true,
    keymap: () => ({ preset: 'outlook', changes: {} }),
    taken: (keys) => takerOf(keys, 'browser', 'linux') === 'browser',
  });
  commands.register(listedCommands());
  expect(commands.keysOf('compose.new')).toEqual([['Ctrl', 'Shift', 'M']]);
  commands[Symbol.dispose]();
});
