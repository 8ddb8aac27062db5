import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Autosave } from '#renderer/features/composer/autosave.svelte.ts';
import { MailError } from '#shared/errors/MailError.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a pause in typing saves once', async () => {
  const save = vi.fn(() => Promise.resolve());
  using autosave = new Autosave(save);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(300);
  autosave.touch();
  expect(autosave.state).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(700);
  expect(save).toHaveBeenCalledTimes(1);
  expect(autosave.state).toBe('saved');
});

test('typing without a pause is saved within two seconds', async () => {
  const save = vi.fn(() => Promise.resolve());
  using autosave = new Autosave(save);
  for (let ms = 0; ms < 2000; ms += 100) {
    autosave.touch();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(save).toHaveBeenCalled();
});

test('what is typed while a save runs is saved after it, and never two saves at once', async () => {
  let running = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  using autosave = new Autosave(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  });
  autosave.touch();
  await vi.advanceTimersByTimeAsync(700);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(3000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(200);
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(autosave.state).toBe('saved');
  expect(most).toBe(1);
});

test('a failed save is told, tried again, and nothing counts as saved until it was', async () => {
  let fail = true;
  const save = vi.fn(() => (fail ? Promise.reject(new MailError('disk-full')) : Promise.resolve()));
  using autosave = new Autosave(save);
  autosave.touch();
  await vi.advanceTimersByTimeAsync(700);
  expect(autosave.state).toBe('failed');
  expect(autosave.error?.code).toBe('disk-full');
  expect(autosave.isDirty).toBe(true);
  fail = false;
  await vi.advanceTimersByTimeAsync(4000);
  expect(autosave.state).toBe('saved');
  expect(autosave.error).toBeNull();
  expect(autosave.isDirty).toBe(false);
});

test('flush saves at once and tells whether all is safe', async () => {
  const save = vi.fn(() => Promise.resolve());
  using autosave = new Autosave(save);
  autosave.touch();
  expect(await autosave.flush()).toBe(true);
  expect(save).toHaveBeenCalledTimes(1);
  save.mockRejectedValueOnce(new MailError('connection-closed'));
  autosave.touch();
  expect(await autosave.flush()).toBe(false);
});

test('after stop nothing is saved any more, after resume what is left is', async () => {
  const save = vi.fn(() => Promise.resolve());
  using autosave = new Autosave(save);
  autosave.touch();
  await autosave.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(save).not.toHaveBeenCalled();
  autosave.resume();
  await vi.advanceTimersByTimeAsync(2000);
  expect(save).toHaveBeenCalledTimes(1);
});
