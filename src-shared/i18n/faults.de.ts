import type { faultsEn } from './faults.en.ts';
import type { Text } from './translate.ts';

export const faultsDe: Record<keyof typeof faultsEn, Text> = {
  'fault.missing': 'dieser Schlüssel fehlt',
  'fault.unknown-key': 'diesen Schlüssel gibt es hier nicht',
  'fault.duplicate-key': 'ein Schlüssel steht zweimal im selben Objekt',
  'fault.not-json': 'das ist kein gültiges JSON',
  'fault.not-json-at': 'das ist kein gültiges JSON (Zeile {line}, Spalte {column})',
  'fault.too-deep': 'es ist zu tief verschachtelt',
  'fault.unreadable': 'sie lässt sich nicht lesen ({reason})',
  'fault.no-file': 'das ist ein Ordner oder ein Gerät, keine Datei',
  'fault.too-large': 'sie hat {size} Bytes; gelesen wird höchstens 1 MB',
  'fault.wrong-encoding': 'sie ist nicht in UTF-8 geschrieben; speichern Sie sie in dieser Codierung neu',
  'fault.invalid-value': 'möglich ist: {expected}',
  'fault.invalid-type': 'hier gehört {expected} hin',
  'fault.too-small': 'mindestens {limit}',
  'fault.too-big': 'höchstens {limit}',
  'fault.type.string': 'ein Text in Anführungszeichen',
  'fault.type.number': 'eine Zahl',
  'fault.type.boolean': 'true oder false',
  'fault.type.array': 'eine Liste in eckigen Klammern',
  'fault.type.object': 'ein Objekt in geschweiften Klammern',
};
