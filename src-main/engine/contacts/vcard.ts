/**
 * vCards as other programs write them (RFC 6350, RFC 2426, and the 2.1 of telephones and Outlook), read card by card: what cannot be read
 * is told with its line, and the next card is read. Written as 3.0, which all of them take. Never throws for what a file contains.
 */
import type { ContactContent } from '#shared/contract/contacts.ts';
import { EmailAddress } from '#shared/domain/account.ts';
import { safeLine } from '#shared/domain/safeText.ts';

export interface Card {
  /** Where it begins. */
  readonly line: number;
  readonly content: ContactContent;
  /** Lines that are not shown, unfolded, for writing them out again. */
  readonly extra: readonly string[];
  readonly uid: string | null;
}

export interface CardGroup {
  readonly line: number;
  readonly name: string;
  /** "mailto:…", "urn:uuid:…". */
  readonly members: readonly string[];
}

/**
 * outside: text that belongs to no card · unfinished: the card does not end · line: no property · address: no e-mail address ·
 * empty: neither a name nor an address · limit: what follows is too much
 */
export interface CardFault {
  readonly line: number;
  readonly code: 'outside' | 'unfinished' | 'line' | 'address' | 'empty' | 'limit';
  readonly text: string;
}

export interface ReadCards {
  readonly cards: readonly Card[];
  readonly groups: readonly CardGroup[];
  readonly faults: readonly CardFault[];
}

export const maxCards = 20_000;
const maxFaults = 500;
/** Of one card: pictures beyond it are left out. */
const maxExtra = 64 * 1024;
const maxEntries = 20;

interface Property {
  readonly line: number;
  readonly raw: string;
  readonly name: string;
  readonly params: readonly string[];
  readonly value: string;
  readonly decoded: boolean;
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines with their continuations: a blank at the beginning (RFC 6350), or "=" at the end of quoted-printable (2.1). */
function unfold(text: string): Line[] {
  const lines: { number: number; text: string }[] = [];
  let soft = false;
  text.split(/\r\n|\n|\r/).forEach((line, at) => {
    const last = lines.at(-1);
    if (last && soft) last.text = `${last.text.slice(0, -1)}${line}`;
    else if (last && /^[ \t]/.test(line) && last.text !== '') last.text += line.slice(1);
    else lines.push({ number: at + 1, text: line });
    const now = lines.at(-1)?.text ?? '';
    soft = now.endsWith('=') && /^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE/i.test(now);
  });
  return lines;
}

function readProperty({ number, text }: Line): Property | null {
  const match = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:[^":;]|"[^"]*")*)*):(.*)$/s.exec(text);
  if (!match) return null;
  const params = [...(match[2] ?? '').matchAll(/;((?:[^":;]|"[^"]*")+)/g)].map(([, part = '']) => part);
  const raw = match[3] ?? '';
  const quoted = params.some((part) => /^(?:ENCODING=)?QUOTED-PRINTABLE$/i.test(part));
  const charset = params.flatMap((part) => /^CHARSET=(.+)$/i.exec(part)?.[1] ?? [])[0] ?? 'utf-8';
  return {
    line: number,
    raw: text,
    name: (match[1] ?? '').toUpperCase(),
    params,
    value: quoted ? decodeQuoted(raw, charset) : raw,
    decoded: quoted,
  };
}

function decodeQuoted(text: string, charset: string): string {
  const bytes: number[] = [];
  for (const part of text.split(/(=[0-9a-f]{2})/i)) {
    if (/^=[0-9a-f]{2}$/i.test(part)) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...new TextEncoder().encode(part));
  }
  try {
    return new TextDecoder(charset).decode(Uint8Array.from(bytes));
  } catch {
    return new TextDecoder('utf-8').decode(Uint8Array.from(bytes));
  }
}

/** The parts between semicolons that are not escaped, with their escapes undone. */
function parts(value: string): string[] {
  return [...value.matchAll(/(?:^|;)((?:[^\\;]|\\.?)*)/gs)].map(([, part = '']) => whole(part));
}

const whole = (value: string): string =>
  value.replace(/\\(n|N|.)/gs, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped));

function preferred({ params }: Property): number {
  const text = params.join(';').toUpperCase();
  const pref = /PREF=(\d+)/.exec(text)?.[1];
  return pref === undefined ? (/\bPREF\b/.test(text) ? 1 : 101) : Number(pref);
}

/** N: family; given; additional; prefixes; suffixes. */
function structuredName(value: string): string {
  const [family = '', given = '', additional = '', before = '', after = ''] = parts(value);
  return [before, given, additional, family, after]
    .map((part) => part.trim())
    .filter(Boolean)
    .join(' ');
}

const ignored = new Set(['BEGIN', 'END', 'VERSION', 'PRODID', 'REV', 'FN', 'N']);

class CardReader {
  readonly cards: Card[] = [];
  readonly groups: CardGroup[] = [];
  readonly faults: CardFault[] = [];

  fault(line: number, code: CardFault['code'], text = ''): void {
    if (this.faults.length < maxFaults) this.faults.push({ line, code, text: safeLine(text, 80) });
  }

  card(begin: number, lines: readonly Line[]): void {
    const found: Property[] = [];
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      const property = readProperty(line);
      if (property) found.push(property);
      else this.fault(line.number, 'line', line.text);
    }
    const all = (name: string): Property[] => found.filter((property) => property.name === name);
    const first = (name: string): string => whole(all(name)[0]?.value ?? '');
    const name = safeLine(first('FN') || structuredName(all('N')[0]?.value ?? ''), 200);
    const kind = (first('KIND') || first('X-ADDRESSBOOKSERVER-KIND')).trim().toLowerCase();
    if (kind === 'group') {
      const members = [...all('MEMBER'), ...all('X-ADDRESSBOOKSERVER-MEMBER')].map(({ value }) =>
        value.trim(),
      );
      if (name === '') this.fault(begin, 'empty');
      else this.groups.push({ line: begin, name, members });
      return;
    }
    const addresses: string[] = [];
    for (const property of all('EMAIL').toSorted((a, b) => preferred(a) - preferred(b))) {
      const address = whole(property.value)
        .trim()
        .replace(/^mailto:/i, '');
      if (address === '') continue;
      if (!EmailAddress.safeParse(address).success) this.fault(property.line, 'address', address);
      else if (!addresses.some((one) => one.toLowerCase() === address.toLowerCase())) addresses.push(address);
    }
    const organisation = safeLine(
      parts(all('ORG')[0]?.value ?? '')
        .map((part) => part.trim())
        .filter(Boolean)
        .join(', '),
      200,
    );
    if (name === '' && organisation === '' && addresses.length === 0) {
      this.fault(begin, 'empty');
      return;
    }
    const phones = all('TEL')
      .map(({ value }) => safeLine(whole(value).replace(/^tel:/i, ''), 100))
      .filter(Boolean);
    const taken = new Set([...ignored, 'EMAIL', 'ORG', 'TEL', 'NOTE']);
    this.cards.push({
      line: begin,
      content: {
        name,
        organisation,
        addresses: addresses.slice(0, maxEntries),
        phones: [...new Set(phones)].slice(0, maxEntries),
        note: all('NOTE')
          .map(({ value }) => whole(value))
          .join('\n')
          .replace(/[^\P{Cc}\n\t]/gu, '')
          .trim()
          .slice(0, 10_000),
      },
      extra: kept(found.filter((property) => !taken.has(property.name))),
      uid: first('UID').trim() || null,
    });
  }
}

function kept(properties: readonly Property[]): string[] {
  const lines: string[] = [];
  let room = maxExtra;
  for (const property of properties) {
    const { name, value, decoded, params } = property;
    const types = params.filter((part) => !/^(?:ENCODING=)?QUOTED-PRINTABLE$|^CHARSET=/i.test(part));
    const line = decoded ? `${[name, ...types].join(';')}:${escaped(value, false)}` : property.raw;
    if (line.length > room) continue;
    room -= line.length;
    lines.push(line);
  }
  return lines;
}

export function readCards(text: string): ReadCards {
  const reader = new CardReader();
  let begin = 0;
  let lines: Line[] | null = null;
  let outside = false;
  for (const line of unfold(text)) {
    const word = line.text.trim().toUpperCase();
    if (word === 'BEGIN:VCARD') {
      if (lines) reader.fault(begin, 'unfinished');
      if (reader.cards.length >= maxCards) {
        reader.fault(line.number, 'limit');
        return reader;
      }
      begin = line.number;
      lines = [];
      outside = false;
    } else if (word === 'END:VCARD' && lines) {
      reader.card(begin, lines);
      lines = null;
    } else if (lines) lines.push(line);
    else if (word !== '' && !outside) {
      // One report for a run of lines.
      outside = true;
      reader.fault(line.number, 'outside', line.text);
    }
  }
  if (lines) reader.fault(begin, 'unfinished');
  return reader;
}

function escaped(text: string, semicolons = true): string {
  const safe = text
    .replace(/\\/g, '\\\\')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/,/g, '\\,');
  return semicolons ? safe.replace(/;/g, '\\;') : safe;
}

/** Lines of at most 75 bytes, not cut inside a character (RFC 2426 section 2.6). */
function fold(line: string): string {
  let folded = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > 75) {
      folded += '\r\n ';
      bytes = 1;
    }
    folded += character;
    bytes += size;
  }
  return folded;
}

function write(lines: readonly string[]): string {
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

export function writeCard(content: ContactContent, extra: readonly string[]): string {
  const { name, organisation, addresses, phones, note } = content;
  const shown = name || organisation || (addresses[0] ?? '');
  const [before = '', after] = name.split(',', 2);
  const words = before.trim().split(/\s+/);
  const family = after === undefined ? (words.length > 1 ? (words.at(-1) ?? '') : '') : before.trim();
  const given =
    after === undefined ? (words.length > 1 ? words.slice(0, -1).join(' ') : before) : after.trim();
  return write([
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${escaped(shown)}`,
    `N:${escaped(family)};${escaped(given)};;;`,
    ...addresses.map((address, at) => `EMAIL;TYPE=INTERNET${at === 0 ? ',PREF' : ''}:${escaped(address)}`),
    ...(organisation === '' ? [] : [`ORG:${escaped(organisation)}`]),
    ...phones.map((phone) => `TEL:${escaped(phone)}`),
    ...(note === '' ? [] : [`NOTE:${escaped(note)}`]),
    ...extra,
    'END:VCARD',
  ]);
}

export function writeGroup(name: string, addresses: readonly string[]): string {
  return write([
    'BEGIN:VCARD',
    'VERSION:4.0',
    'KIND:group',
    `FN:${escaped(name)}`,
    ...addresses.map((address) => `MEMBER:mailto:${address}`),
    'END:VCARD',
  ]);
}
