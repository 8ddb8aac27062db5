import Database from 'better-sqlite3';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listAccounts } from '#engine/store/accounts.repo.ts';
import { insertDraft, listDrafts } from '#engine/store/drafts.repo.ts';
import { listFolders, type StoredFolder } from '#engine/store/folders.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import { listNotices } from '#engine/store/notices.repo.ts';
import { enqueue, nextOperations } from '#engine/store/operations.repo.ts';
import { search } from '#engine/store/search.ts';
import { SearchIndexer } from '#engine/store/searchIndexer.ts';
import { readSettings, writeSettings } from '#engine/store/settings.repo.ts';
import { collectOrphans, removePlacements } from '#engine/store/placements.repo.ts';
import { storeText, storeTexts } from '#engine/store/texts.repo.ts';
import { WordFolder } from '#engine/store/wordFolder.ts';
import { DraftContent } from '#shared/contract/compose.ts';
import { DraftId, type MessageId } from '#shared/domain/ids.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { headerRow, StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
let archive: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, archive] = fixture.folders('INBOX', 'Archive') as [StoredFolder, StoredFolder];
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const draft = DraftId.parse('6b5c8a54-6e1f-4a7c-9d5e-0d5bb2a4f3aa');

/** A settings row, a draft, a queued move, and enough mail to spread over many pages. */
function fill(): MessageId {
  const { store, account } = fixture;
  store.precious((db) => {
    writeSettings(db, { undoSeconds: 42 });
    insertDraft(db, {
      id: draft,
      accountId: account,
      content: DraftContent.parse({ subject: 'Unersetzlich' }),
      messageId: 'd@x',
      now: 1,
      serverCopy: null,
    });
  });
  const ids = fixture.mails(
    inbox.id,
    ...Array.from({ length: 400 }, (_, at) => ({ uid: at + 1, subject: `Mail ${'x'.repeat(300)} ${at}` })),
  );
  store.write((db) => {
    for (const id of ids)
      storeText(db, id, {
        text: `Text ${id} `.repeat(200),
        html: null,
        snippet: '',
        warnings: [],
        authenticationResults: [],
        listUnsubscribe: null,
      });
  });
  store.precious((db) =>
    enqueue(
      db,
      {
        kind: 'move',
        accountId: account,
        folderId: inbox.id,
        targetId: archive.id,
        messageIds: [ids[7] as MessageId],
      },
      1,
    ),
  );
  return ids[7] as MessageId;
}

/** Overwrites pages; the last argument is from where on, as a share of the file. */
function damage(from: number, pages: number, fill = 0x5a): void {
  const bytes = readFileSync(fixture.file);
  const start = Math.floor((bytes.length * from) / 4096) * 4096;
  bytes.fill(fill, start, Math.min(bytes.length, start + pages * 4096));
  writeFileSync(fixture.file, bytes);
}

const asides = () => readdirSync(fixture.folder).filter((name) => /damaged-[0-9T-]+$/.test(name));
const noticeCodes = () => listNotices(fixture.store.read).map(({ code }) => code);
const openError = (): unknown => {
  try {
    fixture.open().close();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a damaged store (R10)', () => {
  it('with damaged pages is put aside; accounts, drafts, settings and queued acts are rescued, and a notice says so', () => {
    const moved = fill();
    fixture.store.close();
    damage(0.5, 30);
    fixture.store = fixture.open();
    const { read } = fixture.store;
    expect(noticeCodes()).toEqual(['store-rescued']);
    expect(asides()).toHaveLength(1);
    expect(listAccounts(read).map(({ id }) => id)).toEqual([fixture.account]);
    expect(listDrafts(read, null).map(({ content }) => content.subject)).toEqual(['Unersetzlich']);
    expect(readSettings(read).undoSeconds).toBe(42);
    expect(
      listFolders(read, null).map(({ path, uidValidity, total, uidNext }) => [
        path,
        uidValidity,
        total,
        uidNext,
      ]),
    ).toEqual([
      ['Archive', null, 0, null],
      ['INBOX', null, 0, null],
    ]);
    const [notice] = listNotices(read);
    expect(notice?.params).toMatchObject({ accounts: 1, drafts: 1, operations: 1 });
    expect(existsSync(notice?.params['file'] as string)).toBe(true);
    expect(readFileSync(`${notice?.params['file'] as string}.rescued.jsonl`, 'utf8')).toContain(
      'Unersetzlich',
    );
    // The mail is fetched again, and the move finds it by identity.
    expect(nextOperations(read, fixture.account, 0)).toEqual([]);
    fixture.folders('INBOX', 'Archive');
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, inbox.id, [
        headerRow({ uid: 8, subject: `Mail ${'x'.repeat(300)} 7` }),
      ]),
    );
    expect(nextOperations(read, fixture.account, 0)).toMatchObject([
      { kind: 'move', messages: [{ messageId: moved, uid: 8 }] },
    ]);
  });

  it.each([
    ['its first page overwritten', () => damage(0, 1)],
    ['cut off in the middle', () => truncateSync(fixture.file, Math.floor(statSync(fixture.file).size / 2))],
    ['cut off to nothing', () => truncateSync(fixture.file, 0)],
    ['every page zeroed', () => damage(0, 10_000, 0)],
  ])('%s never becomes a silent empty start', (_name, harm) => {
    fill();
    fixture.store.close();
    harm();
    fixture.store = fixture.open();
    expect(noticeCodes()).toEqual(['store-rescued']);
    expect(asides()).toHaveLength(1);
  });

  it('at any single page is found, and everything precious that is on other pages survives', () => {
    fill();
    fixture.store.close();
    const whole = readFileSync(fixture.file);
    const pages = whole.length / 4096;
    let rescued = 0;
    for (let page = 1; page < pages; page += Math.ceil(pages / 12)) {
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
      writeFileSync(fixture.file, bytes);
      fixture.store = fixture.open();
      // Pages of the search index and free pages are no loss; any other is told.
      const told = noticeCodes().includes('store-rescued');
      const { read } = fixture.store;
      if (!told) expect(listDrafts(read, null)).toHaveLength(1);
      else rescued += listDrafts(read, null).length;
      fixture.store.close();
    }
    expect(rescued).toBeGreaterThan(5);
    fixture.store = fixture.open();
  });

  it('that shows itself while it is used is an error with a code, and is rescued at the next start', () => {
    fill();
    fixture.store.close();
    const { atime, mtime } = statSync(fixture.file);
    damage(0.55, 60);
    utimesSync(fixture.file, atime, mtime);
    const state = JSON.parse(readFileSync(`${fixture.file}.state`, 'utf8')) as object;
    writeFileSync(
      `${fixture.file}.state`,
      JSON.stringify({ ...state, mtimeMs: statSync(fixture.file).mtimeMs }),
    );
    fixture.store = fixture.open();
    expect(noticeCodes()).toEqual([]);
    const readAll = () =>
      fixture.store.read
        .prepare(
          'SELECT sum(length(text)), sum(length(snippet)) FROM texts t JOIN messages m ON m.id = t.message_id',
        )
        .get();
    expect(readAll).toThrow(expect.objectContaining({ code: 'store-corrupt' }) as MailError);
    fixture.reopen();
    expect(noticeCodes()).toEqual(['store-rescued']);
    expect(listDrafts(fixture.store.read, null)).toHaveLength(1);
  });

  it('that is missing is told', () => {
    fixture.store.close();
    rmSync(fixture.file);
    fixture.store = fixture.open();
    expect(noticeCodes()).toEqual(['store-missing']);
  });

  it('whose rescue was interrupted before its last step is the rescued one', () => {
    fill();
    fixture.store.close();
    // As after a crash between the two renames.
    const rescued = join(fixture.folder, 'store.sqlite.rescued');
    writeFileSync(rescued, readFileSync(fixture.file));
    rmSync(fixture.file);
    fixture.store = fixture.open();
    expect(listDrafts(fixture.store.read, null)).toHaveLength(1);
    expect(noticeCodes()).toEqual([]);
  });

  it('is not looked for in a store that was closed properly and left alone', () => {
    fill();
    fixture.reopen();
    expect(noticeCodes()).toEqual([]);
    expect(asides()).toEqual([]);
  });
});

describe('a file that is not to be touched', () => {
  it('of a newer Postkorb is refused, to the byte as it was (R12)', () => {
    fixture.store.close();
    const newer = new Database(fixture.file);
    newer.pragma('user_version = 999');
    newer.close();
    const before = readFileSync(fixture.file);
    expect(openError()).toMatchObject({ code: 'store-newer', params: { version: 999 } });
    expect(readFileSync(fixture.file).equals(before)).toBe(true);
    const restored = new Database(fixture.file);
    restored.pragma('user_version = 1');
    restored.close();
    rmSync(fixture.file);
    fixture.store = fixture.open();
  });

  it.each([
    ['a text', (file: string) => writeFileSync(file, 'Dear diary, '.repeat(500))],
    [
      'a database of another program',
      (file: string) => {
        const other = new Database(file);
        other.exec('CREATE TABLE bookmarks (url TEXT)');
        other.close();
      },
    ],
  ])('%s is refused and stays', (_name, write) => {
    fixture.store.close();
    for (const name of readdirSync(fixture.folder)) rmSync(join(fixture.folder, name), { recursive: true });
    write(fixture.file);
    const before = readFileSync(fixture.file);
    expect(openError()).toMatchObject({ code: 'file-unreadable' });
    expect(readFileSync(fixture.file).equals(before)).toBe(true);
    expect(asides()).toEqual([]);
    rmSync(fixture.file);
    fixture.store = fixture.open();
  });
});

describe('a full disk (R09)', () => {
  it('is an error with a code, changes nothing, and it goes on when there is room', () => {
    const { store } = fixture;
    store.write((db) => db.exec('PRAGMA max_page_count = 1'));
    const pages = store.read.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get();
    const many = () => fixture.mails(inbox.id, ...Array.from({ length: 500 }, (_, at) => ({ uid: at + 1 })));
    expect(many).toThrow(expect.objectContaining({ code: 'disk-full' }) as MailError);
    expect(store.read.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()).toEqual(pages);
    store.write((db) => db.exec('PRAGMA max_page_count = 1000000'));
    expect(many()).toHaveLength(500);
  });
});

describe('a search index out of step (R11)', () => {
  it('that was emptied gets the long words of texts that come since, also those that it had before', () => {
    const folder = new WordFolder();
    const extra = { warnings: [], authenticationResults: [], listUnsubscribe: null };
    const [first, second] = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    const bring = (id: MessageId) => {
      const content = { text: 'Der Rechnungsbetrag', html: null, snippet: '' };
      fixture.store.write((db) => {
        storeTexts(db, [{ id, content: { ...content, ...extra } }], folder);
      });
    };
    bring(first);
    fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
    fixture.store.write((db) => collectOrphans(db, fixture.account, 10));
    using rebuilt = indexer();
    rebuilt.rebuild();
    bring(second);
    expect(found('betrag')).toBe(1);
  });

  const indexer = () =>
    new SearchIndexer({ store: fixture.store, clock: fixture.clock, log: silentLog(), passive: true });
  const found = (query: string) =>
    search(
      fixture.store.read,
      { query, accountId: null, before: null, limit: 1000, threads: false },
      { now: 0, accounts: [] },
    ).rows.length;

  it.each([
    [
      'rows are missing',
      (db: Database.Database) =>
        db.exec('DELETE FROM search WHERE rowid IN (SELECT id FROM messages LIMIT 50)'),
    ],
    [
      'it is of an older kind',
      (db: Database.Database) => db.exec(`UPDATE settings SET value = '0' WHERE key = 'search.version'`),
    ],
    [
      'its own tables are damaged',
      (db: Database.Database) => db.exec(`UPDATE search_data SET block = x'00112233445566' WHERE id > 10`),
    ],
  ])('is built anew when %s, and says meanwhile how far it reaches', (_name, harm) => {
    fixture.mails(
      inbox.id,
      ...Array.from({ length: 200 }, (_, at) => ({ uid: at + 1, subject: `Vertrag ${at}` })),
    );
    const first = indexer();
    first.start();
    first.catchUp(60_000);
    expect(found('vertrag ')).toBe(200);
    fixture.store.close();
    const direct = new Database(fixture.file);
    direct.unsafeMode();
    harm(direct);
    direct.close();
    fixture.store = fixture.open();
    expect(asides()).toEqual([]);
    const second = indexer();
    second.start();
    expect(second.coverage()).toBe(0);
    expect(second.catchUp(60_000)).toBe(true);
    expect(second.coverage()).toBeNull();
    expect(found('vertrag ')).toBe(200);
  });
});
