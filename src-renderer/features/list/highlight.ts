/** A text in pieces, so that what a search found can be shown in it. Pure; texts stay texts, nothing here makes markup. */
import { highlightRanges, type HighlightTerm } from '#shared/domain/queryHighlight.ts';

export interface Segment {
  readonly text: string;
  readonly hit: boolean;
}

/** `text` in pieces, the words that the engine found by these terms marked. */
export function highlight(text: string, terms: readonly HighlightTerm[]): Segment[] {
  const segments: Segment[] = [];
  let done = 0;
  for (const { start, end } of highlightRanges(text, terms)) {
    if (start > done) segments.push({ text: text.slice(done, start), hit: false });
    segments.push({ text: text.slice(start, end), hit: true });
    done = end;
  }
  if (done < text.length || segments.length === 0) segments.push({ text: text.slice(done), hit: false });
  return segments;
}
