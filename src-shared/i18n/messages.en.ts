/** English texts. The names in UI.md's table (roles' accessible names) are part of the product's contract: change them there first. */
import { accountImportEn } from './accountImport.en.ts';
import { accountsEn } from './accounts.en.ts';
import { appEn } from './app.en.ts';
import { composingEn } from './composing.en.ts';
import { contactsEn } from './contacts.en.ts';
import { faultsEn } from './faults.en.ts';
import { groupWorkEn } from './groupWork.en.ts';
import { healthEn } from './health.en.ts';
import { jobsEn } from './jobs.en.ts';
import { keyboardEn } from './keyboard.en.ts';
import { listsEn } from './lists.en.ts';
import { mailFilesEn } from './mailFiles.en.ts';
import { networkEn } from './network.en.ts';
import { notificationsEn } from './notifications.en.ts';
import { organisationEn } from './organisation.en.ts';
import { policyEn } from './policy.en.ts';
import { readingEn } from './reading.en.ts';
import { searchingEn } from './searching.en.ts';
import { settingsEn } from './settings.en.ts';
import { sharedSignInEn } from './sharedSignIn.en.ts';
import { teamLogEn } from './teamLog.en.ts';
import { together } from './together.ts';
import { updatesEn } from './updates.en.ts';
import { writingEn } from './writing.en.ts';

export const en = together(
  accountImportEn,
  accountsEn,
  appEn,
  composingEn,
  contactsEn,
  faultsEn,
  groupWorkEn,
  healthEn,
  jobsEn,
  keyboardEn,
  listsEn,
  mailFilesEn,
  networkEn,
  notificationsEn,
  organisationEn,
  policyEn,
  readingEn,
  searchingEn,
  settingsEn,
  sharedSignInEn,
  teamLogEn,
  updatesEn,
  writingEn,
);
