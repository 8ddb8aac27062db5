/** Shortcuts: presets, recording, conflicts. */
import type { Text } from './translate.ts';

export const keyboardEn = {
  'keyboard.title': 'Keyboard',
  'keyboard.change': 'Change keyboard shortcuts',
  'keyboard.preset': 'Shortcuts',
  'keyboard.preset.postkorb': 'Postkorb',
  'keyboard.preset.gmail': 'Like Gmail',
  'keyboard.preset.outlook': 'Like Outlook',
  'keyboard.preset.thunderbird': 'Like Thunderbird',
  'keyboard.preset.hint': 'What the other program does not have keeps Postkorb’s own shortcut.',
  'keyboard.none': 'No shortcut',
  'keyboard.record': 'Record: {command}',
  'keyboard.remove': 'Remove shortcut: {command}',
  'keyboard.reset': 'Set back: {command}',
  'keyboard.reset.all': {
    one: 'Set back the one that you changed',
    other: 'Set back all {count} that you changed',
  },
  'keyboard.recording': 'Press the keys …',
  'keyboard.recording.hint': 'Two keys one after the other are possible as well. Esc ends without a change.',
  'keyboard.refused':
    '{keys} is needed for moving about and cannot be a shortcut by itself. Press other keys.',
  'keyboard.conflict': '{keys} belongs to “{other}”.',
  'keyboard.conflict.part': '{keys} and {theirs} of “{other}” cannot both be: one begins with the other.',
  'keyboard.taker.browser': 'Your browser keeps {keys} for itself. Here nothing would happen.',
  'keyboard.taker.system': 'The system keeps {keys} for itself. Here nothing would happen.',
  'keyboard.taker.text':
    '{keys} copies, cuts or pastes text. It would no longer do so outside of text fields.',
  'keyboard.take': 'Use it here',
  'keyboard.takeAnyway': 'Use it anyway',
  'keyboard.leave': 'Leave it as it was',
  'keyboard.shared': 'Also for “{other}”',
  'keyboard.taken.browser': 'Kept by the browser',
  'keyboard.taken.system': 'Kept by the system',
  'keyboard.silent': 'Off with the single letters',
  'keyboard.done': '“{command}” has {keys} now',
  'key.insert': 'Ins',
  'key.backspace': 'Backspace',
  'key.pageUp': 'PgUp',
  'key.pageDown': 'PgDn',
} as const satisfies Record<string, Text>;
