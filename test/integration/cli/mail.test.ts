import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { look } from '#test/servers/mailbox.ts';
import type { CliBench, Json } from './cli.ts';
import { startMailServers } from './mailServers.ts';
import type { MailServers } from './mailServers.ts';

interface MessageJson {
  readonly id: number;
  readonly uid: number;
  readonly subject: string;
  readonly flags: readonly string[];
  readonly snippet: string;
  readonly threadId: number;
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly date: string;
  readonly size: number;
  readonly hasAttachments: boolean;
}
interface PageJson {
  readonly messages: readonly MessageJson[];
  readonly next: string | null;
}

const user = 'anna@xyz.test';
const at = (day: number): Date => new Date(Date.UTC(2025, 0, day, 12));

function mail(number: number, more: { subject?: string; text?: string; headers?: string } = {}): string {
  const { subject = `Letter ${number}`, text = `Text of letter ${number}.`, headers = '' } = more;
  return (
    `From: "Berta Braun" <berta@outside.test>\r\nTo: ${user}\r\nSubject: ${subject}\r\n` +
    `Date: ${at(number).toUTCString()}\r\nMessage-ID: <letter-${number}@outside.test>\r\n${headers}\r\n${text}\r\n`
  );
}

const attachment = Buffer.from('The quick brown fox.\n'.repeat(50));
const withAttachment =
  `From: berta@outside.test\r\nTo: ${user}\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= mit Anlage\r\n` +
  `Date: ${at(28).toUTCString()}\r\nMessage-ID: <with-attachment@outside.test>\r\nMIME-Version: 1.0\r\n` +
  `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n` +
  `<p>Sehr geehrte <b>Damen</b></p><img src="https://tracker.example/x.png">\r\n--b\r\nContent-Type: text/plain; name="../fox.txt"\r\n` +
  `Content-Disposition: attachment; filename="../fox.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n` +
  `${attachment.toString('base64')}\r\n--b--\r\n`;

describeWith(['dovecot', 'postfix'], 'mail on the command line', () => {
  let servers: MailServers;
  let cli: CliBench & { readonly account: string };
  let account: string;

  beforeAll(async () => {
    servers = await startMailServers();
    servers.dovecot.fill(user, 'INBOX', [
      ...Array.from({ length: 25 }, (_, index) => ({ raw: mail(index + 1), date: at(index + 1) })),
      {
        raw: mail(26, {
          subject: 'Re: Letter 25',
          headers: 'In-Reply-To: <letter-25@outside.test>\r\nReferences: <letter-25@outside.test>\r\n',
          text: 'An answer about the Donaudampfschiff.',
        }),
        date: at(26),
      },
      { raw: mail(27), date: at(27), flags: ['\\Seen', '\\Flagged'] as const },
      { raw: withAttachment, date: at(28) },
    ]);
    servers.dovecot.fill(user, 'Projekte/Größe', [{ raw: mail(40), date: at(1) }]);
    cli = await servers.bench('anna');
    ({ account } = cli);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  const inbox = async (...more: string[]): Promise<PageJson> =>
    cli.ok('messages', '--account', account, '--folder', 'INBOX', ...more);
  const bySubject = async (subject: string, folder = 'INBOX'): Promise<MessageJson> => {
    const page = await cli.ok<PageJson>(
      'messages',
      '--account',
      account,
      '--folder',
      folder,
      '--limit',
      '100',
    );
    const found = page.messages.find((message) => message.subject === subject);
    if (!found) throw new Error(`${subject} is not in ${folder}`);
    return found;
  };

  it('sync takes everything over in one pass, and says what it did; a second one finds nothing', async () => {
    const first = await cli.ok('sync', '--account', account);
    expect(first.accounts).toHaveLength(1);
    expect(first.accounts[0]).toMatchObject({ id: account, ok: true, messages: 29, added: 29, removed: 0 });
    for (const key of ['folders', 'bytes', 'commands', 'firstPageMs', 'ms']) {
      expect(first.accounts[0][key]).toBeGreaterThan(0);
    }
    const second = await cli.ok('sync');
    expect(second.accounts[0]).toMatchObject({ ok: true, added: 0, changed: 0, removed: 0 });
  });

  it('folders shows all with their roles and counts', async () => {
    const folders = await cli.ok<Json[]>('folders', '--account', account);
    const byPath = Object.fromEntries(folders.map((folder) => [folder.path, folder]));
    expect(byPath['INBOX']).toMatchObject({ role: 'inbox', total: 28, unread: 27 });
    expect(byPath['Sent']).toMatchObject({ role: 'sent', total: 0, unread: 0 });
    expect(byPath['Trash']).toMatchObject({ role: 'trash' });
    expect(byPath['Projekte/Größe']).toMatchObject({ role: null, total: 1, unread: 1 });
  });

  it('messages go newest first, in pages that overlap nowhere and leave nothing out', async () => {
    const all: MessageJson[] = [];
    let page = await inbox('--limit', '10');
    for (;;) {
      expect(page.messages.length).toBeLessThanOrEqual(10);
      all.push(...page.messages);
      if (page.next === null) break;
      page = await inbox('--limit', '10', '--before', page.next);
    }
    expect(all.map((message) => message.uid)).toEqual(Array.from({ length: 28 }, (_, index) => 28 - index));
    expect(new Set(all.map((message) => message.id)).size).toBe(28);
    expect(all[1]).toMatchObject({
      subject: 'Letter 27',
      from: { name: 'Berta Braun', address: 'berta@outside.test' },
      date: at(27).toISOString(),
      flags: ['\\Seen', '\\Flagged'],
      hasAttachments: false,
    });
    expect(all[0]).toMatchObject({ subject: 'Grüße mit Anlage', hasAttachments: true });
  });

  it('--threads shows one row a conversation', async () => {
    const { messages } = await inbox('--threads', '--limit', '100');
    expect(messages).toHaveLength(27);
    expect(messages.filter((message) => message.subject.includes('Letter 25'))).toHaveLength(1);
    const answer = await bySubject('Re: Letter 25');
    const letter = await bySubject('Letter 25');
    expect(answer.threadId).toBe(letter.threadId);
  });

  it('show gives one message by its words, its HTML and its attachments; --raw its bytes', async () => {
    const { id } = await bySubject('Grüße mit Anlage');
    const shown = await cli.ok('show', String(id));
    expect(shown).toMatchObject({
      id,
      messageId: '<with-attachment@outside.test>',
      subject: 'Grüße mit Anlage',
      from: { address: 'berta@outside.test' },
      to: [{ address: user }],
      cc: [],
      date: at(28).toISOString(),
      remoteContentBlocked: true,
    });
    expect(shown.text).toContain('Sehr geehrte Damen');
    expect(shown.html).toContain('<b>Damen</b>');
    expect(shown.attachments).toHaveLength(1);
    expect(shown.attachments[0]).toMatchObject({ contentType: 'text/plain', inline: false });
    // A name of a mail never leads out of a folder (M04).
    expect(shown.attachments[0].filename).not.toMatch(/[/\\]/);

    const raw = await cli.run('show', String(id), '--raw');
    expect(raw.stdout).toBe(withAttachment);
    const out = join(cli.folder, 'fox.txt');
    await cli.ok('attachment', String(id), shown.attachments[0].id, '--out', out);
    expect(readFileSync(out).equals(attachment)).toBe(true);
  });

  it('sync --full makes every text searchable offline, and search finds it while no server is there', async () => {
    await cli.ok('sync', '--full');
    await servers.dovecot.stop();
    try {
      const found = await cli.ok('search', 'Donaudampfschiff');
      expect(found.messages.map((message: MessageJson) => message.subject)).toEqual(['Re: Letter 25']);
      expect(found.ms).toBeTypeOf('number');
      // Asked for what is not here, a server that is away is named, and what is here is found.
      const away = await cli.ok('search', 'Donaudampfschiff', '--server');
      expect(away.messages).toHaveLength(1);
      expect(away.server).toMatchObject([{ found: 0, error: { code: 'connection-refused' } }]);
      const none = await cli.ok('search', 'Zugspitzbahnsteigkarte');
      expect(none.messages).toEqual([]);
      const flagged = await cli.ok('search', 'is:flagged', '--account', account);
      expect(flagged.messages.map((message: MessageJson) => message.subject)).toEqual(['Letter 27']);
      const limited = await cli.ok('search', 'from:berta', '--limit', '5');
      expect(limited.messages).toHaveLength(5);
      // Offline a text is there too.
      const { id } = await bySubject('Letter 3');
      expect((await cli.ok('show', String(id))).text).toContain('Text of letter 3.');
    } finally {
      await servers.dovecot.start();
    }
    const asked = await cli.ok('search', 'Donaudampfschiff', '--server');
    expect(asked.server).toEqual([{ account, found: 1, fetched: 0, cut: false }]);
  });

  describe('what is done here', () => {
    it('flag is done at once and carried to the server', async () => {
      const { id, uid } = await bySubject('Letter 5');
      expect(await cli.ok('flag', String(id), '--add', 'seen,flagged')).toEqual({ queued: 0, done: 1 });
      expect((await bySubject('Letter 5')).flags).toEqual(['\\Seen', '\\Flagged']);
      const onServer = (await look(servers.dovecot, user)).find((message) => message.uid === uid);
      expect(onServer?.flags.has('\\Seen') && onServer.flags.has('\\Flagged')).toBe(true);
      await cli.ok('flag', String(id), '--remove', 'flagged');
      const later = (await look(servers.dovecot, user)).find((message) => message.uid === uid);
      expect(later?.flags.has('\\Flagged')).toBe(false);
    });

    it('move goes to a folder by its path, with a name of umlauts', async () => {
      const { id } = await bySubject('Letter 6');
      expect(await cli.ok('move', String(id), '--to', 'Projekte/Größe')).toEqual({ queued: 0, done: 1 });
      const there = await look(servers.dovecot, user, 'Projekte/Größe');
      expect(there.map((message) => message.subject).sort()).toEqual(['Letter 40', 'Letter 6']);
      expect((await look(servers.dovecot, user)).some((message) => message.subject === 'Letter 6')).toBe(
        false,
      );
    });

    it('delete goes to the trash, and from there for good', async () => {
      const { id } = await bySubject('Letter 7');
      await cli.ok('delete', String(id));
      expect((await look(servers.dovecot, user, 'Trash')).map((message) => message.subject)).toEqual([
        'Letter 7',
      ]);
      const inTrash = await bySubject('Letter 7', 'Trash');
      await cli.ok('delete', String(inTrash.id));
      expect(await look(servers.dovecot, user, 'Trash')).toEqual([]);
    });

    it('archive goes to the archive folder, several at once', async () => {
      const ids = [await bySubject('Letter 8'), await bySubject('Letter 9')].map(({ id }) => String(id));
      expect(await cli.ok('archive', ...ids)).toMatchObject({ queued: 0 });
      const there = await look(servers.dovecot, user, 'Archive');
      expect(there.map((message) => message.subject).sort()).toEqual(['Letter 8', 'Letter 9']);
    });

    it('what is done while the server is away is kept, and carried out by the next sync', async () => {
      const { id, uid } = await bySubject('Letter 10');
      await servers.dovecot.stop();
      try {
        const done = await cli.json('flag', String(id), '--add', 'flagged');
        expect(done.value.queued).toBe(1);
        expect((await bySubject('Letter 10')).flags).toContain('\\Flagged');
      } finally {
        await servers.dovecot.start();
      }
      await cli.ok('sync');
      const onServer = (await look(servers.dovecot, user)).find((message) => message.uid === uid);
      expect(onServer?.flags.has('\\Flagged')).toBe(true);
    });

    it('what another client did is here after the next sync', async () => {
      {
        await using other = await servers.dovecot.client(user);
        await other.mailboxOpen('INBOX');
        await other.messageFlagsAdd({ header: { 'message-id': '<letter-11@outside.test>' } }, ['\\Answered']);
        await other.messageDelete({ header: { 'message-id': '<letter-12@outside.test>' } });
      }
      await servers.dovecot.deliver(user, mail(50, { subject: 'Brand new' }));
      const { accounts } = await cli.ok('sync');
      expect(accounts[0]).toMatchObject({ ok: true, added: 1, removed: 1 });
      expect((await bySubject('Letter 11')).flags).toContain('\\Answered');
      await expect(bySubject('Letter 12')).rejects.toThrow();
      expect((await bySubject('Brand new')).flags).toEqual([]);
    });
  });

  it.each([
    [['show', '999999'], 'not-found'],
    [['show', 'x'], 'invalid-input'],
    [['messages', '--account', 'nobody', '--folder', 'INBOX'], 'invalid-input'],
    [['messages', '--account', user, '--folder', 'No/Such'], 'invalid-input'],
    [['messages', '--account', user, '--folder', 'INBOX', '--limit', '0'], 'invalid-input'],
    [['messages', '--account', user, '--folder', 'INBOX', '--before', 'nonsense'], 'invalid-input'],
    [['messages', '--account', user], 'invalid-input'],
    [['flag', '1'], 'invalid-input'],
    [['attachment', '1', '9.9', '--out', '/dev/null'], 'not-found'],
    [['nonsense'], 'invalid-input'],
    [[], 'invalid-input'],
  ])('%j is not usable: exit 2 and one error', async (args, code) => {
    const ran = await cli.json(...args);
    expect([ran.status, ran.value.error.code]).toEqual([2, code]);
    expect(ran.value.error.message).not.toBe('');
  });
});
