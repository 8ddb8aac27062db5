/** Two members with an engine each: what one tells of his connection reaches the administrator by the group mailbox alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { CommandName, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import { silentLog } from '#test/support/silentLog.ts';

describeWith(['dovecot'], 'the health of group accounts as members report it', () => {
  test('is told by choice, seen by administrators alone, and taken back', { timeout: 180_000 }, async () => {
    await using owned = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'postkorb-reports-'));
    owned.defer(() => rmSync(folder, { recursive: true, force: true }));
    const mail = owned.use(await startDovecot());
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
          version: '1.2.3',
          options: { passive: true },
        }),
      );
      return <N extends CommandName>(command: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
        api.dispatch(command, request, new AbortController().signal) as Promise<ResponseOf<N>>;
    };
    const [anna, ben] = await Promise.all([person('anna'), person('ben')]);
    const settings = {
      name: 'Info',
      address: 'info@xyz.test',
      displayName: 'XYZ',
      imap: { host: '127.0.0.1', port: mail.ports.imap, security: 'none' as const, user: 'info' },
      smtp: null,
      archiveAddress: null,
      tls: { trust: 'system' as const },
    };
    const credentials = { imapPassword: mail.password, smtpPassword: null };
    const { token } = await anna('accounts.test', { settings, credentials });
    await anna('groups.init', { organisation: 'XYZ', address: 'anna@xyz.test', name: 'Anna' });
    await anna('groups.addUser', { address: 'ben@xyz.test', name: 'Ben' });
    const members = ['anna@xyz.test', 'ben@xyz.test'];
    await anna('groups.addAccount', {
      settings,
      credentials,
      token: token ?? '',
      members,
      defaultHandler: null,
    });
    const { joinLink } = await anna('groups.publish', { to: join(folder, 'xyz.json'), inviteCode: 'CODE-1' });
    const joined = await ben('groups.join', { from: joinLink, me: 'ben@xyz.test', inviteCode: 'CODE-1' });
    const accountId = joined.accounts[0]?.accountId as AccountId;

    /** Everybody works once; what Anna sees then. */
    const seen = async () => {
      await ben('sync.run', {});
      await anna('sync.run', {});
      const { groups } = await anna('groups.health', {});
      return groups;
    };
    expect(await seen()).toMatchObject([
      {
        group: 'xyz/info',
        members: [
          { user: { name: 'Anna' }, mine: true, report: null },
          { user: { name: 'Ben' }, mine: false, report: null },
        ],
      },
    ]);
    await expect(ben('groups.health', {})).rejects.toMatchObject({ code: 'not-permitted' });

    await ben('settings.set', { healthReports: { [accountId]: true } });
    const [group] = await seen();
    const report = group?.members[1]?.report;
    expect(report).toMatchObject({ state: 'healthy', trouble: null, failed: 0, version: '1.2.3' });
    expect(report?.lastSuccess).toBeLessThanOrEqual(Date.now());
    expect(report?.staleAt).toBeGreaterThan(Date.now() + 24 * 60 * 60_000);
    // Nothing new is no reason to write again.
    const events = async (): Promise<number> => (await anna('groups.logs', {})).logs[0]?.events ?? 0;
    const before = await events();
    await seen();
    expect(await events()).toBe(before);

    await ben('settings.set', { healthReports: { [accountId]: false } });
    expect((await seen())[0]?.members[1]?.report).toBeNull();
    // It is no fault of the log, and nothing that anybody did with a mail.
    expect((await anna('groups.logs', {})).logs[0]?.ignored).toEqual({});
  });
});
