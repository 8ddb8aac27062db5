/** What a schema found, as faults with their places: an unknown key is named each by itself. */
import type { z } from 'zod';
import type { Fault } from '../errors/MailError.ts';

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

export function issueFaults(issue: z.core.$ZodIssue): Fault[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: path === '' ? key : `${path}.${key}`,
      code: 'unknown-key',
      message: `"${key}" is not known here`,
    }));
  }
  return [{ path, code: issue.code.replaceAll('_', '-'), message: issue.message }];
}
