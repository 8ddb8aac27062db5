import { expect, test, vi } from 'vitest';
import { AddressField } from '#renderer/features/composer/addressField.svelte.ts';
import type { AddressEntry } from '#renderer/features/composer/addressList.ts';

const field = (value = ''): AddressField => new AddressField(value, () => undefined);
const pills = ({ pills: all }: AddressField): string[] => all.map(({ text }) => text);

test('an address becomes a pill at a comma, and an unfinished one does not', () => {
  const to = field();
  to.type('anna@a.example');
  expect(pills(to)).toEqual([]);
  to.type('anna@a.example,');
  expect(pills(to)).toEqual(['anna@a.example']);
  expect(to.typed).toBe('');
  to.type('Berg,');
  expect(to.typed).toBe('Berg,');
  to.type('Berg, Ben <ben@b.example>');
  to.commit();
  expect(to.value).toBe('anna@a.example, "Berg, Ben" <ben@b.example>');
});

test('leaving the field keeps what is no address, marked, and says what is wrong', () => {
  const to = field();
  to.type('anna');
  expect(to.judged).toBe(false);
  to.commit();
  expect(pills(to)).toEqual(['anna']);
  expect(to.judged).toBe(true);
  expect(to.problem).toEqual({ kind: 'invalid', text: 'anna' });
  expect(to.value).toBe('anna');
});

test('an open quotation mark stays in the input', () => {
  const to = field();
  to.type('anna@a.example, "Ben');
  to.commit();
  expect(pills(to)).toEqual(['anna@a.example']);
  expect(to.typed).toBe('"Ben');
  expect(to.problem).toEqual({ kind: 'unclosed' });
  expect(to.value).toBe('anna@a.example, "Ben');
});

test('a pasted list becomes pills, a part of a word does not', () => {
  const to = field();
  expect(to.paste('a@x.example\nb@x.example;c@x.example')).toBe(true);
  expect(pills(to)).toHaveLength(3);
  to.type('anna');
  expect(to.paste('@a.example')).toBe(false);
  expect(to.paste('d@x.example')).toBe(false);
  expect(to.typed).toBe('anna');
});

test('a pill goes back into the input for correcting, and what stood there stays', () => {
  const to = field('Anna <anna@a.exmple>');
  to.type('ben@b.example');
  to.edit(to.pills[0]?.id ?? -1);
  expect(to.typed).toBe('Anna <anna@a.exmple>');
  expect(pills(to)).toEqual(['ben@b.example']);
});

test('the value of a draft comes back as it was left', () => {
  const to = field();
  to.type('anna@a.example, ben');
  const again = field(to.value);
  expect(again.value).toBe(to.value);
  expect(again.problem).toEqual({ kind: 'invalid', text: 'ben' });
});

test('each change is told once, loading is not', () => {
  const changed = vi.fn();
  const to = new AddressField('a@x.example', changed);
  expect(changed).not.toHaveBeenCalled();
  to.type('b@x.example');
  to.commit();
  to.remove(to.pills[0]?.id ?? -1);
  expect(changed).toHaveBeenCalledTimes(3);
});

test('who presses Enter before the proposals are there and types on begins a new word', async () => {
  const to = field();
  const answer = Promise.withResolvers<AddressEntry[]>();
  to.type('an');
  to.hold(answer.promise);
  expect([pills(to), to.typed, to.problem]).toEqual([['an'], '', null]);
  to.type('ben');
  expect(to.value).toBe('an, ben');
  answer.resolve([{ text: 'anna@a.example', name: 'Anna', address: 'anna@a.example' }]);
  await to.settled();
  expect([pills(to), to.typed, to.value]).toEqual([['anna@a.example'], 'ben', 'Anna <anna@a.example>, ben']);
});

test.each<[string, () => Promise<AddressEntry[]>]>([
  ['nobody is proposed', () => Promise.resolve([])],
  ['the engine does not answer', () => Promise.reject(new Error('gone'))],
])('what was typed stays, marked, where %s', async (_, answer) => {
  const to = field();
  to.type('nobody');
  to.hold(answer());
  await to.settled();
  expect(pills(to)).toEqual(['nobody']);
  expect([to.judged, to.problem]).toEqual([true, { kind: 'invalid', text: 'nobody' }]);
});

test('a word that is taken away or corrected while it is asked for stays as it was left', async () => {
  const to = field();
  const anna = { text: 'anna@a.example', name: '', address: 'anna@a.example' };
  to.type('an');
  to.hold(Promise.resolve([anna]));
  to.remove(to.pills[0]?.id ?? -1);
  to.type('ben');
  to.hold(Promise.resolve([anna]));
  to.edit(to.pills[0]?.id ?? -1);
  await to.settled();
  expect([pills(to), to.typed]).toEqual([[], 'ben']);
});

test('whoever is a recipient already is none a second time, and an open quotation mark stays in the input', async () => {
  const to = field('anna@a.example');
  to.type('an');
  to.hold(Promise.resolve([{ text: 'anna@a.example', name: 'Anna', address: 'ANNA@a.example' }]));
  await to.settled();
  expect(pills(to)).toEqual(['anna@a.example']);
  to.type('"Ben');
  to.hold(Promise.resolve([]));
  expect([pills(to), to.typed, to.asking]).toEqual([['anna@a.example'], '"Ben', false]);
});
