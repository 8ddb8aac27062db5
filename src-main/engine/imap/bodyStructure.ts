/** BODYSTRUCTURE (RFC 9051 section 7.5.2) as a tree of parts, from the values of our own parser. */
import libmime from 'libmime';
import type { MessageStructureObject } from 'imapflow';
import { decodeText } from './fetchParser.ts';
import type { Value } from './fetchParser.ts';

type List = readonly Value[];

/** null: not a body structure. Deeper faults leave out what cannot be read: a part without a size is still a part. */
export function readBodyStructure(value: Value | undefined): MessageStructureObject | null {
  return isList(value) && value.length > 0 ? part(value, '') : null;
}

function isList(value: Value | undefined): value is List {
  return Array.isArray(value);
}

function part(node: List, path: string): MessageStructureObject {
  return isList(node[0]) ? multipart(node, path) : single(node, path);
}

function multipart(node: List, path: string): MessageStructureObject {
  const childNodes: MessageStructureObject[] = [];
  let at = 0;
  for (let child = node[at]; isList(child); child = node[at]) {
    at += 1;
    childNodes.push(part(child, path === '' ? at.toString() : `${path}.${at.toString()}`));
  }
  return {
    ...(path === '' ? {} : { part: path }),
    type: `multipart/${lower(node[at])}`,
    ...named('parameters', parameters(node[at + 1])),
    childNodes,
    ...disposition(node[at + 2]),
  };
}

function single(node: List, path: string): MessageStructureObject {
  const type = `${lower(node[0])}/${lower(node[1])}`;
  let at = 7;
  let childNodes: MessageStructureObject[] | undefined;
  if (type === 'message/rfc822' || type === 'message/global') {
    const inner = node[8];
    // The message within shares its wrapper's number (RFC 9051 section 6.4.5).
    if (isList(inner) && inner.length > 0) childNodes = [part(inner, path)];
    at = 10;
  } else if (type.startsWith('text/')) {
    // Some servers leave out the line count, which shifts what follows by one.
    at = node.length === 11 && isList(node[8]) && !isList(node[9]) ? 7 : 8;
  }
  const id = string(node[3]);
  const size = Number(string(node[6]) ?? '');
  return {
    ...(path === '' ? {} : { part: path }),
    type,
    ...named('parameters', parameters(node[2])),
    ...named('id', id ?? undefined),
    ...named('encoding', string(node[5])?.toLowerCase()),
    ...(Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
    ...named('childNodes', childNodes),
    // at: MD5, then the disposition
    ...disposition(node[at + 1]),
  };
}

function disposition(
  value: Value | undefined,
): Pick<MessageStructureObject, 'disposition' | 'dispositionParameters'> {
  if (!isList(value) || value.length === 0) return {};
  return {
    disposition: lower(value[0]),
    ...named('dispositionParameters', parameters(value[1])),
  };
}

function named<K extends keyof MessageStructureObject>(
  key: K,
  value: MessageStructureObject[K],
): Partial<Pick<MessageStructureObject, K>> {
  return value === undefined ? {} : ({ [key]: value } as Pick<MessageStructureObject, K>);
}

function parameters(value: Value | undefined): Record<string, string> | undefined {
  if (!isList(value) || value.length === 0) return undefined;
  const plain: Record<string, string> = {};
  let extended = false;
  for (let at = 0; at + 1 < value.length; at += 2) {
    const name = lower(value[at]);
    const text = string(value[at + 1]) ?? '';
    if (name === '' || name === '__proto__') continue;
    if (name.includes('*')) extended = true;
    // RFC 2047 words do not belong here, and many mailers put them here.
    plain[name] = text.includes('=?') ? libmime.decodeWords(text) : text;
  }
  return extended ? joinExtended(plain) : plain;
}

/** RFC 2231: `name*0*=utf-8''a%20` and `name*1=b` are one parameter "name". */
function joinExtended(raw: Record<string, string>): Record<string, string> {
  const joined: Record<string, string> = {};
  const pieces = new Map<string, { index: number; encoded: boolean; text: string }[]>();
  for (const [key, text] of Object.entries(raw)) {
    const match = /^([^*]+)\*(?:(\d{1,4})(\*)?)?$/.exec(key);
    if (match === null) {
      joined[key] ??= text;
      continue;
    }
    const name = match[1] ?? key;
    const index = match[2] === undefined ? 0 : Number(match[2]);
    const encoded = match[2] === undefined || match[3] !== undefined;
    pieces.set(name, [...(pieces.get(name) ?? []), { index, encoded, text }]);
  }
  for (const [name, list] of pieces) joined[name] = decodePieces(list.sort((a, b) => a.index - b.index));
  return joined;
}

function decodePieces(list: readonly { encoded: boolean; text: string }[]): string {
  let charset = 'utf-8';
  const bytes: Buffer[] = [];
  list.forEach(({ encoded, text }, position) => {
    let rest = text;
    if (position === 0 && encoded) {
      const match = /^([^']*)'[^']*'(.*)$/s.exec(text);
      if (match !== null) {
        charset = match[1] === '' ? 'utf-8' : (match[1] ?? 'utf-8');
        rest = match[2] ?? '';
      }
    }
    bytes.push(encoded ? percentDecoded(rest) : Buffer.from(rest, 'utf8'));
  });
  const all = Buffer.concat(bytes);
  try {
    return new TextDecoder(charset).decode(all);
  } catch {
    return decodeText(all);
  }
}

function percentDecoded(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

function string(value: Value | undefined): string | null {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? decodeText(value) : null;
}

function lower(value: Value | undefined): string {
  return (string(value) ?? '').toLowerCase();
}
