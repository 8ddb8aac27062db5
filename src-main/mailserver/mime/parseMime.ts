/**
 * How a message is built: its parts as ranges of bytes, found without decoding anything. A server needs no more: it hands on what was
 * given to it. Bounded in depth and number, so that a hostile message costs no more than its size.
 */
import { fieldValue, readHeaders, readParameters } from './headers.ts';
import type { HeaderField, ParameterisedValue } from './headers.ts';

export interface MimePart {
  readonly fields: readonly HeaderField[];
  /** The header with its empty line is [start, bodyStart), the body [bodyStart, end). */
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Lower case. */
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ParameterisedValue['parameters'];
  readonly disposition: ParameterisedValue | null;
  /** Of a multipart: its parts, one at least. */
  readonly children: readonly MimePart[];
  /** Of a message/rfc822: the message in it. */
  readonly embedded: MimePart | null;
}

const maxDepth = 50;
const maxParts = 5_000;

export function parseMime(raw: Buffer): MimePart {
  return parsePart(raw, 0, raw.length, 'text/plain', 0, { parts: 0 });
}

function parsePart(
  raw: Buffer,
  start: number,
  end: number,
  defaultType: string,
  depth: number,
  budget: { parts: number },
): MimePart {
  budget.parts += 1;
  const { fields, bodyStart } = readHeaders(raw, start, end);
  const { value, parameters } = readParameters(fieldValue(fields, 'content-type') ?? defaultType);
  const [, type, subtype] = /^([^\s/]+)\/([^\s/]+)$/.exec(value.toLowerCase()) ?? ['', ...split(defaultType)];
  const dispositionText = fieldValue(fields, 'content-disposition');
  const part = {
    fields,
    start,
    bodyStart,
    end,
    type: type ?? 'text',
    subtype: subtype ?? 'plain',
    parameters,
    disposition: dispositionText === null ? null : readParameters(dispositionText),
    children: [],
    embedded: null,
  };
  if (depth >= maxDepth || budget.parts >= maxParts) return opaque(part);
  if (part.type === 'multipart') {
    const boundary = parameters.find(([name]) => name === 'boundary')?.[1] ?? '';
    const childType = part.subtype === 'digest' ? 'message/rfc822' : 'text/plain';
    const children: MimePart[] = [];
    for (const [from, to] of partRanges(raw, bodyStart, end, boundary)) {
      if (budget.parts >= maxParts) break;
      children.push(parsePart(raw, from, to, childType, depth + 1, budget));
    }
    if (children.length === 0) children.push(parsePart(raw, end, end, childType, depth + 1, budget));
    return { ...part, children };
  }
  if (part.type === 'message' && part.subtype === 'rfc822') {
    return { ...part, embedded: parsePart(raw, bodyStart, end, 'text/plain', depth + 1, budget) };
  }
  return part;
}

function split(type: string): [string, string] {
  const [first = 'text', second = 'plain'] = type.split('/');
  return [first, second];
}

/** Beyond the limits a container is one block of bytes. */
function opaque(part: MimePart): MimePart {
  const container = part.type === 'multipart' || (part.type === 'message' && part.subtype === 'rfc822');
  return container ? { ...part, type: 'application', subtype: 'octet-stream', parameters: [] } : part;
}

/** The ranges between the delimiter lines (RFC 2046 section 5.1.1); the line break before a delimiter belongs to it. */
function partRanges(raw: Buffer, start: number, end: number, boundary: string): [number, number][] {
  if (boundary === '') return [];
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const ranges: [number, number][] = [];
  let open = -1;
  for (let at = raw.indexOf(delimiter, start); at >= 0 && at < end;) {
    const after = at + delimiter.length;
    const atLineStart = at === start || raw[at - 1] === 10;
    const feed = raw.indexOf(10, after);
    const lineStop = feed < 0 || feed >= end ? end : feed + 1;
    const rest = raw.toString('latin1', after, lineStop);
    const closing = /^--[ \t]*\r?\n?$/.test(rest) || (rest.startsWith('--') && /^--\s/.test(rest));
    if (!atLineStart || !(closing || /^[ \t]*\r?\n?$/.test(rest))) {
      at = raw.indexOf(delimiter, after);
      continue;
    }
    if (open >= 0) ranges.push([open, Math.max(open, beforeLineBreak(raw, at))]);
    if (closing) return ranges;
    open = lineStop;
    at = raw.indexOf(delimiter, lineStop);
  }
  if (open >= 0) ranges.push([open, end]);
  return ranges;
}

function beforeLineBreak(raw: Buffer, at: number): number {
  if (raw[at - 1] !== 10) return at;
  return raw[at - 2] === 13 ? at - 2 : at - 1;
}

/**
 * The part that a section number names (RFC 9051 section 6.4.5): "2.1" counts through multiparts, and through the message of a
 * message/rfc822; a message that is no multipart has its body as part 1. null where there is none.
 */
export function partAt(root: MimePart, path: readonly number[]): MimePart | null {
  let part = root;
  let isMessage = true;
  for (const number of path) {
    const holder: MimePart = isMessage ? part : (part.embedded ?? part);
    const child = holder.children[number - 1];
    if (child !== undefined) part = child;
    // A part that holds nothing is also its own part 1, as Dovecot has it.
    else if (holder.children.length === 0 && number === 1 && (isMessage || part !== root)) part = holder;
    else return null;
    isMessage = false;
  }
  return part;
}
