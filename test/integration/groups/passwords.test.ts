/** A group mailbox's password changes: how the new one comes to those who work in it. */
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
import type { AccountId } from '#shared/domain/ids.ts';
import { silentLog } from '#test/support/silentLog.ts';

test('a member joins again with the new code and has the new password; a wrong code changes nothing', async () => {
  await using owned = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'postkorb-passwords-'));
  owned.defer(() => rmSync(folder, { recursive: true, force: true }));
  const info = { login: 'info', addresses: ['info@xyz.test'] };
  const server = owned.use(
    await startMailServer({ domain: 'xyz.test', users: [{ ...info, password: 'old' }] }),
  );
  const settings = {
    name: 'Info',
    address: 'info@xyz.test',
    displayName: 'XYZ',
    imap: { host: server.host, port: server.ports.imap, security: 'none' as const, user: 'info' },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' as const },
  };
  const person = async (name: string) => {
    const root = join(folder, name);
    const { api } = owned.use(
      await createEngine({
        clock: systemClock(),
        ids: nodeIds(),
        secrets: memorySecrets(),
        log: silentLog(),
        paths: { root, store: join(root, 'mail.sqlite'), cache: join(root, 'cache') },
        locale: 'en',
        machineId: name,
        version: '0.0.0',
        options: { passive: true },
      }),
    );
    return <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
      api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  };
  const [anna, ben] = await Promise.all([person('anna'), person('ben')]);
  const tested = async (imapPassword: string) => {
    const credentials = { imapPassword, smtpPassword: null };
    const { token } = await anna('accounts.test', { settings, credentials });
    return { settings, credentials, token: token ?? '' };
  };
  const members = ['anna@xyz.test', 'ben@xyz.test'];
  await anna('groups.init', { organisation: 'XYZ', address: 'anna@xyz.test' });
  await anna('groups.addUser', { address: 'ben@xyz.test', name: 'Ben' });
  await anna('groups.addAccount', { ...(await tested('old')), members, defaultHandler: null });
  const to = join(folder, 'xyz.json');
  const { joinLink } = await anna('groups.publish', { to, inviteCode: 'FIRST-CODE' });
  const join1 = { from: joinLink, me: 'ben@xyz.test', inviteCode: 'FIRST-CODE' };
  const accountId = (await ben('groups.join', join1)).accounts[0]?.accountId as AccountId;
  const works = async (): Promise<boolean> => (await ben('accounts.retest', { id: accountId })).ok;
  expect(await works()).toBe(true);

  server.removeUser('info');
  server.addUser({ ...info, password: 'new' });
  expect(await works()).toBe(false);
  await anna('groups.editAccount', { group: 'info', ...(await tested('new')) });
  // Hers is the same account: it goes on without being asked for the password again.
  const [own] = (await anna('accounts.list', {})).accounts;
  expect((await anna('accounts.retest', { id: own?.id as AccountId })).ok).toBe(true);
  const published = await anna('groups.publish', { inviteCode: 'SECOND-CODE' });
  await expect(ben('groups.join', { ...join1, inviteCode: 'FIRST-CODE' })).rejects.toMatchObject({
    code: 'invite-code-wrong',
  });
  expect(await works()).toBe(false);
  await ben('groups.join', { from: published.joinLink, me: 'ben@xyz.test', inviteCode: 'SECOND-CODE' });
  expect(await works()).toBe(true);
}, 180_000);
