import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import { parseMessage, readMessage, type ParsedMessage } from '#engine/mime/parseMessage.ts';
import { cleanFileName } from '#shared/domain/fileName.ts';
import { createTranslate, isMessageKey, languages } from '#shared/i18n/translate.ts';
import { randomMessage, seeded } from './randomMessages.ts';

/** Half of what is allowed: two suites may run beside each other. */
const limitMs = 4000;

function inTime(raw: string | Buffer): ParsedMessage {
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw;
  const start = cpuTime();
  const message = readMessage(bytes);
  expect(cpuTime() - start).toBeLessThan(limitMs);
  return message;
}

const codes = (message: ParsedMessage): string[] => message.warnings.map(({ code }) => code);

function nested(depth: number): string {
  let text = '';
  for (let level = 0; level < depth; level += 1)
    text += `Content-Type: multipart/mixed; boundary="b${level.toString()}"\r\n\r\n--b${level.toString()}\r\n`;
  text += 'Content-Type: text/plain\r\n\r\nThe innermost text.\r\n';
  for (let level = depth - 1; level >= 0; level -= 1) text += `--b${level.toString()}--\r\n`;
  return text;
}

describe('M01: nesting', () => {
  test('20 deep is read', () => {
    const message = inTime(nested(20));
    expect(message.text).toBe('The innermost text.');
    expect(codes(message)).not.toContain('nesting-limit');
  });

  test.each([200, 5000])('%i deep is answered, the limit is said, and the text is there', (depth) => {
    const message = inTime(nested(depth));
    expect(message.warnings).toContainEqual({ code: 'nesting-limit', detail: '100' });
    expect(message.text).toContain('The innermost text.');
  });

  test('rfc822 in rfc822, 150 deep', () => {
    const message = inTime(
      `${'Content-Type: message/rfc822\r\n\r\n'.repeat(150)}Subject: innermost\r\n\r\nhi\r\n`,
    );
    expect(codes(message)).toContain('nesting-limit');
    expect(message.attachments.map(({ partId, contentType }) => [partId, contentType])).toEqual([
      ['1', 'message/rfc822'],
    ]);
  });
});

describe('M02: many parts', () => {
  test('20,000 parts and names that are all the same: all are reachable', () => {
    const part =
      '--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=same.txt\r\n\r\nx\r\n';
    const message = inTime(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText.\r\n${part.repeat(20_000)}--b--\r\n`,
    );
    expect(message.attachments).toHaveLength(20_000);
    expect(new Set(message.attachments.map(({ partId }) => partId)).size).toBe(20_000);
    expect(Buffer.from(message.attachments[19_999]?.content() ?? []).toString()).toBe('x');
    expect(message.text).toBe('Text.');
  });

  test('beyond the limit it is said', () => {
    const message = inTime(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`,
    );
    expect(message.warnings).toContainEqual({ code: 'parts-limit', detail: '30000' });
  });
});

describe('M09: boundaries', () => {
  const multipart = (boundary: string, body: string): string =>
    `Content-Type: multipart/mixed${boundary}\r\n\r\n${body}`;
  test('missing: the body is the text', () => {
    const message = inTime(multipart('', '--x\r\n\r\nHello.\r\n--x--\r\n'));
    expect(message.text).toContain('Hello.');
    expect(codes(message)).toContain('boundary-missing');
  });
  test('never in the body: the body is the text', () => {
    expect(inTime(multipart('; boundary=b', 'Hello.\r\n')).text).toBe('Hello.\n');
  });
  test('empty', () => {
    expect(inTime(multipart('; boundary=""', '--\r\n\r\nHello.\r\n----\r\n')).text).toBe('Hello.');
  });
  test('never closed: all parts are there, and it is said', () => {
    const message = inTime(
      multipart(
        '; boundary=b',
        '--b\r\n\r\nHello.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nrest',
      ),
    );
    expect(message.text).toBe('Hello.');
    expect(message.attachments.map(({ filename, size }) => [filename, size])).toEqual([['a.pdf', 4]]);
    expect(codes(message)).toContain('boundary-unclosed');
  });
  test('one the beginning of the other', () => {
    const message = inTime(
      multipart(
        '; boundary=a',
        '--a\r\nContent-Type: multipart/alternative; boundary=ab\r\n\r\n--ab\r\n\r\none\r\n--ab\r\nContent-Type: text/html\r\n\r\ntwo\r\n--ab--\r\n--a\r\nContent-Type: x/y; name=z\r\n\r\n--a--\r\n',
      ),
    );
    expect([message.text, message.html, message.attachments.length]).toEqual(['one', 'two', 1]);
  });
  test('preamble and epilogue are no text', () => {
    expect(
      inTime(multipart('; boundary=b', 'preamble\r\n--b\r\n\r\nHello.\r\n--b--\r\nepilogue\r\n')).text,
    ).toBe('Hello.');
  });
});

describe('M10: bytes that are no mail', () => {
  test.each<[string, string, string | null]>([
    ['empty', '', ''],
    ['no header', 'Just text.\r\nMore.\r\n', 'Just text.\nMore.\n'],
    ['no header, but a paragraph', 'Just text.\r\n\r\nMore.\r\n', 'Just text.\n\nMore.\n'],
    ['bare CR', 'Subject: x\rFrom: a@b.test\r\rHello.\rWorld.', 'Hello.\nWorld.'],
    ['bare LF', 'Subject: x\n\nHello.\n', 'Hello.\n'],
    ['NUL', 'Subject: x\r\n\r\nHel\u0000lo.', 'Hello.'],
    ['header alone', 'Subject: x\r\n', ''],
  ])('%s', (_name, raw, text) => {
    expect(inTime(raw).text).toBe(text);
  });

  test('an empty mail says so', () => {
    expect(codes(inTime(''))).toContain('empty');
  });

  test('a megabyte of junk', () => {
    let state = 1;
    const junk = Buffer.from(
      Array.from({ length: 1_000_000 }, () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16),
    );
    expect(typeof inTime(junk).text).toBe('string');
  });
});

describe('M15: long searches for boundaries', () => {
  const hundred = Array.from(
    { length: 100 },
    (_, level) =>
      `Content-Type: multipart/mixed; boundary=${'b'.repeat(60)}${level.toString()}\r\n\r\n--${'b'.repeat(60)}${level.toString()}\r\n`,
  ).join('');
  test.each<[string, string]>([
    [
      'lines that begin like a boundary',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--\r\n'.repeat(1_000_000)}`,
    ],
    ['a hundred boundaries of one beginning', `${hundred}\r\n${`--${'b'.repeat(60)}x\r\n`.repeat(100_000)}`],
    [
      'boundaries in a header',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${'--x: y\r\n'.repeat(500_000)}`,
    ],
    ['one line', 'a'.repeat(10_000_000)],
    ['a header without end', 'X-A: b\r\n'.repeat(1_000_000)],
    ['line breaks', '\r\n'.repeat(3_000_000)],
    [
      'HTML of 5 MB, 30,000 deep',
      `Content-Type: text/html\r\n\r\n${'<div>'.repeat(30_000)}${'<a b=c>'.repeat(600_000)}`,
    ],
    ['an element of 30,000 attributes', `Content-Type: text/html\r\n\r\n<p ${'a=b '.repeat(30_000)}>x`],
    ['nested tables', `Content-Type: text/html\r\n\r\n${'<table><tr><td>'.repeat(1500)}x`],
    [
      'links in one line',
      `Content-Type: text/html\r\n\r\n${'<a href="https://a.example/x">link</a> '.repeat(20_000)}`,
    ],
    ['words without a tag', `Content-Type: text/html\r\n\r\n<p>${'x '.repeat(2_500_000)}`],
    ['quotes', `\r\n${'> '.repeat(500_000)}`],
  ])('%s', (_name, raw) => {
    inTime(raw);
  });
});

describe('M04, M05: names of attachments', () => {
  const named = (filename: string): ParsedMessage =>
    inTime(
      Buffer.from(
        `Content-Type: a/b\r\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(filename)}\r\n\r\n`,
      ),
    );

  test.each([
    '../../etc/passwd',
    '..\\..\\x.exe',
    '/etc/passwd',
    'C:\\x',
    '~/.ssh/id',
    'a\u0000b.txt',
    'a\r\nb.txt',
    'CON.txt',
    'x. ',
    'x'.repeat(400),
    '..',
    '\u202e',
  ])('%j is one harmless component', (filename) => {
    const [attachment] = named(filename).attachments;
    const clean = cleanFileName(attachment?.filename ?? '');
    expect(clean).not.toMatch(/[/\\\u0000-\u001f\u202e]|^\.|[. ]$|^con(\.|$)/i);
    expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200);
    expect(clean).not.toBe('');
  });

  test('hidden characters are told, with the place where they stand', () => {
    expect(named('invoice\u202efdp.exe').warnings).toContainEqual({
      code: 'attachment-name',
      detail: 'invoice⟨…⟩fdp.exe',
    });
  });
});

describe('what is kept as it is', () => {
  test('M11: TNEF is an attachment; a text with a uuencoded file has both', () => {
    const tnef = inTime(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText.\r\n--b\r\nContent-Type: application/ms-tnef\r\n\r\nx\r\n--b--\r\n',
    );
    expect(tnef.attachments.map(({ filename }) => filename)).toEqual(['winmail.dat']);
    const uu = inTime(
      'Subject: x\r\n\r\nSee the file.\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nBye.\r\n',
    );
    expect(uu.text).toBe('See the file.\nBye.\n');
    expect(uu.attachments.map(({ partId, filename, size }) => [partId, filename, size])).toEqual([
      ['1.0.1', 'cat.txt', 3],
    ]);
    expect(Buffer.from(uu.attachments[0]?.content() ?? []).toString()).toBe('Cat');
  });

  test('M13: external and partial bodies are told, never fetched', () => {
    const external = inTime(
      'Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1/"\r\n\r\nContent-Type: image/gif\r\n\r\n',
    );
    expect(codes(external)).toContain('external-body');
    expect(codes(inTime('Content-Type: message/partial; id=a; number=1; total=2\r\n\r\nx'))).toContain(
      'partial',
    );
  });

  test('M19: an encrypted mail says so', () => {
    expect(
      codes(
        inTime(
          'Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n',
        ),
      ),
    ).toContain('encrypted');
    expect(
      codes(
        inTime('Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nx'),
      ),
    ).toContain('encrypted');
  });

  test('a message within a message is a file named by its subject, and its text is not the text', () => {
    const message = inTime(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOuter.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nInner.\r\n--b--\r\n',
    );
    expect(message.text).toBe('Outer.');
    expect(message.attachments.map(({ partId, filename }) => [partId, filename])).toEqual([
      ['2', 'Grüße.eml'],
    ]);
    expect(Buffer.from(message.attachments[0]?.content() ?? []).toString()).toContain('Inner.');
  });
});

describe('whatever comes', () => {
  test('random structures are read, numbered once each, and said in words of both languages', () => {
    for (let seed = 1; seed <= 1500; seed += 1) {
      const message = readMessage(Buffer.from(randomMessage(seeded(seed)), 'latin1'));
      const numbers = message.attachments.map(({ partId }) => partId);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const number of numbers) expect(number).toMatch(/^[0-9]+(\.[0-9]+)*$/);
      for (const { code } of message.warnings) expect(isMessageKey(`warning.${code}`)).toBe(true);
    }
  });

  test('every warning has its words', () => {
    for (const language of languages) {
      const t = createTranslate(language);
      expect(t('warning.charset-unknown', { detail: 'klingon' })).toContain('klingon');
    }
  });

  test('random bytes, and random bytes behind a multipart header', async () => {
    const head = fc.constantFrom(
      '',
      'Content-Type: multipart/mixed; boundary=a\r\n\r\n',
      'Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
      'Content-Type: message/rfc822\r\n\r\n',
    );
    await fc.assert(
      fc.asyncProperty(head, fc.uint8Array({ maxLength: 500 }), async (start, bytes) => {
        const message = await parseMessage(Buffer.concat([Buffer.from(start), bytes]));
        for (const attachment of message.attachments) attachment.content();
      }),
      { numRuns: 2000 },
    );
  });
});
