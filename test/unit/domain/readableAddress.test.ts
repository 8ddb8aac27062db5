import { domainToASCII, domainToUnicode } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiDomain } from '#shared/domain/asciiDomain.ts';
import { readableAddress } from '#shared/domain/readableAddress.ts';

describe('an address is shown', () => {
  test.each([
    ['info@xn--bcher-kva.test', 'info@bücher.test'],
    ['Info@XN--BCHER-KVA.test', 'Info@bücher.test'],
    ['info@Bücher.test', 'info@bücher.test'],
    ['info@post.xn--strae-oqa.test', 'info@post.straße.test'],
    ['jörg@xn--d-uga0v4h.pl', 'jörg@łódź.pl'],
    ['a@xn--80a1acny.xn--p1ai', 'a@почта.рф'],
    ['a@xn--kxaek4bk2a.gr', 'a@εφορία.gr'],
    ['a@xn--wgv71a.jp', 'a@日本.jp'],
  ])('%s in its own letters', (address, shown) => {
    expect(readableAddress(address)).toBe(shown);
  });

  test.each([
    ['Cyrillic letters that read as Latin ones', 'a@аррӏе.test', 'a@xn--80ak6aa92e.test'],
    ['Latin and Cyrillic letters in one name', 'a@раураl.test', 'a@xn--l-7sba6dbr.test'],
    ['a dotless i', 'a@ıng.test', 'a@xn--ng-gpa.test'],
    ['a thorn, which reads as p', 'a@þorn.test', 'a@xn--orn-ooa.test'],
    ['a name that is written from right to left', 'a@אבג.test', 'a@xn--4dbcd.test'],
    ['one of several names', 'a@bücher.аррӏе.test', 'a@xn--bcher-kva.xn--80ak6aa92e.test'],
  ])('in ASCII, its true name: %s', (_why, address, shown) => {
    expect(readableAddress(address)).toBe(shown);
    expect(readableAddress(shown)).toBe(shown);
  });

  test.each([
    'Anna@XYZ.test',
    'anna',
    '',
    'a@[192.0.2.1]',
    '"x@xn--bcher-kva.test y"@good.test',
    // No punycode at all.
    'a@xn--a.test',
    'a@xn--99999999.test',
    'a@xn--.test',
    `a@xn--${'a'.repeat(300)}.test`,
    'xn--bcher-kva.test',
    'jörg@xyz.test',
  ])('as it stands: %s', (address) => {
    expect(readableAddress(address)).toBe(address);
  });

  test('in letters that look like ASCII and mean it: as what it is', () => {
    expect(readableAddress('a@ｂank.test')).toBe('a@bank.test');
  });

  test('so that what is read is what is meant, whatever stands there', () => {
    const letter = fc.constantFrom(...Array.from('abcxyz019-äöüßéłжщωλ日本한글ıаеο'));
    fc.assert(
      fc.property(fc.string({ unit: letter, minLength: 1, maxLength: 20 }), (label) => {
        const ascii = domainToASCII(`${label}.test`);
        fc.pre(ascii !== '');
        const shown = readableAddress(`a@${ascii}`).slice(2);
        expect([ascii, domainToUnicode(ascii)]).toContain(shown);
        expect(asciiDomain(shown)).toBe(ascii);
        expect(readableAddress(`a@${label}.test`).slice(2)).toBe(shown);
      }),
    );
  });
});
