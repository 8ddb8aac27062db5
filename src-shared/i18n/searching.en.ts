/** The search box, its completion, and searches that are kept. */
import type { Text } from './translate.ts';

export const searchingEn = {
  'searches.title': 'Saved searches',
  'searches.one': 'Saved search',
  'searches.save': 'Save search',
  'searches.save.title': 'Save search',
  'searches.saved': '“{name}” stands among your folders now',
  'searches.rename': 'Rename …',
  'searches.rename.title': 'Rename saved search',
  'searches.edit': 'Edit in the search box',
  'searches.up': 'Move up',
  'searches.down': 'Move down',
  'searches.remove': 'Remove',
  'searches.removed': '“{name}” was removed',
  'searches.replace': 'Replace',
  'searches.replaces': 'There is a saved search of this name. It is replaced.',
  'searches.name': 'Name',
  'searches.name.empty': 'Give the search a name.',
  'searches.name.taken': 'There is a saved search of this name already.',
  'searches.tooMany': 'No more than 100 searches can be kept. Remove one that you no longer need.',
  'searches.fault.nothing': 'There is nothing in “{query}” that could be looked for.',
  'searches.fault.part': '“{part}” is not understood. It is looked for as words.',
  'searches.fault.account': 'The account that it looks in is no longer there.',
} as const satisfies Record<string, Text>;
