/** IMAP answers read into values that two servers' can be compared by: without what is a server's own choice. */

export type Value = string | null | readonly Value[];

export interface Answer {
  readonly status: string;
  /** Response code of the tagged line, numbers that are a server's own replaced. */
  readonly code: string;
  /** Normalised untagged lines, sorted: their order is a server's own. */
  readonly untagged: readonly string[];
}

/** Reads everything up to the tagged line. */
export function readAnswer(text: string, tag: string): Answer {
  const reader = new Reader(text);
  const untagged: string[] = [];
  const rows = new Map<string, [string, Value][]>();
  for (;;) {
    const word = reader.word();
    if (word === tag) {
      const status = reader.word().toUpperCase();
      for (const [number, row] of rows) untagged.push(`${number} FETCH ${normalRow(row)}`);
      return { status, code: normalCode(reader.code()), untagged: untagged.sort() };
    }
    if (word !== '*') throw new Error(`unexpected "${word}" in ${text}`);
    const line = readUntagged(reader, rows);
    if (line !== null) untagged.push(line);
  }
}

function readUntagged(reader: Reader, rows: Map<string, [string, Value][]>): string | null {
  const first = reader.word().toUpperCase();
  if (first === 'OK' || first === 'NO' || first === 'BAD' || first === 'BYE') {
    const code = normalCode(reader.code());
    // PERMANENTFLAGS is shown as FLAGS is: the keywords that were ever used are kept differently long.
    return code === '' || /^(PERMANENTFLAGS|CLOSED)/.test(code) ? null : `${first} [${code}]`;
  }
  if (/^\d+$/.test(first)) {
    const kind = reader.word().toUpperCase();
    if (kind !== 'FETCH') {
      reader.line();
      return kind === 'RECENT' ? null : `${first} ${kind}`;
    }
    // One server says in two lines what another says in one.
    const row = pairs(reader.values()[0] as readonly Value[]);
    rows.set(first, [...(rows.get(first) ?? []), ...row]);
    return null;
  }
  const values = reader.values();
  switch (first) {
    case 'FLAGS':
    case 'ID':
    case 'CAPABILITY':
    case 'ENABLED':
      return null;
    case 'LIST':
    case 'LSUB': {
      const [attributes, delimiter, name, ...rest] = values;
      const kept = (attributes as readonly string[])
        .map((attribute) => attribute.toLowerCase())
        .filter((attribute) => !/marked|noinferiors/.test(attribute))
        .sort();
      return `${first} ${JSON.stringify([kept, delimiter, name, rest])}`;
    }
    case 'STATUS': {
      const [name, counters] = values as [Value, readonly Value[]];
      return `STATUS ${JSON.stringify([name, pairs(counters).map(normalCounter).sort()])}`;
    }
    case 'SEARCH':
      return `SEARCH ${JSON.stringify(values).replace(/"MODSEQ","\d+"/, '"MODSEQ","…"')}`;
    default:
      return `${first} ${JSON.stringify(values)}`;
  }
}

function pairs(list: readonly Value[]): [string, Value][] {
  const found: [string, Value][] = [];
  for (let at = 0; at < list.length; at += 2)
    found.push([String(list[at]).toUpperCase(), list[at + 1] ?? null]);
  return found;
}

function normalCounter([name, value]: [string, Value]): [string, Value] {
  return /UIDVALIDITY|HIGHESTMODSEQ/.test(name) ? [name, '…'] : [name, value];
}

function normalRow(items: readonly [string, Value][]): string {
  const row = items.map(([name, value]): [string, Value] => {
    if (name === 'FLAGS') {
      return [name, (value as readonly string[]).filter((flag) => flag !== '\\Recent').sort()];
    }
    if (name === 'MODSEQ') return [name, '…'];
    if (name === 'BODYSTRUCTURE' || name === 'BODY') {
      return [name, JSON.parse(JSON.stringify(value).toLowerCase()) as Value];
    }
    return [name, value];
  });
  return JSON.stringify(row.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** UIDVALIDITY and modification sequences are numbers of the server's own. */
function normalCode(code: string): string {
  return (
    code
      .replace(/^(UIDVALIDITY|HIGHESTMODSEQ) \d+/, '$1 …')
      .replace(/^(COPYUID|APPENDUID) \d+/, '$1 …')
      // How much a refusal explains (RFC 5530) is a server's own.
      .replace(/^(NONEXISTENT|CANNOT)$/, '')
      .replace(/^(CAPABILITY|PERMANENTFLAGS) .*/, '$1')
  );
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  word(): string {
    const match = /[^ \r\n]+/y;
    match.lastIndex = this.#at;
    const found = match.exec(this.#text)?.[0];
    if (found === undefined) throw new Error(`no word at "${this.#text.slice(this.#at, this.#at + 40)}"`);
    this.#at += found.length + (this.#text.charAt(this.#at + found.length) === ' ' ? 1 : 0);
    if (this.#text.startsWith('\r\n', this.#at)) this.#at += 2;
    return found;
  }

  /** The rest of the line, which is skipped. */
  line(): string {
    const end = this.#text.indexOf('\r\n', this.#at - 2);
    if (end < this.#at) return '';
    const line = this.#text.slice(this.#at, end);
    this.#at = end + 2;
    return line;
  }

  code(): string {
    return /^\[([^\]]*)\]/.exec(this.line())?.[1] ?? '';
  }

  /** All values up to the end of the line. */
  values(): Value[] {
    const values: Value[] = [];
    if (this.#text.startsWith('\r\n', this.#at - 2)) return values;
    while (!this.#text.startsWith('\r\n', this.#at)) {
      if (this.#text.charAt(this.#at) === ' ') this.#at += 1;
      else values.push(this.#value());
    }
    this.#at += 2;
    return values;
  }

  #value(): Value {
    const char = this.#text.charAt(this.#at);
    if (char === '(') {
      this.#at += 1;
      const list: Value[] = [];
      while (this.#text.charAt(this.#at) !== ')') {
        if (this.#text.charAt(this.#at) === ' ') this.#at += 1;
        else list.push(this.#value());
      }
      this.#at += 1;
      return list;
    }
    if (char === '"') {
      const quoted = /"((?:[^"\\]|\\.)*)"/y;
      quoted.lastIndex = this.#at;
      const found = quoted.exec(this.#text);
      if (found === null) throw new Error('unterminated string');
      this.#at = quoted.lastIndex;
      return (found[1] ?? '').replace(/\\(.)/g, '$1');
    }
    const literal = /\{(\d+)\}\r\n/y;
    literal.lastIndex = this.#at;
    const size = literal.exec(this.#text);
    if (size !== null) {
      const start = literal.lastIndex;
      this.#at = start + Number(size[1]);
      return this.#text.slice(start, this.#at);
    }
    const atom = /(?:[^ ()"\r\n[]|\[[^\]]*\])+/y;
    atom.lastIndex = this.#at;
    const found = atom.exec(this.#text)?.[0];
    if (found === undefined) throw new Error(`no value at "${this.#text.slice(this.#at, this.#at + 40)}"`);
    this.#at = atom.lastIndex;
    return found.toUpperCase() === 'NIL' ? null : found;
  }
}
