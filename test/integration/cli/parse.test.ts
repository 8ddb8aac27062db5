import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCliBench } from './cli.ts';
import type { CliBench } from './cli.ts';

const mail =
  'From: =?utf-8?B?SsO2cmc=?= <joerg@xyz.test>\r\nTo: a@xyz.test, "B, C" <b@xyz.test>\r\nCc: c@xyz.test\r\n' +
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Thu, 02 Jan 2025 03:04:05 +0100\r\nMessage-ID: <m@xyz.test>\r\n' +
  'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6n\r\n';

describe('parse', () => {
  let cli: CliBench;
  beforeEach(() => {
    cli = openCliBench();
  });
  afterEach(() => cli[Symbol.asyncDispose]());

  it('shows a file as show shows a message, without a profile', async () => {
    const shown = await cli.ok('parse', cli.write('a.eml', mail));
    expect(shown).toMatchObject({
      messageId: '<m@xyz.test>',
      subject: 'Grüße',
      from: { name: 'Jörg', address: 'joerg@xyz.test' },
      to: [
        { name: '', address: 'a@xyz.test' },
        { name: 'B, C', address: 'b@xyz.test' },
      ],
      cc: [{ name: '', address: 'c@xyz.test' }],
      date: '2025-01-02T02:04:05.000Z',
      html: null,
      attachments: [],
      remoteContentBlocked: false,
      warnings: [],
    });
    expect(shown.text.trim()).toBe('Schön');
    expect(existsSync(cli.profile)).toBe(false);
  });

  it('several files: one JSON object a line, and one that cannot be read stops no other', async () => {
    const files = [cli.write('a.eml', mail), join(cli.folder, 'absent.eml'), cli.write('b.eml', '')];
    const ran = await cli.run('parse', ...files, '--json');
    const lines = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.file)).toEqual(files);
    expect(lines[0].subject).toBe('Grüße');
    expect(lines[1].error.code).toBe('file-unreadable');
    expect(lines[2].error).toBeUndefined();
    expect(ran.status).toBe(1);
  });

  it('is told of a file that is not there', async () => {
    const ran = await cli.json('parse', join(cli.folder, 'absent.eml'));
    expect([ran.status, ran.value.error.code]).toEqual([2, 'file-unreadable']);
  });

  it('in words, no control character of a mail reaches the terminal', async () => {
    const ran = await cli.run(
      'parse',
      cli.write('a.eml', `Subject: \u001b[31mred\r\n\r\n\u001b]0;title\u0007text\r\n`),
    );
    expect(ran.status).toBe(0);
    expect(ran.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(ran.stdout).toContain('text');
  });
});
