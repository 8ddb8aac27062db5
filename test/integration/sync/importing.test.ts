/** Mails from files on their way into a server's folder: each there once, whatever happens to the connection. */
import { describe, expect, test } from 'vitest';
import { readIncomingMail, type IncomingMail } from '#engine/mime/incomingMail.ts';
import { fileMails } from '#engine/sync/access/messageImport.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { mails, never, serverContents, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';
const now = Date.UTC(2025, 0, 1);

const start = (): Promise<MailServer> =>
  startMailServer({ domain: 'company.test', users: [{ login: 'anna', password }] });

function incoming(raw: string | Buffer): IncomingMail {
  const mail = readIncomingMail(Buffer.from(raw), null, now);
  if (mail === null) throw new Error('no mail');
  return mail;
}
const nameless = (subject: string): string => `Subject: ${subject}\r\n\r\n${subject}\r\n`;

async function open(server: MailServer): Promise<SyncFixture> {
  const fixture = new SyncFixture({ port: server.ports.imap, user: 'anna', password });
  await fixture.pass();
  return fixture;
}
async function file(fixture: SyncFixture, list: readonly IncomingMail[]): Promise<string[]> {
  const outcomes: string[] = [];
  const session = await fixture.sync.session(fixture.id);
  try {
    await fileMails(session, fixture.folder('INBOX'), list, ({ outcome }) => outcomes.push(outcome), never);
  } catch (error) {
    outcomes.push((error as { code: string }).code);
  }
  return outcomes;
}
const subjects = (server: MailServer): string[] =>
  (serverContents(server, 'anna')['INBOX'] ?? []).map((line) => line.replace(/^\d+ /, ''));

describe('a mail from a file', () => {
  test.each([true, false])(
    'is there once where the answer was lost (carried out: %s)',
    async (carriedOut) => {
      await using server = await start();
      await using fixture = await open(server);
      const list = [
        ...mails(2).map(incoming),
        incoming(nameless('nameless')),
        incoming(nameless('last one')),
      ];
      for (let nth = 1; nth <= 2; nth += 1) server.faults.next('drop', { command: 'APPEND', carriedOut });
      expect(await file(fixture, list)).toEqual(['imported', 'imported', 'imported', 'imported']);
      expect(subjects(server)).toEqual(['Mail 1 []', 'Mail 2 []', 'nameless []', 'last one []']);
      expect(await file(fixture, list.slice(0, 2))).toEqual(['duplicate', 'duplicate']);
    },
  );

  test('without a Message-ID is there once where the answer was lost', async () => {
    await using server = await start();
    await using fixture = await open(server);
    server.faults.next('drop', { command: 'APPEND', carriedOut: true });
    expect(await file(fixture, [incoming(nameless('nameless')), incoming(nameless('last one'))])).toEqual([
      'imported',
      'imported',
    ]);
    expect(subjects(server)).toEqual(['nameless []', 'last one []']);
  });

  test('that the server refuses stops no other; a full mailbox stops the rest', async () => {
    await using server = await start();
    await using fixture = await open(server);
    const list = mails(3).map(incoming);
    server.faults.next('refuse', { command: 'APPEND', text: 'not this one' });
    expect(await file(fixture, list)).toEqual(['failed', 'imported', 'imported']);
    server.faults.next('overquota', { command: 'APPEND' });
    expect(await file(fixture, [incoming(nameless('more')), ...list])).toEqual(['over-quota']);
    expect(subjects(server)).toEqual(['Mail 2 []', 'Mail 3 []']);
  });

  test('that was deleted there, and not expunged yet, is taken again', async () => {
    await using server = await start();
    await using fixture = await open(server);
    const [raw] = mails(1);
    server
      .user('anna')
      .mailboxes.require('INBOX')
      .append({ raw: raw as Buffer, internalDate: now, flags: ['\\Deleted'] });
    expect(await file(fixture, [incoming(raw as Buffer)])).toEqual(['imported']);
  });
});

describe('what is no mail', () => {
  test.each([
    ['', 'nothing'],
    ['hello\r\n', 'a word'],
    ['{"a": 1}\r\n', 'JSON'],
    ['name: value\r\nother: value\r\n\r\n', 'settings'],
    ['\u0089PNG\r\n\u001a\n', 'a picture'],
    ['From: a\u0000\r\nTo: b\r\n\r\n', 'bytes that only begin like one'],
  ])('%j (%s) is not taken for one', (text) => {
    expect(readIncomingMail(Buffer.from(text, 'latin1'), null, now)).toBeNull();
  });
  test('the date of arrival is the last server’s, then the mail’s, then the file’s; none of the future', () => {
    const at = (text: string): number | null =>
      readIncomingMail(Buffer.from(text), 5, now)?.arrivedAt ?? null;
    const date = 'Date: Mon, 04 Mar 2024 10:00:00 +0000\r\n';
    expect(at(`Received: from a; Tue, 05 Mar 2024 10:00:00 +0000\r\n${date}\r\n`)).toBe(
      Date.UTC(2024, 2, 5, 10),
    );
    expect(at(`${date}\r\n`)).toBe(Date.UTC(2024, 2, 4, 10));
    expect(at('Date: Mon, 04 Mar 2030 10:00:00 +0000\r\n\r\n')).toBe(5);
    expect(at('Subject: x\r\n\r\n')).toBe(5);
  });
});
