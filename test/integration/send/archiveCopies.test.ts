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
import type { CommandName, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import { silentLog } from '#test/support/silentLog.ts';

const archiveAddress = 'archive@elsewhere.test';

test('an archive that refuses its copy is named with its answer, and takes it when it is tried again', async () => {
  await using owned = new AsyncDisposableStack();
  const root = mkdtempSync(join(tmpdir(), 'postkorb-archive-'));
  owned.defer(() => rmSync(root, { recursive: true, force: true }));
  const server = owned.use(
    await startMailServer({
      domain: 'xyz.test',
      users: [{ login: 'anna', addresses: ['anna@xyz.test'], password: 'secret' }],
    }),
  );
  const { api } = owned.use(
    await createEngine({
      clock: systemClock(),
      ids: nodeIds(),
      secrets: memorySecrets(),
      log: silentLog(),
      paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
      locale: 'en',
      machineId: 'test',
      version: '0.0.0',
      options: { passive: true },
    }),
  );
  const call = <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
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
  await call('sync.run', {});
  expect(await call('archive.open', {})).toEqual({ accounts: [] });

  const refusal = server.faults.next('smtp-refuse', {
    at: 'rcpt',
    address: archiveAddress,
    code: 552,
    text: '5.2.2 the archive is full',
    times: 2,
  });
  const draft = await call('drafts.create', {
    accountId,
    content: { to: 'customer@outside.test', subject: 'Offer', text: 'x' },
  });
  const { id } = await call('outbox.send', { draftId: draft.id });
  const sent = await call('outbox.settle', { id });
  expect(sent).toMatchObject({ state: 'sent', archive: 'pending' });
  const open = async () => (await call('archive.open', {})).accounts;
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
