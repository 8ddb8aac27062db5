import { expect, test } from 'vitest';
import type { Person } from '#shared/contract/groups.ts';
import { UserId } from '#shared/domain/group/config.ts';
import {
  completeMention,
  matchingMembers,
  mentionAt,
  mentionedIn,
  notePieces,
} from '#renderer/features/group/mentions.ts';

const person = (id: string, name: string): Person => ({
  id: UserId.parse(id),
  name,
  address: `${id}@x.example`,
});
const ben = person('ben', 'Ben Berger');
const benno = person('benno', 'Ben Berger-Voss');
const clara = person('clara', 'Clara Claußen');
const members = [ben, benno, clara];
const names = (people: readonly Person[]): string[] => people.map(({ id }) => id);

test.each([
  ['@', 1, { at: 0, typed: '' }],
  ['Ask @be', 7, { at: 4, typed: 'be' }],
  ['Ask @Ben Ber', 12, { at: 4, typed: 'Ben Ber' }],
  ['(@cl', 4, { at: 1, typed: 'cl' }],
  // An address is no mention.
  ['ben@ber', 7, null],
  ['Ask @ben about', 3, null],
  ['@Ben Berger has it', 18, null],
])('what is typed in %j at %i', (text, caret, typed) => {
  expect(mentionAt(text, caret)).toEqual(typed);
});

test('members are found by any word of their name, and by their address', () => {
  expect(names(matchingMembers(members, ''))).toEqual(['ben', 'benno', 'clara']);
  expect(names(matchingMembers(members, 'claus'))).toEqual([]);
  expect(names(matchingMembers(members, 'clauß'))).toEqual(['clara']);
  expect(names(matchingMembers(members, 'berger'))).toEqual(['ben', 'benno']);
  expect(names(matchingMembers(members, 'benno@'))).toEqual(['benno']);
});

test('a mention is completed where it was begun', () => {
  const typed = mentionAt('Ask @be today', 7);
  if (!typed) throw new Error('nothing typed');
  expect(completeMention('Ask @be today', typed, ben)).toEqual({ text: 'Ask @Ben Berger today', caret: 16 });
});

test('who is mentioned is the longest name behind the sign', () => {
  expect(names(mentionedIn('@Ben Berger and @clara claußen!', members))).toEqual(['ben', 'clara']);
  expect(names(mentionedIn('@Ben Berger-Voss', members))).toEqual(['benno']);
  expect(names(mentionedIn('@Ben Bergers Sache, a@b', members))).toEqual([]);
});

test('a note is cut at its mentions', () => {
  expect(notePieces('Ask @Ben Berger, or a@b.', [ben])).toEqual([
    { text: 'Ask ', mention: false },
    { text: '@Ben Berger', mention: true },
    { text: ', or a@b.', mention: false },
  ]);
  expect(notePieces('plain', [])).toEqual([{ text: 'plain', mention: false }]);
});
