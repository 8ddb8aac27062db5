/**
 * docs/admins.md followed as by somebody who has nothing else: its commands and its files as they stand there, in their order. Only names
 * that would have to be registered are other ones: servers and ports are those of this test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { createAuthority } from '#test/servers/certificates.ts';
import { startNginx, type Nginx } from '#test/servers/nginx.ts';
import { openCliBench, type CliBench, type Ran } from './cli.ts';
import { startMailServers, type MailServers } from './mailServers.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/admins.md'), 'utf8');

/** The text under a heading, up to the next one of its rank. */
function section(heading: string): string {
  const from = guide.indexOf(`\n## ${heading}`);
  if (from < 0) throw new Error(`the guide has no part "${heading}" any more`);
  const to = guide.indexOf('\n## ', from + 1);
  return guide.slice(from, to < 0 ? undefined : to);
}

/** Its indented blocks. */
const examples = (heading: string): string[] =>
  [...section(heading).matchAll(/\n\n((?: {4}.*\n)+)/g)].map(([, block = '']) =>
    block.replace(/^ {4}/gm, '').trim(),
  );

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describeWith(['dovecot', 'postfix', 'nginx'], 'the guide for administrators', () => {
  let servers: MailServers;
  let files: Nginx;
  let anna: CliBench;
  let ben: CliBench;
  let ca: string;

  /** The guide's servers are this test's. */
  const here = (text: string): string =>
    text
      .replaceAll('https://files.xyz.test/', files.url('/dav/'))
      .replaceAll(
        '"host": "imap.xyz.test", "port": 993',
        `"host": "localhost", "port": ${servers.dovecot.ports.imaps}`,
      )
      .replaceAll(
        '"host": "smtp.xyz.test", "port": 465',
        `"host": "localhost", "port": ${servers.postfix.ports.smtps}`,
      )
      .replaceAll('"password": "secret"', `"password": "${servers.dovecot.password}"`)
      // Dovecot's users are called by their whole address here.
      .replaceAll('"user": "{local}"', '"user": "{address}"');
  /** A command of the guide, in the folder where its files lie. */
  const type = async (cli: CliBench, line: string): Promise<Ran> => {
    const [program, ...args] = wordsOf(here(line));
    expect(program).toBe('postkorb');
    const ran = await cli.run(...args);
    expect(ran.status, `${line}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    return ran;
  };

  beforeAll(async () => {
    servers = await startMailServers();
    // Of a name of its own: two authorities of one name are one to OpenSSL.
    const authority = createAuthority('Postkorb web');
    files = await startNginx({ certificate: authority.issue() });
    ca = `${servers.ca}${authority.cert}`;
    anna = openCliBench({ ca });
    ben = openCliBench({ ca });
  });
  afterAll(async () => {
    for (const owned of [ben, anna, files, servers]) await owned[Symbol.asyncDispose]();
  });

  it('leads from nothing to a member who works in the group, with his own account by his password alone', async () => {
    const [commands = '', infoFile = ''] = examples('First steps, on the command line');
    anna.write('info.json', here(infoFile));
    let said = '';
    for (const line of commands.split('\n')) said = (await type(anna, line)).stdout;
    const link = /postkorb:\/\/join\S+/.exec(said)?.[0] ?? '';
    expect(link).not.toBe('');

    // What is offered, and the rules, as they stand in the guide.
    const offers = examples('Offered accounts');
    const presets = offers.find((block) => block.includes('"match"')) ?? '';
    const addAccount = offers.find((block) => block.startsWith('postkorb account add')) ?? '';
    anna.write('presets.json', here(presets));
    await type(anna, 'postkorb group presets presets.json');
    const [rules = ''] = examples('Rules');
    const allowed = here(rules).replace('"smtp.office365.com"]', '"smtp.office365.com", "localhost"]');
    expect(allowed).not.toBe(here(rules));
    anna.write('policy.json', allowed);
    await type(anna, 'postkorb policy check policy.json');
    anna.write('rules.json', allowed);
    await type(anna, 'postkorb policy share rules.json');
    await type(anna, 'postkorb group publish');

    const join = /`postkorb (group join LINK [^`]+)`/.exec(guide)?.[1] ?? '';
    await type(ben, `postkorb ${join.replace('LINK', link)}`);
    ben.write('password.txt', servers.dovecot.password);
    await type(ben, addAccount.replaceAll('anna@xyz.test', 'ben@xyz.test'));
    const list = await ben.ok<{ address: string; group: string | null; active: boolean }[]>(
      'account',
      'list',
    );
    expect(list.map(({ address, group, active }) => [address, group !== null, active])).toEqual([
      ['ben@xyz.test', false, true],
      ['info@xyz.test', true, true],
    ]);
    // The rules have reached him.
    const strange = ben.write(
      'strange.json',
      servers.accountFile('cleo', { address: 'cleo@abc.test', smtp: null }),
    );
    expect(await ben.json('account', 'add', strange)).toMatchObject({
      status: 3,
      value: { error: { code: 'policy-domain' } },
    });
    await servers.dovecot.deliver(
      'info@xyz.test',
      'From: c@abc.test\r\nSubject: Hello\r\nMessage-ID: <1@abc.test>\r\n\r\nHi\r\n',
    );
    const synced = await ben.ok<{ accounts: { ok: boolean }[] }>('sync');
    expect(synced.accounts.map(({ ok }) => ok)).toEqual([true, true]);

    // Whether Ben reports how his connection is, is his choice; Anna sees it, and he does not.
    const [report = ''] = examples('Health of the accounts').filter((block) =>
      block.includes('group report'),
    );
    const [choose = '', look = ''] = report.split('\n').map((line) => line.split('#')[0]?.trim() ?? '');
    await type(ben, choose);
    await ben.ok('sync');
    for (const command of look.split('&&')) await type(anna, command.trim());
    expect(await anna.ok('group', 'health')).toMatchObject({
      groups: [
        {
          members: [
            { user: 'anna@xyz.test', me: true, reports: false },
            {
              user: 'ben@xyz.test',
              me: false,
              reports: true,
              state: 'healthy',
              stale: false,
              lastError: null,
            },
            { user: 'cleo@xyz.test', me: false, reports: false },
          ],
        },
      ],
    });
    expect(await ben.json('group', 'health')).toMatchObject({
      status: 3,
      value: { error: { code: 'not-permitted' } },
    });
  }, 300_000);

  it('publishes to an address with a login, which no join link shows', async () => {
    const private_ = new URL(files.url('/private/postkorb.json'));
    [private_.username, private_.password] = [files.user, files.password];
    const cli = openCliBench({ ca });
    await using _ = cli;
    await cli.ok('group', 'init', '--organisation', 'XYZ', '--me', 'anna@xyz.test', '--name', 'Anna');
    const { joinLink, url } = await cli.ok<{ joinLink: string; url: string }>(
      'group',
      'publish',
      '--to',
      private_.href,
    );
    expect(`${joinLink} ${url}`).not.toContain(files.password);
  });
});
