/** The run over many accounts as a job: held up, gone on with, ended. */
import { expect, test } from 'vitest';
import { ImportSession } from '#engine/accounts/import/importSession.ts';
import { Jobs } from '#engine/jobs/jobs.ts';
import type { ConnectionTest } from '#shared/contract/accounts.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError, toWire, type MailErrorCode } from '#shared/errors/MailError.ts';
import { FakeClock } from '#test/support/fakeClock.ts';

const never = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So many accounts, whose tests end when they are told to. */
function importing(count: number) {
  const tests: ((failure?: MailErrorCode) => void)[] = [];
  const jobs = new Jobs(new FakeClock(), () => undefined);
  const rows = Array.from({ length: count }, (_, line) => {
    const address = `a${line}@company.test`;
    const settings = {
      ...{ name: address, address, displayName: '', smtp: null, archiveAddress: null },
      imap: { host: 'imap.company.test', port: 993, security: 'tls' as const, user: address },
      tls: { trust: 'system' as const },
    };
    const account = { settings, credentials: { imapPassword: 'x', smtpPassword: null } };
    return { line, name: address, address, outcome: { ok: true as const, account } };
  });
  const session = new ImportSession(rows, {
    check: () => undefined,
    test: (_, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        tests.push((failure) => {
          const error = failure === undefined ? undefined : toWire(new MailError(failure));
          const steps = [{ step: 'connect', ok: error === undefined, ms: 1, error }];
          const test = { ok: error === undefined, token: 't', imap: { steps }, smtp: null };
          resolve(test as unknown as ConnectionTest);
        });
      }),
    save: () => Promise.resolve({ id: AccountId.parse('new') }),
    told: () => undefined,
  });
  const job = jobs.begin({ id: 'accounts', kind: 'accounts', accountId: null, folder: null });
  const states = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { state } of session.rows()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  };
  return { session, jobs, job, tests, states };
}

test('what is tested is finished while a person holds it up, and no other begins until he lets it go on', async () => {
  const { session, jobs, job, tests, states } = importing(60);
  const run = session.run(undefined, job, never);
  await settle();
  expect(states()).toEqual({ testing: 50, ready: 10 });
  jobs.pause('accounts');
  for (const end of tests.splice(0)) end();
  await settle();
  expect([states(), tests.length]).toEqual([{ imported: 50, ready: 10 }, 0]);
  expect(job.row).toMatchObject({ state: 'paused', done: 50, total: 60 });
  jobs.resume('accounts');
  await settle();
  for (const end of tests.splice(0)) end();
  await run;
  expect(states()).toEqual({ imported: 60 });
});

test('a server that has no room for so many at once is asked again with fewer; who is refused then has failed', async () => {
  const { session, job, tests, states } = importing(20);
  const run = session.run(undefined, job, never);
  await settle();
  tests.splice(0).forEach((end, at) => end(at < 8 ? 'too-many-connections' : undefined));
  await settle();
  expect(states()).toEqual({ imported: 12, testing: 5, failed: 3 });
  expect(job.row).toMatchObject({ done: 12, total: 20 });
  tests.splice(0).forEach((end, at) => end(at === 0 ? 'too-many-connections' : undefined));
  await settle();
  for (const end of tests.splice(0)) end();
  await run;
  expect(states()).toEqual({ imported: 19, failed: 1 });
  expect(job.row).toMatchObject({ done: 20 });
});

test.each(['while it is held up', 'in the middle of a test'])(
  'ended %s, what is not done stays as it was',
  async (when) => {
    const { session, jobs, job, states } = importing(25);
    if (when === 'while it is held up') jobs.pause('accounts');
    const run = session.run(undefined, job, never);
    await settle();
    jobs.cancel('accounts');
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(states()).toEqual({ ready: 25 });
  },
);
