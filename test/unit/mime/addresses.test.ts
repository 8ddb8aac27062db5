import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '#test/support/cpuTime.ts';
import { formatAddress, parseAddressList } from '#engine/mime/addresses.ts';
import { safeLine } from '#shared/domain/safeText.ts';

const pairs = (text: string): [string, string][] =>
  parseAddressList(text).map(({ name, address }) => [name, address]);

describe('address lists', () => {
  test.each<[string, [string, string][]]>([
    [
      'Anna <anna@x.test>, bob@y.test',
      [
        ['Anna', 'anna@x.test'],
        ['', 'bob@y.test'],
      ],
    ],
    ['"Doe, John" <jd@x.test>', [['Doe, John', 'jd@x.test']]],
    ['"a \\"b\\" c" <x@y.test>', [['a "b" c', 'x@y.test']]],
    ['anna@x.test (Anna)', [['Anna', 'anna@x.test']]],
    ['Müller <m@bücher.test>', [['Müller', 'm@bücher.test']]],
    ['=?utf-8?Q?M=C3=BCller=2C_A?= <a@b.test>', [['Müller, A', 'a@b.test']]],
    [
      'anna@x.test; bob@y.test',
      [
        ['', 'anna@x.test'],
        ['', 'bob@y.test'],
      ],
    ],
    [
      'anna@x.test bob@y.test',
      [
        ['', 'anna@x.test'],
        ['', 'bob@y.test'],
      ],
    ],
    ['Anna anna@x.test', [['Anna', 'anna@x.test']]],
    ['mailto:anna@x.test', [['', 'anna@x.test']]],
    ['anna @ x.test', [['', 'anna@x.test']]],
    ['<anna@x.test', [['', 'anna@x.test']]],
    ['<<anna@x.test>>', [['', 'anna@x.test']]],
    ['Anna', [['Anna', '']]],
    ['anna@[IPv6:::1]', [['', 'anna@[IPv6:::1]']]],
    ["'Anna Albrecht' <anna@x.test>", [['Anna Albrecht', 'anna@x.test']]],
    ['', []],
    [' , ;, ', []],
  ])('%s', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  test.each<[string, [string, string][]]>([
    ['Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', [['Pete', 'pete@silly.test']]],
    [
      "A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n joe@example.org,\r\n John <jdoe@one.test> (my dear friend); (the end of the group)",
      [
        ['Chris Jones', 'c@public.example'],
        ['', 'joe@example.org'],
        ['John', 'jdoe@one.test'],
      ],
    ],
    ['(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;', []],
    [
      'Mary Smith <@node.test:mary@example.net>, , jdoe@test   . example',
      [
        ['Mary Smith', 'mary@example.net'],
        ['', 'jdoe@test.example'],
      ],
    ],
    ['Joe Q. Public <john.q.public@example.com>', [['Joe Q. Public', 'john.q.public@example.com']]],
    ['"Giant; \\"Big\\" Box" <sysservices@example.net>', [['Giant; "Big" Box', 'sysservices@example.net']]],
    ['undisclosed-recipients:;', []],
  ])('RFC 5322 appendix A: %s', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });
});

describe('M08: the address shown is the one used', () => {
  test('a quoted local part keeps its quotes and its domain', () => {
    expect(pairs('"x@evil.test y"@good.test')).toEqual([['', '"x@evil.test y"@good.test']]);
    expect(pairs('"anna"@good.test')).toEqual([['', 'anna@good.test']]);
  });

  test('an encoded word in an address is never decoded', () => {
    const raw = '=?utf-8?b?cG90dXNAd2hpdGVob3VzZS5nb3Y=?=@mailsploit.test';
    expect(pairs(raw)).toEqual([['', raw]]);
    expect(pairs(`<${raw}>`)).toEqual([['', raw]]);
  });

  test('line breaks, NUL and direction marks of an encoded name are gone', () => {
    const name = Buffer.from('potus@whitehouse.test\u0000\r\n\u202e<x@y>').toString('base64');
    expect(pairs(`=?utf-8?B?${name}?= <real@evil.test>`)).toEqual([
      ['potus@whitehouse.test <x@y>', 'real@evil.test'],
    ]);
  });

  test('two addresses in one entry are two entries', () => {
    expect(pairs('Anna <anna@x.test> <mallory@evil.test>')).toEqual([
      ['Anna', 'anna@x.test'],
      ['', 'mallory@evil.test'],
    ]);
  });

  test('an address that stands as a name does not become the address', () => {
    expect(pairs('"boss@firm.test" <mallory@evil.test>')).toEqual([['boss@firm.test', 'mallory@evil.test']]);
    expect(pairs('boss@firm.test <mallory@evil.test>')).toEqual([['boss@firm.test', 'mallory@evil.test']]);
  });
});

describe('M15: hostile lists are read in linear time', () => {
  const pieces = [
    '(',
    '"',
    '<',
    'g:',
    '((a)',
    '"a\\"',
    '"a\\',
    'a@b,',
    '@',
    '=?',
    '[',
    '<"',
    ':;',
    ' @',
    '=?a?q?',
    ',<"a',
    '\\',
    '>',
  ];
  test.each(pieces)('a megabyte of %j', (piece) => {
    for (const end of ['', '>"', ')', '?=']) {
      const text = piece.repeat(Math.floor(1_000_000 / piece.length)) + end;
      const start = cpuTime();
      parseAddressList(text);
      expect(cpuTime() - start).toBeLessThan(3000);
    }
  });

  test('groups nested a hundred thousand deep yield their address', () => {
    expect(pairs(`${'g:'.repeat(100_000)}a@b.test${';'.repeat(100_000)}`)).toEqual([['', 'a@b.test']]);
  });
});

describe('formatting', () => {
  test('a formatted address is read as the same again', () => {
    const word = fc.stringMatching(/^[a-z0-9+._-]{1,20}$/).filter((local) => !/^\.|\.$|\.\./.test(local));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), word, (rawName, local) => {
        const name = safeLine(rawName, 500);
        fc.pre(!name.includes('=?') && !/^'.*'$/.test(name) && name === safeLine(name.normalize(), 500));
        const address = { name, address: `${local}@example.test` };
        expect(parseAddressList(formatAddress(address))).toEqual([address]);
      }),
      { numRuns: 2000 },
    );
  });

  test('several formatted addresses make a list of as many', () => {
    const one = fc.record({
      name: fc.constantFrom('', 'Doe, John', 'a "b"', 'x;y:z', '(c)', 'Ä'),
      address: fc.constantFrom('a@b.test', 'c.d@e.test'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (list) => {
        expect(parseAddressList(list.map(formatAddress).join(', '))).toEqual(list);
      }),
    );
  });

  test('anything at all is read without an error, and no address has a control or a blank outside quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const { name, address } of parseAddressList(text)) {
          expect(name).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
          expect(address).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
          if (!address.includes('"')) expect(address).not.toMatch(/\s/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
