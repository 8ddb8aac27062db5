import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandReader } from '#mailserver/imap/CommandReader.ts';
import type { RawCommand } from '#mailserver/imap/CommandReader.ts';
import { matchesPattern } from '#mailserver/imap/listPattern.ts';
import { decodeMailboxName, encodeMailboxName } from '#mailserver/imap/mailboxNames.ts';
import { SelectedMailbox } from '#mailserver/imap/SelectedMailbox.ts';
import { SequenceSet } from '#mailserver/imap/SequenceSet.ts';
import { internalDate, numberSet, parseInternalDate } from '#mailserver/imap/wire.ts';
import { readAddresses } from '#mailserver/mime/addresses.ts';
import { parseMime } from '#mailserver/mime/parseMime.ts';
import { Mailbox } from '#mailserver/storage/Mailbox.ts';

const fail = (error: unknown): never => {
  throw error;
};

describe('reading commands', () => {
  const read = (chunks: readonly Buffer[]) => {
    const commands: { line: string; literals: string[] }[] = [];
    let continuations = 0;
    let broken = '';
    const reader = new CommandReader({
      command: ({ line, literals }: RawCommand) => {
        commands.push({ line, literals: literals.map((literal) => literal.toString('latin1')) });
      },
      continuation: () => {
        continuations += 1;
      },
      broken: (why) => {
        broken = why;
      },
      maxLiteralBytes: () => 1_000,
    });
    for (const chunk of chunks) reader.push(chunk);
    return { commands, continuations, broken };
  };

  it('gives the same commands wherever the bytes are cut', () => {
    const bytes = Buffer.from(
      'a LOGIN {4}\r\nanna {2+}\r\npw\r\nb APPEND INBOX {12+}\r\nline\r\n{3}\r\nx\r\nc NOOP\r\nd X {0}\r\n\r\n',
      'latin1',
    );
    const whole = read([bytes]);
    expect(whole.commands.map(({ line }) => line)).toEqual([
      'a LOGIN \0 \0',
      'b APPEND INBOX \0',
      'c NOOP',
      'd X \0',
    ]);
    expect(whole.commands[1]?.literals).toEqual(['line\r\n{3}\r\nx']);
    expect(whole.continuations).toBe(2);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(read(chunks)).toEqual(whole);
      }),
    );
  });

  it('stops at a literal beyond the limit, at an endless line and at a NUL', () => {
    expect(read([Buffer.from('a X {1001}\r\n')]).broken).toBe('literal too large');
    expect(read([Buffer.alloc(1_000_001, 120)]).broken).toBe('line too long');
    expect(read([Buffer.from('a \0\r\nb NOOP\r\n')])).toMatchObject({
      broken: 'unreadable line',
      commands: [],
    });
  });
});

describe('names and numbers on the wire', () => {
  it('brings every mailbox name back as it was', () => {
    expect(encodeMailboxName('Kunden/Müller & Söhne')).toBe('Kunden/M&APw-ller &- S&APY-hne');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const encoded = encodeMailboxName(name);
        expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeMailboxName(encoded)).toBe(name);
      }),
    );
    for (const broken of ['M&APw', 'a&-b&', '&AP-', 'ü', '&AGE-'])
      expect(decodeMailboxName(broken)).toBeNull();
  });

  it('holds in a sequence set what the set says', () => {
    const has = (text: string, number: number, largest: number) =>
      SequenceSet.parse(text)?.has(number, largest);
    expect([has('5:*', 3, 3), has('*:5', 4, 4), has('*', 7, 7), has('*', 6, 7), has('2:4', 5, 9)]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    for (const wrong of ['', '0', '1:', 'a', '1,,2', '-1', '1:2:3'])
      expect(SequenceSet.parse(wrong)).toBeNull();
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), (numbers) => {
        const sorted = numbers.sort((a, b) => a - b);
        const set = SequenceSet.parse(numberSet(sorted));
        const held = Array.from({ length: 200 }, (_unused, index) => index + 1).filter((n) =>
          set?.has(n, 200),
        );
        expect(held).toEqual(sorted);
      }),
    );
  });

  it('writes and reads dates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        expect(parseInternalDate(internalDate(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
    expect(parseInternalDate(' 6-May-2024 07:08:09 +0200')).toBe(Date.UTC(2024, 4, 6, 5, 8, 9));
    expect(parseInternalDate('6-Mai-2024 07:08:09 +0200')).toBeNull();
  });

  it('matches LIST patterns, many stars at no more cost than few', () => {
    const cases: [string, string, boolean][] = [
      ['INBOX', 'inbox', true],
      ['a/b/c', '*', true],
      ['a/b', '%', false],
      ['a/b', '%/%', true],
      ['a/b', 'a/*', true],
      ['ab', 'a%b', true],
      ['a/b', 'a%b', false],
      ['', '', true],
      ['a', '', false],
    ];
    for (const [name, pattern, fits] of cases) expect(matchesPattern(name, pattern, '/'), pattern).toBe(fits);
    const began = performance.now();
    expect(matchesPattern('a'.repeat(300), `${'*a'.repeat(150)}b`, '/')).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('hostile mail', () => {
  it('is taken apart without an end, a throw or a depth that the stack cannot bear', () => {
    const nested = Array.from({ length: 2_000 }, (_unused, index) =>
      [`Content-Type: multipart/mixed; boundary=b${index.toString()}`, '', `--b${index.toString()}`, ''].join(
        '\r\n',
      ),
    ).join('');
    const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(20_000)}--b--`;
    for (const text of [
      nested,
      many,
      '',
      '\r\n',
      ':\r\n',
      'Content-Type: multipart/mixed; boundary=""\r\n\r\n----',
    ]) {
      expect(() => parseMime(Buffer.from(text))).not.toThrow();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { end } = parseMime(Buffer.from(bytes));
        expect(end).toBe(bytes.length);
      }),
    );
  });

  it('has addresses that end', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(readAddresses(text).length).toBeLessThanOrEqual(text.length + 1);
      }),
    );
    for (const text of ['"', '(', '<', '[', '"\\', '((', 'a:b:c;', '<<>>'])
      expect(() => readAddresses(text)).not.toThrow();
  });
});

describe('what a session is told', () => {
  it('always brings the client to what the mailbox holds, whatever others do', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('append' as const) }),
      fc.record({ kind: fc.constant('flag' as const), at: fc.nat(30) }),
      fc.record({ kind: fc.constant('expunge' as const), at: fc.nat(30) }),
      fc.record({ kind: fc.constant('tell' as const), expunges: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), fc.boolean(), (operations, qresync) => {
        using mailbox = new Mailbox(1, fail);
        for (let i = 0; i < 5; i += 1) mailbox.append({ raw: Buffer.from('x'), internalDate: 0 });
        const selected = new SelectedMailbox(mailbox, 'INBOX', false);
        // As a client keeps it: UID and flags by sequence number; a UID that it cannot know yet is asked for.
        const client = mailbox.messages.map(({ uid, flags }) => ({ uid, flags: [...flags].join(' ') }));
        const tell = (expunges: boolean): void => {
          for (const line of selected.updates({ expunges, condstore: false, qresync }))
            apply(client, line, selected);
        };
        for (const step of operations) {
          const uid = 'at' in step ? mailbox.messages[step.at]?.uid : undefined;
          if (step.kind === 'append') mailbox.append({ raw: Buffer.from('x'), internalDate: 0 });
          else if (step.kind === 'flag' && uid !== undefined) {
            const flagged = mailbox.byUid(uid)?.flags.has('\\Flagged') ?? false;
            mailbox.setFlags(uid, flagged ? 'remove' : 'add', ['\\Flagged']);
          } else if (step.kind === 'expunge' && uid !== undefined) mailbox.expunge([uid]);
          else if (step.kind === 'tell') tell(step.expunges);
        }
        tell(true);
        expect(client).toEqual(
          mailbox.messages.map(({ uid, flags }) => ({ uid, flags: [...flags].join(' ') })),
        );
      }),
      { numRuns: 300 },
    );
  });
});

function apply(client: { uid: number; flags: string }[], line: string, selected: SelectedMailbox): void {
  const exists = /^\* (\d+) EXISTS$/.exec(line);
  if (exists) {
    const known = new Map(selected.all().map(({ sequence, mail }) => [sequence, mail]));
    for (let sequence = client.length + 1; sequence <= Number(exists[1]); sequence += 1) {
      const mail = known.get(sequence);
      client.push({ uid: mail?.uid ?? 0, flags: [...(mail?.flags ?? [])].join(' ') });
    }
    return;
  }
  const expunge = /^\* (\d+) EXPUNGE$/.exec(line);
  if (expunge) {
    client.splice(Number(expunge[1]) - 1, 1);
    return;
  }
  const vanished = /^\* VANISHED ([\d:,]+)$/.exec(line);
  if (vanished) {
    const set = SequenceSet.parse(vanished[1] ?? '');
    for (let at = client.length - 1; at >= 0; at -= 1)
      if (set?.has(client[at]?.uid ?? 0, 1e9)) client.splice(at, 1);
    return;
  }
  const row = /^\* (\d+) FETCH \((?:UID \d+ )?FLAGS \(([^)]*)\)\)$/.exec(line);
  if (!row) throw new Error(`not understood: ${line}`);
  const entry = client[Number(row[1]) - 1];
  if (entry) entry.flags = row[2] ?? '';
}
