/** An account by its address: from discovery over an autoconfig of its domain, and from what the organisation offers. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { openCliBench } from './cli.ts';
import type { CliBench } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

describeWith(['dovecot', 'postfix'], 'an account by its address', () => {
  let servers: MailServers;
  let cli: CliBench;
  let password: string;
  beforeAll(async () => {
    servers = await startMailServers();
    cli = openCliBench({ ca: servers.ca });
    password = cli.write('password.txt', `${servers.dovecot.password}\n`);
    await cli.ok(
      'group',
      'init',
      '--organisation',
      'XYZ',
      '--me',
      'anna@xyz.test',
      '--name',
      'Anna Albrecht',
    );
    const { name: _, address: __, displayName: ___, imap, smtp, ...more } = servers.accountFile('{local}');
    const withoutPassword = ({ password: ____, ...server }: typeof imap): unknown => ({
      ...server,
      user: '{address}',
    });
    await cli.ok(
      'group',
      'presets',
      cli.write('presets.json', [
        {
          match: { domain: 'xyz.test' },
          settings: { ...more, imap: withoutPassword(imap), smtp: smtp && withoutPassword(smtp) },
        },
      ]),
    );
    await cli.ok('group', 'publish', '--to', join(cli.folder, 'postkorb.json'));
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  it('that the organisation offers needs the password alone, in a file', async () => {
    expect(await cli.ok('account', 'test', 'anna@xyz.test', '--password-file', password)).toMatchObject({
      ok: true,
      smtp: { ok: true },
    });
    const added = await cli.ok('account', 'add', 'anna@xyz.test', '--password-file', password);
    expect(added).toMatchObject({ active: true });
    expect(await cli.ok('sync')).toMatchObject({ accounts: [{ ok: true }] });
    await cli.ok('account', 'remove', added.id);
    expect(cli.everything().replaceAll(readFileSync(password, 'latin1'), '')).not.toContain(
      servers.dovecot.password,
    );
  });

  it('has a wrong password said as with a file, and none asked for', async () => {
    const wrong = cli.write('wrong.txt', 'wrong-canary');
    expect(await cli.json('account', 'add', 'anna@xyz.test', '--password-file', wrong)).toMatchObject({
      status: 1,
      value: { ok: false, imap: { ok: false } },
    });
    // Standard input is empty here, as in a script that forgot it.
    expect(await cli.json('account', 'add', 'anna@xyz.test')).toMatchObject({
      status: 2,
      value: { error: { faults: [{ path: 'password', code: 'missing' }] } },
    });
    expect(await cli.ok('account', 'list')).toEqual([]);
  });

  it('whose servers nobody knows is refused with what to do; options for an address do not go with a file', async () => {
    const unknown = await cli.json('account', 'add', 'anna@nowhere.invalid', '--password-file', password);
    expect(unknown).toMatchObject({ status: 1, value: { error: { code: 'servers-not-found' } } });
    expect(unknown.value.error.hint).toContain('postkorb discover anna@nowhere.invalid');
    const file = cli.write('a.json', servers.accountFile('anna'));
    expect(await cli.json('account', 'add', file, '--name', 'Anna')).toMatchObject({
      status: 2,
      value: { error: { faults: [{ path: '--name' }] } },
    });
    // A file that is called like an address is a file.
    const like = join(cli.folder, 'anna@xyz.test');
    writeFileSync(like, '{}');
    expect(await cli.json('account', 'test', 'anna@xyz.test')).toMatchObject({
      status: 2,
      value: { error: { code: 'invalid-input', faults: [{ path: 'name' }, {}, {}, {}] } },
    });
    rmSync(like);
  });
});
