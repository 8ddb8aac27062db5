/** What kept the main thread of a page busy, as Chromium itself records it: each task with its length. */
import type { Page } from 'playwright-core';

export interface Task {
  /** From its begin to its end. */
  readonly ms: number;
  /** What of it the processor spent on it: less, where the machine had other things to do. */
  readonly cpuMs: number;
}

export interface TaskTrace {
  end(): Promise<{
    /** In the order in which they ran. */
    readonly tasks: readonly Task[];
    /** From the trace's begin until each frame that came first showed something of its content. */
    readonly paintedMs: readonly number[];
  }>;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, all of them. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

/** Tasks, what frames first show, and marks that pages set: by its mark the thread of this page is known among others'. */
const categories = ['disabled-by-default-devtools.timeline', 'loading', 'blink.user_timing'];
const mark = 'postkorb-bench';
const painted = 'firstContentfulPaint';
const wanted = new Set(['RunTask', painted, mark]);

export async function traceTasks(page: Page): Promise<TaskTrace> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as TraceEvent[]) if (wanted.has(event.name)) events.push(event);
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories, recordMode: 'recordAsMuchAsPossible' },
  });
  await page.evaluate((name) => void performance.mark(name), mark);
  return {
    async end() {
      const complete = new Promise<void>((resolve) =>
        session.once('Tracing.tracingComplete', () => resolve()),
      );
      await session.send('Tracing.end');
      await complete;
      await session.detach();
      const own = events.find(({ name }) => name === mark);
      if (own === undefined) throw new Error('the trace does not show this page');
      return {
        tasks: events
          .filter(
            ({ name, ph, pid, tid }) =>
              name === 'RunTask' && ph === 'X' && pid === own.pid && tid === own.tid,
          )
          .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 })),
        paintedMs: events.filter(({ name }) => name === painted).map(({ ts }) => (ts - own.ts) / 1000),
      };
    },
  };
}
