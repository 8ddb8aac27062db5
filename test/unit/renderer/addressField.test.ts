import { expect, test, vi } from 'vitest';
import { AddressField } from '#renderer/features/composer/addressField.svelte.ts';

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
