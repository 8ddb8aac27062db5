/** German texts: the same keys as English, in the words of the design's table ("Bearbeiter", "zur Info", "Archivierungs-E-Mailadresse"). */
import { accountImportDe } from './accountImport.de.ts';
import { accountsDe } from './accounts.de.ts';
import { appDe } from './app.de.ts';
import { composingDe } from './composing.de.ts';
import { contactsDe } from './contacts.de.ts';
import { faultsDe } from './faults.de.ts';
import { groupWorkDe } from './groupWork.de.ts';
import { healthDe } from './health.de.ts';
import { jobsDe } from './jobs.de.ts';
import { keyboardDe } from './keyboard.de.ts';
import { listsDe } from './lists.de.ts';
import { mailFilesDe } from './mailFiles.de.ts';
import { networkDe } from './network.de.ts';
import { notificationsDe } from './notifications.de.ts';
import { organisationDe } from './organisation.de.ts';
import { policyDe } from './policy.de.ts';
import { readingDe } from './reading.de.ts';
import { searchingDe } from './searching.de.ts';
import { settingsDe } from './settings.de.ts';
import { sharedSignInDe } from './sharedSignIn.de.ts';
import { teamLogDe } from './teamLog.de.ts';
import { together } from './together.ts';
import type { MessageKey, Text } from './translate.ts';
import { updatesDe } from './updates.de.ts';
import { writingDe } from './writing.de.ts';

export const de: Record<MessageKey, Text> = together(
  accountImportDe,
  accountsDe,
  appDe,
  composingDe,
  contactsDe,
  faultsDe,
  groupWorkDe,
  healthDe,
  jobsDe,
  keyboardDe,
  listsDe,
  mailFilesDe,
  networkDe,
  notificationsDe,
  organisationDe,
  policyDe,
  readingDe,
  searchingDe,
  settingsDe,
  sharedSignInDe,
  teamLogDe,
  updatesDe,
  writingDe,
);
