import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { selfSigned } from '#test/servers/certificates.ts';
import { freePorts } from '#test/servers/ports.ts';
import { startRawServer, talkImap } from '#test/servers/rawServer.ts';
import { openCliBench } from './cli.ts';
import type { CliBench } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

interface ErrorJson {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly faults?: readonly { readonly path: string }[];
  };
}
interface Row {
  readonly id: string;
  readonly name: string;
  readonly default: boolean;
  readonly active: boolean;
  readonly group: string | null;
  readonly address: string;
  readonly health: { readonly state: string; readonly since: string };
}

describeWith(['dovecot', 'postfix'], 'accounts on the command line', () => {
  let servers: MailServers;
  let cli: CliBench;
  beforeAll(async () => {
    servers = await startMailServers();
  });
  afterAll(() => servers[Symbol.asyncDispose]());
  beforeEach(() => {
    cli = openCliBench({ ca: servers.ca });
  });
  afterEach(() => cli[Symbol.asyncDispose]());

  it('account test shows each step of both servers and saves nothing', async () => {
    const file = cli.write('a.json', servers.accountFile('anna'));
    const ran = await cli.json('account', 'test', file);
    expect(ran.status).toBe(0);
    const steps = (server: 'imap' | 'smtp'): unknown =>
      ran.value[server].steps.map((step: { step: string; ok: boolean }) => [step.step, step.ok]);
    expect(ran.value).toMatchObject({ ok: true, imap: { ok: true }, smtp: { ok: true } });
    expect(ran.value.ms).toBeTypeOf('number');
    expect(steps('imap')).toEqual(
      ['resolve', 'connect', 'tls', 'login', 'folders'].map((name) => [name, true]),
    );
    expect(steps('smtp')).toEqual(
      ['resolve', 'connect', 'tls', 'login', 'sender'].map((name) => [name, true]),
    );
    expect(await cli.ok('account', 'list')).toEqual([]);
  });

  it('a test that fails names the step, what is wrong and what to try, in the language asked for', async () => {
    const right = servers.accountFile('anna');
    const file = cli.write('a.json', { ...right, imap: { ...right.imap, password: 'Wr0ng-canary' } });
    for (const [lang, words] of [
      ['en', /password/i],
      ['de', /Passwort|Kennwort/],
    ] as const) {
      const ran = await cli.json('account', 'test', file, '--lang', lang);
      expect(ran.status).toBe(1);
      const failed = ran.value.imap.steps.at(-1);
      expect(failed).toMatchObject({ step: 'login', ok: false, code: 'credentials-rejected' });
      expect(failed.message).toMatch(words);
      expect(failed.hint).not.toBe('');
    }
    const words = await cli.run('account', 'test', file);
    expect(words.status).toBe(1);
    expect(words.stdout).toMatch(/IMAP +failed +login/);
    expect(words.stdout).toMatch(/SMTP +ok +sender/);
  });

  it('the whole process of a test ends within 10 s when both servers keep silent', async () => {
    await using silent = await startRawServer(() => undefined);
    const right = servers.accountFile('anna');
    const file = cli.write('a.json', {
      ...right,
      imap: { ...right.imap, port: silent.port },
      smtp: { ...right.imap, port: silent.port },
    });
    // What a process takes that tests nothing is the machine's matter: half a second, or several on a busy one.
    const idle = await cli.run('account', 'list');
    const ran = await cli.json('account', 'test', file);
    expect(ran.status).toBe(1);
    expect(ran.ms - idle.ms).toBeLessThan(9_500);
    expect(ran.value.imap.steps.at(-1)).toMatchObject({ step: 'tls', code: 'greeting-timeout' });
  });

  it('account add saves what passed; the list goes by account name and the first is the default', async () => {
    for (const user of ['zoe', 'bert', 'anna']) {
      const added = await cli.ok('account', 'add', cli.write(`${user}.json`, servers.accountFile(user)));
      expect(added).toEqual({ id: added.id, name: user, active: true });
    }
    const list = await cli.ok<Row[]>('account', 'list');
    expect(list.map((row) => [row.name, row.default, row.active, row.group])).toEqual([
      ['anna', true, true, null],
      ['bert', false, true, null],
      ['zoe', false, true, null],
    ]);
    for (const row of list) expect(new Date(row.health.since).getTime()).not.toBeNaN();
    expect((await cli.run('account', 'list')).stdout).toMatch(/anna[\s\S]*bert[\s\S]*zoe/);
  });

  it('account add of what does not pass exits 1 with the result of the test, and saves nothing', async () => {
    const [port = 0] = await freePorts(1);
    const right = servers.accountFile('anna');
    const ran = await cli.json(
      'account',
      'add',
      cli.write('a.json', { ...right, imap: { ...right.imap, port } }),
    );
    expect(ran.status).toBe(1);
    expect(ran.value).toMatchObject({
      ok: false,
      imap: {
        ok: false,
        steps: [
          { step: 'resolve', ok: true },
          { step: 'connect', code: 'connection-refused' },
        ],
      },
      smtp: { ok: true },
    });
    expect(await cli.ok('account', 'list')).toEqual([]);
  });

  it('an account that only reads needs no SMTP server', async () => {
    const added = await cli.ok(
      'account',
      'add',
      cli.write('a.json', servers.accountFile('anna', { smtp: null })),
    );
    expect(added.active).toBe(true);
    const sent = await cli.json<ErrorJson>(
      'send',
      '--account',
      added.id,
      '--to',
      'b@xyz.test',
      '--subject',
      's',
      '--text',
      't',
    );
    expect(sent.status).not.toBe(0);
    expect(sent.value.error.code).toBe('no-smtp');
  });

  it('--inactive saves without a test, is never polled, and retest makes it active', async () => {
    const [port = 0] = await freePorts(1);
    const right = servers.accountFile('anna');
    const dead = cli.write('dead.json', { ...right, imap: { ...right.imap, port } });
    const added = await cli.ok('account', 'add', dead, '--inactive');
    expect(added).toMatchObject({ name: 'anna', active: false });
    expect(await cli.ok<Row[]>('account', 'list')).toMatchObject([
      { active: false, health: { state: 'inactive' } },
    ]);
    const retest = await cli.json('account', 'retest', added.id);
    expect([retest.status, retest.value.ok]).toEqual([1, false]);
    expect(await cli.ok<Row[]>('account', 'list')).toMatchObject([{ active: false }]);

    await cli.ok('account', 'remove', added.id);
    const good = await cli.ok('account', 'add', cli.write('good.json', right), '--inactive');
    expect((await cli.json('account', 'retest', good.id)).value.ok).toBe(true);
    expect(await cli.ok<Row[]>('account', 'list')).toMatchObject([{ active: true }]);
  });

  it('account remove forgets the account and its passwords', async () => {
    const { id } = await cli.ok('account', 'add', cli.write('a.json', servers.accountFile('anna')));
    await cli.ok('account', 'remove', id);
    expect(await cli.ok('account', 'list')).toEqual([]);
    const again = await cli.json<ErrorJson>('account', 'remove', id);
    expect(again.status).toBe(2);
  });

  it('a certificate can be pinned by its fingerprint, and is then the only one', async () => {
    const certificate = selfSigned();
    const answers = { LIST: (tag: string) => `* LIST () "/" INBOX\r\n${tag} OK done\r\n` };
    await using imap = await startRawServer(
      talkImap(answers, undefined, 'IMAP4rev1 AUTH=PLAIN SASL-IR NAMESPACE'),
      {
        certificate,
      },
    );
    const right = servers.accountFile('anna', { smtp: null });
    const account = { ...right, imap: { ...right.imap, port: imap.port } };
    const refused = await cli.json('account', 'test', cli.write('a.json', account));
    expect(refused.status).toBe(1);
    expect(refused.value.imap.steps.at(-1).code).toBe('certificate-self-signed');
    const trust = refused.value.imap.certificate.fingerprint as string;
    expect(trust).toBe(certificate.pin);
    expect(
      (await cli.json('account', 'test', cli.write('b.json', { ...account, tls: { trust } }))).status,
    ).toBe(0);
    const other = await cli.json(
      'account',
      'test',
      cli.write('c.json', { ...account, tls: { trust: selfSigned().pin } }),
    );
    expect(other.value.imap.steps.at(-1).code).toBe('certificate-changed');
  });

  it('one account a mailbox: a second one is refused by the rule (3), by address and by login', async () => {
    await cli.ok('account', 'add', cli.write('a.json', servers.accountFile('anna')));
    const sameAddress = cli.write(
      'b.json',
      servers.accountFile('anna', { name: 'again', address: 'ANNA@XYZ.test' }),
    );
    const sameLogin = cli.write(
      'c.json',
      servers.accountFile('anna', { name: 'again', address: 'other@xyz.test' }),
    );
    for (const file of [sameAddress, sameLogin]) {
      for (const more of [[], ['--inactive']]) {
        const ran = await cli.json<ErrorJson>('account', 'add', file, ...more);
        // The second may not send as another address: its test fails first where there is one.
        if (ran.status === 1) continue;
        expect([ran.status, ran.value.error.code]).toEqual([3, 'duplicate-account']);
        expect(ran.value.error.message).toContain('anna');
      }
    }
    expect(await cli.ok<Row[]>('account', 'list')).toHaveLength(1);
  });

  it('an archive address inside the system is refused (3), whichever of the two comes first', async () => {
    const own = cli.write('a.json', servers.accountFile('anna', { archiveAddress: 'anna@xyz.test' }));
    expect((await cli.json<ErrorJson>('account', 'add', own)).value.error.code).toBe(
      'archive-address-inside',
    );
    await cli.ok(
      'account',
      'add',
      cli.write('b.json', servers.accountFile('bert', { archiveAddress: 'carl@xyz.test' })),
    );
    const carl = await cli.json<ErrorJson>(
      'account',
      'add',
      cli.write('c.json', servers.accountFile('carl')),
    );
    expect([carl.status, carl.value.error.code]).toEqual([3, 'archive-address-inside']);
  });

  it('a file that is not usable exits 2 and names every fault', async () => {
    const right = servers.accountFile('anna');
    const bad = cli.write('bad.json', {
      ...right,
      address: 'nobody',
      colour: 'green',
      imap: { ...right.imap, port: 99_999, security: 'maybe', passwort: 'x' },
      smtp: { ...right.smtp, host: undefined },
      tls: { trust: 'sha256:123' },
    });
    for (const command of ['test', 'add']) {
      const ran = await cli.json<ErrorJson>('account', command, bad);
      expect([ran.status, ran.value.error.code]).toEqual([2, 'invalid-input']);
      const paths = ran.value.error.faults?.map((fault) => fault.path) ?? [];
      const all = [
        'address',
        'colour',
        'imap.port',
        'imap.security',
        'imap.passwort',
        'smtp.host',
        'tls.trust',
      ];
      expect([...paths].sort()).toEqual(all.sort());
    }
    expect((await cli.run('account', 'test', bad)).stderr).toContain('imap.port');
  });

  it.each([
    ['{ "name": ', 'invalid-input'],
    ['', 'invalid-input'],
    ['[]', 'invalid-input'],
    ['null', 'invalid-input'],
    ['{"__proto__": {"name": "x"}}', 'invalid-input'],
  ])('the file %j is not usable', async (content, code) => {
    const ran = await cli.json<ErrorJson>('account', 'add', cli.write('bad.json', content));
    expect([ran.status, ran.value.error.code]).toEqual([2, code]);
  });

  it('a file that is not there is said so', async () => {
    const ran = await cli.json<ErrorJson>('account', 'add', join(cli.folder, 'absent.json'));
    expect([ran.status, ran.value.error.code]).toEqual([2, 'file-unreadable']);
  });

  it('clear text is accepted on this machine, and elsewhere only when it is allowed expressly', async () => {
    const right = servers.accountFile('anna', { smtp: null });
    const local = { ...right.imap, port: servers.dovecot.ports.imap, security: 'none' };
    expect((await cli.json('account', 'test', cli.write('a.json', { ...right, imap: local }))).status).toBe(
      0,
    );
    const remote = { ...local, host: 'mail.xyz.test' };
    const ran = await cli.json<ErrorJson>('account', 'test', cli.write('b.json', { ...right, imap: remote }));
    expect([ran.status, ran.value.error.code]).toEqual([2, 'plaintext-not-allowed']);
    const allowed = { ...right, imap: remote, allowPlaintext: true };
    const tried = await cli.json('account', 'test', cli.write('c.json', allowed));
    expect([tried.status, tried.value.imap.steps[0].step]).toEqual([1, 'resolve']);
  });

  it('R20: no password in any output, file or log of the profile; secrets are for their owner alone', async () => {
    const canary = 'Canary-Pa55word-of-the-test';
    const right = servers.accountFile('anna');
    const wrong = cli.write('wrong.json', { ...right, imap: { ...right.imap, password: canary } });
    await cli.json('account', 'add', wrong);
    const added = await cli.json('account', 'add', wrong, '--inactive');
    expect(added.status).toBe(0);
    expect(added.stderr).toMatch(/secrets|passwords/i);
    await cli.json('account', 'retest', (added.value as { id: string }).id);
    await cli.run('account', 'list');
    await cli.run('sync');
    cli.write('wrong.json', '');
    const everything = cli.everything();
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(Buffer.from(canary).toString('base64'));
    for (const name of ['secrets.json', 'secrets.key', 'mail.sqlite']) {
      expect(statSync(join(cli.profile, name)).mode & 0o077).toBe(0);
    }
  });
});
