import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Supervisor } from '#engine/accounts/supervisor.ts';
import type { AccountRunner, CreateRunner, RunnerEvent } from '#engine/accounts/runner.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { passwordAccess } from '#engine/secrets/access.ts';
import { isGrant, writeCredentials } from '#engine/secrets/credentials.ts';
import { assert } from '#shared/base/assert.ts';
import { insertAccount } from '#engine/store/accounts.repo.ts';
import { openStore, type Store } from '#engine/store/store.ts';
import type { Health } from '#shared/contract/accounts.ts';
import { AccountSettings } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { FakeClock, settled } from '#test/support/fakeClock.ts';
import { silentLog } from '#test/support/silentLog.ts';

const id = AccountId.parse('anna');
const settings = AccountSettings.parse({
  name: 'Anna',
  address: 'anna@xyz.test',
  displayName: '',
  imap: { host: 'localhost', port: 143, security: 'none', user: 'anna' },
  smtp: null,
  archiveAddress: null,
  tls: { trust: 'system' },
});

let folder: string;
let clock: FakeClock;
let store: Store;
let secrets: ReturnType<typeof memorySecrets>;
/** Told of each start of a runner; what it reports is the test's to say. */
let runners: { starts: number; tell: (event: RunnerEvent) => void; closed: boolean }[];
let told: Health[];

const createRunner: CreateRunner = (_account, onEvent) => {
  const record = { starts: 0, tell: onEvent, closed: false };
  runners.push(record);
  const runner: AccountRunner = {
    start: () => {
      record.starts += 1;
    },
    kick: () => undefined,
    syncNow: () => Promise.reject(new Error('not asked for here')),
    carryNow: () => Promise.reject(new Error('not asked for here')),
    [Symbol.asyncDispose]: () => {
      record.closed = true;
      return Promise.resolve();
    },
  };
  return runner;
};

function supervise(): Supervisor {
  return new Supervisor({
    store,
    clock,
    ids: { uuid: () => 'id', random: () => 0.5 },
    log: silentLog(),
    secrets,
    accessOf: (_id, secret) => {
      assert(!isGrant(secret), 'these accounts have passwords');
      return passwordAccess(secret);
    },
    createRunner,
    breakerKey: new Uint8Array(32),
    onHealth: (_id, health) => told.push(health),
    onTested: () => undefined,
    passive: false,
  });
}

const starts = (): number => runners.reduce((sum, runner) => sum + runner.starts, 0);
const refuse = (): void =>
  runners.at(-1)?.tell({ type: 'failed', error: new MailError('credentials-rejected') });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  clock = new FakeClock();
  store = openStore({ file: join(folder, 'mail.sqlite'), clock, log: silentLog() });
  secrets = memorySecrets();
  runners = [];
  told = [];
  store.precious((db) => {
    insertAccount(db, { id, settings, active: true, pollMinutes: null, now: clock.now() });
  });
  await writeCredentials(secrets, id, { imapPassword: 'secret', smtpPassword: null });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

test('an active account is connected at the start', async () => {
  await using supervisor = supervise();
  supervisor.start();
  await clock.advance(0);
  expect(starts()).toBe(1);
});

test('N16: a rejected password stops the polling at once, also over a restart, until the user tests', async () => {
  {
    await using supervisor = supervise();
    supervisor.start();
    await clock.advance(0);
    refuse();
    await clock.advance(24 * 60 * 60_000);
    expect(starts()).toBe(1);
    expect(runners[0]?.closed).toBe(true);
    expect(supervisor.health(id).state).toBe('needs-attention');
    supervisor.wake();
    await clock.advance(60_000);
    expect(starts()).toBe(1);
  }
  await using again = supervise();
  again.start();
  await clock.advance(24 * 60 * 60_000);
  expect(starts()).toBe(1);
  again.saved(id, { tested: true });
  await clock.advance(1);
  expect(starts()).toBe(2);
  expect(again.health(id).state).toBe('healthy');
});

test('an account whose server is away is tried again, less and less often, and says when', async () => {
  await using supervisor = supervise();
  supervisor.start();
  await clock.advance(0);
  const waits: number[] = [];
  for (let failures = 0; failures < 8; failures += 1) {
    runners.at(-1)?.tell({ type: 'failed', error: new MailError('connection-refused') });
    const { nextAttempt } = supervisor.health(id);
    waits.push((nextAttempt ?? 0) - clock.now());
    await clock.advance(waits.at(-1) ?? 0);
    expect(starts()).toBe(failures + 2);
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.at(-1)).toBeLessThanOrEqual(15 * 60_000);
  expect(supervisor.health(id).state).toBe('failing');
  runners.at(-1)?.tell({ type: 'succeeded' });
  expect(supervisor.health(id)).toMatchObject({ state: 'healthy', lastError: null });
});

test('a pass of an account whose password was refused is answered without trying it', async () => {
  await using supervisor = supervise();
  supervisor.start();
  await clock.advance(0);
  refuse();
  const result = await supervisor.syncNow(id, false, new AbortController().signal);
  expect(result).toMatchObject({ ok: false, error: { code: 'credentials-rejected' } });
  expect(runners).toHaveLength(1);
});

test('an account without a stored password asks for it and is not tried', async () => {
  await secrets.delete(`account:${id}`);
  await using supervisor = supervise();
  supervisor.start();
  await clock.advance(60_000);
  await settled();
  expect(starts()).toBe(0);
  expect(told.at(-1)).toMatchObject({ state: 'needs-attention', lastError: { code: 'credentials-missing' } });
});
