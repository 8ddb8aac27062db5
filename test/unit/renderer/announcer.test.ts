import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer } from '#renderer/features/notices/announcer.svelte.ts';

let announcer: Announcer;
const texts = (): string[] => announcer.messages.map(({ text }) => text);
beforeEach(() => {
  vi.useFakeTimers();
  announcer = new Announcer();
});
afterEach(() => {
  announcer[Symbol.dispose]();
  vi.useRealTimers();
});

test('nothing goes while it is looked at, but for what can be undone no longer', () => {
  announcer.show('Moved', { ms: 6_000 });
  announcer.show('Sending', { ms: 10_000, firm: true });
  announcer.hold(true);
  announcer.show('Sending as well', { ms: 10_000, firm: true });
  vi.advanceTimersByTime(20_000);
  expect(texts()).toEqual(['Moved']);
  announcer.hold(false);
  vi.advanceTimersByTime(2_000);
  expect(texts()).toEqual([]);
});
