/** What is wrong at a place of a file that somebody wrote: rules of an organisation, accounts, the shared config. */
import type { Text } from './translate.ts';

export const faultsEn = {
  'fault.missing': 'this key is missing',
  'fault.unknown-key': 'this key is not known here',
  'fault.duplicate-key': 'a key stands twice in one object',
  'fault.not-json': 'this is not valid JSON',
  'fault.not-json-at': 'this is not valid JSON (line {line}, column {column})',
  'fault.too-deep': 'it is nested too deeply',
  'fault.unreadable': 'it cannot be read ({reason})',
  'fault.no-file': 'this is a folder or a device, not a file',
  'fault.too-large': 'it has {size} bytes; no more than 1 MB is read',
  'fault.wrong-encoding': 'it is not written in UTF-8; save it anew with that encoding',
  'fault.invalid-value': 'this has to be one of: {expected}',
  'fault.invalid-type': 'this has to be {expected}',
  'fault.too-small': 'at least {limit}',
  'fault.too-big': 'at most {limit}',
  'fault.type.string': 'a text in quotes',
  'fault.type.number': 'a number',
  'fault.type.boolean': 'true or false',
  'fault.type.array': 'a list in square brackets',
  'fault.type.object': 'an object in braces',
} as const satisfies Record<string, Text>;
