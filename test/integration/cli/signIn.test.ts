import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { clientId, PlainBrowser, startSignInServer, type SignInServer } from '#test/servers/signInServer.ts';
import { openCliBench, type Running } from './cli.ts';

/** Opens the address that the command asks to be opened, signs in there, and waits for the command's end. */
async function signedIn({ child }: Running): Promise<{ status: unknown; value: unknown }> {
  let [out, said] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(child, 'close');
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/^http\S+code_challenge\S+\n/m);
  await new PlainBrowser().signIn(/^http\S+/m.exec(said)?.[0] ?? '', 'anna@xyz.test');
  const [status] = (await closed) as unknown[];
  return { status, value: JSON.parse(out) };
}

describeWith(['dovecot'], 'signing in from a terminal', () => {
  let provider: SignInServer;
  let dovecot: Dovecot;
  beforeAll(async () => {
    provider = await startSignInServer();
    dovecot = await startDovecot({ introspection: { url: provider.introspectionUrl } });
  });
  afterAll(async () => {
    await dovecot[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  test('account add prints the address and waits; signin does it again; a file that cannot mean it is refused', async () => {
    await using bench = openCliBench();
    mkdirSync(bench.profile, { recursive: true });
    const client = { clientId, scopes: ['openid', 'email', 'offline_access', 'mail'] };
    writeFileSync(join(bench.profile, 'oauth-clients.json'), JSON.stringify({ [provider.issuer]: client }));
    const account = {
      name: 'Anna',
      address: 'anna@xyz.test',
      imap: { host: '127.0.0.1', port: dovecot.ports.imap, security: 'none', user: 'anna@xyz.test' },
      smtp: null,
      auth: { method: 'oauth2', provider: provider.issuer },
    };
    const both = { ...account, imap: { ...account.imap, password: 'x' } };
    expect(await bench.json('account', 'add', bench.write('both.json', both))).toMatchObject({
      status: 2,
      value: { error: { code: 'invalid-input', faults: [{ path: 'imap.password', code: 'unknown-key' }] } },
    });
    const nobody = { ...account, auth: 'oauth2' };
    expect(await bench.json('account', 'add', bench.write('nobody.json', nobody))).toMatchObject({
      status: 2,
      value: { error: { faults: [{ path: 'auth.provider' }] } },
    });

    const added = await signedIn(
      bench.start('account', 'add', bench.write('account.json', account), '--json'),
    );
    expect(added).toMatchObject({ status: 0, value: { name: 'Anna', active: true } });
    expect(await bench.json('sync')).toMatchObject({ status: 0, value: { accounts: [{ ok: true }] } });
    const again = await signedIn(bench.start('account', 'signin', 'Anna', '--json'));
    expect(again).toMatchObject({ status: 0, value: { ok: true } });
    expect(provider.tokenRequests.code).toBe(2);
  }, 300_000);
});
