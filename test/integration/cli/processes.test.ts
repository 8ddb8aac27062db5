import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { look } from '#test/servers/mailbox.ts';
import { openCliBench, program } from './cli.ts';
import type { CliBench, Json } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

/** A Node on this machine that is too old for the store; null: there is none. */
function oldNode(): string | null {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  for (const folder of [...folders, '/usr/bin', '/usr/local/bin']) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    const major = Number(/^v(\d+)\./.exec(stdout)?.[1] ?? '0');
    if (major >= 18 && major < 22) return path;
  }
  return null;
}

describe('the process', () => {
  const old = oldNode();
  it.skipIf(old === null)('a Node that is too old is told in one line: exit 2, no crash', async () => {
    await using cli = openCliBench(old === null ? {} : { node: old });
    for (const args of [['account', 'list', '--json'], ['--help'], ['parse', 'x.eml']]) {
      const ran = await cli.run(...args);
      expect(ran.status).toBe(2);
      expect(ran.stdout).toBe('');
      expect(ran.stderr).toMatch(/^postkorb needs Node \d+ or newer, this is [\d.]+\..*\n$/);
    }
    expect(existsSync(cli.profile)).toBe(false);
  });

  it('help names every command and exits 0', async () => {
    await using cli = openCliBench();
    const { status, stdout } = await cli.run('--help');
    expect(status).toBe(0);
    const names =
      'account sync folders messages search show parse attachment flag move delete archive send outbox watch';
    for (const name of names.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('--lang of another language, an unknown option and an unknown command are not usable', async () => {
    await using cli = openCliBench();
    for (const args of [
      ['account', 'list', '--lang', 'fr'],
      ['account', 'list', '--colour'],
      ['acount', 'list'],
    ]) {
      const ran = await cli.json(...args);
      expect([ran.status, ran.value.error.code]).toEqual([2, 'invalid-input']);
      const words = await cli.run(...args);
      expect([words.status, words.stdout]).toEqual([2, '']);
      expect(words.stderr).not.toBe('');
    }
  });

  it('--profile, --json and --lang may stand before the command and behind it; POSTKORB_PROFILE names the folder too', async () => {
    await using cli = openCliBench();
    const elsewhere = join(cli.folder, 'elsewhere');
    const env = { PATH: process.env['PATH'] ?? '', HOME: cli.folder, POSTKORB_KEYCHAIN: 'off' };
    const run = (
      args: string[],
      more: Record<string, string> = {},
    ): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { ...env, ...more } });
    expect(run(['--profile', elsewhere, '--json', 'account', 'list'])).toMatchObject({
      status: 0,
      stdout: '[]\n',
    });
    expect(existsSync(elsewhere)).toBe(true);
    const byName = join(cli.folder, 'by-name');
    const named = run(['account', 'list', '--json'], { POSTKORB_PROFILE: byName });
    expect(named).toMatchObject({ status: 0, stdout: '[]\n' });
    expect(existsSync(byName)).toBe(true);
  });

  it('a reader that has had enough of stdout is no fault', async () => {
    await using cli = openCliBench();
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${program}" --help | head -n 1 >/dev/null`],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: cli.folder } },
    );
    expect([status, stderr]).toEqual([0, '']);
  });
});

describeWith(['dovecot', 'postfix'], 'several processes on one profile', () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers();
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  const send = (cli: CliBench & { account: string }, subject: string): Promise<Json> =>
    cli.ok('send', '--account', cli.account, '--to', 'bert@xyz.test', '--subject', subject, '--text', 'x');

  it('R13: six at once do their work one after another, and nothing is lost or doubled', async () => {
    await using cli = await servers.bench('anna');
    for (let at = 0; at < 10; at += 1)
      await servers.dovecot.deliver('anna@xyz.test', `Subject: n${at}\r\n\r\nx\r\n`);
    const [first, second, third, ...lists] = await Promise.all([
      send(cli, 'one'),
      send(cli, 'two'),
      cli.ok('sync'),
      cli.ok('account', 'list'),
      cli.ok('account', 'list'),
      cli.ok('sync', '--full'),
    ]);
    expect([first.smtp, second.smtp, third.accounts[0].ok]).toEqual(['accepted', 'accepted', true]);
    expect(lists[0]).toHaveLength(1);
    const sent = await look(servers.dovecot, 'anna@xyz.test', 'Sent');
    expect(sent.map((message) => message.subject).sort()).toEqual(['one', 'two']);
    const { messages } = await cli.ok('messages', '--account', cli.account, '--folder', 'INBOX');
    expect(messages).toHaveLength(10);
  });

  it('watch tells what happens while others work through it, and ends at an interruption with 0', async () => {
    await using cli = await servers.bench('carl');
    const watching = cli.start('watch');
    await watching.said('watching');
    await servers.dovecot.deliver('carl@xyz.test', 'From: x@outside.test\r\nSubject: Ring ring\r\n\r\nx\r\n');
    const line = await watching.line((one: Json) => one.type === 'message');
    expect(line).toMatchObject({ type: 'message', subject: 'Ring ring', account: cli.account });

    // A second process is taken in by the one that holds the profile.
    await cli.ok('flag', String(line.id), '--add', 'flagged');
    const flags = await watching.line((one: Json) => one.type === 'flags' && one.id === line.id);
    expect(flags.flags).toContain('\\Flagged');
    expect((await look(servers.dovecot, 'carl@xyz.test'))[0]?.flags.has('\\Flagged')).toBe(true);

    const sent = await send(cli, 'through the watcher');
    expect(sent.smtp).toBe('accepted');
    await watching.line((one: Json) => one.type === 'outbox' && one.id === sent.id);

    {
      await using other = await servers.dovecot.client('carl@xyz.test');
      await other.mailboxOpen('INBOX');
      await other.messageDelete('1:*');
    }
    await watching.line((one: Json) => one.type === 'removed' && one.id === line.id);

    await servers.dovecot.stop();
    try {
      await watching.line((one: Json) => one.type === 'health' && one.state !== 'healthy');
    } finally {
      await servers.dovecot.start();
    }
    expect(await watching.end('SIGINT')).toBe(0);
    expect(await cli.ok('account', 'list')).toHaveLength(1);
  });

  it('a process that is killed in the middle of a sync leaves a profile that goes on', async () => {
    await using cli = await servers.bench('dora');
    const mails = Array.from({ length: 400 }, (_, at) => ({
      raw: `Subject: n${at}\r\nMessage-ID: <n${at}@outside.test>\r\n\r\n${'text '.repeat(200)}\r\n`,
    }));
    servers.dovecot.fill('dora@xyz.test', 'Projects', mails);
    const syncing = cli.start('sync', '--full', '--json');
    // It holds the profile when it is killed: others are refused until the system has let go of the lock.
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (!/Login/.test(servers.dovecot.log().split('dora@xyz.test').slice(2).join(''))) return;
        clearInterval(timer);
        resolve();
      }, 5);
    });
    await syncing.end('SIGKILL');
    const { accounts } = await cli.ok('sync', '--full');
    expect(accounts[0]).toMatchObject({ ok: true });
    const { messages } = await cli.ok(
      ...['messages', '--account', cli.account, '--folder', 'Projects', '--limit', '500'],
    );
    expect(new Set(messages.map((message: Json) => message.subject)).size).toBe(400);
    expect(messages).toHaveLength(400);
  });
});
