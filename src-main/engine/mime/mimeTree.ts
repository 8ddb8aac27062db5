/**
 * A message's parts as an IMAP server numbers them (RFC 9051 section 6.4.5): where each begins and ends, without copying or decoding.
 * The shape is BODYSTRUCTURE's, so that the same rules choose texts and attachments of a file and of a message on a server; the choices
 * that the RFCs leave open (prefixes of boundaries, boundaries in headers, what nests too deep) are Dovecot's (docs/decisions/0009).
 *
 * One pass over the bytes, no recursion, bounded in parts and depth.
 */
import { decodeWords } from './encodedWords.ts';
import { readHeaderFields } from './headerFields.ts';
import { readParameterised } from './parameters.ts';
import type { StructureNode } from './structure.ts';

/** Dovecot's own limit; deeper parts stay in the body of the one that holds them. */
export const maxDepth = 100;
export const maxParts = 30_000;

export interface MimeNode extends StructureNode {
  readonly childNodes?: MimeNode[];
  readonly headerStart: number;
  readonly bodyStart: number;
  bodyEnd: number;
}

export interface MimeTree {
  readonly root: MimeNode;
  readonly bytes: Buffer;
  /** Some of: parts-limit, nesting-limit, boundary-missing, boundary-unclosed. */
  readonly faults: ReadonlySet<TreeFault>;
}
export type TreeFault =
  'parts-limit' | 'nesting-limit' | 'boundary-missing' | 'boundary-unclosed' | 'headers-limit';

interface Boundary {
  readonly text: Buffer;
  readonly node: OpenNode;
}

interface OpenNode {
  readonly node: Mutable<MimeNode>;
  readonly parent: OpenNode | null;
  readonly depth: number;
  readonly path: string;
  /** A boundary came before the end of its header: it holds nothing. */
  readonly cut: boolean;
}
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const DASH = 45;
const LF = 10;
const CR = 13;

/** Never throws. */
export function readMimeTree(raw: Uint8Array): MimeTree {
  return new TreeReader(withLineFeeds(raw)).read();
}

/** A mail whose lines end with CR alone has none otherwise. */
function withLineFeeds(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (bytes.indexOf(LF) >= 0 || bytes.indexOf(CR) < 0) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(CR); at >= 0; at = copy.indexOf(CR, at + 1)) copy[at] = LF;
  return copy;
}

class TreeReader {
  readonly #bytes: Buffer;
  readonly #faults = new Set<TreeFault>();
  #boundaries: Boundary[] = [];
  #parts = 1;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(): MimeTree {
    const root = this.#open(null, '', false);
    let current = this.#enter(root);
    while (this.#boundaries.length > 0) {
      const found = this.#nextBoundary();
      if (found === null) break;
      current = this.#take(found, current);
    }
    if (this.#boundaries.length > 0 && !this.#faults.has('parts-limit'))
      this.#faults.add('boundary-unclosed');
    close(current, null, this.#bytes.length);
    return { root: root.node, bytes: this.#bytes, faults: this.#faults };
  }

  /** Reads the header at the current position as a new part. */
  #open(parent: OpenNode | null, path: string, digest: boolean): OpenNode {
    const headerStart = this.#at;
    const { end: bodyStart, cut } = this.#headerEnd(parent !== null);
    const fields = new Map<string, string>();
    const block = this.#bytes.subarray(headerStart, bodyStart);
    const read = readHeaderFields(block, (name, value) => {
      if ((name.startsWith('content-') || name === 'subject') && !fields.has(name)) fields.set(name, value());
    });
    if (read.limited) this.#faults.add('headers-limit');
    const node = partOf(fields, path, digest);
    // A text that begins without any header is a text all the same.
    const headerless = parent === null && read.fields === 0 && !isBlankBlock(block);
    this.#at = bodyStart;
    return {
      node: {
        ...node,
        headerStart,
        bodyStart: headerless ? headerStart : bodyStart,
        bodyEnd: this.#bytes.length,
        size: 0,
      },
      parent,
      depth: parent === null ? 0 : parent.depth + 1,
      path,
      cut,
    };
  }

  /** After the empty line, or at a boundary that comes before one. */
  #headerEnd(within: boolean): { end: number; cut: boolean } {
    const bytes = this.#bytes;
    for (let at = this.#at; at < bytes.length;) {
      const code = bytes[at];
      if (code === LF) return { end: at + 1, cut: false };
      if (code === CR && bytes[at + 1] === LF) return { end: at + 2, cut: false };
      if (within && code === DASH && bytes[at + 1] === DASH && this.#match(at) !== null)
        return { end: at, cut: true };
      const line = bytes.indexOf(LF, at);
      if (line < 0) break;
      at = line + 1;
    }
    return { end: bytes.length, cut: false };
  }

  /** Goes on into what the part holds. Returns the innermost part that is open then. */
  #enter(opened: OpenNode): OpenNode {
    let part = opened;
    for (;;) {
      const { type, parameters } = part.node;
      if (type.startsWith('multipart/')) {
        const boundary = parameters?.['boundary'];
        if (part.cut) return part;
        if (boundary === undefined) this.#faults.add('boundary-missing');
        else if (part.depth >= maxDepth) this.#faults.add('nesting-limit');
        else {
          this.#boundaries.push({ text: Buffer.from(boundary, 'utf8'), node: part });
          part.node.childNodes = [];
        }
        return part;
      }
      if (type !== 'message/rfc822') return part;
      if (part.depth >= maxDepth || this.#parts >= maxParts) {
        this.#faults.add(part.depth >= maxDepth ? 'nesting-limit' : 'parts-limit');
        return part;
      }
      // The message within shares its wrapper's number, and its single part is ".1" of it.
      const inner = this.#open(part, part.path === '' ? '1' : part.path, false);
      this.#parts += 1;
      const holds = inner.node.type.startsWith('multipart/');
      if (!holds) inner.node.part = `${inner.path}.1`;
      part.node.childNodes = [inner.node];
      part = holds ? inner : { ...inner, path: `${inner.path}.1` };
    }
  }

  /** The next line that begins a boundary, from the current position on (the beginning of a line). */
  #nextBoundary(): { at: number; boundary: Boundary; closing: boolean } | null {
    const bytes = this.#bytes;
    let at = this.#at;
    if (!(bytes[at] === DASH && bytes[at + 1] === DASH)) {
      at = bytes.indexOf('\n--', at, 'latin1') + 1;
      if (at === 0) return null;
    }
    for (;;) {
      const match = this.#match(at);
      if (match !== null) return { at, ...match };
      at = bytes.indexOf('\n--', at + 1, 'latin1') + 1;
      if (at === 0) return null;
    }
  }

  /** Which open boundary the line at `at` begins with: the innermost that fits exactly, else the longest (RFC 2046 section 5.1.1). */
  #match(at: number): { boundary: Boundary; closing: boolean } | null {
    const bytes = this.#bytes;
    const start = at + 2;
    let best: Boundary | null = null;
    for (let index = this.#boundaries.length - 1; index >= 0; index -= 1) {
      const boundary = this.#boundaries[index];
      if (boundary === undefined) break;
      const { text } = boundary;
      if (best !== null && best.text.length >= text.length) continue;
      if (text.length > 0 && bytes[start] !== text[0]) continue;
      const end = start + text.length;
      // A glance before the comparison: a hundred boundaries of one beginning are made to tire readers.
      if (text.length > 0 && bytes[end - 1] !== text[text.length - 1]) continue;
      if (end > bytes.length || bytes.compare(text, 0, text.length, start, end) !== 0) continue;
      best = boundary;
      if (this.#lineEndsAt(end)) break;
      if (text.length > 0 && this.#dashesAt(end) && this.#lineEndsAt(end + 2)) break;
    }
    return best === null ? null : { boundary: best, closing: this.#dashesAt(start + best.text.length) };
  }

  #dashesAt(at: number): boolean {
    return this.#bytes[at] === DASH && this.#bytes[at + 1] === DASH;
  }

  #lineEndsAt(at: number): boolean {
    const code = this.#bytes[at];
    return code === undefined || code === LF || (code === CR && this.#bytes[at + 1] === LF);
  }

  #take(found: { at: number; boundary: Boundary; closing: boolean }, current: OpenNode): OpenNode {
    const { at, boundary, closing } = found;
    const owner = boundary.node;
    // A boundary right after another one's line has no line break of its own.
    close(current, owner, Math.max(this.#bodyEndBefore(at), this.#at));
    const index = this.#boundaries.indexOf(boundary);
    this.#boundaries.length = closing ? index : index + 1;
    const line = this.#bytes.indexOf(LF, at);
    this.#at = line < 0 ? this.#bytes.length : line + 1;
    if (closing) return owner;
    if (this.#parts >= maxParts) {
      this.#faults.add('parts-limit');
      this.#boundaries = [];
      return owner;
    }
    this.#parts += 1;
    const children = owner.node.childNodes;
    const number = ((children?.length ?? 0) + 1).toString();
    const path = owner.path === '' ? number : `${owner.path}.${number}`;
    const child = this.#open(owner, path, owner.node.type === 'multipart/digest');
    children?.push(child.node);
    return this.#enter(child);
  }

  /** The line break before a boundary belongs to it. */
  #bodyEndBefore(at: number): number {
    if (at === 0) return 0;
    return this.#bytes[at - 2] === CR ? at - 2 : at - 1;
  }
}

/** Ends all parts from `from` up to, not including, `owner`. */
function close(from: OpenNode, owner: OpenNode | null, end: number): void {
  let last = end;
  for (let part: OpenNode | null = from; part !== null && part !== owner; part = part.parent) {
    const { node } = part;
    // The empty line that ends a header is no line break before a boundary, for what holds the part neither.
    last = Math.max(last, node.bodyStart);
    node.bodyEnd = last;
    node.size = node.bodyEnd - node.bodyStart;
  }
}

function isBlankBlock(block: Buffer): boolean {
  return block.every((byte) => byte === LF || byte === CR || byte === 32);
}

type PartFields = Omit<MimeNode, 'headerStart' | 'bodyStart' | 'bodyEnd' | 'childNodes'>;

function partOf(fields: ReadonlyMap<string, string>, path: string, digest: boolean): PartFields {
  const contentType = fields.get('content-type');
  const read = readParameterised(contentType ?? '');
  const type = /^[^\s/()<>@,;:\\"[\]?=]+\/[^\s/()<>@,;:\\"[\]?=]+$/.test(read.value) ? read.value : null;
  const disposition = fields.get('content-disposition');
  const subject = fields.get('subject');
  const id = fields.get('content-id');
  return {
    ...(path === '' ? {} : { part: path }),
    type: type ?? (contentType === undefined && digest ? 'message/rfc822' : 'text/plain'),
    parameters: asRecord(read.parameters),
    encoding: (fields.get('content-transfer-encoding') ?? '7bit').replace(/[\s;(].*$/s, '').toLowerCase(),
    ...(id === undefined ? {} : { id }),
    ...(disposition === undefined ? {} : dispositionOf(disposition)),
    ...(subject === undefined ? {} : { subject: decodeWords(subject.slice(0, 2000)) }),
  };
}

function dispositionOf(raw: string): Pick<StructureNode, 'disposition' | 'dispositionParameters'> {
  const { value, parameters } = readParameterised(raw);
  return { disposition: value, dispositionParameters: asRecord(parameters) };
}

/** No name of a mail reaches a prototype (M14). */
function asRecord(parameters: ReadonlyMap<string, string>): Record<string, string> {
  const record = Object.create(null) as Record<string, string>;
  for (const [name, value] of parameters) record[name] = value;
  return record;
}
