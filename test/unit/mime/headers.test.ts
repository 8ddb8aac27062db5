import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import { readHeaderBlock } from '#engine/mime/headers.ts';
import { readMailDate } from '#engine/mime/mailDate.ts';
import { headerWarnings } from '#engine/mime/messageWarnings.ts';
import { readParameterised } from '#engine/mime/parameters.ts';

const read = (text: string) => readHeaderBlock(Buffer.from(text.replace(/\n/g, '\r\n'), 'utf8'));

describe('a header block', () => {
  test('is read as a list and a reader need it', () => {
    const headers = read(
      'Received: by x\nMessage-ID: <a.1@x.test>\nIn-Reply-To: <b@x.test>\nReferences: <c@x.test>\n <b@x.test>\nFrom: Anna <anna@x.test>\nSender: bot@x.test\n' +
        'Reply-To: team@x.test\nTo: b@y.test\nCc: c@y.test, d@y.test\nBcc: e@y.test\nSubject: Hallo\n  Welt\nDate: Tue, 24 Nov 2026 10:52:37 +0100\n' +
        'Authentication-Results: mx.x.test; spf=pass\nAuthentication-Results: other; dkim=fail\nList-Unsubscribe: <https://x.test/u>,\n <mailto:u@x.test>\n' +
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nbody: no header\n',
    );
    expect(headers).toEqual({
      messageId: 'a.1@x.test',
      inReplyTo: 'b@x.test',
      references: ['c@x.test', 'b@x.test'],
      subject: 'Hallo Welt',
      from: { name: 'Anna', address: 'anna@x.test' },
      sender: { name: '', address: 'bot@x.test' },
      replyTo: [{ name: '', address: 'team@x.test' }],
      to: [{ name: '', address: 'b@y.test' }],
      cc: [
        { name: '', address: 'c@y.test' },
        { name: '', address: 'd@y.test' },
      ],
      bcc: [{ name: '', address: 'e@y.test' }],
      date: Date.UTC(2026, 10, 24, 9, 52, 37),
      authenticationResults: ['mx.x.test; spf=pass', 'other; dkim=fail'],
      listUnsubscribe: '<https://x.test/u>, <mailto:u@x.test>',
      severalSenders: false,
      duplicates: [],
      limited: false,
    });
  });

  test('raw 8-bit names are UTF-8 or windows-1252', () => {
    expect(read('Subject: Grüße\n').subject).toBe('Grüße');
    expect(readHeaderBlock(Buffer.from('Subject: Gr\xfc\xdfe\r\n', 'latin1')).subject).toBe('Grüße');
  });

  test('lines that are no field, and mbox lines, are skipped', () => {
    expect(read('From anna Mon Jan  1\nnot a field\nSubject : x\n: y\n').subject).toBe('x');
  });

  test('M08: two From fields and several senders are told, the first counts', () => {
    const twice = read('From: a@x.test\nFrom: b@y.test\n');
    expect(twice.from?.address).toBe('a@x.test');
    expect(headerWarnings(twice)).toContainEqual({ code: 'several-senders' });
    expect(headerWarnings(read('From: a@x.test, b@y.test\n'))).toContainEqual({ code: 'several-senders' });
    expect(headerWarnings(read('From: a@x.test\nDate: Tue, 24 Nov 2026 10:52:37 +0100\n'))).toEqual([]);
  });

  test('M08: a name that is another address is told', () => {
    expect(headerWarnings(read('From: "boss@firm.test" <m@evil.test>\n'))).toContainEqual({
      code: 'name-is-address',
      detail: 'boss@firm.test',
    });
    for (const from of ['"m@evil.test" <m@evil.test>', '"m@bücher.test" <m@xn--bcher-kva.test>'])
      expect(headerWarnings(read(`From: ${from}\n`)).map(({ code }) => code)).not.toContain(
        'name-is-address',
      );
  });

  test('M14: names of prototypes are names like others', () => {
    expect(read('__proto__: x\nconstructor: y\nSubject: z\n').subject).toBe('z');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    const { parameters } = readParameterised('text/plain; __proto__=a; constructor=b');
    expect([...parameters]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('several To fields are one list', () => {
    expect(read('To: a@x.test\nTo: b@x.test\n').to).toHaveLength(2);
  });
});

describe('M16: Message-IDs', () => {
  test.each<[string, string | null]>([
    ['<a@b>', 'a@b'],
    ['  <a@b>  (comment)', 'a@b'],
    ['a@b', 'a@b'],
    ['<<a@b>>', 'a@b'],
    ['<a @ b>', 'a@b'],
    ['<>', null],
    ['', null],
    ['no id here', null],
    ['<a\u0000b@c>', null],
    ['<a\u001bb@c>', null],
    [`<${'a'.repeat(1000)}@b>`, null],
  ])('%j', (raw, expected) => {
    expect(read(`Message-ID: ${raw}\n`).messageId).toBe(expected);
  });

  test('an id cannot carry a command or a header', () => {
    expect(read('Message-ID: =?utf-8?Q?<a=0D=0Ax@b>?=\n').messageId).toBe('a=0D=0Ax@b');
  });

  test('cyclic and repeated references end: each once, where it stands last', () => {
    expect(read('References: <a@x> <b@x> <a@x> <b@x>\n').references).toEqual(['a@x', 'b@x']);
    expect(read('References: <a@x><b@x>\n').references).toEqual(['a@x', 'b@x']);
  });

  test('M03: of 20,000 references the first and the last stay', () => {
    const all = Array.from({ length: 20_000 }, (_, index) => `<${index.toString()}@x>`);
    const { references } = read(`References: ${all.join('\n ')}\n`);
    expect(references).toHaveLength(200);
    expect(references[0]).toBe('0@x');
    expect(references.at(-1)).toBe('19999@x');
    expect(references.at(-199)).toBe('19801@x');
  });
});

describe('M03: large headers', () => {
  const inTime = (text: string) => {
    const block = Buffer.from(text);
    const start = cpuTime();
    const headers = readHeaderBlock(block);
    expect(cpuTime() - start).toBeLessThan(2000);
    return headers;
  };

  test('100,000 recipients, 20,000 headers, a subject of 300 KB, a line of 1 MB', () => {
    const to = Array.from({ length: 100_000 }, (_, index) => `u${index.toString()}@x.test`).join(',\r\n ');
    expect(inTime(`To: ${to}\r\n`).to.length).toBeGreaterThan(50_000);
    expect(inTime(`${'X-A: b\r\n'.repeat(20_000)}Subject: z\r\n`).subject).toBe('z');
    expect(inTime(`Subject: ${'ä'.repeat(150_000)}\r\n`).subject.length).toBeLessThanOrEqual(4000);
    expect(inTime(`X: ${'a'.repeat(1_000_000)}\r\nSubject: z\r\n`).subject).toBe('z');
    expect(inTime(`Subject: a\r\n${' b\r\n'.repeat(300_000)}`).subject).toMatch(/^a b b/);
  });

  test('a block beyond the limit is read in part, and it is told', () => {
    const headers = inTime(`Subject: z\r\n${'X-A: bbbbbbbbbbbb\r\n'.repeat(400_000)}`);
    expect(headers.subject).toBe('z');
    expect(headerWarnings(headers)).toContainEqual({ code: 'headers-limit' });
  });

  test('anything is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { subject } = readHeaderBlock(Buffer.concat([Buffer.from('Subject: '), bytes]));
        expect(subject).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('dates', () => {
  test.each<[string, number]>([
    ['Tue, 1 Jul 2003 10:52:37 +0200', Date.UTC(2003, 6, 1, 8, 52, 37)],
    ['1 Jul 2003 10:52 -0330', Date.UTC(2003, 6, 1, 14, 22)],
    ['Fri, 21 Nov 97 09:55:06 -0600', Date.UTC(1997, 10, 21, 15, 55, 6)],
    ['21 Nov 04 09:55:06 GMT', Date.UTC(2004, 10, 21, 9, 55, 6)],
    ['Thu, 13 Feb 1999 23:32:54 EST', Date.UTC(1999, 1, 14, 4, 32, 54)],
    ['Tue, 01 Jul 2003 10:52:37 +0200 (MESZ)', Date.UTC(2003, 6, 1, 8, 52, 37)],
    ['Tue, 01 Jul 2003 10:52:37 GMT+02:00', Date.UTC(2003, 6, 1, 8, 52, 37)],
    ['Tue Jul  1 10:52:37 2003', Date.UTC(2003, 6, 1, 10, 52, 37)],
    ['2003-07-01T10:52:37+02:00', Date.UTC(2003, 6, 1, 8, 52, 37)],
    ['1-Jul-2003 10:52:37 +0000', Date.UTC(2003, 6, 1, 10, 52, 37)],
    ['Tue,1 July 2003 10.52.37 XYZ', Date.UTC(2003, 6, 1, 10, 52, 37)],
  ])('%s', (raw, expected) => {
    expect(readMailDate(raw)).toBe(expected);
  });

  test.each([
    ...[
      '',
      'yesterday',
      'Thu, 1 Jan 1970 00:00:00 +0000',
      'Wed, 31 Dec 1969 23:59:59 +0000',
      'Fri, 31 Dec 9999 23:59:59 +0000',
    ],
    ...[
      '99 Foo 2003 10:00:00 +0000',
      '32 Jan 2003 10:00:00 +0000',
      '1 Jan 2003 25:00:00 +0000',
      '-1',
      '\u0000',
      'Tue, 1 Jul 0003 10:52:37 +0200',
    ],
  ])('M17: %j is no date', (raw) => {
    expect(readMailDate(raw)).toBeNull();
  });

  test('what a mailer writes is read to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 315_532_800, max: 4_102_444_799 }), (seconds) => {
        expect(readMailDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
      }),
    );
  });
});

describe('parameters (RFC 2231)', () => {
  test.each<[string, string]>([
    ['attachment; filename="a b.txt"', 'a b.txt'],
    ['attachment; filename=a b.txt', 'a b.txt'],
    ['attachment; filename="a \\"b\\".txt"', 'a "b".txt'],
    ['attachment; filename="C:\\dir\\new.txt"', 'C:\\dir\\new.txt'],
    ["attachment; filename*=utf-8''%E2%82%AC%20x.txt", '€ x.txt'],
    ["attachment; filename*=iso-8859-1'de'%E4.txt", 'ä.txt'],
    ["attachment; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=.txt", 'ä.txt'],
    ['attachment; filename*1=b; filename*0=a', 'ab'],
    ["attachment; filename=plain.txt; filename*=utf-8''better.txt", 'better.txt'],
    ['attachment; filename="=?utf-8?Q?=C3=A4.txt?="', 'ä.txt'],
    ['attachment; FileName = x.txt (a comment)', 'x.txt'],
    ['attachment; filename="never closed', 'never closed'],
    ['attachment;; ;filename=x.txt;', 'x.txt'],
    ['attachment; filename=x.txt; filename=y.txt', 'x.txt'],
    ['attachment; filename="a;b=c.txt"', 'a;b=c.txt'],
    ["attachment; filename*=utf-8'%41.txt", "utf-8'A.txt"],
    ["attachment; filename*=klingon''%C3%A4", 'ä'],
  ])('%s', (raw, expected) => {
    expect(readParameterised(raw).parameters.get('filename')).toBe(expected);
  });

  test.each([';', '=', ';a=', '"', ';a*0=', ';a*0*=%', ';a="', '; (', '\\'])(
    'M15: a megabyte of %j',
    (piece) => {
      const start = cpuTime();
      readParameterised(`text/plain${piece.repeat(1_000_000 / piece.length)}`);
      expect(cpuTime() - start).toBeLessThan(1000);
    },
  );
});
