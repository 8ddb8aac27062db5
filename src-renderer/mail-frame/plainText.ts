/**
 * A plain text as a tree that may be shown: lines, quotes by their depth, a signature, links. Texts become text nodes and links become
 * elements; no text is ever read as markup (H21).
 */
import { LinkifyIt } from 'linkify-it';
import { linkTarget } from './links.ts';

/** Longer texts are shown without links: looking for them takes its time. */
const maxLinkified = 400_000;
/** Characters; of a longer text the beginning is shown. */
export const maxShown = 2_000_000;
const maxDepth = 8;

interface Line {
  readonly depth: number;
  readonly text: string;
}

/** "> > text" is depth 2; a ">" that belongs to the text (">=") is none. */
function readLine(line: string): Line {
  let depth = 0;
  let at = 0;
  while (line[at] === '>' && line[at + 1] !== '=') {
    depth += 1;
    at += 1;
    // One blank belongs to the mark, further ones to the text.
    if (line[at] === ' ') at += 1;
  }
  return { depth, text: depth === 0 ? line : line.slice(at) };
}

const attribution =
  /^(?:on .{4,200} wrote|am .{4,200} schrieb .{0,160}|.{3,200} (?:wrote|schrieb)(?: am .{4,120})?)\s*:?\s*$/i;
const originalMessage =
  /^\s*[-_]{3,}\s*(?:original message|ursprüngliche nachricht|original-?nachricht)\s*[-_]{3,}\s*$/i;

/** The line from which on there is only the quote of an earlier mail; -1: none, or nothing else is there. */
export function quoteBegins(lines: readonly string[]): number {
  const marked = lines.findIndex((line) => originalMessage.test(line));
  let from = marked;
  if (marked < 0) {
    let last = lines.length - 1;
    while (last >= 0 && (lines[last] ?? '').trim() === '') last -= 1;
    let first = last;
    while (first >= 0 && ((lines[first] ?? '').startsWith('>') || (lines[first] ?? '').trim() === ''))
      first -= 1;
    if (first === last || !lines.slice(first + 1, last + 1).some((line) => line.startsWith('>'))) return -1;
    from = first + 1;
    // "On … wrote:" belongs to the quote, in one line or two.
    const one = (lines[first] ?? '').trim();
    const two = `${(lines[first - 1] ?? '').trim()} ${one}`;
    if (/^(?:on|am)\b/i.test(two) && attribution.test(two)) from = first - 1;
    else if (attribution.test(one)) from = first;
  }
  return lines.slice(0, from).some((line) => line.trim() !== '') ? from : -1;
}

/** The elements are made in an inert document and have no scripts, styles or addresses but the links'. */
export function renderPlainText(
  text: string,
  { withQuote }: { withQuote: boolean },
): { body: HTMLElement; quoted: boolean } {
  const page = document.implementation.createHTMLDocument('');
  const linkify = new LinkifyIt();
  const all = text.slice(0, maxShown).replace(/\r\n?/g, '\n').split('\n');
  const begins = quoteBegins(all);
  const lines = begins >= 0 && !withQuote ? all.slice(0, begins) : all;
  const links = text.length <= maxLinkified;
  let parent: HTMLElement = page.body;
  let depth = 0;
  let signature = false;
  let run: string[] = [];

  const flush = (): void => {
    if (run.length === 0) return;
    const block = page.createElement('div');
    block.className = signature && depth === 0 ? 'text signature' : 'text';
    appendText(block, run.join('\n'), links ? linkify : null);
    parent.append(block);
    run = [];
  };
  for (const source of lines) {
    const line = readLine(source);
    const wanted = Math.min(line.depth, maxDepth);
    if (wanted !== depth) {
      flush();
      while (depth > wanted) {
        parent = parent.parentElement ?? page.body;
        depth -= 1;
      }
      while (depth < wanted) {
        depth += 1;
        const quote = page.createElement('blockquote');
        quote.className = `quote level-${((depth - 1) % 3) + 1}`;
        parent.append(quote);
        parent = quote;
      }
    }
    if (depth === 0 && /^-- ?$/.test(source)) {
      flush();
      signature = true;
    }
    run.push(line.text);
  }
  flush();
  return { body: page.body, quoted: begins >= 0 };
}

function appendText(block: HTMLElement, text: string, linkify: LinkifyIt | null): void {
  const page = block.ownerDocument;
  let done = 0;
  for (const match of linkify?.match(text) ?? []) {
    const target = linkTarget(match.url);
    if (!target) continue;
    block.append(text.slice(done, match.index));
    const link = page.createElement('a');
    link.setAttribute('href', target.url);
    link.textContent = match.text;
    block.append(link);
    done = match.lastIndex;
  }
  block.append(text.slice(done));
}
