/** What a schema found, as faults with their places: an unknown key is named each by itself. */
import type * as z from 'zod';
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
  const params = paramsOf(issue);
  return [
    { path, code: issue.code.replaceAll('_', '-'), message: issue.message, ...(params ? { params } : {}) },
  ];
}

/** What the schema asks for there; never what stands there. */
function paramsOf(issue: z.core.$ZodIssue): Fault['params'] {
  switch (issue.code) {
    case 'invalid_value':
      return { expected: issue.values.map(String).join(', ') };
    case 'invalid_type':
      return { expected: issue.expected };
    case 'too_small':
      return { limit: String(issue.minimum) };
    case 'too_big':
      return { limit: String(issue.maximum) };
    default:
      return undefined;
  }
}
