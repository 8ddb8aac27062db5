import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { deleteAccount } from '#engine/store/accounts.repo.ts';
import { applyFolderList } from '#engine/store/folderList.ts';
import { findFolder, listFolders, type StoredFolder } from '#engine/store/folders.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import { announceOnce } from '#engine/store/messages.repo.ts';
import { dismissNotice, listNotices, recordNotice } from '#engine/store/notices.repo.ts';
import { indexBatch } from '#engine/store/searchIndex.ts';
import { storeText } from '#engine/store/texts.repo.ts';
import { readSettings, writeSettings, writeValue } from '#engine/store/settings.repo.ts';
import { AccountId, type MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { headerRow, StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
let archive: StoredFolder;
let api: MessageApi;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, archive] = fixture.folders('INBOX', 'Archive') as [StoredFolder, StoredFolder];
  api = messageApi(fixture);
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

type Source = Parameters<MessageApi['messages']['messages.list']>[0]['source'];

/** All pages of a list, and how many there were. */
async function pages(
  source: Source,
  limit: number,
  threads = false,
): Promise<{ rows: MessageRow[]; pages: number; total: number | null }> {
  const rows: MessageRow[] = [];
  let before: string | undefined;
  let count = 0;
  let total: number | null = null;
  do {
    const page = await api.messages['messages.list'](
      { source, limit, threads, ...(before === undefined ? {} : { before }) },
      api.signal,
    );
    rows.push(...page.messages);
    if (count === 0) total = page.total;
    before = page.next ?? undefined;
    count += 1;
  } while (before !== undefined);
  return { rows, pages: count, total };
}

describe('a list', () => {
  it('of a folder comes page by page, newest first, each mail once', async () => {
    fixture.mails(inbox.id, ...Array.from({ length: 23 }, (_, at) => ({ uid: at + 1 })));
    const list = await pages({ kind: 'folder', folderId: inbox.id }, 10);
    expect(list.rows.map(({ uid }) => uid)).toEqual(Array.from({ length: 23 }, (_, at) => 23 - at));
    expect(list).toMatchObject({ pages: 3, total: 23 });
  });

  it('that ends with a full page has no further one', async () => {
    fixture.mails(inbox.id, { uid: 1 }, { uid: 2 });
    expect((await pages({ kind: 'folder', folderId: inbox.id }, 2)).pages).toBe(1);
  });

  it('of conversations shows each one by its newest mail in this folder, and how large it is here', async () => {
    fixture.mails(
      inbox.id,
      { uid: 1, messageId: 'a@x' },
      { uid: 2 },
      { uid: 3, messageId: 'b@x', references: ['a@x'], flags: FlagBit.seen },
    );
    fixture.mails(archive.id, { uid: 9, messageId: 'c@x', references: ['a@x'] });
    const list = await pages({ kind: 'folder', folderId: inbox.id }, 1, true);
    expect(
      list.rows.map(({ uid, conversation }) => [uid, conversation?.total, conversation?.unread]),
    ).toEqual([
      [3, 2, 1],
      [2, 1, 1],
    ]);
    expect(list.total).toBe(2);
  });

  it('of all inboxes draws the accounts together by date', async () => {
    const ben = AccountId.parse('ben');
    fixture.addAccount(ben);
    const second = fixture.store.write((db) => {
      applyFolderList(db, ben, [
        { path: 'INBOX', delimiter: '/', role: 'inbox', selectable: true, subscribed: true },
      ]);
      return findFolder(db, ben, 'INBOX')!;
    });
    fixture.mails(inbox.id, { uid: 1 }, { uid: 3 }, { uid: 5 });
    // The very same mail reached both.
    fixture.store.write((db) =>
      storeHeaders(
        db,
        ben,
        second.id,
        [2, 3, 4].map((uid) => headerRow({ uid })),
      ),
    );
    const list = await pages({ kind: 'all-inboxes' }, 2);
    expect(list.rows.map(({ accountId, uid }) => `${accountId} ${uid}`)).toEqual([
      'anna 5',
      'ben 4',
      'ben 3',
      'anna 3',
      'ben 2',
      'anna 1',
    ]);
    expect(new Set(list.rows.map(({ id, folderId }) => `${id}:${folderId}`)).size).toBe(6);
    expect(list.total).toBe(6);
    expect((await pages({ kind: 'all-inboxes' }, 4, true)).rows).toHaveLength(6);
  });

  it('refuses a folder that is not there and a cursor that is none', async () => {
    const source = { kind: 'folder', folderId: 999 } as unknown as Source;
    await expect(
      api.messages['messages.list']({ source, limit: 1, threads: false }, api.signal),
    ).rejects.toMatchObject({ code: 'not-found' });
    for (const before of ['', 'x', '1.', 'zzzzzzzzzzzz.1', '1.1; DROP TABLE messages', '../..'])
      await expect(
        api.messages['messages.list'](
          { source: { kind: 'all-inboxes' }, limit: 1, threads: false, before },
          api.signal,
        ),
      ).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('gives rows in the order asked for, and leaves out what is gone', async () => {
    const [a, b] = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    const rows = await api.messages['messages.rows'](
      {
        refs: [
          { id: b },
          { id: 5 as MessageId },
          { id: a, folderId: inbox.id },
          { id: a, folderId: archive.id },
        ],
      },
      api.signal,
    );
    expect(rows.messages.map(({ id }) => id)).toEqual([b, a]);
  });

  it('names a mail of 100,000 recipients with a few of them (M03)', async () => {
    const to = Array.from({ length: 100_000 }, (_, at) => ({ name: '', address: `a${at}@x.test` }));
    fixture.mails(inbox.id, { uid: 1, to, subject: 's'.repeat(300_000) });
    const { rows } = await pages({ kind: 'folder', folderId: inbox.id }, 10);
    expect(rows[0]?.to).toHaveLength(50);
    expect(rows[0]?.subject).toHaveLength(2000);
  });
});

describe('folders of the server', () => {
  it('come, go and change as it lists them', () => {
    const { store, account } = fixture;
    const list = (paths: string[]) =>
      store.write((db) =>
        applyFolderList(
          db,
          account,
          paths.map((path) => ({ path, delimiter: '/', role: null, selectable: true, subscribed: true })),
        ),
      );
    expect(list(['INBOX', 'Neu 🙂', 'Neu 🙂/Ä']).added.map(({ path }) => path)).toEqual([
      'Neu 🙂',
      'Neu 🙂/Ä',
    ]);
    expect(list(['INBOX']).removed).toHaveLength(2);
    expect(list(['INBOX'])).toEqual({ added: [], removed: [] });
    expect(listFolders(store.read, account).map(({ path }) => path)).toEqual(['INBOX']);
  });

  it('that were renamed here show all below them under the new name, whatever characters they have', async () => {
    const [, folder] = fixture.folders('INBOX', 'Neu 🙂', 'Neu 🙂/Ä/b', 'Neu 🙂x');
    await api.folders['folders.rename']({ id: folder!.id, name: 'Alt' }, api.signal);
    expect(
      listFolders(fixture.store.read, null)
        .map(({ shownPath }) => shownPath)
        .sort(),
    ).toEqual(['Alt', 'Alt/Ä/b', 'INBOX', 'Neu 🙂x']);
  });

  it('of a removed account are gone with all that belongs to it, and another account keeps its own', async () => {
    const { store } = fixture;
    const ben = AccountId.parse('ben');
    fixture.addAccount(ben);
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    store.write((db) => {
      storeText(db, id, {
        text: 'Hallo',
        html: null,
        snippet: '',
        warnings: [],
        authenticationResults: [],
        listUnsubscribe: null,
      });
      indexBatch(db, 10);
      applyFolderList(db, ben, [
        { path: 'INBOX', delimiter: '/', role: 'inbox', selectable: true, subscribed: true },
      ]);
      storeHeaders(db, ben, findFolder(db, ben, 'INBOX')!.id, [headerRow({ uid: 1 })]);
    });
    await api.messages['messages.flag']({ refs: [{ id }], add: ['seen'], remove: [] }, api.signal);
    store.precious((db) => deleteAccount(db, fixture.account));
    const count = (table: string) =>
      store.read.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
    for (const table of ['messages', 'placements', 'folders', 'accounts', 'folder_threads', 'thread_refs'])
      expect(count(table), table).toBe(1);
    for (const table of ['texts', 'operations', 'operation_items', 'orphans', 'search_docsize'])
      expect(count(table), table).toBe(0);
  });
});

describe('small things that are kept', () => {
  it('settings have their defaults, and one that cannot be read costs no other', () => {
    const { store } = fixture;
    expect(readSettings(store.read)).toMatchObject({ undoSeconds: 10, theme: 'system' });
    store.precious((db) => writeSettings(db, { undoSeconds: 30, theme: 'dark' }));
    store.precious((db) => writeValue(db, 'settings.theme', 'purple'));
    fixture.reopen();
    expect(readSettings(fixture.store.read)).toMatchObject({ undoSeconds: 30, theme: 'system' });
  });

  it('notices outlive a restart until they are dismissed, and one that repeats is one', () => {
    const notice = { id: 'a', code: 'store-missing', params: { file: 'x', n: 1 }, at: 1 };
    fixture.store.precious((db) => {
      recordNotice(db, notice);
      recordNotice(db, { ...notice, at: 2 });
    });
    fixture.reopen();
    expect(listNotices(fixture.store.read)).toEqual([{ ...notice, at: 2 }]);
    fixture.store.write((db) => dismissNotice(db, 'a'));
    expect(listNotices(fixture.store.read)).toEqual([]);
  });

  it('a mail is announced once for each account', () => {
    const { store, account } = fixture;
    const announce = (id: AccountId) => store.write((db) => announceOnce(db, id, 'identity', 1));
    expect([announce(account), announce(account), announce(AccountId.parse('ben'))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
