/** What a FETCH asks for, read from its arguments (RFC 9051 section 6.4.5). */
import type { Arguments } from './Arguments.ts';
import { bad } from './Refusal.ts';

export interface BodySection {
  /** Numbers of the part; empty: the message. */
  readonly part: readonly number[];
  readonly what: 'all' | 'header' | 'fields' | 'fields-not' | 'text' | 'mime';
  /** Of `fields` and `fields-not`, as asked. */
  readonly names: readonly string[];
}

export type FetchItem =
  | {
      readonly kind:
        'FLAGS' | 'UID' | 'INTERNALDATE' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE' | 'MODSEQ';
    }
  | {
      readonly kind: 'section';
      /** As it is named in the answer: "BODY[TEXT]<0>", "RFC822.HEADER". */
      readonly name: string;
      readonly section: BodySection;
      readonly partial: { readonly offset: number; readonly length: number } | null;
      readonly peek: boolean;
    };

const whole: BodySection = { part: [], what: 'all', names: [] };
const fast: FetchItem[] = [{ kind: 'FLAGS' }, { kind: 'INTERNALDATE' }, { kind: 'RFC822.SIZE' }];
const macros: Readonly<Record<string, readonly FetchItem[]>> = {
  FAST: fast,
  ALL: [...fast, { kind: 'ENVELOPE' }],
  FULL: [...fast, { kind: 'ENVELOPE' }, { kind: 'BODY' }],
};

export function readFetchItems(args: Arguments): FetchItem[] {
  if (args.next === '(') return args.list(() => readItem(args));
  for (const [name, items] of Object.entries(macros)) if (args.takeWord(name)) return [...items];
  return [readItem(args)];
}

function readItem(args: Arguments): FetchItem {
  const name = args.match(/[A-Za-z0-9.]+/, 'an item').toUpperCase();
  if ((name === 'BODY' || name === 'BODY.PEEK') && args.take('['))
    return readSection(args, name === 'BODY.PEEK');
  switch (name) {
    case 'FLAGS':
    case 'UID':
    case 'INTERNALDATE':
    case 'RFC822.SIZE':
    case 'ENVELOPE':
    case 'BODY':
    case 'BODYSTRUCTURE':
    case 'MODSEQ':
      return { kind: name };
    case 'RFC822':
      return { kind: 'section', name, section: whole, partial: null, peek: false };
    case 'RFC822.HEADER':
      return { kind: 'section', name, section: { ...whole, what: 'header' }, partial: null, peek: true };
    case 'RFC822.TEXT':
      return { kind: 'section', name, section: { ...whole, what: 'text' }, partial: null, peek: false };
    default:
      throw bad(`unknown item ${name.slice(0, 40)}`);
  }
}

function readSection(args: Arguments, peek: boolean): FetchItem {
  const part: number[] = [];
  let what: BodySection['what'] = 'all';
  let names: string[] = [];
  let word = args.next === ']' ? '' : args.match(/[A-Za-z0-9.]+/, 'a section').toUpperCase();
  const written = word;
  for (;;) {
    const number = /^([1-9]\d{0,5})(?:\.|$)/.exec(word);
    if (number === null) break;
    part.push(Number(number[1]));
    word = word.slice(number[0].length);
  }
  let namesText = '';
  if (word === 'HEADER') what = 'header';
  else if (word === 'TEXT') what = 'text';
  else if (word === 'MIME' && part.length > 0) what = 'mime';
  else if (word === 'HEADER.FIELDS' || word === 'HEADER.FIELDS.NOT') {
    what = word === 'HEADER.FIELDS' ? 'fields' : 'fields-not';
    args.space();
    names = args.list(() => args.astring());
    if (names.length === 0) throw bad('expected field names');
    namesText = ` (${names.join(' ')})`;
  } else if (word !== '') throw bad('unknown section');
  args.expect(']');
  let partial: { offset: number; length: number } | null = null;
  if (args.take('<')) {
    const offset = args.number();
    args.expect('.');
    const length = args.number();
    args.expect('>');
    partial = { offset, length };
  }
  const origin = partial === null ? '' : `<${partial.offset.toString()}>`;
  return {
    kind: 'section',
    name: `BODY[${written}${namesText}]${origin}`,
    section: { part, what, names },
    partial,
    peek,
  };
}
