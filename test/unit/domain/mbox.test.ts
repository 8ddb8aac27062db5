import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFromLine, writeFromLine } from '#shared/domain/mbox/fromLine.ts';
import { MailFileSplitter, type MailPiece } from '#shared/domain/mbox/splitter.ts';
import { readStatus, type MailStatus } from '#shared/domain/mbox/status.ts';
import { mboxEntry } from '#shared/domain/mbox/writer.ts';

const none: MailStatus = { seen: false, flagged: false, answered: false, draft: false, forwarded: false };
const date = Date.UTC(2024, 2, 5, 9, 7, 3);

function split(file: Buffer | string, step = 7, maxMailBytes = 10_000_000): MailPiece[] {
  const bytes = Buffer.from(file);
  const splitter = new MailFileSplitter({ maxMailBytes });
  const pieces: MailPiece[] = [];
  for (let at = 0; at < bytes.length; at += step)
    pieces.push(...splitter.push(bytes.subarray(at, at + step)));
  pieces.push(...splitter.end());
  return pieces;
}
const texts = (pieces: readonly MailPiece[]): string[] =>
  pieces.map((piece) => (piece.kind === 'mail' ? Buffer.from(piece.raw).toString('latin1') : piece.kind));

describe('an mbox that is written and read again holds the same mails', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      'From ',
      'From anna@a.test Mon Mar  4 10:11:12 2024',
      '>From me',
      '>>From ',
      'From the start',
      '>',
      'Content-Length: 12',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, '')),
  );
  const mail = fc
    .record({
      headers: fc.array(
        fc.constantFrom(
          'Subject: a',
          'Status: RO',
          'Content-Length: 1',
          'Content-Length: 70000',
          'X-Status: F',
          'X-Any: \u00e4',
        ),
        { minLength: 1, maxLength: 4 },
      ),
      body: fc.array(line, { maxLength: 12 }),
    })
    .map(({ headers, body }) => `${headers.join('\r\n')}\r\n\r\n${body.map((one) => `${one}\r\n`).join('')}`);
  const status = fc.record({
    seen: fc.boolean(),
    flagged: fc.boolean(),
    answered: fc.boolean(),
    draft: fc.boolean(),
    forwarded: fc.boolean(),
  });

  test('whatever stands in them and however the bytes come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ mail, status }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 200 }),
        (mails, step) => {
          const file = Buffer.concat(
            mails.map((one) =>
              mboxEntry({
                raw: Buffer.from(one.mail, 'latin1'),
                sender: 'a@b.test',
                date,
                status: one.status,
              }),
            ),
          );
          const pieces = split(file, step);
          const read = pieces.map((piece) => {
            if (piece.kind !== 'mail') throw new Error('too large');
            const { raw, status: flags } = readStatus(piece.raw);
            return { mail: Buffer.from(raw).toString('latin1'), status: flags };
          });
          expect(read).toEqual(mails);
          expect(pieces.every((piece) => piece.kind === 'mail' && piece.envelopeDate === date)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('its lines end with LF, and lines with "From " are quoted so that no other program takes them for a mail', () => {
    const raw = Buffer.from('Subject: x\r\n\r\nFrom here\r\n>From there\r\n');
    expect(Buffer.from(mboxEntry({ raw, sender: null, date, status: none })).toString()).toBe(
      'From MAILER-DAEMON Tue Mar  5 09:07:03 2024\nStatus: O\nX-Status: \nSubject: x\n\n>From here\n>>From there\n\n',
    );
  });
});

describe('files of other programs', () => {
  const separator = 'From anna@a.test Mon Mar  4 10:11:12 2024';

  test('mboxo: a quoted "From " is given back', () => {
    expect(texts(split(`${separator}\nSubject: 1\n\n>From me\n\n${separator}\nSubject: 2\n\nb\n`))).toEqual([
      'Subject: 1\r\n\r\nFrom me\r\n',
      'Subject: 2\r\n\r\nb\r\n',
    ]);
  });

  test('mboxcl2: a whole mbox inside a mail is that mail, and its ">" is its own', () => {
    const body = `${separator}\nSubject: inner\n\n>From me\n\n${separator}\nSubject: inner 2\n\nx\n`;
    const first = `Subject: outer\nContent-Length: ${body.length}\n\n${body}`;
    expect(
      texts(split(`${separator}\n${first}\n${separator}\nContent-Length: 2\nSubject: 2\n\nb\n`)),
    ).toEqual([first.replaceAll('\n', '\r\n'), 'Content-Length: 2\r\nSubject: 2\r\n\r\nb\r\n']);
  });

  test.each([3, 5_000, 12])('a Content-Length of %d that counts something else loses no mail', (length) => {
    const mails = ['1', '2', '3'].map(
      (name) => `Subject: ${name}\nContent-Length: ${length}\n\nfirst line\n>From x\n`,
    );
    expect(texts(split(mails.map((one) => `${separator}\n${one}\n`).join('')))).toEqual(
      mails.map((one) => one.replace('>From', 'From').replaceAll('\n', '\r\n')),
    );
  });

  test('CRLF as well as LF, also both in one file', () => {
    expect(
      texts(split(`${separator}\nSubject: 1\r\n\r\na\r\n\r\n${separator}\r\nSubject: 2\n\nb\n`)),
    ).toEqual(['Subject: 1\r\n\r\na\r\n', 'Subject: 2\r\n\r\nb\r\n']);
  });

  test('a sentence that begins with "From " divides no mail', () => {
    expect(
      texts(split(`${separator}\nSubject: 1\n\na\n\nFrom now on it is 2024, from 10:00 on\n`)),
    ).toHaveLength(1);
  });

  test('separators of an unknown form count where the first one has it too', () => {
    expect(texts(split('From somebody\nSubject: 1\n\na\n\nFrom somebody else\nSubject: 2\n\nb\n'))).toEqual([
      'Subject: 1\r\n\r\na\r\n',
      'Subject: 2\r\n\r\nb\r\n',
    ]);
  });

  test('one mail by itself is taken as it is, with its own ">From "', () => {
    const pieces = split('Subject: 1\n\n>From me\n\n');
    expect(texts(pieces)).toEqual(['Subject: 1\r\n\r\n>From me\r\n\r\n']);
    expect(pieces[0]).toMatchObject({ number: 1, envelopeDate: null });
  });

  test('an empty file, or one of empty lines, holds nothing', () => {
    expect(split('')).toEqual([]);
    expect(split('\n\r\n\n')).toEqual([]);
  });

  test('a mail that is too large is told and passed over, however long its lines are', () => {
    for (const filling of ['x'.repeat(50_000), 'x\n'.repeat(25_000)]) {
      const file = `${separator}\nSubject: 1\n\n${filling}\n\n${separator}\nSubject: 2\n\nb\n`;
      const pieces = split(file, 997, 10_000);
      expect(texts(pieces)).toEqual(['too-large', 'Subject: 2\r\n\r\nb\r\n']);
      expect(pieces[0]).toMatchObject({ number: 1, bytes: 13 + filling.length + 1 });
    }
    expect(texts(split('x'.repeat(200_000), 997, 10_000))).toEqual(['too-large']);
  });
});

describe('the line that begins a mail', () => {
  test.each([
    ['From anna@a.test Mon Mar  4 10:11:12 2024', 'anna@a.test', Date.UTC(2024, 2, 4, 10, 11, 12)],
    ['From - Mon Mar 04 10:11:12 2024', '-', Date.UTC(2024, 2, 4, 10, 11, 12)],
    ['From 17@xxx Mon Mar 04 10:11:12 +0200 2024', '17@xxx', Date.UTC(2024, 2, 4, 8, 11, 12)],
    ['From MAILER-DAEMON Mon Mar  4 10:11:12 2024 -0100', 'MAILER-DAEMON', Date.UTC(2024, 2, 4, 11, 11, 12)],
    ['From "a b"@c.test Mon Mar  4 10:11 2024', '"a b"@c.test', Date.UTC(2024, 2, 4, 10, 11)],
    ['From a Thu Jan  1 00:00:00 1970', 'a', null],
  ])('%s', (line, sender, at) => {
    expect(readFromLine(line)).toEqual({ sender, date: at });
  });
  test('what is written is read again', () => {
    expect(readFromLine(writeFromLine('a@b.test', date))).toEqual({ sender: 'a@b.test', date });
    expect(writeFromLine('two words', date)).toContain('MAILER-DAEMON');
  });
});

describe('what the other program knew of a mail', () => {
  const read = (fields: string) => {
    const found = readStatus(new Uint8Array(Buffer.from(`${fields}\r\nSubject: x\r\n\r\nStatus: R\r\n`)));
    return { ...found, raw: Buffer.from(found.raw).toString() };
  };
  test.each([
    ['Status: RO', { seen: true }],
    ['Status: O\r\nX-Status: AF', { answered: true, flagged: true }],
    ['X-Status: T', { draft: true }],
    ['X-Mozilla-Status: 1007', { seen: true, answered: true, flagged: true, forwarded: true }],
    ['X-Mozilla-Status: 0000\r\nX-Mozilla-Status2: 00000000', {}],
    ['X-Keywords: $Forwarded', { forwarded: true }],
  ])('%j is read and left out', (fields, status) => {
    expect(read(fields)).toMatchObject({
      status: { ...none, ...status },
      removed: false,
      raw: 'Subject: x\r\n\r\nStatus: R\r\n',
    });
  });
  test('labels of Gmail are read and stay', () => {
    const found = read('X-Gmail-Labels: Inbox,Starred,Work');
    expect(found.status).toEqual({ ...none, seen: true, flagged: true });
    expect(found.raw).toContain('X-Gmail-Labels');
    expect(read('X-Gmail-Labels: Posteingang,Ungelesen').status.seen).toBe(false);
  });
  test('tags become keywords', () => {
    expect(read('X-Mozilla-Keys: $label1 NonJunk (x)').keywords).toEqual(['$label1', 'NonJunk']);
  });
  test.each(['X-Mozilla-Status: 0009', 'X-Status: D', 'X-IMAP: 1234 0000'])(
    '%s: it is not there any more',
    (fields) => {
      expect(read(fields).removed).toBe(true);
    },
  );
  test('a field of the same name that the sender wrote stays', () => {
    expect(read('Status: delivered').raw).toContain('Status: delivered');
    expect(read('Status: RO\r\nStatus: O').raw).toBe('Status: O\r\nSubject: x\r\n\r\nStatus: R\r\n');
  });
});
