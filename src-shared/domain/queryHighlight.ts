/** Which words of a text a query matched, for marking them. */
import { parseQuery, type QueryNode } from './query.ts';
import { foldText, isUnspaced, wordsOf } from './searchWords.ts';

export interface HighlightTerm {
  /** Folded (searchWords.ts). */
  readonly word: string;
  /** The whole word and no other; else its beginning or a part of a compound is enough. */
  readonly exact: boolean;
}

/** Shorter beginnings match only what is being typed (store/searchQuery.ts follows the same rule). */
export const shortestOpenWord = 4;

/** The words that a query looks for in mails, or in the notes beside them; without those that it excludes. */
export function highlightTerms(query: string, where: 'mail' | 'note' = 'mail'): HighlightTerm[] {
  const terms = new Map<string, HighlightTerm>();
  const visit = (node: QueryNode): void => {
    if (node.kind === 'and' || node.kind === 'or') node.nodes.forEach(visit);
    if (node.kind !== 'text' || (node.field === 'note') !== (where === 'note')) return;
    for (const word of wordsOf(node.text)) {
      const exact = node.exact || (!node.open && word.length < shortestOpenWord);
      if (terms.get(word)?.exact !== false) terms.set(word, { word, exact });
    }
  };
  const root = parseQuery(query);
  if (root) visit(root);
  return [...terms.values()];
}

export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Where the terms' words stand in a text, as UTF-16 offsets, in order and without overlap. At most 1,000. */
export function highlightRanges(text: string, terms: readonly HighlightTerm[]): TextRange[] {
  if (terms.length === 0) return [];
  const ranges: TextRange[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const folded = foldText(match[0]);
    if (isUnspaced(match[0]) && folded.length === match[0].length)
      ranges.push(...partsOf(folded, match.index, terms));
    else if (terms.some((term) => matches(folded, term)))
      ranges.push({ start: match.index, end: match.index + match[0].length });
    if (ranges.length >= 1000) break;
  }
  return ranges;
}

/** In a script without spaces: where the terms stand in a run of characters. */
function partsOf(run: string, offset: number, terms: readonly HighlightTerm[]): TextRange[] {
  const marked = new Set<number>();
  for (const { word } of terms)
    for (let at = run.indexOf(word); at >= 0; at = run.indexOf(word, at + 1))
      for (let unit = at; unit < at + word.length; unit += 1) marked.add(unit);
  const ranges: TextRange[] = [];
  for (let start = 0; start < run.length; start += 1) {
    if (!marked.has(start)) continue;
    let end = start + 1;
    while (marked.has(end)) end += 1;
    ranges.push({ start: offset + start, end: offset + end });
    start = end;
  }
  return ranges;
}

function matches(folded: string, { word, exact }: HighlightTerm): boolean {
  if (exact) return folded === word;
  return folded.startsWith(word) || isCompoundPart(folded, word);
}

/**
 * Is `part` one of the words that `word` is put together from? Near its end (Krankenhaus, Krankenhauses), or anywhere when it is long
 * enough not to be met by chance (Auftragsrechnungsnummer).
 */
export function isCompoundPart(word: string, part: string): boolean {
  if (part.length < shortestOpenWord) return false;
  const at = word.lastIndexOf(part);
  if (at < 3) return false;
  return part.length >= 5 || word.length - at - part.length <= 3;
}
