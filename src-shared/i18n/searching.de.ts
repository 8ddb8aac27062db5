/** Das Suchfeld, seine Vervollständigung und gespeicherte Suchen. */
import type { searchingEn } from './searching.en.ts';
import type { Text } from './translate.ts';

export const searchingDe: Record<keyof typeof searchingEn, Text> = {
  'searches.title': 'Gespeicherte Suchen',
  'searches.one': 'Gespeicherte Suche',
  'searches.save': 'Suche speichern',
  'searches.save.title': 'Suche speichern',
  'searches.saved': '„{name}“ steht jetzt bei Ihren Ordnern',
  'searches.rename': 'Umbenennen …',
  'searches.rename.title': 'Gespeicherte Suche umbenennen',
  'searches.edit': 'Im Suchfeld bearbeiten',
  'searches.up': 'Nach oben',
  'searches.down': 'Nach unten',
  'searches.remove': 'Entfernen',
  'searches.removed': '„{name}“ wurde entfernt',
  'searches.replace': 'Ersetzen',
  'searches.replaces': 'Es gibt eine gespeicherte Suche mit diesem Namen. Sie wird ersetzt.',
  'searches.name': 'Name',
  'searches.name.empty': 'Bitte geben Sie der Suche einen Namen.',
  'searches.name.taken': 'Es gibt schon eine gespeicherte Suche mit diesem Namen.',
  'searches.tooMany':
    'Mehr als 100 Suchen lassen sich nicht speichern. Bitte entfernen Sie eine, die Sie nicht mehr brauchen.',
  'searches.fault.nothing': 'In „{query}“ ist nichts, wonach gesucht werden könnte.',
  'searches.fault.part': '„{part}“ wird nicht verstanden. Gesucht wird nach den Wörtern.',
  'searches.fault.account': 'Das Konto, in dem gesucht wird, gibt es nicht mehr.',
};
