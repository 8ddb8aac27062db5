/** Flags of a message: system flags in one spelling, keywords as first written, both compared without case (RFC 9051 section 2.3.2). */

const systemFlags: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'].map((flag) => [flag.toLowerCase(), flag]),
);

export const allSystemFlags: readonly string[] = [...systemFlags.values()];

/** The one spelling of a flag; null for what no client may set (`\Recent`, unknown system flags, characters beyond an atom). */
export function canonicalFlag(flag: string, keywords: Map<string, string>): string | null {
  const key = flag.toLowerCase();
  if (flag.startsWith('\\')) return systemFlags.get(key) ?? null;
  if (!/^[!#$&'+,\-.0-9:;<=>?@A-Z[^_`a-z|}~]+$/.test(flag)) return null;
  const known = keywords.get(key);
  if (known !== undefined) return known;
  keywords.set(key, flag);
  return flag;
}
