/**
 * Address lists as people type and paste them, taken apart into single entries and written back as one RFC 5322 list. Pure.
 * More is understood here than RFC 5322 allows ("Müller, Anna <anna@…>; …", names with bare addresses, addresses apart by blanks),
 * because that is what mail programs and spreadsheets put on the clipboard; what is written back is the strict form.
 */
import { asciiDomain } from '#shared/domain/asciiDomain.ts';
import { EmailAddress, normaliseAddress } from '#shared/domain/account.ts';

export interface AddressEntry {
  /** As typed, in one line. */
  readonly text: string;
  readonly name: string;
  /** '' where the entry is no address. */
  readonly address: string;
}

export interface ReadList {
  readonly entries: readonly AddressEntry[];
  /** What stands behind the last entry and cannot be taken apart: a quotation mark or bracket is open. */
  readonly unclosed: string;
}

const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]+/g;

/** One line without control characters: nothing that is typed may end a header (N20). */
export function oneLine(text: string): string {
  return text
    .replace(/[\t\r\n\u2028\u2029]+/g, ' ')
    .replace(controls, '')
    .replace(/ {2,}/g, ' ');
}

/** Is this an address that mail can be sent to? Domains may be written in any script (IDNA decides). */
export function isAddress(text: string): boolean {
  if (!text.includes('@') || !EmailAddress.safeParse(text).success) return false;
  const domain = asciiDomain(text.slice(text.lastIndexOf('@') + 1));
  return (
    domain.length <= 253 &&
    domain.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  );
}

interface Piece {
  readonly text: string;
  readonly separator: ',' | ';' | '\n' | '';
  readonly closed: boolean;
}

/** Cuts at commas, semicolons and line ends that stand outside quotation marks and brackets. */
function cut(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let quoted = false;
  let brackets = 0;
  let comments = 0;
  const push = (to: number, separator: Piece['separator']): void => {
    pieces.push({
      text: oneLine(text.slice(from, to)).trim(),
      separator,
      closed: !quoted && brackets === 0 && comments === 0,
    });
    from = to + 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '(') comments += 1;
    else if (character === ')') comments = Math.max(0, comments - 1);
    else if (character === '<') brackets = 1;
    else if (character === '>') brackets = 0;
    else if (comments === 0 && brackets === 0) {
      if (character === ',' || character === ';') push(at, character);
      else if (character === '\n' || character === '\r') push(at, '\n');
    }
  }
  push(text.length, '');
  return pieces;
}

function unquote(name: string): string {
  const trimmed = name.trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(trimmed);
  return (quoted?.[1] === undefined ? trimmed : quoted[1].replace(/\\(.)/gs, '$1')).trim();
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^['<]+|['>]+$/g, '')
    .trim();
}

/** One entry: "Name <address>", "address (Name)", "Name address" or an address alone; else an entry without an address. */
export function readEntry(typed: string): AddressEntry {
  // The name of a group ("Team: anna@…, ben@…;") is no part of its first member.
  const text = oneLine(typed)
    .trim()
    .replace(/^(?!mailto:)[^"<>@:]{1,200}:\s*(?=\S)/i, '');
  if (isAddress(text)) return { text, name: '', address: text };
  const none = { text, name: '', address: '' };
  const angled = /^(.*)<([^<>]*)>$/s.exec(text);
  if (angled) {
    const address = bare(angled[2] ?? '');
    const name = unquote(angled[1] ?? '');
    return isAddress(address) ? { text, name: sameText(name, address) ? '' : name, address } : none;
  }
  const commented = /^(\S+)\s*\((.*)\)$/s.exec(text);
  if (commented && isAddress(bare(commented[1] ?? ''))) {
    return { text, name: (commented[2] ?? '').trim(), address: bare(commented[1] ?? '') };
  }
  if (isAddress(bare(text))) return { text, name: '', address: bare(text) };
  const named = /^(.+?)\s+(\S+)$/s.exec(text);
  if (named && !(named[1] ?? '').includes('@') && isAddress(bare(named[2] ?? ''))) {
    return { text, name: unquote(named[1] ?? ''), address: bare(named[2] ?? '') };
  }
  return none;
}

function sameText(a: string, b: string): boolean {
  return a.replace(/^'|'$/g, '').toLowerCase() === b.toLowerCase();
}

/** "anna@a.example ben@b.example": several addresses apart by blanks alone. */
function blankSeparated(text: string): AddressEntry[] | null {
  const words = text.split(/\s+/).map(bare);
  return words.length > 1 && words.every(isAddress)
    ? words.map((address) => ({ text: address, name: '', address }))
    : null;
}

/** Takes a list apart. Entries that are no addresses are kept as they were typed. */
export function readAddressList(typed: string): ReadList {
  const pieces = cut(typed);
  const last = pieces.at(-1);
  const unclosed = last && !last.closed ? last.text : '';
  const entries: AddressEntry[] = [];
  /** "Müller" of "Müller, Anna <anna@…>": belongs to what comes behind the comma if that has an address. */
  let surname = '';
  const settle = (): void => {
    if (surname !== '') entries.push(readEntry(surname));
    surname = '';
  };
  for (const { text, separator, closed } of pieces) {
    if (!closed || text === '') continue;
    const entry = readEntry(text);
    if (surname !== '' && entry.address !== '' && entry.name !== '' && text.endsWith('>')) {
      entries.push({
        text: `${surname}, ${text}`,
        name: `${surname}, ${entry.name}`,
        address: entry.address,
      });
      surname = '';
      continue;
    }
    settle();
    if (entry.address === '') {
      const several = blankSeparated(text);
      if (several) entries.push(...several);
      else if (separator === ',' && !text.includes('@')) surname = text;
      else if (entry.text !== '') entries.push(entry);
    } else entries.push(entry);
  }
  settle();
  return { entries, unclosed };
}

/** RFC 5322: anything but atoms and blanks in a name is quoted. Letters beyond ASCII are encoded by whoever builds the mail. */
function writeName(name: string): string {
  return /^[\p{L}\p{N} !#$%&'*+\-/=?^_`{|}~]*$/u.test(name) ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`;
}

export function writeEntry({ name, address, text }: AddressEntry): string {
  if (address === '') return text;
  return name === '' ? address : `${writeName(name)} <${address}>`;
}

/** The list as one line; `rest` is what is still being typed. */
export function writeAddressList(entries: readonly AddressEntry[], rest = ''): string {
  return [...entries.map(writeEntry), oneLine(rest).trim()].filter((part) => part !== '').join(', ');
}

/** Without those whose address came before: nobody is written to twice. Entries that are no addresses all stay. */
export function withoutRepeats(
  entries: readonly AddressEntry[],
  before: readonly AddressEntry[] = [],
): AddressEntry[] {
  const seen = new Set(before.map(({ address }) => normaliseAddress(address)).filter((key) => key !== ''));
  return entries.filter(({ address }) => {
    const key = normaliseAddress(address);
    if (key === '') return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
