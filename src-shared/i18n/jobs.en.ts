/** Long jobs: what is under way, held up, gone on with, ended. */
import type { Text } from './translate.ts';

export const jobsEn = {
  'jobs.title': 'Under way',
  'jobs.open': { one: '{count} job under way', other: '{count} jobs under way' },
  'jobs.pause': 'Pause: {job}',
  'jobs.resume': 'Resume: {job}',
  'jobs.cancel': 'Stop: {job}',
  'jobs.paused': 'Paused',
  'jobs.pausedName': '{job} (paused)',
  'jobs.counted': '{done} of {total}',
  'jobs.headers': 'Fetching mails',
  'jobs.headersOf': 'Fetching mails of {account}',
  'jobs.texts': 'Fetching texts',
  'jobs.textsOf': 'Fetching texts of {account}',
  'jobs.accounts': 'Testing and adding accounts',
  'jobs.archive': 'Archive copies',
  'jobs.archiveOf': 'Archive copies of {account}',
  'jobs.index': 'Building the search index',
  'jobs.import': 'Importing into {folder}',
  'jobs.export': 'Exporting {folder}',
  'jobs.saving': 'Saving mails',
  'jobs.importing': 'Importing mails',
  'jobs.server-search': 'Searching on the server',
} as const satisfies Record<string, Text>;
