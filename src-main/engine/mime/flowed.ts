/**
 * format=flowed (RFC 3676): paragraphs that every mail client wraps to its own width. A text has one line a paragraph, ended by
 * LF, and quotes its lines with ">" (one for each level, then a blank); the wire has lines of at most 76 characters where blanks allow.
 */

const width = 76;
const signature = '-- ';

interface Line {
  readonly depth: number;
  readonly content: string;
}

/** The quote marks at the beginning and what follows them, without the blank that belongs to the marks. */
function split(line: string): Line {
  let depth = 0;
  while (line.charCodeAt(depth) === 62) depth += 1;
  const content = line.slice(line.charCodeAt(depth) === 32 && depth > 0 ? depth + 1 : depth);
  return { depth, content };
}

function written({ depth, content }: Line): string {
  if (depth === 0) return content;
  return content === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${content}`;
}

/** A text as flowed lines. Blanks at the ends of lines are lost (the format has no place for them), but not the signature's. */
export function encodeFlowed(text: string): string {
  const out: string[] = [];
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const { depth, content } = split(raw);
    const line = content === signature ? content : content.replace(/ +$/, '');
    for (const piece of wrap(line, Math.max(width - depth - 1, 20))) {
      if (depth > 0) out.push(written({ depth, content: piece }));
      // Space-stuffing: what would read as a quote, as stuffing or as mbox's separator.
      else out.push(/^(?:[ >]|From )/.test(piece) ? ` ${piece}` : piece);
    }
  }
  return out.join('\n');
}

/** Each piece but the last ends with a blank, which is what makes it flow. */
function wrap(line: string, limit: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (line.length - start > limit) {
    const solid = firstSolid(line, start);
    let cut = line.lastIndexOf(' ', start + limit - 1);
    if (cut <= solid || endsSignature(line, start, cut))
      cut = line.indexOf(' ', Math.max(solid, start + limit));
    if (cut >= 0 && endsSignature(line, start, cut)) cut = line.indexOf(' ', cut + 1);
    if (cut < 0) break;
    pieces.push(line.slice(start, cut + 1));
    start = cut + 1;
  }
  pieces.push(line.slice(start));
  return pieces;
}

/** A piece of blanks alone would not flow: a cut comes after this. */
function firstSolid(line: string, start: number): number {
  let at = start;
  while (line.charCodeAt(at) === 32) at += 1;
  return at;
}

function endsSignature(line: string, start: number, cut: number): boolean {
  return cut - start === 2 && line.startsWith(signature, start);
}

/** The text of flowed lines. `delsp`: the blank that makes a line flow is not part of the text (for scripts without blanks). */
export function decodeFlowed(text: string, { delsp }: { delsp: boolean } = { delsp: false }): string {
  const out: string[] = [];
  let depth = 0;
  /** The paragraph so far; empty: none is open. */
  let pieces: string[] = [];
  const close = (): void => {
    if (pieces.length > 0) out.push(written({ depth, content: pieces.join('') }));
    pieces = [];
  };
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = split(raw);
    const content = line.depth === 0 && raw.startsWith(' ') ? raw.slice(1) : line.content;
    if (line.depth !== depth || content === signature) close();
    depth = line.depth;
    const flows = content.endsWith(' ') && content !== signature;
    pieces.push(flows && delsp ? content.slice(0, -1) : content);
    if (!flows) close();
  }
  close();
  return out.join('\n');
}
