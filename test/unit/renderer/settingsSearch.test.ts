import { expect, test } from 'vitest';
import { matchingSettings } from '#renderer/features/settings/settingsSearch.ts';

const settings = [
  { id: 'theme', group: 'Darstellung', name: 'Farbschema', more: ['Hell', 'Dunkel'] },
  { id: 'undo', group: 'Schreiben', name: 'Senden rückgängig für', more: ['10 Sekunden'] },
];
const found = (query: string): string[] => [...matchingSettings(settings, query)];

test.each([
  ['', ['theme', 'undo']],
  ['dunkel', ['theme']],
  ['RUCKGANGIG', ['undo']],
  ['schreiben sekunden', ['undo']],
  ['dunkel sekunden', []],
])('%j finds %j', (query, ids) => {
  expect(found(query)).toEqual(ids);
});
