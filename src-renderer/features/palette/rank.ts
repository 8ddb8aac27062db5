/** Finds things by a few letters of their names, best first. Pure. */

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** 0 is the best; null: not what is sought. Each word of the query must be found. */
export function score(name: string, query: string): number | null {
  const text = folded(name);
  let total = 0;
  for (const word of folded(query).split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at >= 0) {
      const begins = at === 0 ? 0 : /[\s/_-]/.test(text[at - 1] ?? '') ? 1 : 3;
      total += begins + at / 100;
      continue;
    }
    // Letters in their order, as in "nm" for "New message".
    let from = 0;
    for (const letter of word) {
      const found = text.indexOf(letter, from);
      if (found < 0) return null;
      total += found === from ? 1 : 2;
      from = found + 1;
    }
    total += 6;
  }
  return total;
}

/** Those that fit, the best first; all in their own order where nothing is sought. */
export function rank<T>(items: readonly T[], query: string, nameOf: (item: T) => string): T[] {
  if (query.trim() === '') return [...items];
  return items
    .map((item, at) => ({ item, at, value: score(nameOf(item), query) }))
    .filter((entry): entry is typeof entry & { value: number } => entry.value !== null)
    .sort((a, b) => a.value - b.value || a.at - b.at)
    .map(({ item }) => item);
}
