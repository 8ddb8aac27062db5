/** Which parts of a text match a search, so that hits can be shown. Pure; texts stay texts, nothing here makes markup. */

export interface Segment {
  readonly text: string;
  readonly hit: boolean;
}

/** Fields whose value is a word in the text; of others ("before:2024", "is:unread") nothing is to be seen in a row. */
const textFields = new Set(['from', 'to', 'cc', 'bcc', 'subject', 'text', 'body']);
const maxTerms = 20;

/** The words a query seeks, folded for comparison. Negated ones are left out. */
export function searchTerms(query: string): string[] {
  const terms: string[] = [];
  for (const [, minus, field, quoted, plain] of query.matchAll(/(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g)) {
    if (minus || (field !== undefined && !textFields.has(field.toLowerCase()))) continue;
    const word = fold(quoted ?? plain ?? '').text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    if (word !== '' && !['or', 'and', 'not'].includes(word)) terms.push(word);
  }
  return terms.slice(0, maxTerms);
}

/** Without case and accents, with the place in the original of each of its UTF-16 units. */
function fold(text: string): { text: string; at: number[] } {
  let folded = '';
  const at: number[] = [];
  let position = 0;
  for (const character of text) {
    const plain = character.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1) at.push(position);
    position += character.length;
  }
  at.push(position);
  return { text: folded, at };
}

/** `text` in pieces, those at the beginning of a word that match a term marked. */
export function highlight(text: string, terms: readonly string[]): Segment[] {
  if (terms.length === 0 || text === '') return [{ text, hit: false }];
  const folded = fold(text);
  const ranges: { from: number; to: number }[] = [];
  for (const term of terms) {
    for (
      let from = folded.text.indexOf(term);
      from >= 0;
      from = folded.text.indexOf(term, from + term.length)
    ) {
      const before = folded.text[from - 1];
      if (before === undefined || !/[\p{L}\p{N}]/u.test(before)) {
        ranges.push({ from: folded.at[from] ?? 0, to: folded.at[from + term.length] ?? text.length });
      }
    }
  }
  ranges.sort((a, b) => a.from - b.from);
  const segments: Segment[] = [];
  let done = 0;
  for (const { from, to } of ranges) {
    if (to <= done) continue;
    const begin = Math.max(from, done);
    if (begin > done) segments.push({ text: text.slice(done, begin), hit: false });
    segments.push({ text: text.slice(begin, to), hit: true });
    done = to;
  }
  if (done < text.length) segments.push({ text: text.slice(done), hit: false });
  return segments;
}
