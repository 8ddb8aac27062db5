/** Mails as files: saving, exporting, importing, opening. */
import type { Text } from './translate.ts';

export const mailFilesEn = {
  'mailFiles.saveEml': 'Save as EML',
  'mailFiles.saveMbox': 'Save as mbox file',
  'mailFiles.exportFolder': 'Export folder …',
  'mailFiles.import': 'Import mail …',
  'mailFiles.open': 'Open mail file …',
  'mailFiles.opened': 'Opened from a file. It is in none of your folders.',
  'mailFiles.importInto': 'Import into folder …',
  'mailFiles.importTitle': 'Import into',
  'mailFiles.dropHere': 'Drop to import into “{folder}”',
  'mailFiles.stopped': 'Stopped.',
  'mailFiles.busy': 'Another export or import is still running. It can be stopped in the status bar.',
  'mailFiles.saved': { one: '{count} mail saved.', other: '{count} mails saved.' },
  'mailFiles.failed': { one: '{count} could not be had.', other: '{count} could not be had.' },
  'mailFiles.imported': {
    one: '{count} mail imported into {folder}.',
    other: '{count} mails imported into {folder}.',
  },
  'mailFiles.duplicates': { one: '{count} was there already.', other: '{count} were there already.' },
  'mailFiles.removed': {
    one: '{count} had been deleted in its own program.',
    other: '{count} had been deleted in their own program.',
  },
  'mailFiles.notImported': { one: '{count} was not taken.', other: '{count} were not taken.' },
  'mailFiles.details': 'Details',
  'mailFiles.faults.import': 'Not imported',
  'mailFiles.faults.export': 'Not saved',
  'mailFiles.faults.more': { one: 'And {count} more.', other: 'And {count} more.' },
  'mailFiles.fault.place': '{file}, mail {at}',
  'reader.preview.page': 'Page {at} of {count}',
  'reader.preview.pageFailed': 'This page cannot be drawn.',
  'reader.preview.pdf.password':
    'It is protected by a password. Save it, and open it with a program for PDF files.',
  'reader.preview.pdf.damaged': 'It is damaged, or no PDF file.',
} as const satisfies Record<string, Text>;
