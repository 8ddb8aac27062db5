import { expect, test } from 'vitest';
import { atOnce, begin, inSlices } from '#renderer/mail-frame/slices.ts';
import type { SliceOptions, Steps } from '#renderer/mail-frame/slices.ts';

/** Work of some steps, each of which takes 10 ms of a clock of its own. */
function work(steps: number, options: { fails?: boolean } = {}) {
  let time = 0;
  const state = { done: 0, ended: false, pauses: 0 };
  function* run(): Steps<string> {
    try {
      for (; state.done < steps; state.done += 1) {
        time += 10;
        yield;
      }
      if (options.fails === true) throw new Error('no');
      return 'done';
    } finally {
      state.ended = true;
    }
  }
  const given: SliceOptions = {
    now: () => time,
    pause: () => {
      state.pauses += 1;
      return Promise.resolve();
    },
  };
  return { steps: run(), state, given };
}

test('work of a moment has its outcome at once, without a pause', () => {
  const { steps, given, state } = work(2);
  expect(begin(steps, given)).toEqual({ done: true, value: 'done' });
  expect(state.pauses).toBe(0);
});

test('longer work pauses, and no slice takes longer than it may', async () => {
  const { steps, given, state } = work(100);
  const begun = begin(steps, given);
  if (begun.done) throw new Error('it took no time');
  expect(state.done).toBe(2);
  expect(await begun.rest).toBe('done');
  // Three steps a slice.
  expect(state.pauses).toBe(33);
});

test('its outcome and its faults are the same at once and in slices', async () => {
  expect(atOnce(work(50).steps)).toBe('done');
  const whole = work(50);
  expect(await inSlices(whole.steps, whole.given)).toBe('done');
  expect(whole.state.pauses).toBeGreaterThan(10);
  const failing = work(50, { fails: true });
  await expect(inSlices(failing.steps, failing.given)).rejects.toThrow('no');
});

test('what nobody waits for any more is left in the middle, and told so', async () => {
  const { steps, given, state } = work(100);
  const controller = new AbortController();
  const outcome = inSlices(steps, {
    ...given,
    signal: controller.signal,
    pause: async () => {
      if (state.done > 20) controller.abort();
    },
  });
  await expect(outcome).rejects.toThrow('aborted');
  expect(state.done).toBeLessThan(30);
  expect(state.ended).toBe(true);
});

test('what cannot be interrupted begins a slice of its own', async () => {
  let pauses = 0;
  function* run(): Steps<number> {
    yield;
    yield 'pause';
    return pauses;
  }
  const pause = async (): Promise<void> => void (pauses += 1);
  expect(await inSlices(run(), { now: () => 0, pause })).toBe(1);
  expect(atOnce(run())).toBe(1);
});
