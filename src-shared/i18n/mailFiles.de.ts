/** Mails als Dateien: speichern, exportieren, importieren, öffnen. */
import type { mailFilesEn } from './mailFiles.en.ts';
import type { Text } from './translate.ts';

export const mailFilesDe: Readonly<Record<keyof typeof mailFilesEn, Text>> = {
  'mailFiles.saveEml': 'Als EML speichern',
  'mailFiles.saveMbox': 'Als mbox-Datei speichern',
  'mailFiles.exportFolder': 'Ordner exportieren …',
  'mailFiles.import': 'Mails importieren …',
  'mailFiles.open': 'Mail-Datei öffnen …',
  'mailFiles.opened': 'Aus einer Datei geöffnet. Die Mail liegt in keinem Ihrer Ordner.',
  'mailFiles.importInto': 'In Ordner importieren …',
  'mailFiles.importTitle': 'Importieren in',
  'mailFiles.dropHere': 'Loslassen, um in „{folder}“ zu importieren',
  'mailFiles.stopped': 'Abgebrochen.',
  'mailFiles.busy': 'Ein anderer Export oder Import läuft noch. In der Statusleiste lässt er sich abbrechen.',
  'mailFiles.saved': { one: '{count} Mail gespeichert.', other: '{count} Mails gespeichert.' },
  'mailFiles.failed': { one: '{count} war nicht zu bekommen.', other: '{count} waren nicht zu bekommen.' },
  'mailFiles.imported': {
    one: '{count} Mail in {folder} importiert.',
    other: '{count} Mails in {folder} importiert.',
  },
  'mailFiles.duplicates': { one: '{count} war schon da.', other: '{count} waren schon da.' },
  'mailFiles.removed': {
    one: '{count} war in ihrem Programm schon gelöscht.',
    other: '{count} waren in ihrem Programm schon gelöscht.',
  },
  'mailFiles.notImported': {
    one: '{count} wurde nicht übernommen.',
    other: '{count} wurden nicht übernommen.',
  },
  'mailFiles.details': 'Einzelheiten',
  'mailFiles.faults.import': 'Nicht importiert',
  'mailFiles.faults.export': 'Nicht gespeichert',
  'mailFiles.faults.more': { one: 'Und {count} weitere.', other: 'Und {count} weitere.' },
  'mailFiles.fault.place': '{file}, Mail {at}',
  'reader.preview.page': 'Seite {at} von {count}',
  'reader.preview.pageFailed': 'Diese Seite lässt sich nicht zeichnen.',
  'reader.preview.pdf.password':
    'Sie ist mit einem Passwort geschützt. Speichern Sie sie, und öffnen Sie sie mit einem Programm für PDF-Dateien.',
  'reader.preview.pdf.damaged': 'Sie ist beschädigt oder keine PDF-Datei.',
};
