import { expect, test } from 'vitest';
import { commands } from '#shared/contract/contract.ts';

test('a change of one setting says nothing of the others', () => {
  expect(commands['settings.set'].request.parse({ language: 'de' })).toEqual({ language: 'de' });
  expect(commands['settings.set'].request.parse({})).toEqual({});
});

test('what a new draft leaves out is left to what it answers', () => {
  const { content } = commands['drafts.create'].request.parse({ accountId: 'a', content: { subject: 'x' } });
  expect(content).toEqual({ subject: 'x' });
});

test('what is said is still judged', () => {
  expect(commands['settings.set'].request.safeParse({ language: 'fr' }).success).toBe(false);
  expect(commands['settings.set'].request.safeParse({ undoSeconds: -1 }).success).toBe(false);
});
