/**
 * One text for one value: keys in code unit order, no spaces, `undefined` left out (RFC 8785 for the values that we write: strings,
 * integers, booleans, null, arrays, plain objects). What is signed is written this way, so that a test can hold the bytes.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, sortKeys);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries);
}
