import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isAddress,
  readAddressList,
  readEntry,
  withoutRepeats,
  writeAddressList,
} from '#renderer/features/composer/addressList.ts';

const read = (typed: string): string[] =>
  readAddressList(typed).entries.map(({ name, address, text }) =>
    address === '' ? `?${text}` : name === '' ? address : `${name}|${address}`,
  );

test.each<[string, string, string[]]>([
  ['an address', 'anna@a.example', ['anna@a.example']],
  ['a name and an address', 'Anna Arndt <anna@a.example>', ['Anna Arndt|anna@a.example']],
  [
    'commas, semicolons and lines',
    'a@x.example, b@x.example; c@x.example\nd@x.example',
    ['a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'],
  ],
  [
    'a comma in a quoted name',
    '"Arndt, Anna" <anna@a.example>, b@x.example',
    ['Arndt, Anna|anna@a.example', 'b@x.example'],
  ],
  [
    'a comma in a name without quotes',
    'Arndt, Anna <anna@a.example>; Berg, Ben <ben@b.example>',
    ['Arndt, Anna|anna@a.example', 'Berg, Ben|ben@b.example'],
  ],
  ['escaped quotes in a name', '"Anna \\"A.\\" Arndt" <anna@a.example>', ['Anna "A." Arndt|anna@a.example']],
  ['a name in a comment', 'anna@a.example (Anna Arndt)', ['Anna Arndt|anna@a.example']],
  ['a name before a bare address', 'Anna Arndt anna@a.example', ['Anna Arndt|anna@a.example']],
  [
    'addresses apart by blanks',
    'a@x.example b@x.example\tc@x.example',
    ['a@x.example', 'b@x.example', 'c@x.example'],
  ],
  ['a group of addresses', 'Team: a@x.example, b@x.example;', ['a@x.example', 'b@x.example']],
  ['a copied link', 'mailto:a@x.example', ['a@x.example']],
  ['a name that is the address', '"a@x.example" <a@x.example>', ['a@x.example']],
  ['a domain in another script', 'info@bücher.example', ['info@bücher.example']],
  ['what is no address stays as typed', 'anna, ben@b.example', ['?anna', 'ben@b.example']],
  ['half an address', 'Anna <anna@>', ['?Anna <anna@>']],
  ['nothing but separators', ' , ;\n', []],
])('%s', (_, typed, entries) => {
  expect(read(typed)).toEqual(entries);
});

test('what is not closed is told and kept', () => {
  expect(readAddressList('a@x.example, "Anna')).toEqual({
    entries: [{ text: 'a@x.example', name: '', address: 'a@x.example' }],
    unclosed: '"Anna',
  });
  expect(readAddressList('Anna <anna@a.example').unclosed).toBe('Anna <anna@a.example');
});

test.each([
  ['a@x.example', true],
  ['a@intranet', true],
  ['anna.arndt+tag@mail.a.example', true],
  ['ä@bücher.example', true],
  ['a@x..example', false],
  ['a@-x.example', false],
  ['a b@x.example', false],
  ['a@b@x.example', false],
  ['a@', false],
  ['@x.example', false],
  ['a@x.example\r\nBcc: c@x.example', false],
])('%j is an address: %s', (text, valid) => {
  expect(isAddress(text)).toBe(valid);
});

test('line breaks and control characters never reach a header', () => {
  expect(readEntry('Anna\r\nBcc: evil@x.example <anna@a.example>').text).not.toMatch(/[\r\n]/);
  expect(writeAddressList([], 'a\u0000b\u2028c')).toBe('ab c');
});

test('what was written is read as the same list', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const address = fc.tuple(word, word).map(([a, b]) => `${a}@${b}.example`);
  // Any name in one line that does not begin or end with a blank.
  const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) =>
    text
      .replace(/[\s\p{C}]+/gu, ' ')
      .trim()
      .replace(/^'+|'+$/g, ''),
  );
  fc.assert(
    fc.property(fc.array(fc.record({ name, address }), { maxLength: 6 }), (people) => {
      const entries = people.map((person) => ({ ...person, text: '' }));
      const again = readAddressList(writeAddressList(entries)).entries;
      expect(again.map(({ name: n, address: a }) => ({ name: n, address: a }))).toEqual(
        people.map((person) =>
          person.name.toLowerCase() === person.address ? { ...person, name: '' } : person,
        ),
      );
    }),
  );
});

test('nothing that was typed is lost, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (typed) => {
      const { entries, unclosed } = readAddressList(typed);
      const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
      const kept = letters(entries.map(({ text }) => text).join('') + unclosed);
      // The name of a group ("Team:") is the one thing that is left out.
      if (!typed.includes(':')) expect(kept).toBe(letters(typed));
    }),
  );
});

test('a megabyte of anything is read in a moment', () => {
  for (const unit of ['a@x.example,', '"', '<', 'a '.repeat(3), '(']) {
    // The processor's time: the clock on the wall depends on what else runs.
    const begin = process.cpuUsage();
    readAddressList(unit.repeat(1_000_000 / unit.length));
    expect(process.cpuUsage(begin).user / 1000).toBeLessThan(1000);
  }
});

test('nobody is written to twice', () => {
  const { entries } = readAddressList(
    'a@x.example, A@X.example, Anna <a@x.example>, b@x.example, oops, oops',
  );
  expect(withoutRepeats(entries).map(({ text }) => text)).toEqual([
    'a@x.example',
    'b@x.example',
    'oops',
    'oops',
  ]);
});
