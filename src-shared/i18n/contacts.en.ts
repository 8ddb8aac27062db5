/** People: proposals while an address is typed, and the address book. */
import type { Text } from './translate.ts';

export const contactsEn = {
  'contacts.suggestions': { one: '{count} suggestion', other: '{count} suggestions' },
  'contacts.suggestions.label': 'Suggestions for {field}',
  'contacts.suggestion.group': { one: 'Group, {count} person', other: 'Group, {count} people' },
  'contacts.source.member': 'Colleague',
  'contacts.hidden': '{address} will not be suggested any more',
} as const satisfies Record<string, Text>;
