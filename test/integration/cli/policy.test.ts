import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { arrived } from '#test/servers/mailbox.ts';
import { startRawServer } from '#test/servers/rawServer.ts';
import { openCliBench } from './cli.ts';
import type { CliBench, Json } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

const archive = 'prescribed@elsewhere.test';

describeWith(['dovecot', 'postfix'], 'what this machine’s administrator allows and prescribes', () => {
  let servers: MailServers;
  let cli: CliBench;
  let folder: string;
  let file: string;
  const set = (policy: unknown): void =>
    writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  const refusal = async (...args: readonly string[]): Promise<[number | null, string]> => {
    const { status, value } = await cli.json(...args);
    return [status, value.error.code];
  };

  beforeAll(async () => {
    servers = await startMailServers();
    folder = mkdtempSync(join(tmpdir(), 'postkorb-policy-'));
    file = join(folder, 'policy.json');
    cli = openCliBench({ ca: servers.ca, env: { POSTKORB_POLICY: file } });
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('other domains and servers are refused with what is allowed, and the prescribed archive gets its copy', async () => {
    const anna = cli.write('anna.json', servers.accountFile('anna', { displayName: 'Anna' }));
    set({ allowedDomains: ['abc.test'] });
    expect(await refusal('account', 'add', anna)).toEqual([3, 'policy-domain']);
    set({ allowedHosts: ['imap.xyz.test'] });
    const refused = await cli.json('account', 'add', anna, '--lang', 'de');
    expect(refused.value.error).toMatchObject({
      message: 'Ihre Organisation erlaubt den Mailserver localhost nicht.',
      hint: 'Erlaubt: imap.xyz.test.',
    });
    set({ allowedDomains: ['xyz.test'], allowedHosts: ['localhost'], archiveAddress: archive });
    const other = cli.write(
      'other.json',
      servers.accountFile('anna', { archiveAddress: 'own@elsewhere.test' }),
    );
    expect(await refusal('account', 'add', other)).toEqual([3, 'policy-archive-address']);
    const { id } = await cli.ok('account', 'add', anna);
    const sent = await cli.ok(
      ...['send', '--account', id, '--to', 'bert@xyz.test', '--subject', 'Prescribed', '--text', 'Hello'],
    );
    expect(sent).toMatchObject({ smtp: 'accepted', archive: 'sent' });
    expect(await arrived(servers.dovecot, archive, 1)).toMatchObject([{ subject: 'Prescribed' }]);
  });

  it('what is forbidden is refused before a connection is opened, and an administrator’s group account is not meant', async () => {
    let connections = 0;
    await using counting = await startRawServer((socket) => {
      connections += 1;
      socket.end();
    });
    const at = { port: counting.port, host: '127.0.0.1' };
    const own = servers.accountFile('bert');
    const account = {
      ...own,
      imap: { ...own.imap, ...at },
      smtp: { ...own.smtp, ...at },
    };
    const bert = cli.write('bert-elsewhere.json', account);
    const list = cli.write('list.json', { accounts: [account] });
    set({ allowedHosts: ['localhost'] });
    expect(await refusal('account', 'test', bert)).toEqual([3, 'policy-host']);
    expect(await refusal('account', 'add', bert)).toEqual([3, 'policy-host']);
    const { value } = await cli.json('account', 'import', list);
    expect(value).toMatchObject({ imported: [], failed: [{ code: 'policy-host' }] });
    set({ allowedDomains: ['abc.test'] });
    expect(await refusal('account', 'add', 'bert@xyz.test')).toEqual([3, 'policy-domain']);
    expect(connections).toBe(0);
    // Its administrator is bound by no rule for personal accounts.
    set({ personalAccounts: false, allowedHosts: ['imap.abc.test'] });
    await cli.ok('group', 'init', '--organisation', 'XYZ', '--me', 'anna@xyz.test');
    const info = cli.write('info.json', servers.accountFile('info'));
    await cli.ok('group', 'account', 'add', info, '--members', 'anna@xyz.test');
    set({});
    expect((await cli.json('account', 'test', bert)).status).toBe(1);
    expect(connections).toBeGreaterThan(0);
  });

  it('a broken file is told with every fault, and the last good one stays', async () => {
    set({ personalAccounts: false, logLevel: 'debug' });
    expect((await cli.ok('policy')).state).toBe('in-force');
    set('{"personalAccounts": true, "logLevl": "debug"}');
    const ran = await cli.json('policy');
    expect(ran.status).toBe(2);
    expect(ran.value).toMatchObject({
      state: 'last-good',
      personalAccounts: false,
      logLevel: 'debug',
      faults: [{ path: 'logLevl', code: 'unknown-key' }],
      sources: { personalAccounts: 'machine' },
    });
    expect(ran.stderr).toContain('policy');
    const checked = await cli.json('policy', 'check', file);
    expect([checked.status, checked.value.error.faults.map(({ path }: Json) => path)]).toEqual([
      2,
      ['logLevl'],
    ]);
    const bert = cli.write('bert.json', servers.accountFile('bert'));
    expect(await refusal('account', 'add', bert, '--inactive')).toEqual([3, 'policy-no-personal-accounts']);
  });
});
