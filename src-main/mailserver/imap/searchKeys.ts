/** Search keys (RFC 9051 section 6.4.4) read into one question to a message. */
import { searchableHeader, searchableText } from '../mime/searchable.ts';
import { fieldValue, readHeaders } from '../mime/headers.ts';
import type { Arguments } from './Arguments.ts';
import type { ImapCapability } from './capabilities.ts';
import { bad } from './Refusal.ts';
import type { SeenMail } from './SelectedMailbox.ts';
import { parseSearchDate } from './wire.ts';

export type Matches = (seen: SeenMail) => boolean;

export interface SearchSurroundings {
  readonly largestSequence: number;
  readonly largestUid: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly has: (capability: ImapCapability) => boolean;
}

export interface SearchQuestion {
  readonly matches: Matches;
  readonly usesModseq: boolean;
}

const dayMs = 24 * 60 * 60 * 1_000;
const maxKeys = 10_000;

/** Reads the rest of a SEARCH: keys that must all hold. */
export function readSearchKeys(args: Arguments, surroundings: SearchSurroundings): SearchQuestion {
  const reader = new KeyReader(args, surroundings);
  const matches = reader.all(() => args.atEnd);
  return { matches, usesModseq: reader.usesModseq };
}

const flagKeys: Readonly<Record<string, readonly [flag: string, set: boolean]>> = {
  ANSWERED: ['\\Answered', true],
  DELETED: ['\\Deleted', true],
  DRAFT: ['\\Draft', true],
  FLAGGED: ['\\Flagged', true],
  SEEN: ['\\Seen', true],
  UNANSWERED: ['\\Answered', false],
  UNDELETED: ['\\Deleted', false],
  UNDRAFT: ['\\Draft', false],
  UNFLAGGED: ['\\Flagged', false],
  UNSEEN: ['\\Seen', false],
};
const headerKeys: ReadonlySet<string> = new Set(['BCC', 'CC', 'FROM', 'SUBJECT', 'TO']);

class KeyReader {
  usesModseq = false;
  readonly #args: Arguments;
  readonly #around: SearchSurroundings;
  #keys = 0;

  constructor(args: Arguments, surroundings: SearchSurroundings) {
    this.#args = args;
    this.#around = surroundings;
  }

  all(end: () => boolean): Matches {
    const keys: Matches[] = [this.#key()];
    while (!end()) {
      this.#args.space();
      keys.push(this.#key());
    }
    return (seen) => keys.every((key) => key(seen));
  }

  #key(): Matches {
    const args = this.#args;
    this.#keys += 1;
    if (this.#keys > maxKeys) throw bad('too many search keys');
    if (args.next === '(') {
      args.open();
      return this.all(() => args.close());
    }
    if (/[0-9*]/.test(args.next)) {
      const set = args.sequenceSet();
      const { largestSequence } = this.#around;
      return ({ sequence }) => set.has(sequence, largestSequence);
    }
    const name = args.atom().toUpperCase();
    const flag = flagKeys[name];
    if (flag !== undefined) return ({ mail }) => mail.flags.has(flag[0]) === flag[1];
    if (headerKeys.has(name)) return this.#header(name, this.#spacedText());
    return this.#namedKey(name);
  }

  #namedKey(name: string): Matches {
    const args = this.#args;
    switch (name) {
      case 'ALL':
      case 'OLD':
        return () => true;
      case 'NEW':
      case 'RECENT':
        return () => false;
      case 'NOT': {
        args.space();
        const key = this.#key();
        return (seen) => !key(seen);
      }
      case 'OR': {
        args.space();
        const one = this.#key();
        args.space();
        const other = this.#key();
        return (seen) => one(seen) || other(seen);
      }
      case 'UID': {
        args.space();
        const set = args.sequenceSet();
        return ({ mail }) => set.has(mail.uid, this.#around.largestUid);
      }
      case 'KEYWORD':
      case 'UNKEYWORD': {
        args.space();
        const keyword = args.flag().toLowerCase();
        return ({ mail }) =>
          [...mail.flags].some((flag) => flag.toLowerCase() === keyword) === (name === 'KEYWORD');
      }
      case 'LARGER':
      case 'SMALLER': {
        args.space();
        const size = args.number();
        return ({ mail }) =>
          name === 'LARGER' ? mail.content.raw.length > size : mail.content.raw.length < size;
      }
      case 'HEADER': {
        args.space();
        const field = args.astring();
        return this.#header(field, this.#spacedText());
      }
      case 'BODY':
      case 'TEXT': {
        const wanted = this.#spacedText().toLowerCase();
        return ({ mail }) => searchableText(mail.content, name === 'TEXT').includes(wanted);
      }
      case 'MODSEQ':
        return this.#modseq();
      default:
        return this.#dateKey(name);
    }
  }

  #dateKey(name: string): Matches {
    const args = this.#args;
    const relative = /^(OLDER|YOUNGER)$/.exec(name);
    if (relative !== null && this.#around.has('WITHIN')) {
      args.space();
      const edge = this.#around.now - args.number() * 1_000;
      return ({ mail }) => (name === 'OLDER' ? mail.internalDate <= edge : mail.internalDate >= edge);
    }
    const match = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name);
    if (match === null) throw bad(`unknown search key ${name.slice(0, 40)}`);
    args.space();
    const day = parseSearchDate(args.astring());
    if (day === null) throw bad('invalid date');
    return ({ mail }) => {
      const at = match[1] === undefined ? mail.internalDate : sentAt(mail.content.raw);
      if (at === null) return false;
      if (match[2] === 'BEFORE') return at < day;
      return match[2] === 'SINCE' ? at >= day : at >= day && at < day + dayMs;
    };
  }

  #modseq(): Matches {
    const args = this.#args;
    if (!this.#around.has('CONDSTORE')) throw bad('unknown search key MODSEQ');
    this.usesModseq = true;
    args.space();
    if (args.next === '"') {
      args.string();
      args.space();
      args.atom();
      args.space();
    }
    const least = args.number();
    return ({ mail }) => mail.modseq >= least;
  }

  #header(field: string, text: string): Matches {
    const wanted = text.toLowerCase();
    const name = field.toLowerCase();
    return ({ mail }) => searchableHeader(mail.content, name).some((value) => value.includes(wanted));
  }

  #spacedText(): string {
    this.#args.space();
    return this.#args.text();
  }
}

/** Midnight UTC of the day that the Date header names, whatever its zone (RFC 9051: "disregarding time and timezone"). */
function sentAt(raw: Buffer): number | null {
  const date = fieldValue(readHeaders(raw, 0, raw.length).fields, 'date');
  const match = /(\d{1,2}) ([A-Za-z]{3}) (\d{4})/.exec(date ?? '');
  return match === null ? null : parseSearchDate(`${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`);
}
