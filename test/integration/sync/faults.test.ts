/** What servers and networks do to a synchronisation, and that afterwards the store equals the server all the same. */
import { describe, expect, test } from 'vitest';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer } from '#mailserver/startMailServer.ts';
import type { MailServer } from '#mailserver/startMailServer.ts';
import { UidRanges } from '#engine/imap/uidSet.ts';
import { mail, mails, serverContents, SyncFixture } from './syncFixture.ts';
import type { Contents } from './syncFixture.ts';

const password = 'correct horse';

async function start(without: readonly ImapCapability[] = []): Promise<MailServer> {
  return startMailServer({
    domain: 'company.test',
    users: [{ login: 'anna', password }],
    without: { imap: without },
  });
}

function fill(server: MailServer, folder: string, raws: readonly Buffer[]): void {
  const mailbox = server.user('anna').mailboxes.require(folder);
  for (const raw of raws) mailbox.append({ raw, internalDate: Date.UTC(2024, 0, 1) });
}

const open = (server: MailServer): SyncFixture =>
  new SyncFixture({ port: server.ports.imap, user: 'anna', password });
const truth = (server: MailServer): Contents => serverContents(server, 'anna');

describe('a connection that breaks', () => {
  test.each<[string, readonly ImapCapability[]]>([
    ['with QRESYNC', []],
    ['without CONDSTORE', ['CONDSTORE', 'ESEARCH', 'LIST-STATUS']],
  ])(
    'at any byte of a first pass, %s: the next one goes on, and nothing is half stored',
    async (_name, without) => {
      await using server = await start(without);
      fill(server, 'INBOX', mails(105));
      fill(server, 'Sent', mails(3, 200));
      await using whole = open(server);
      const { bytes } = await whole.pass(true);
      expect(whole.contents()).toEqual(truth(server));

      const step = Math.ceil(bytes / 24);
      for (let at = 1; at < bytes; at += step) {
        await using fixture = open(server);
        server.faults.next('wire', { effect: 'cut', direction: 'to-client', afterBytes: at });
        await fixture.passUntilDone();
        server.faults.clear();
        expect(fixture.contents()).toEqual(truth(server));
        const half = fixture.store.read
          .prepare<[], { subject: string }>("SELECT subject FROM messages WHERE subject NOT LIKE 'Mail %'")
          .all();
        expect(half).toEqual([]);
      }
    },
    60_000,
  );

  test('within a literal: what arrived of that mail is not taken for the mail', async () => {
    await using server = await start();
    fill(server, 'INBOX', [mail('Cut', { body: 'x'.repeat(50_000) })]);
    await using fixture = open(server);
    server.faults.next('literal-cut', { afterBytes: 20_000, times: 1, skip: 1 });
    const first = await fixture.runner.syncNow(true, new AbortController().signal);
    await fixture.pass(true);
    const [id] = fixture.find('INBOX', 'Cut');
    const { sync } = fixture;
    expect(Buffer.from(await sync.reader.fetchSource(id as never, new AbortController().signal)).length).toBe(
      mail('Cut', { body: 'x'.repeat(50_000) }).length,
    );
    expect(first.ok || first.error?.code === 'connection-closed').toBe(true);
  });

  test('between two passes costs nothing but a new login', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(5));
    await using fixture = open(server);
    await fixture.pass();
    server.dropConnections();
    expect(await fixture.pass()).toMatchObject({ ok: true, added: 0 });
  });
});

describe('a server that breaks its promises', () => {
  test('UIDNEXT that falls, with other mails under the old UIDs: the folder is read anew', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    const inbox = server.user('anna').mailboxes.inbox;
    inbox.expunge([8, 9, 10]);
    inbox.falsify({ uidNext: 8 });
    fill(server, 'INBOX', [mail('Under an old UID')]);
    await fixture.pass();
    expect(fixture.contents()).toEqual(truth(server));
  });

  test('UIDs that are given again although UIDNEXT rises: a thorough pass puts each mail under its own', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    const inbox = server.user('anna').mailboxes.inbox;
    inbox.falsify({ uidNext: 50 });
    fill(server, 'INBOX', [mail('New')]);
    await fixture.pass(true);
    expect(fixture.contents()).toEqual(truth(server));
  });

  test('HIGHESTMODSEQ that falls: every flag is looked at', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    const inbox = server.user('anna').mailboxes.inbox;
    inbox.falsify({ highestModseq: 2 });
    inbox.setFlags(3, 'add', ['\\Seen']);
    await fixture.pass();
    expect(fixture.contents()).toEqual(truth(server));
  });

  test.each([
    ['uidvalidity kept UIDs', true],
    ['uidvalidity other UIDs', false],
  ])('another UIDVALIDITY, %s: no mail stands under the UID of another', async (_name, keepUids) => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    const inbox = server.user('anna').mailboxes.inbox;
    inbox.expunge([1, 2]);
    inbox.changeUidValidity({ keepUids });
    await fixture.pass();
    expect(fixture.contents()).toEqual(truth(server));
  });

  test('another UIDVALIDITY in the middle of a visit: nothing is stored under the old one', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    fill(server, 'INBOX', mails(3, 50));
    // Told while the answer to the FETCH is on its way.
    server.faults.next('inject', { command: 'FETCH', bytes: '* OK [UIDVALIDITY 999] it changed\r\n' });
    await fixture.passUntilDone();
    expect(fixture.contents()).toEqual(truth(server));
  });

  test('VANISHED for messages that are there: nothing is removed on that line alone', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    server.user('anna').mailboxes.inbox.setFlags(3, 'add', ['\\Seen']);
    server.faults.next('inject', { command: 'FETCH', bytes: '* VANISHED (EARLIER) 1:9\r\n' });
    const { removed } = await fixture.pass();
    expect(removed).toBe(0);
    expect(fixture.contents()).toEqual(truth(server));
  });

  test('a hostile VANISHED of four billion UIDs costs no time', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(10));
    await using fixture = open(server);
    await fixture.pass();
    server.user('anna').mailboxes.inbox.setFlags(3, 'add', ['\\Seen']);
    server.faults.next('inject', { command: 'SELECT', bytes: '* VANISHED 1:4294967295\r\n' });
    server.faults.next('inject', { command: 'EXAMINE', bytes: '* VANISHED 1:4294967295\r\n' });
    server.faults.next('inject', { command: 'FETCH', bytes: '* VANISHED (EARLIER) 1:4294967295\r\n' });
    const started = performance.now();
    await fixture.passUntilDone();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(fixture.contents()).toEqual(truth(server));
  });
});

describe('one bad message', () => {
  test('that the server refuses to show is put aside; all others are there', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(20));
    await using fixture = open(server);
    // Whatever is asked together with UID 7 is refused.
    using _ = refuseFetchOf(server, 7);
    await fixture.pass();
    const expected = truth(server);
    expected['INBOX'] = (expected['INBOX'] ?? []).filter((line) => !line.startsWith('7 '));
    expect(fixture.contents()).toEqual(expected);
    // Known by now: it is not asked for again and again.
    const { commands } = await fixture.pass();
    expect(commands).toBeLessThan(12);
  });

  test('whose answer cannot be read does not stop the next', async () => {
    await using server = await start();
    fill(server, 'INBOX', mails(3));
    await using fixture = open(server);
    server.faults.next('inject', {
      command: 'FETCH',
      bytes: '* 1 FETCH (UID 1 FLAGS (\\Seen BODY[HEADER.FIELDS] "x\r\n',
    });
    await fixture.pass();
    expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 2', 'Mail 3']);
  });

  test('a header that is larger than any is asked for alone, put aside, and the others are there', async () => {
    await using server = await start();
    fill(server, 'INBOX', [...mails(3), mail(`Huge ${'x'.repeat(9_000_000)}`), ...mails(3, 10)]);
    await using fixture = open(server);
    await fixture.passUntilDone();
    expect(fixture.shown('INBOX')).toEqual(['Mail 1', 'Mail 2', 'Mail 3', 'Mail 10', 'Mail 11', 'Mail 12']);
  });
});

describe('a flag that changes while what changed is being told', () => {
  // As Dovecot tells it where QRESYNC is not on: by its place alone, with its modification sequence.
  test('is not passed over where it is told without its UID', async () => {
    await using server = await start(['QRESYNC']);
    fill(server, 'INBOX', mails(5));
    await using fixture = open(server);
    await fixture.pass();
    const inbox = server.user('anna').mailboxes.require('INBOX');
    inbox.setFlags(3, 'add', ['\\Flagged']);
    const { faults } = server;
    const take = faults.take.bind(faults);
    faults.take = (name, fits) => {
      const line = server.log.entries.at(-1)?.line ?? '';
      if (name !== 'answer' || !line.includes('CHANGEDSINCE')) return take(name, fits);
      faults.take = take;
      const told = `* 3 FETCH (UID 3 FLAGS (\\Flagged) MODSEQ (${String(inbox.highestModseq)}))\r\n`;
      inbox.setFlags(4, 'add', ['\\Seen']);
      const meanwhile = `* 4 FETCH (MODSEQ (${String(inbox.highestModseq)}) FLAGS (\\Seen))\r\n`;
      return { command: 'FETCH', bytes: `${told}${meanwhile}{tag} OK done\r\n` } as never;
    };
    await fixture.pass();
    expect(faults.take).toBe(take);
    await fixture.pass();
    expect(fixture.contents()).toEqual(truth(server));
  });
});

/** Refuses every FETCH whose set holds this UID, as Exchange does with a damaged mail. UIDs and places are the same here. */
function refuseFetchOf(server: MailServer, uid: number): Disposable {
  const { faults, log } = server;
  const take = faults.take.bind(faults);
  faults.take = (name, fits) => {
    const line = log.entries.at(-1)?.line ?? '';
    const set = /\bFETCH ([0-9:,*]+) /.exec(line)?.[1];
    if (name === 'refuse' && set !== undefined && UidRanges.parse(set.replace('*', '99')).has(uid))
      return { command: 'FETCH', status: 'NO', text: 'Some messages could not be FETCHed' } as never;
    return take(name, fits);
  };
  return {
    [Symbol.dispose]: () => {
      faults.take = take;
    },
  };
}
