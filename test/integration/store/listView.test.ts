import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { getFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { prepareView, viewQuery, type ListView } from '#engine/store/listView.ts';
import type { ListFilter, ListSort } from '#shared/contract/messages.ts';
import { AccountId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { StoreFixture, type MailWords } from '#test/support/storeFixture.ts';

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

const newest: ListSort = { by: 'date', ascending: false };

/** The whole list, page by page; each page as small as it says. */
async function all(
  sort: ListSort,
  filter: ListFilter = {},
  { threads = false, limit = 3, source = { kind: 'folder' as const, folderId: inbox.id } as never } = {},
): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  let before: string | undefined;
  do {
    const page = await api.messages['messages.list'](
      { source, limit, threads, sort, filter, ...(before === undefined ? {} : { before }) },
      api.signal,
    );
    rows.push(...page.messages);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return rows;
}
const uids = (rows: readonly MessageRow[]): (number | null)[] => rows.map(({ uid }) => uid);

const named = (name: string, address = 'x@x.test') => ({ from: { name, address } });
const mails: MailWords[] = [
  { uid: 1, ...named('Zoe'), subject: 'Offer', size: 30 },
  { uid: 2, ...named('', 'anton@x.test'), subject: 'Re: offer', size: 10, flags: FlagBit.seen },
  { uid: 3, ...named('Änne'), subject: 'Aw: Re: Offer', size: 20, flags: FlagBit.flagged },
  { uid: 4, ...named('Anna'), subject: 'Übersicht', size: 10, to: [{ name: '', address: 'Anna@XYZ.test' }] },
  { uid: 5, ...named('zoe'), subject: '', size: 40, flags: FlagBit.seen | FlagBit.flagged },
  { uid: 6, ...named('Anna'), subject: 'Fwd: Übersicht', size: 10, to: [{ name: '', address: 'b@x.test' }] },
];

describe('a list is sorted', () => {
  it.each<[string, ListSort, number[]]>([
    ['newest first', newest, [6, 5, 4, 3, 2, 1]],
    ['oldest first', { by: 'date', ascending: true }, [1, 2, 3, 4, 5, 6]],
    // Änne stands among the As, whatever case a name has, and who has no name by the address.
    ['by sender', { by: 'sender', ascending: true }, [6, 4, 3, 2, 5, 1]],
    ['by sender, backwards', { by: 'sender', ascending: false }, [5, 1, 2, 3, 6, 4]],
    ['by subject, answers beside what they answer', { by: 'subject', ascending: true }, [5, 3, 2, 1, 6, 4]],
    ['by size, largest first', { by: 'size', ascending: false }, [5, 1, 3, 6, 4, 2]],
    ['by size, smallest first', { by: 'size', ascending: true }, [6, 4, 2, 3, 1, 5]],
  ])('%s, each mail once over all pages', async (_name, sort, expected) => {
    fixture.mails(inbox.id, ...mails);
    fixture.mails(archive.id, { uid: 9, ...named('Bert') });
    for (const limit of [1, 2, 4, 100]) expect(uids(await all(sort, {}, { limit }))).toEqual(expected);
  });

  it('over all inboxes as in one, and equal keys stay apart', async () => {
    const ben = AccountId.parse('ben');
    fixture.addAccount(ben);
    fixture.mails(inbox.id, ...mails);
    const source = { kind: 'all-inboxes' } as never;
    expect(uids(await all({ by: 'sender', ascending: true }, {}, { source, limit: 2 }))).toEqual([
      6, 4, 3, 2, 5, 1,
    ]);
    expect(uids(await all({ by: 'date', ascending: true }, {}, { source, limit: 2 }))).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });
});

describe('a list shows only', () => {
  it.each<[string, ListFilter, number[]]>([
    ['what is unread', { unread: true }, [6, 4, 3, 1]],
    ['what has a star', { starred: true }, [5, 3]],
    ['what has a star and is unread', { starred: true, unread: true }, [3]],
    ['what goes to me, in whatever case the address is written', { toMe: true }, [5, 4, 3, 2, 1]],
    ['what nobody handles: nothing where there is no group', { handler: null }, []],
  ])('%s', async (_name, filter, expected) => {
    fixture.mails(inbox.id, ...mails);
    for (const limit of [1, 2, 100]) expect(uids(await all(newest, filter, { limit }))).toEqual(expected);
  });

  it('conversations of which a message passes, each by the newest that does', async () => {
    fixture.mails(
      inbox.id,
      { uid: 1, references: ['a@x'], flags: FlagBit.flagged },
      { uid: 2, references: ['a@x'], flags: FlagBit.flagged },
      { uid: 3, references: ['a@x'] },
      { uid: 4 },
    );
    const rows = await all(newest, { starred: true }, { threads: true, limit: 1 });
    expect(rows.map(({ uid, conversation }) => [uid, conversation?.total])).toEqual([[2, 3]]);
    expect(uids(await all({ by: 'date', ascending: true }, {}, { threads: true, limit: 1 }))).toEqual([3, 4]);
    // Sorted by anything else each message is a row of its own.
    expect(uids(await all({ by: 'size', ascending: true }, {}, { threads: true, limit: 1 }))).toEqual([
      4, 3, 2, 1,
    ]);
  });

  it('refuses to sort or filter the lists of group work', async () => {
    const source = { kind: 'group', list: 'unassigned' } as never;
    await expect(all({ by: 'size', ascending: true }, {}, { source })).rejects.toMatchObject({
      code: 'not-supported',
    });
  });
});

describe('a large folder', () => {
  it.each<[ListSort, ListFilter]>([
    [{ by: 'sender', ascending: true }, {}],
    [{ by: 'sender', ascending: false }, {}],
    [{ by: 'subject', ascending: true }, {}],
    [{ by: 'size', ascending: false }, { unread: true }],
    [{ by: 'date', ascending: true }, {}],
    [newest, { unread: true }],
    [newest, { attachments: true, toMe: true }],
    [newest, { starred: true }],
  ])('is paged by an index, without sorting and without counting past rows: %j %j', (sort, filter) => {
    fixture.mails(inbox.id, ...Array.from({ length: 2_100 }, (_, at) => ({ uid: at + 1 })));
    const { store } = fixture;
    const folder = getFolder(store.read, inbox.id)!;
    const view: ListView = { sort, filter, threads: false, ownAddresses: () => ['anna@xyz.test'] };
    prepareView(store.read, (work) => store.write(work), [folder], view);
    const after = { id: 5, folderId: folder.id, ...(sort.by === 'date' ? {} : { key: 'a' }) };
    for (const cursor of [null, after]) {
      const { sql, values } = viewQuery(folder, view, cursor, 100);
      expect(sql).not.toMatch(/OFFSET/i);
      const plan = store.read
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map(({ detail }) => detail);
      // What is beyond the cursor is sought, not passed by.
      if (cursor !== null) expect(plan[0]).toMatch(/SEARCH .*(?:<expr>|size|message_id)[<>]\?/);
      expect(plan.join('\n')).not.toMatch(/TEMP B-TREE|SCAN (?!(?:t|json_each)\b)/);
    }
  });
});
