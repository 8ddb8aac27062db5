import { describe, expect, test } from 'vitest';
import { readMessage } from '#engine/mime/parseMessage.ts';
import { readStructure, type StructureNode } from '#engine/mime/structure.ts';

const leaf = (part: string, type: string, more: Partial<StructureNode> = {}): StructureNode => ({
  part,
  type,
  encoding: '7bit',
  size: 10,
  ...more,
});
const multi = (
  part: string | undefined,
  subtype: string,
  childNodes: StructureNode[],
  more: Partial<StructureNode> = {},
): StructureNode => ({
  ...(part === undefined ? {} : { part }),
  type: `multipart/${subtype}`,
  childNodes,
  ...more,
});
const file = (part: string, type: string, filename: string): StructureNode =>
  leaf(part, type, { disposition: 'attachment', dispositionParameters: { filename } });

/** `text` and `html` by part, then the attachments; "*": inline. */
function chosen(root: StructureNode): { texts: string[]; files: string[] } {
  const { textParts, attachments } = readStructure(root);
  return {
    texts: textParts.map(({ part, contentType }) => `${part} ${contentType.slice(5)}`),
    files: attachments.map(({ part, filename, inline }) => `${part} ${filename}${inline ? '*' : ''}`),
  };
}

describe('M12: which part is the text', () => {
  test.each<[string, StructureNode, string[], string[]]>([
    ['a plain mail', { type: 'text/plain' }, ['1 plain'], []],
    ['an HTML mail', { type: 'text/html' }, ['1 html'], []],
    [
      'alternatives',
      multi(undefined, 'alternative', [leaf('1', 'text/plain'), leaf('2', 'text/html')]),
      ['1 plain', '2 html'],
      [],
    ],
    [
      'the last of several',
      multi(undefined, 'alternative', [
        leaf('1', 'text/plain'),
        leaf('2', 'text/plain'),
        leaf('3', 'text/html'),
        leaf('4', 'text/html'),
      ]),
      ['2 plain', '4 html'],
      [],
    ],
    [
      'enriched and AMP are no files',
      multi(undefined, 'alternative', [
        leaf('1', 'text/plain'),
        leaf('2', 'text/enriched'),
        leaf('3', 'text/x-amp-html'),
        leaf('4', 'text/html'),
      ]),
      ['1 plain', '4 html'],
      [],
    ],
    [
      'an invitation',
      multi(undefined, 'alternative', [
        leaf('1', 'text/plain'),
        leaf('2', 'text/html'),
        leaf('3', 'text/calendar'),
      ]),
      ['1 plain', '2 html'],
      ['3 part-3.ics'],
    ],
    [
      'pictures of the HTML',
      multi(undefined, 'alternative', [
        leaf('1', 'text/plain'),
        multi('2', 'related', [leaf('2.1', 'text/html'), leaf('2.2', 'image/png', { id: '<a@x>' })]),
      ]),
      ['1 plain', '2.1 html'],
      ['2.2 part-2-2.png*'],
    ],
    [
      'the root of related is not the first',
      multi(
        undefined,
        'related',
        [leaf('1', 'image/png', { id: '<b>' }), leaf('2', 'text/html', { id: '<a>' })],
        { parameters: { start: '<a>' } },
      ),
      ['2 html'],
      ['1 part-1.png*'],
    ],
    [
      'text and files',
      multi(undefined, 'mixed', [
        leaf('1', 'text/plain'),
        file('2', 'application/pdf', 'a.pdf'),
        file('3', 'text/plain', 'b.txt'),
      ]),
      ['1 plain'],
      ['2 a.pdf', '3 b.txt'],
    ],
    [
      "a mailing list's footer",
      multi(undefined, 'mixed', [leaf('1', 'text/plain'), leaf('2', 'text/plain')]),
      ['1 plain', '2 plain'],
      [],
    ],
    [
      'text beside HTML is text and file, so that it is seen in both views',
      multi(undefined, 'mixed', [
        multi('1', 'alternative', [leaf('1.1', 'text/plain'), leaf('1.2', 'text/html')]),
        leaf('2', 'text/plain'),
      ]),
      ['1.1 plain', '2 plain', '1.2 html'],
      ['2 part-2.txt*'],
    ],
    [
      'H18: a second HTML part is never joined',
      multi(undefined, 'mixed', [
        leaf('1', 'text/html'),
        file('2', 'image/png', 'x.png'),
        leaf('3', 'text/html'),
      ]),
      ['1 html'],
      ['2 x.png', '3 part-3.html'],
    ],
    [
      'H18: EFAIL, ciphertext between two halves of a tag',
      multi(undefined, 'mixed', [
        leaf('1', 'text/html'),
        leaf('2', 'application/pkcs7-mime'),
        leaf('3', 'text/html'),
      ]),
      ['1 html'],
      ['2 part-2.p7m', '3 part-3.html'],
    ],
    [
      'signed',
      multi(undefined, 'signed', [
        multi('1', 'mixed', [leaf('1.1', 'text/plain')]),
        leaf('2', 'application/pgp-signature'),
      ]),
      ['1.1 plain'],
      ['2 part-2.asc'],
    ],
    [
      'M19: encrypted',
      multi(undefined, 'encrypted', [
        leaf('1', 'application/pgp-encrypted'),
        leaf('2', 'application/octet-stream'),
      ]),
      [],
      ['1 part-1.asc', '2 part-2.bin'],
    ],
    [
      'a bounce',
      multi(undefined, 'report', [
        leaf('1', 'text/plain'),
        leaf('2', 'message/delivery-status'),
        leaf('3', 'message/rfc822'),
      ]),
      ['1 plain'],
      ['2 part-2.txt', '3 message-3.eml'],
    ],
    [
      'M13: external',
      multi(undefined, 'mixed', [leaf('1', 'text/plain'), leaf('2', 'message/external-body')]),
      ['1 plain'],
      ['2 part-2.bin'],
    ],
    ['a mail that is a file', file('1', 'application/pdf', 'a.pdf'), [], ['1 a.pdf']],
    [
      'only a text with a name: text and file',
      leaf('1', 'text/plain', { parameters: { name: 'a.txt' } }),
      ['1 plain'],
      ['1 a.txt'],
    ],
    ['a text called an attachment stays one', file('1', 'text/plain', 'a.txt'), [], ['1 a.txt']],
    [
      'M19: cards and calendars alone are files',
      multi(undefined, 'mixed', [leaf('1', 'text/vcard'), leaf('2', 'text/calendar')]),
      [],
      ['1 part-1.vcf', '2 part-2.ics'],
    ],
    ['an unknown kind of text is text', { type: 'text/x' }, ['1 plain'], []],
    ['no proper type is plain text', { type: 'text/' }, ['1 plain'], []],
    [
      'names on alternatives',
      multi(undefined, 'alternative', [
        leaf('1', 'text/plain', { parameters: { name: 'a.txt' } }),
        leaf('2', 'text/html', { parameters: { name: 'a.html' } }),
      ]),
      ['1 plain', '2 html'],
      [],
    ],
    [
      'M09: a body that its boundary does not divide',
      multi(undefined, 'mixed', [leaf('1', 'text/plain', { size: 0 })]),
      ['TEXT plain'],
      [],
    ],
  ])('%s', (_name, root, texts, files) => {
    expect(chosen(root)).toEqual({ texts, files });
  });

  test('charset and format go along, and nothing else', () => {
    expect(
      readStructure(
        leaf('1', 'text/plain', {
          encoding: 'BASE64',
          parameters: { charset: 'UTF-8', format: 'flowed', delsp: 'yes', name: '' },
        }),
      ).textParts,
    ).toEqual([
      {
        part: '1',
        contentType: 'text/plain',
        encoding: 'base64',
        size: 10,
        parameters: { charset: 'UTF-8', format: 'flowed', delsp: 'yes' },
      },
    ]);
  });

  test('the size of a file not yet fetched is estimated from its encoding', () => {
    const size = (encoding: string, bytes: number): number | undefined =>
      readStructure({ ...file('1', 'a/b', 'x'), encoding, size: bytes }).attachments[0]?.size;
    expect(size('base64', 7800)).toBe(5700);
    expect(size('8bit', 7800)).toBe(7800);
  });

  test('M01: a tree a thousand deep, and M02: one of 40,000 parts', () => {
    let deep = leaf('1', 'text/plain');
    for (let depth = 0; depth < 1000; depth += 1)
      deep = multi(depth === 999 ? undefined : '1', 'mixed', [deep]);
    expect(() => readStructure(deep)).not.toThrow();
    const wide = readStructure(
      multi(
        undefined,
        'mixed',
        Array.from({ length: 40_000 }, (_, index) => file((index + 1).toString(), 'a/b', 'same')),
      ),
    );
    expect(wide.attachments).toHaveLength(30_000);
    expect(new Set(wide.attachments.map(({ part }) => part)).size).toBe(30_000);
  });

  test('attachments stand in the order of the mail', () => {
    const parts = ['10', '2', '1.10', '1.9', '1'].map((part) => file(part, 'a/b', 'x'));
    expect(readStructure(multi(undefined, 'mixed', parts)).attachments.map(({ part }) => part)).toEqual([
      '1',
      '1.9',
      '1.10',
      '2',
      '10',
    ]);
  });
});

describe('M12: list, search, reader and reply agree', () => {
  const mail = Buffer.from(
    'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYour order was cancelled.\r\n' +
      '--b\r\nContent-Type: text/html\r\n\r\n<p>Your order is on its way.</p>\r\n--b--\r\n',
  );
  test('the snippet is of the HTML that the reader shows; the plain text is there for whoever asks for it', () => {
    const { snippet, text, html } = readMessage(mail);
    expect(snippet).toBe('Your order is on its way.');
    expect(html).toContain('on its way');
    expect(text).toBe('Your order was cancelled.');
  });
});
