/** Long jobs: the contract's handlers. */
import type { Jobs } from '#engine/jobs/jobs.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { jobCommands } from '#shared/contract/jobs.ts';

type JobCommandName = Extract<CommandName, keyof typeof jobCommands>;

export function createJobHandlers(jobs: Jobs): HandlersOf<JobCommandName> {
  return {
    'jobs.list': async () => ({ jobs: jobs.list() }),
    'jobs.pause': async ({ id }) => {
      jobs.pause(id);
      return {};
    },
    'jobs.resume': async ({ id }) => {
      jobs.resume(id);
      return {};
    },
    'jobs.cancel': async ({ id }) => {
      jobs.cancel(id);
      return {};
    },
    'jobs.hold': async (init, signal) => {
      using job = jobs.begin(init);
      await aborted(AbortSignal.any([signal, job.signal]));
      signal.throwIfAborted();
      return {};
    },
    'jobs.step': async ({ id, done, total }, signal) => {
      const job = jobs.get(id);
      job.set({ done, total });
      await job.ready(signal);
      return {};
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
