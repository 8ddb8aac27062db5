import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseFramer } from '#engine/imap/fetchParser.ts';
import type { FetchLimits, Value } from '#engine/imap/fetchParser.ts';

const limits: FetchLimits = { responseBytes: 100_000, depth: 20 };

/** Everything that came out, with bytes as text. */
function read(bytes: Buffer, cuts: readonly number[] = [], tags = ['Z1'], using = limits) {
  const told = {
    rows: [] as { seq: number; items: Record<string, unknown> }[],
    unreadable: [] as string[],
    untagged: [] as string[],
    tagged: [] as string[],
    rest: null as string | null,
  };
  const plain = (value: Value): unknown =>
    value instanceof Uint8Array
      ? { bytes: Buffer.from(value).toString('latin1') }
      : Array.isArray(value)
        ? value.map(plain)
        : value;
  const framer = new ResponseFramer(
    tags,
    {
      row: ({ seq, items }) =>
        told.rows.push({
          seq,
          items: Object.fromEntries([...items].map(([key, value]) => [key, plain(value)])),
        }),
      unreadable: (line) => told.unreadable.push(line),
      untagged: (line) => told.untagged.push(line.toString('latin1')),
      tagged: (tag, status) => told.tagged.push(`${tag} ${status}`),
      done: (rest) => {
        told.rest = rest.toString('latin1');
      },
    },
    using,
  );
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    // A copy, as a socket gives: what came before must not be looked at again through it.
    if (cut > from) framer.push(Buffer.from(bytes.subarray(from, cut)));
    from = Math.max(from, cut);
  }
  return told;
}

const conversation = Buffer.from(
  [
    '* 1 FETCH (UID 10 FLAGS (\\Seen $Work) INTERNALDATE "24-Nov-2026 19:20:21 +0000" RFC822.SIZE 126 MODSEQ (7) ',
    'BODY[HEADER.FIELDS (SUBJECT FROM)] {20}\r\nSubject: {3}\r\nx (y\r\n BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 11 1))\r\n',
    '* 5 EXISTS\r\n',
    '* VANISHED (EARLIER) 1:3\r\n',
    '* 2 FETCH (FLAGS () UID 11 BODY[1]<0> ~{5}\r\na\0b\r\n BODY[2] "q\\"uo\\\\ted")\r\n',
    '* 3 fetch (UID 12 BODY[] {0}\r\n)\r\n',
    '* OK [HIGHESTMODSEQ 9] so\r\n',
    'Z1 OK Fetch completed.\r\n* 6 EXISTS\r\n',
  ].join(''),
  'latin1',
);

describe('the bulk reader', () => {
  test('reads rows, literals and quoted strings, and hands on what is not for it', () => {
    const told = read(conversation);
    expect(told.rows).toEqual([
      {
        seq: 1,
        items: {
          UID: '10',
          FLAGS: ['\\Seen', '$Work'],
          INTERNALDATE: '24-Nov-2026 19:20:21 +0000',
          'RFC822.SIZE': '126',
          MODSEQ: ['7'],
          'BODY[HEADER.FIELDS]': { bytes: 'Subject: {3}\r\nx (y\r\n' },
          BODYSTRUCTURE: ['text', 'plain', null, null, null, '7bit', '11', '1'],
        },
      },
      {
        seq: 2,
        items: { FLAGS: [], UID: '11', 'BODY[1]': { bytes: 'a\0b\r\n' }, 'BODY[2]': 'q"uo\\ted' },
      },
      { seq: 3, items: { UID: '12', 'BODY[]': { bytes: '' } } },
    ]);
    expect(told.untagged).toEqual(['* 5 EXISTS', '* VANISHED (EARLIER) 1:3', '* OK [HIGHESTMODSEQ 9] so']);
    expect(told.tagged).toEqual(['Z1 OK Fetch completed.']);
    expect(told.rest).toBe('* 6 EXISTS\r\n');
    expect(told.unreadable).toEqual([]);
  });

  test('tells the same wherever the stream is cut', () => {
    const whole = read(conversation);
    for (let cut = 1; cut < conversation.length; cut += 1) {
      const told = read(conversation, [cut]);
      // What follows the last answer is handed back as far as it has arrived; the rest comes by itself.
      expect({ ...told, rest: null }).toEqual({ ...whole, rest: null });
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: conversation.length }), { maxLength: 30 }), (cuts) => {
        expect({ ...read(conversation, cuts), rest: null }).toEqual({ ...whole, rest: null });
      }),
    );
  });

  test('answers of several commands are told apart, in any order', () => {
    const told = read(
      Buffer.from('* 1 FETCH (UID 1)\r\nZ2 OK b\r\n* 2 FETCH (UID 2)\r\nZ1 NO a\r\nrest'),
      [],
      ['Z1', 'Z2'],
    );
    expect(told.rows.length).toBe(2);
    expect(told.tagged).toEqual(['Z2 OK b', 'Z1 NO a']);
    expect(told.rest).toBe('rest');
  });

  test.each([
    ['* 1 FETCH (UID 1 FLAGS (\\Seen)\r\n'],
    ['* 1 FETCH (UID)\r\n'],
    ['* 1 FETCH UID 1\r\n'],
    ['* 1 FETCH (UID 1 BODY[1 "x")\r\n'],
    ['* 1 FETCH (UID 1 BODY[1]<0 "x")\r\n'],
    ['* 1 FETCH (UID 1 X "open)\r\n'],
    [`* 1 FETCH (UID 1 X ${'('.repeat(200)}${')'.repeat(200)})\r\n`],
  ])('a row that cannot be read is told and skipped, the next one is whole: %j', (line) => {
    const told = read(Buffer.from(`${line}* 2 FETCH (UID 2)\r\nZ1 OK\r\n`));
    expect(told.unreadable.length).toBe(1);
    expect(told.rows).toEqual([{ seq: 2, items: { UID: '2' } }]);
    expect(told.tagged).toEqual(['Z1 OK']);
  });

  test('no bytes whatsoever make it throw anything but its limit', () => {
    const words = fc.constantFrom(
      '* 1 FETCH (',
      'UID 1',
      ' ',
      ')',
      '\r\n',
      '{3}\r\n',
      '"',
      '\\',
      '(',
      'BODY[',
      ']',
      'Z1 OK\r\n',
    );
    const noise = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 60 });
    fc.assert(
      fc.property(noise, (parts) => {
        try {
          read(Buffer.from(parts.join(''), 'latin1'));
        } catch (error) {
          expect(error).toMatchObject({ code: 'response-too-large' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a literal of 10 GB', '* 1 FETCH (BODY[] {10000000000}\r\n'],
    ['a line without end', `* 1 FETCH (X "${'a'.repeat(200_000)}`],
    ['literals that add up', `* 1 FETCH (${'BODY[1] {40000}\r\n'.concat('a'.repeat(40_000), ' ').repeat(3)}`],
  ])('%s ends it at the limit', (_name, bytes) => {
    expect(() => read(Buffer.from(bytes))).toThrow(expect.objectContaining({ code: 'response-too-large' }));
  });

  test('text that should be ASCII is read as UTF-8, or else as Latin-1', () => {
    const told = read(
      Buffer.concat([
        Buffer.from('* 1 FETCH (X "'),
        Buffer.from('grün', 'utf8'),
        Buffer.from('" Y "'),
        Buffer.from('grün', 'latin1'),
        Buffer.from('")\r\nZ1 OK\r\n'),
      ]),
    );
    expect(told.rows[0]?.items).toEqual({ X: 'grün', Y: 'grün' });
  });
});
