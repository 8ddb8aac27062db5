/** What waits for its archive copy, why, and trying it again at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { CommandName, PayloadOf, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import { silentLog } from '#test/support/silentLog.ts';

const archiveAddress = 'archive@elsewhere.test';

/** Anna, whose sent mails are copied to an archive. */
async function annasEngine(passive: boolean) {
  await using owned = new AsyncDisposableStack();
  const root = mkdtempSync(join(tmpdir(), 'postkorb-archive-'));
  owned.defer(() => rmSync(root, { recursive: true, force: true }));
  const server = owned.use(
    await startMailServer({
      domain: 'xyz.test',
      users: [{ login: 'anna', addresses: ['anna@xyz.test'], password: 'secret' }],
    }),
  );
  const engine = owned.use(
    await createEngine({
      clock: systemClock(),
      ids: nodeIds(),
      secrets: memorySecrets(),
      log: silentLog(),
      paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
      locale: 'en',
      machineId: 'test',
      version: '0.0.0',
      options: { passive },
    }),
  );
  const call = <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    engine.api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  const settings = {
    name: 'Anna',
    address: 'anna@xyz.test',
    displayName: '',
    imap: { host: server.host, port: server.ports.imap, security: 'none' as const, user: 'anna' },
    smtp: { host: server.host, port: server.ports.smtp, security: 'none' as const, user: 'anna' },
    archiveAddress,
    tls: { trust: 'system' as const },
  };
  const credentials = { imapPassword: 'secret', smtpPassword: null };
  const { token } = await call('accounts.test', { settings, credentials });
  const { id: accountId } = await call('accounts.save', {
    id: null,
    settings,
    credentials,
    token,
    active: true,
  });
  const send = async (subject: string) => {
    const content = { to: 'customer@outside.test', subject, text: 'x' };
    const draft = await call('drafts.create', { accountId, content });
    return (await call('outbox.send', { draftId: draft.id })).id;
  };
  const open = async () => (await call('archive.open', {})).accounts;
  const kept = owned.move();
  return { server, engine, accountId, call, send, open, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

test('an archive that refuses its copy is named with its answer, and takes it when it is tried again', async () => {
  await using anna = await annasEngine(true);
  const { server, accountId, call, send, open } = anna;
  await call('sync.run', {});
  expect(await open()).toEqual([]);

  const refusal = server.faults.next('smtp-refuse', {
    at: 'rcpt',
    address: archiveAddress,
    code: 552,
    text: '5.2.2 the archive is full',
    times: 2,
  });
  const id = await send('Offer');
  const sent = await call('outbox.settle', { id });
  expect(sent).toMatchObject({ state: 'sent', archive: 'pending' });
  expect(await open()).toMatchObject([
    {
      accountId,
      waiting: 1,
      failed: 0,
      copies: [
        {
          id,
          subject: 'Offer',
          address: archiveAddress,
          state: 'waiting',
          attempts: 1,
          last: { outcome: 'refused', response: expect.stringContaining('the archive is full') as string },
        },
      ],
    },
  ]);

  // It would be due in half a minute; a person does not wait.
  await call('outbox.settle', { id });
  expect(refusal.hits).toBe(1);
  expect(await call('archive.retry', { accountId })).toEqual({ copies: 1 });
  await call('outbox.settle', { id });
  expect((await open())[0]?.copies[0]?.attempts).toBe(2);
  await call('archive.retry', { accountId });
  expect(await call('outbox.settle', { id })).toMatchObject({ archive: 'sent' });
  expect(await open()).toEqual([]);
  expect(server.accepted.outside.flatMap((mail) => mail.outside)).toContain(archiveAddress);
});

test('copies that waited are a job: held up, those on their way arrive and no other begins until it goes on', async () => {
  await using anna = await annasEngine(false);
  const { server, engine, accountId, call, send, open } = anna;
  const count = 9;
  server.faults.next('smtp-refuse', {
    at: 'rcpt',
    address: archiveAddress,
    code: 451,
    text: 'later',
    times: count,
  });
  for (let mail = 1; mail <= count; mail += 1) await send(`Offer ${mail}`);
  await expect
    .poll(async () => (await open())[0]?.copies.map(({ attempts }) => attempts))
    .toEqual(Array(count).fill(1));

  const id = `archive ${accountId}`;
  const held = Promise.withResolvers<unknown>();
  let told = false;
  using _ = engine.api.onEvent((name, payload) => {
    // Once all are asked for, and before the first has an answer. The account's own synchronisation has jobs as well.
    const begun =
      name === 'jobs.changed' && (payload as PayloadOf<'jobs.changed'>).jobs.some((job) => job.id === id);
    if (!begun || told) return;
    told = true;
    queueMicrotask(() => held.resolve(call('jobs.pause', { id })));
  });
  await call('archive.retry', { accountId });
  await held.promise;
  await expect.poll(async () => (await open())[0]?.waiting).toBe(count - 4);
  // Mail goes out all the same, and its copy waits with the others.
  const other = await send('Another');
  await expect.poll(async () => (await call('outbox.get', { id: other })).state).toBe('sent');
  await expect.poll(async () => (await open())[0]?.waiting).toBe(count - 4 + 1);
  const { jobs } = await call('jobs.list', {});
  expect(jobs.filter((job) => job.id === id)).toMatchObject([{ kind: 'archive', state: 'paused' }]);

  await call('jobs.resume', { id });
  await expect.poll(open).toEqual([]);
  await expect.poll(async () => (await call('jobs.list', {})).jobs).toEqual([]);
  const archived = server.accepted.outside.filter(({ outside }) => outside.includes(archiveAddress));
  expect(archived).toHaveLength(count + 1);
});
