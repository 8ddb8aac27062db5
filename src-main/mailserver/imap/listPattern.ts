/** Does a mailbox name fit a LIST pattern? "*" is anything, "%" anything within one level (RFC 9051 section 6.3.9). */
export function matchesPattern(name: string, pattern: string, delimiter: string): boolean {
  const wanted = /^inbox$/i.test(pattern) ? 'INBOX' : pattern;
  // Row by row instead of by backtracking: many stars cost no more than few.
  let reachable = new Set([0]);
  for (const char of wanted) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (char === '*' || char === '%') {
        for (let end = at; end <= name.length; end += 1) {
          if (next.has(end)) break;
          next.add(end);
          if (char === '%' && name.startsWith(delimiter, end)) break;
        }
      } else if (name.charAt(at) === char) next.add(at + 1);
    }
    if (next.size === 0) return false;
    reachable = next;
  }
  return reachable.has(name.length);
}
