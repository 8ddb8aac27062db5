import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { look } from '#test/servers/mailbox.ts';
import type { CliBench } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

const user = 'anna@xyz.test';
const day = (number: number): Date => new Date(Date.UTC(2024, 2, number, 10, 20, 30));

function mail(name: string, more = '', body = `Text of ${name}.\r\n`): string {
  return (
    `${more}From: berta@outside.test\r\nTo: ${user}\r\nSubject: ${name}\r\n` +
    `Date: ${day(3).toUTCString()}\r\nMessage-ID: <${name}@outside.test>\r\n\r\n${body}`
  );
}
/** As another program keeps it: LF, and a line before each that says when it came. */
function mbox(...mails: string[]): string {
  return mails
    .map((one) => `From berta@outside.test Tue Mar  5 10:20:30 2024\n${one.replaceAll('\r\n', '\n')}\n`)
    .join('');
}

describeWith(['dovecot', 'postfix'], 'mails as files on the command line', () => {
  let servers: MailServers;
  let cli: CliBench & { readonly account: string };

  beforeAll(async () => {
    servers = await startMailServers();
    servers.dovecot.fill(user, 'INBOX', [
      {
        raw: mail(
          'quoted',
          '',
          'From here on\r\n>From there\r\n\r\nFrom berta Tue Mar  5 10:20:30 2024\r\nend\r\n',
        ),
        date: day(1),
        flags: ['\\Seen', '\\Answered'],
      },
      { raw: mail('plain'), date: day(2), flags: ['\\Flagged'] },
      { raw: mail('umlaut', '', 'Größe in UTF-8\r\n'), date: day(4) },
    ]);
    for (const folder of ['Copy', 'Taken']) servers.dovecot.fill(user, folder, []);
    cli = await servers.bench('anna');
    for (const folder of ['Copy', 'Taken', 'Single', 'Kinds'])
      await servers.dovecot.doveadm('mailbox', 'create', '-u', user, folder).catch(() => '');
    await cli.ok('sync', '--account', cli.account);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  const place = (folder: string): string[] => ['--account', cli.account, '--folder', folder];
  const write = (name: string, content: string): string => {
    writeFileSync(join(cli.folder, name), content);
    return join(cli.folder, name);
  };
  const dates = async (folder: string): Promise<Record<string, number>> => {
    await using client = await servers.dovecot.client(user);
    await client.mailboxOpen(folder, { readOnly: true });
    const all = await client.fetchAll('1:*', { envelope: true, internalDate: true });
    return Object.fromEntries(
      all.map(({ envelope, internalDate }) => [
        envelope?.subject ?? '',
        new Date(internalDate ?? 0).getTime(),
      ]),
    );
  };

  it('a folder that is exported and imported elsewhere has the same mails with the same flags; once more adds none', async () => {
    const file = join(cli.folder, 'inbox.mbox');
    const exported = await cli.ok('export', ...place('INBOX'), '--out', file);
    expect(exported).toEqual({ messages: 3, bytes: readFileSync(file).length, failed: [] });
    expect(await cli.ok('import', file, ...place('Copy'))).toEqual({
      imported: 3,
      duplicates: 0,
      removed: 0,
      failed: [],
    });
    const told = (all: Awaited<ReturnType<typeof look>>) =>
      all.map(({ raw, flags }) => [
        raw.toString('latin1'),
        [...flags].filter((flag) => flag !== '\\Recent').sort(),
      ]);
    expect(told(await look(servers.dovecot, user, 'Copy'))).toEqual(told(await look(servers.dovecot, user)));
    expect(await cli.ok('import', file, ...place('Copy'))).toMatchObject({ imported: 0, duplicates: 3 });
    expect((await cli.ok('messages', ...place('Copy'))).messages).toHaveLength(3);
  });

  it('exported as .eml, each mail is a file of the bytes that the server has, named by day and subject', async () => {
    const out = join(cli.folder, 'single');
    expect(await cli.ok('export', ...place('INBOX'), '--out', out, '--format', 'eml')).toMatchObject({
      messages: 3,
    });
    expect(readdirSync(out).sort()).toEqual([
      '2024-03-03 plain.eml',
      '2024-03-03 quoted.eml',
      '2024-03-03 umlaut.eml',
    ]);
    const [first] = await look(servers.dovecot, user);
    expect(readFileSync(join(out, '2024-03-03 quoted.eml')).equals(first?.raw ?? Buffer.alloc(0))).toBe(true);
    expect(await cli.ok('import', join(out, '2024-03-03 plain.eml'), ...place('Single'))).toMatchObject({
      imported: 1,
    });
    expect(await dates('Single')).toEqual({ plain: day(3).getTime() });
  });

  it('what another program noted becomes flags and dates; its removed mails and its copies stay out', async () => {
    const received = 'Received: from a by b.test;\r\n Wed, 06 Mar 2024 08:00:00 +0100\r\n';
    const file = write(
      'kinds.mbox',
      mbox(
        mail('read', 'Status: RO\r\nX-Status: F\r\n'),
        mail('thunderbird', `X-Mozilla-Status: 1003\r\nX-Mozilla-Status2: 00000000\r\n${received}`),
        mail('undated').replace(/Date:.*\r\n/, ''),
        mail('gone', 'X-Mozilla-Status: 0009\r\n'),
        mail('read'),
        'this is no mail\r\nat all\r\n',
        mail('last'),
      ),
    );
    const { status, value } = await cli.json('import', file, ...place('Kinds'));
    expect(status).toBe(1);
    expect(value).toMatchObject({ imported: 4, duplicates: 1, removed: 1 });
    expect(value.failed).toEqual([
      { file, at: 6, code: 'not-a-mail', message: expect.stringContaining('no mail') as string },
    ]);
    const there = await look(servers.dovecot, user, 'Kinds');
    expect(
      there.map(({ subject, flags }) => [subject, [...flags].filter((flag) => flag !== '\\Recent').sort()]),
    ).toEqual([
      ['read', ['\\Flagged', '\\Seen']],
      ['thunderbird', ['$Forwarded', '\\Answered', '\\Seen']],
      ['undated', []],
      ['last', []],
    ]);
    expect(there[0]?.raw.toString()).not.toContain('Status:');
    expect(await dates('Kinds')).toEqual({
      read: day(3).getTime(),
      thunderbird: Date.UTC(2024, 2, 6, 7),
      undated: Date.UTC(2024, 2, 5, 10, 20, 30),
      last: day(3).getTime(),
    });
  });

  it('a file that is no mail, or is not there, is named with the reason, and the others are taken', async () => {
    const picture = write('picture.eml', '\u0089PNG\r\n\u001a\n and so on');
    const nothing = write('nothing.mbox', '\n\n');
    const good = write('good.mbox', mbox(mail('good')));
    const missing = join(cli.folder, 'missing.mbox');
    const { status, value } = await cli.json('import', picture, nothing, missing, good, ...place('Taken'));
    expect(status).toBe(1);
    expect(value.imported).toBe(1);
    expect(
      value.failed.map((one: { file: string; at: number | null; code: string }) => [
        one.file,
        one.at,
        one.code,
      ]),
    ).toEqual([
      [picture, 1, 'not-a-mail'],
      [nothing, null, 'not-a-mail'],
      [missing, null, 'file-unreadable'],
    ]);
    expect((await cli.json('import', nothing, ...place('Taken'))).status).toBe(2);
  });

  it('without the server nothing is written half, and the reason is said', async () => {
    await servers.dovecot.stop();
    try {
      const out = join(cli.folder, 'offline.mbox');
      const exported = await cli.json('export', ...place('INBOX'), '--out', out);
      expect(exported.status).toBe(1);
      expect(exported.value.error.code).toBe('connection-refused');
      expect(readdirSync(cli.folder).filter((name) => name.startsWith('offline'))).toEqual([]);
      const file = write('later.mbox', mbox(mail('later')));
      const imported = await cli.json('import', file, ...place('Taken'));
      expect(imported.status).toBe(1);
      expect(imported.value).toMatchObject({
        imported: 0,
        failed: [{ file, at: null, code: 'connection-refused' }],
      });
    } finally {
      await servers.dovecot.start();
    }
  });
});
