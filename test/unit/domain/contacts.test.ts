import { describe, expect, it } from 'vitest';
import {
  findableWords,
  firstNameOf,
  isMachine,
  learnableName,
  meetsAll,
  rankOf,
  rankTogether,
  wantedWords,
} from '#shared/domain/contacts.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 28);

describe('a person is found by', () => {
  const anna = findableWords('Anna-Lena Müller', 'al.mueller@weber-bau.example');
  it.each([
    ['a part of the name', 'lena'],
    ['its beginning', 'mül'],
    ['the umlaut written out', 'Mueller'],
    ['the umlaut without its dots', 'muller'],
    ['first and last name in any order', 'müller anna'],
    ['the name as lists write it', 'Müller, Anna'],
    ['the address', 'al.mueller@weber-bau.example'],
    ['the address as far as it is typed', 'al.mueller@web'],
    ['the domain', 'weber'],
    ['a part of the domain', '@bau'],
  ])('%s', (_, typed) => {
    expect(meetsAll(anna, wantedWords(typed))).toBe(true);
  });
  it('a domain beyond ASCII, as it reads and as it is', () => {
    const info = findableWords('', 'info@xn--bcher-kva.example');
    for (const typed of ['bücher', 'info@bue', 'info@xn--bcher-kva.example'])
      expect(meetsAll(info, wantedWords(typed))).toBe(true);
  });
  it.each([
    ['the middle of a word', 'ller'],
    ['one word that is met and one that is not', 'anna meier'],
  ])('not by %s', (_, typed) => {
    expect(meetsAll(anna, wantedWords(typed))).toBe(false);
  });
});

describe('the rank', () => {
  const ranked = (...times: number[]): number =>
    times.reduce<number | null>((rank, at) => rankTogether(rank, rankOf(at)), null) ?? 0;

  it('does not depend on the order in which mails are met', () => {
    const times = [now, now - 3 * day, now - 400 * day, now - 20 * day];
    expect(ranked(...times)).toBeCloseTo(ranked(...times.toReversed()), 9);
  });
  it('of two with as many mails puts the later one first', () => {
    expect(ranked(now - day, now - 2 * day)).toBeGreaterThan(ranked(now - 60 * day, now - 61 * day));
  });
  it('puts many mails of last month before a single one of today', () => {
    const often = Array.from({ length: 10 }, (_, at) => now - (20 + at) * day);
    expect(ranked(...often)).toBeGreaterThan(ranked(now));
  });
  it('puts one mail of this week before ten of two years ago', () => {
    const once = Array.from({ length: 10 }, (_, at) => now - (700 + at) * day);
    expect(ranked(now - 3 * day)).toBeGreaterThan(ranked(...once));
  });
});

it.each([
  ['no-reply@shop.example', true],
  ['noreply+4711@shop.example', true],
  ['MAILER-DAEMON@mx.example', true],
  ['newsletter@shop.example', true],
  ['list-bounces@lists.example', true],
  ['anna@shop.example', false],
  ['noreplyhans@shop.example', false],
])('%s is a machine: %s', (address, machine) => {
  expect(isMachine(address)).toBe(machine);
});

it.each([
  [`'Anna Albrecht'`, 'Anna Albrecht'],
  ['anna@xyz.test', ''],
  ['boss@bank.test', ''],
  ['Anna', 'Anna'],
])('of the name %s is learned: %s', (name, learned) => {
  expect(learnableName(name, 'anna@xyz.test')).toBe(learned);
});

it.each([
  ['Anna Müller', 'Anna'],
  ['Müller, Anna', 'Anna'],
  ['Dr. Anna Müller', 'Anna'],
  ['Prof. Dr. Anna Müller', 'Anna'],
  ['Anna', 'Anna'],
  ['', ''],
])('%s is called %s', (name, first) => {
  expect(firstNameOf(name)).toBe(first);
});
