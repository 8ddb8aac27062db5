/** "Search on the server": what is not here yet is found, taken in and listed with what was found here. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServerSearches } from '#engine/api/serverSearch.ts';
import { insertGroupMail } from '#engine/store/groupMail.repo.ts';
import { search } from '#engine/store/search.ts';
import type { QueryContext } from '#engine/store/searchQuery.ts';
import { indexBatch } from '#engine/store/searchIndex.ts';
import type { ImapCapability } from '#mailserver/imap/capabilities.ts';
import { startMailServer, type MailServer } from '#mailserver/startMailServer.ts';
import type { ServerSearchResult } from '#shared/contract/search.ts';
import { MessageKey } from '#shared/domain/group/messageKey.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { never, SyncFixture } from './syncFixture.ts';

const password = 'correct horse';

/** An old mail: none of the words of its text is known where only its header is. */
function letter(subject: string, text: string): Buffer {
  return Buffer.from(
    `From: Berta Braun <berta@outside.test>\r\nTo: anna@company.test\r\nSubject: ${subject}\r\n` +
      `Date: Tue, 05 Mar 2024 10:00:00 +0000\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@outside.test>\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}\r\n`,
  );
}

/** What a window sees of a search: the list, and the servers when they are asked. */
function desk(fixture: SyncFixture) {
  const { store } = fixture;
  const kicked: string[] = [];
  const queryContext = (): Omit<QueryContext, 'db'> => ({
    now: Date.now(),
    accounts: [{ id: fixture.id, name: 'Anna', address: 'anna@company.test' }],
    people: { me: 'u-anna', all: [{ id: 'u-anna', name: 'Anna' }] },
  });
  const servers = new ServerSearches({
    store,
    clock: systemClock(),
    log: silentLog(),
    jobs: fixture.jobs,
    session: (id) => fixture.sync.session(id),
    kick: (id) => kicked.push(id),
    queryContext,
  });
  return {
    kicked,
    list: (query: string): string[] => {
      store.write((db) => indexBatch(db, 1000));
      const serverHits = servers.hitsOf(query, null);
      const wanted = { query, accountId: null, before: null, limit: 100, threads: false, serverHits };
      return search(store.read, wanted, queryContext()).rows.map(({ subject }) => subject);
    },
    ask: async (query: string, signal = never): Promise<ServerSearchResult> => {
      const { accounts } = await servers.handlers['search.onServer']({ query, job: 'search' }, signal);
      return accounts[0] as ServerSearchResult;
    },
    askAll: (query: string) => servers.handlers['search.onServer']({ query, job: 'search' }, never),
  };
}

/** Headers alone of the newest, as after the first page of a long folder. */
async function headersOnly(fixture: SyncFixture): Promise<void> {
  const account = fixture.runner;
  await account.syncNow(false, never);
  fixture.store.write((db) => {
    db.prepare('DELETE FROM texts').run();
    db.prepare("UPDATE messages SET text_state = 0, indexed = 0, snippet = ''").run();
  });
}
const forgetBelow = (fixture: SyncFixture, uid: number): void =>
  fixture.store.write((db) => {
    const { id } = fixture.folder('INBOX');
    db.prepare('DELETE FROM placements WHERE folder_id = ? AND uid < ?').run(id, uid);
    db.prepare('DELETE FROM messages WHERE id NOT IN (SELECT message_id FROM placements)').run();
    db.prepare('UPDATE folders SET low_uid = ? WHERE id = ?').run(uid, id);
  });

describe('against Dovecot', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await startDovecot();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('words of texts that are not here are found in every spelling, by every operator, and mails that are not known are taken in', async () => {
    server.fill('seeker', 'INBOX', [
      { raw: letter('One', 'Herr Müller schuldet uns etwas') },
      { raw: letter('Two', 'Frau Mueller hat bezahlt'), flags: ['\\Seen'] },
      { raw: letter('Three', 'Die Brücke ist gesperrt') },
      { raw: letter('Four', 'Nothing of that') },
      { raw: letter('Five', 'Müller zum letzten') },
    ]);
    server.fill('seeker', 'Archive', [{ raw: letter('Six', 'Muller was here') }]);
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'seeker',
      password: server.password,
    });
    await headersOnly(fixture);
    forgetBelow(fixture, 4);
    const window = desk(fixture);
    expect(window.list('müller')).toEqual([]);
    expect(await window.ask('müller')).toMatchObject({ found: 4, fetched: 2, cut: false, error: null });
    expect(window.list('müller').sort()).toEqual(['Five', 'One', 'Six', 'Two']);
    // They open as any mail.
    const [one] = fixture.find('INBOX', 'One');
    if (one === undefined) throw new Error('not taken in');
    await fixture.sync.reader.fetchText(one, never);

    for (const [query, expected] of [
      ['müller is:unread', ['Five', 'One', 'Six']],
      ['müller -zum', ['One', 'Six', 'Two']],
      ['"mueller hat"', ['Two']],
      ['müller in:archive', ['Six']],
      ['müller -in:archive', ['Five', 'One', 'Two']],
      ['brücke OR "of that"', ['Four', 'Three']],
      ['müller after:2024-03-05 before:2024-03-06 larger:10', ['Five', 'One', 'Six', 'Two']],
      ['müller after:2024-03-06', []],
      ['müller account:anna from:berta', ['Five', 'One', 'Six', 'Two']],
      ['müller account:ben', []],
      ['müller has:attachment', []],
    ] as const) {
      const result = await window.ask(query);
      expect([query, result?.error ?? null, window.list(query).sort()]).toEqual([query, null, expected]);
    }
    // The rest of the folder comes as it always did, and nothing comes twice.
    await fixture.pass(true);
    expect(fixture.shown('INBOX')).toEqual(['One', 'Two', 'Three', 'Four', 'Five']);
  });

  test('what no server knows is checked on what it found, and by itself asks no server', async () => {
    server.fill('group', 'INBOX', [
      { raw: letter('Mine', 'the word') },
      { raw: letter('Other', 'the word') },
    ]);
    await using fixture = new SyncFixture({
      port: server.ports.imap,
      user: 'group',
      password: server.password,
    });
    await headersOnly(fixture);
    const [mine] = fixture.find('INBOX', 'Mine');
    fixture.store.write((db) => {
      if (mine === undefined) throw new Error('not here');
      insertGroupMail(db, fixture.id, { id: mine, key: MessageKey.parse('mine@x'), takenIn: true });
      db.prepare("UPDATE group_mail SET handler = 'u-anna'").run();
    });
    const window = desk(fixture);
    const answer = await window.askAll('word handler:me');
    expect(answer).toMatchObject({ accounts: [{ found: 1 }], local: ['handler'] });
    expect(window.list('word handler:me')).toEqual(['Mine']);
    expect(await window.askAll('handler:me status:open')).toEqual({
      accounts: [],
      local: ['handler', 'status'],
    });
  });
});

describe('a server that fails', () => {
  const start = (without: readonly ImapCapability[] = []): Promise<MailServer> =>
    startMailServer({
      domain: 'company.test',
      users: [{ login: 'anna', password }],
      without: { imap: without },
    });
  async function open(server: MailServer): Promise<SyncFixture> {
    const { mailboxes } = server.user('anna');
    const internalDate = Date.UTC(2024, 2, 5);
    mailboxes.require('INBOX').append({ raw: letter('One', 'a word'), internalDate });
    mailboxes.require('Archive').append({ raw: letter('Two', 'a word'), internalDate });
    const fixture = new SyncFixture({ port: server.ports.imap, user: 'anna', password });
    await headersOnly(fixture);
    return fixture;
  }

  test('by dropping the connection is asked again; by dropping it each time it is named, and what was found counts', async () => {
    await using server = await start();
    await using fixture = await open(server);
    const window = desk(fixture);
    server.faults.next('drop', { command: 'SEARCH' });
    expect(await window.ask('word')).toMatchObject({ found: 2, error: null });
    server.faults.next('drop', { command: 'SEARCH', path: 'Archive', times: Infinity });
    expect(await window.ask('word')).toMatchObject({ found: 1, error: { code: 'connection-closed' } });
    expect(window.list('word')).toEqual(['One']);
  });

  test('by refusing one folder is asked for the others', async () => {
    await using server = await start();
    await using fixture = await open(server);
    const window = desk(fixture);
    server.faults.next('refuse', { command: 'SEARCH', path: 'INBOX', text: 'not today' });
    expect(await window.ask('word')).toMatchObject({ found: 1, error: { code: 'server-refused' } });
  });

  test('by not knowing UTF-8 is asked for the spellings that it can read', async () => {
    await using server = await start(['ESEARCH']);
    await using fixture = await open(server);
    const raw = letter('Three', 'Herr Mueller');
    server
      .user('anna')
      .mailboxes.require('INBOX')
      .append({ raw, internalDate: Date.UTC(2024, 2, 5) });
    await headersOnly(fixture);
    const window = desk(fixture);
    server.faults.next('refuse', {
      command: 'SEARCH',
      having: 'CHARSET',
      code: 'BADCHARSET',
      times: Infinity,
    });
    expect(await window.ask('müller')).toMatchObject({ found: 1, error: null });
  });

  test('by being away is named, and the search here is as it was', async () => {
    await using server = await start();
    await using fixture = await open(server);
    server.faults.next('greeting-bye', { times: Infinity });
    server.faults.next('drop', { command: 'SELECT', times: Infinity });
    server.faults.next('drop', { command: 'EXAMINE', times: Infinity });
    const window = desk(fixture);
    const result = await window.ask('one word');
    expect(result.error).not.toBeNull();
    expect(window.list('one')).toEqual(['One']);
  });

  test('by never answering is left alone by whoever ends the search, and the account goes on', async () => {
    await using server = await start();
    await using fixture = await open(server);
    const window = desk(fixture);
    const hang = server.faults.next('hang', { command: 'SEARCH' });
    const asking = window.ask('word');
    await hang.happened;
    expect(fixture.jobs.list()).toMatchObject([{ kind: 'server-search', done: 0, pausable: false }]);
    fixture.jobs.cancel('search');
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' });
    expect(fixture.jobs.list()).toEqual([]);
    await fixture.pass();
  });
});
