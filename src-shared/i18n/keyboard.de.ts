/** Tastenkürzel: Vorlagen, Aufnehmen, Überschneidungen. */
import type { keyboardEn } from './keyboard.en.ts';
import type { Text } from './translate.ts';

export const keyboardDe: Record<keyof typeof keyboardEn, Text> = {
  'keyboard.title': 'Tastatur',
  'keyboard.change': 'Tastenkürzel ändern',
  'keyboard.preset': 'Tastenkürzel',
  'keyboard.preset.postkorb': 'Postkorb',
  'keyboard.preset.gmail': 'Wie Gmail',
  'keyboard.preset.outlook': 'Wie Outlook',
  'keyboard.preset.thunderbird': 'Wie Thunderbird',
  'keyboard.preset.hint': 'Was das andere Programm nicht hat, behält das eigene Kürzel von Postkorb.',
  'keyboard.none': 'Kein Kürzel',
  'keyboard.record': 'Aufnehmen: {command}',
  'keyboard.remove': 'Kürzel entfernen: {command}',
  'keyboard.reset': 'Zurücksetzen: {command}',
  'keyboard.reset.all': {
    one: 'Das geänderte zurücksetzen',
    other: 'Alle {count} geänderten zurücksetzen',
  },
  'keyboard.recording': 'Tasten drücken …',
  'keyboard.recording.hint': 'Auch zwei Tasten nacheinander sind möglich. Esc beendet ohne Änderung.',
  'keyboard.refused':
    '{keys} wird zum Bewegen gebraucht und kann allein kein Kürzel sein. Bitte andere Tasten drücken.',
  'keyboard.conflict': '{keys} gehört zu „{other}“.',
  'keyboard.conflict.part':
    '{keys} und {theirs} von „{other}“ schließen sich aus: Das eine beginnt mit dem anderen.',
  'keyboard.taker.browser': 'Ihr Browser behält {keys} für sich. Hier würde nichts geschehen.',
  'keyboard.taker.system': 'Das System behält {keys} für sich. Hier würde nichts geschehen.',
  'keyboard.taker.text':
    '{keys} kopiert, schneidet aus oder fügt Text ein. Außerhalb von Textfeldern wäre das nicht mehr möglich.',
  'keyboard.take': 'Hier verwenden',
  'keyboard.takeAnyway': 'Trotzdem verwenden',
  'keyboard.leave': 'So lassen',
  'keyboard.shared': 'Auch für „{other}“',
  'keyboard.taken.browser': 'Behält der Browser',
  'keyboard.taken.system': 'Behält das System',
  'keyboard.silent': 'Mit den einzelnen Buchstaben ausgeschaltet',
  'keyboard.done': '„{command}“ hat jetzt {keys}',
  'key.insert': 'Einfg',
  'key.backspace': 'Rücktaste',
  'key.pageUp': 'Bild↑',
  'key.pageDown': 'Bild↓',
};
