/** Personen: Vorschläge beim Eingeben einer Adresse und das Adressbuch. */
import type { contactsEn } from './contacts.en.ts';
import type { Text } from './translate.ts';

export const contactsDe: Readonly<Record<keyof typeof contactsEn, Text>> = {
  'contacts.suggestions': { one: '{count} Vorschlag', other: '{count} Vorschläge' },
  'contacts.suggestions.label': 'Vorschläge für {field}',
  'contacts.suggestion.group': { one: 'Gruppe, {count} Person', other: 'Gruppe, {count} Personen' },
  'contacts.source.member': 'Im Haus',
  'contacts.hidden': '{address} wird nicht mehr vorgeschlagen',
};
