/** Long jobs: told, held up, ended. */
import { describe, expect, test } from 'vitest';
import { createJobHandlers } from '#engine/api/jobs.ts';
import { Jobs } from '#engine/jobs/jobs.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import type { Job } from '#shared/contract/jobs.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { asJob, type Pace } from '#shared/mailFiles/heldJob.ts';
import { FakeClock } from '#test/support/fakeClock.ts';

const anna = AccountId.parse('anna');
const texts = { id: 'texts', kind: 'texts', accountId: anna, folder: null } as const;
const never = new AbortController().signal;

function engine() {
  const clock = new FakeClock();
  const told: Job[][] = [];
  const jobs = new Jobs(clock, (rows) => told.push(rows));
  const handlers = createJobHandlers(jobs);
  const client = {
    call: (name: keyof typeof handlers, request: never, options?: { signal?: AbortSignal }) =>
      handlers[name](request, options?.signal ?? never),
  } as unknown as EngineClient;
  return { clock, told, jobs, client };
}

describe('a job', () => {
  test('is told when it begins, changes and ends, and not more often than an eye can follow', async () => {
    const { clock, told, jobs } = engine();
    const job = jobs.begin({ ...texts, total: 100 });
    for (let done = 1; done <= 50; done += 1) job.set({ done });
    expect(told).toHaveLength(1);
    await clock.advance(300);
    job.set({ done: 51 });
    expect(told.at(-1)).toMatchObject([{ done: 51, total: 100, state: 'running' }]);
    job[Symbol.dispose]();
    expect(told.at(-1)).toEqual([]);
  });

  test('that is held up waits where it is ready to, until it is let go on', async () => {
    const { jobs } = engine();
    let resumed = 0;
    using job = jobs.begin({ ...texts, onResumed: () => (resumed += 1) });
    await job.ready(never);
    jobs.pause('texts');
    let went = false;
    const waiting = job.ready(never).then(() => (went = true));
    await Promise.resolve();
    expect([went, jobs.list()[0]?.state]).toEqual([false, 'paused']);
    jobs.resume('texts');
    await waiting;
    expect([went, resumed, jobs.list()[0]?.state]).toEqual([true, 1, 'running']);
  });

  test('that ended while it was held up is still held up when it begins again; one that was let go on is not', () => {
    const { jobs } = engine();
    const first = jobs.begin(texts);
    jobs.pause('texts');
    first[Symbol.dispose]();
    const second = jobs.begin(texts);
    expect(second.paused).toBe(true);
    jobs.resume('texts');
    second[Symbol.dispose]();
    expect(jobs.begin(texts).paused).toBe(false);
  });

  test('that is ended lets nobody wait, and what cannot be ended or held up says so', async () => {
    const { jobs } = engine();
    const job = jobs.begin(texts);
    jobs.pause('texts');
    const waiting = job.ready(never);
    jobs.cancel('texts');
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    jobs.begin({ ...texts, id: 'index', pausable: false, cancellable: false });
    expect(() => jobs.pause('index')).toThrow(expect.objectContaining({ code: 'not-permitted' }) as Error);
    expect(() => jobs.cancel('index')).toThrow(expect.objectContaining({ code: 'not-permitted' }) as Error);
    expect(() => jobs.resume('nothing')).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  });
});

describe("a client's own work", () => {
  const held = { id: 'file', kind: 'import', accountId: anna, folder: 'Archive' } as const;

  test('is a job as long as it runs, comes to rest between two steps, and goes on', async () => {
    const { jobs, client } = engine();
    const steps: number[] = [];
    const work = asJob(client, held, never, async (pace) => {
      for (let step = 1; step <= 3; step += 1) {
        steps.push(step);
        if (step === 2) jobs.pause('file');
        await pace(step, 3);
      }
      return 'whole';
    });
    await expect.poll(() => jobs.list()).toMatchObject([{ ...held, done: 2, total: 3, state: 'paused' }]);
    expect(steps).toEqual([1, 2]);
    jobs.resume('file');
    expect(await work).toBe('whole');
    expect([steps, jobs.list()]).toEqual([[1, 2, 3], []]);
  });

  test.each(['ended from elsewhere', 'ended by itself'])('%s stops at its next step', async (how) => {
    const { jobs, client } = engine();
    const abort = new AbortController();
    const work = asJob(client, held, abort.signal, async (pace: Pace) => {
      await pace(0, 2);
      if (how === 'ended by itself') abort.abort(new Error('enough'));
      else jobs.cancel('file');
      await pace(1, 2);
    });
    await expect(work).rejects.toThrow();
    expect(jobs.list()).toEqual([]);
  });

  test('goes on where its job is unknown: an engine that began anew', async () => {
    const { jobs, client } = engine();
    const done = await asJob(client, held, never, async (pace) => {
      jobs.get('file')[Symbol.dispose]();
      await pace(1, 2);
      return true;
    });
    expect(done).toBe(true);
  });

  test('has an id of its own', async () => {
    const { jobs, client } = engine();
    jobs.begin({ ...texts, id: 'file' });
    await expect(client.call('jobs.hold', held)).rejects.toMatchObject({ code: 'not-permitted' });
  });
});
