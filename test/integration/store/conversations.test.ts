import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import type { MessageRow } from '#shared/domain/message.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { headerRow, StoreFixture, type MailWords } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
let sent: StoredFolder;
let trash: StoredFolder;
let api: MessageApi;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, sent, trash] = fixture.folders('INBOX', 'Sent', 'Trash') as [
    StoredFolder,
    StoredFolder,
    StoredFolder,
  ];
  api = messageApi(fixture);
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const anna = { name: 'Anna Albrecht', address: 'anna@xyz.test' };
const clara = { name: 'Clara Claussen', address: 'clara@xyz.test' };

async function list(folder: StoredFolder): Promise<MessageRow[]> {
  const source = { kind: 'folder' as const, folderId: folder.id };
  return (await api.messages['messages.list']({ source, limit: 100, threads: true }, api.signal)).messages;
}

async function conversation(id: MessageId, folder?: StoredFolder): Promise<MessageRow[]> {
  const ref = { id, ...(folder === undefined ? {} : { folderId: folder.id }) };
  return (await api.messages['messages.conversation']({ ...ref, limit: 100 }, api.signal)).messages;
}

/** One question in the inbox, the answer in Sent, an answer to that in the inbox. */
function exchange(): MessageId[] {
  const [first, third] = fixture.mails(
    inbox.id,
    { uid: 1, messageId: 'a@x', flags: FlagBit.seen, subject: 'Offer' },
    { uid: 3, messageId: 'c@x', references: ['a@x', 'b@x'], from: clara, subject: 'Re: Offer' },
  ) as [MessageId, MessageId];
  const [second] = fixture.mails(sent.id, {
    uid: 2,
    messageId: 'b@x',
    references: ['a@x'],
    from: anna,
    flags: FlagBit.seen,
    subject: 'Re: Offer',
  }) as [MessageId];
  return [first, second, third];
}

describe('which mails belong together', () => {
  /** The conversations of the inbox, each as the UIDs of its mails, when the mails come in this order. */
  function groups(...mails: MailWords[]): number[][] {
    for (const mail of mails) fixture.mails(inbox.id, mail);
    const rows = fixture.store.read
      .prepare<[], { uid: number; thread_id: number }>('SELECT uid, thread_id FROM placements ORDER BY uid')
      .all();
    return [...Map.groupBy(rows, (row) => row.thread_id).values()].map((some) => some.map(({ uid }) => uid));
  }

  it.each<[string, MailWords[], number[][]]>([
    [
      'a mail and its answer, whichever comes first',
      [
        { uid: 2, messageId: 'b@x', references: ['a@x'] },
        { uid: 1, messageId: 'a@x' },
      ],
      [[1, 2]],
    ],
    [
      'two answers to a mail that never came',
      [
        { uid: 1, messageId: 'b@x', references: ['gone@x'] },
        { uid: 2, messageId: 'c@x', references: ['gone@x'] },
      ],
      [[1, 2]],
    ],
    [
      'two conversations that a later mail ties together',
      [
        { uid: 1, messageId: 'a@x' },
        { uid: 2, messageId: 'b@x' },
        { uid: 3, messageId: 'c@x', references: ['a@x', 'b@x'] },
      ],
      [[1, 2, 3]],
    ],
    [
      'mails that name each other in a circle, and one that names itself',
      [
        { uid: 1, messageId: 'a@x', references: ['b@x'] },
        { uid: 2, messageId: 'b@x', references: ['c@x', 'a@x'] },
        { uid: 3, messageId: 'c@x', references: ['b@x', 'c@x'] },
        { uid: 4, messageId: 'd@x', references: ['d@x'] },
      ],
      [[1, 2, 3], [4]],
    ],
    [
      'a copy of a mail under another UID',
      [
        { uid: 1, messageId: 'a@x', date: 1e12 },
        { uid: 2, messageId: 'a@x', date: 1e12, subject: 'changed on the way' },
      ],
      [[1, 2]],
    ],
  ])('%s', (_name, mails, expected) => {
    expect(groups(...mails)).toEqual(expected);
  });

  it.each<[string, MailWords[]]>([
    [
      'the same subject alone',
      [
        { uid: 1, subject: 'Invoice' },
        { uid: 2, subject: 'Re: Invoice', from: clara },
      ],
    ],
    [
      'no Message-ID at all',
      [
        { uid: 1, messageId: null },
        { uid: 2, messageId: null },
      ],
    ],
  ])('%s does not tie mails together', (_name, mails) => {
    expect(groups(...mails)).toEqual([[1], [2]]);
  });

  it('what the server itself ties together, though no mail names the other', () => {
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, inbox.id, [
        { ...headerRow({ uid: 1 }), thread: 'threadid T1' },
        { ...headerRow({ uid: 2 }), thread: 'threadid T2' },
        { ...headerRow({ uid: 3 }), thread: 'threadid T1' },
      ]),
    );
    expect(groups()).toEqual([[1, 3], [2]]);
  });

  it('a header with thousands of references ties by its first and its last ones, and costs no more than those (M03)', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `r${at}@x`);
    expect(
      groups(
        { uid: 1, messageId: 'r0@x' },
        { uid: 2, messageId: 'r2500@x' },
        { uid: 3, messageId: 'r4999@x' },
        { uid: 4, messageId: 'z@x', references: many },
      ),
    ).toEqual([[1, 3, 4], [2]]);
    expect(
      fixture.store.read.prepare<[], { n: number }>('SELECT count(*) AS n FROM thread_refs').get()?.n,
    ).toBeLessThan(70);
  });
});

describe('a row that stands for a conversation', () => {
  it('says how large it is, who wrote, and what of it is unread, starred and attached', async () => {
    exchange();
    fixture.mails(inbox.id, {
      uid: 4,
      messageId: 'd@x',
      references: ['a@x'],
      flags: FlagBit.seen | FlagBit.flagged,
      structure: {
        textParts: [],
        attachments: [
          {
            part: '2',
            filename: 'a.pdf',
            contentType: 'application/pdf',
            encoding: 'base64',
            size: 1,
            inline: false,
            contentId: null,
          },
        ],
      },
    });
    const [row, ...others] = await list(inbox);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ uid: 4, hasAttachments: true, flags: { seen: false, flagged: true } });
    expect(row?.conversation).toEqual({
      total: 3,
      unread: 1,
      size: 4,
      people: [{ name: 'Ben Berger', address: 'ben@xyz.test' }, anna, clara],
    });
  });

  it('leaves out what was thrown away, except in the trash itself', async () => {
    const [first] = exchange();
    await api.messages['messages.delete']({ refs: [{ id: first!, folderId: inbox.id }] }, api.signal);
    expect((await list(inbox))[0]?.conversation).toMatchObject({ total: 1, size: 2 });
    expect((await list(trash))[0]?.conversation).toMatchObject({ total: 1, size: 3 });
  });

  it('of a crowd names the first one and the last ones', async () => {
    fixture.mails(
      inbox.id,
      ...Array.from({ length: 40 }, (_, at) => ({
        uid: at + 1,
        references: ['root@x'],
        from: { name: `P${at}`, address: `p${at}@x.test` },
      })),
    );
    const people = (await list(inbox))[0]?.conversation?.people.map(({ name }) => name);
    expect(people).toHaveLength(12);
    expect([people?.[0], people?.at(-1)]).toEqual(['P0', 'P39']);
  });
});

describe('a conversation that is read', () => {
  it('comes from all folders, oldest first, each mail once', async () => {
    const [first, second, third] = exchange() as [MessageId, MessageId, MessageId];
    // The question lies in a second folder as well.
    fixture.mails(sent.id, { uid: 9, messageId: 'a@x', subject: 'Offer', date: Date.UTC(2026, 0, 1, 0, 1) });
    const rows = await conversation(third, inbox);
    expect(rows.map(({ id, folderId }) => [id, folderId])).toEqual([
      [first, inbox.id],
      [second, sent.id],
      [third, inbox.id],
    ]);
    expect(rows.map(({ flags }) => flags.seen)).toEqual([true, true, false]);
  });

  it('leaves out spam and trash unless it is opened there', async () => {
    const [first, second, third] = exchange() as [MessageId, MessageId, MessageId];
    await api.messages['messages.delete']({ refs: [{ id: first, folderId: inbox.id }] }, api.signal);
    expect((await conversation(third, inbox)).map(({ id }) => id)).toEqual([second, third]);
    expect((await conversation(first, trash)).map(({ id }) => id)).toEqual([first, second, third]);
  });

  it('of any length comes page by page, and each page costs its own rows', async () => {
    const ids = fixture.mails(
      inbox.id,
      ...Array.from({ length: 25 }, (_, at) => ({ uid: at + 1, references: ['root@x'] })),
    );
    const seen: MessageId[] = [];
    let before: string | undefined;
    do {
      const page = await api.messages['messages.conversation'](
        { id: ids[3]!, limit: 10, ...(before === undefined ? {} : { before }) },
        api.signal,
      );
      seen.unshift(...page.messages.map(({ id }) => id));
      before = page.next ?? undefined;
    } while (before !== undefined);
    expect(seen).toEqual(ids);
    const plan = fixture.store.read
      .prepare<[], { detail: string }>(
        'EXPLAIN QUERY PLAN SELECT id FROM messages WHERE thread_id = 1 AND id < 9 ORDER BY id DESC LIMIT 10',
      )
      .all()
      .map(({ detail }) => detail)
      .join(' ');
    expect(plan).toMatch(/messages_by_thread/);
    expect(plan).not.toMatch(/TEMP B-TREE/);
  });

  it('that is gone is not found', async () => {
    await expect(conversation(99 as MessageId)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('an act on a conversation', () => {
  it('concerns all of it that lies in that folder, and Undo brings all of it back', async () => {
    const [first, second, third] = exchange() as [MessageId, MessageId, MessageId];
    const done = await api.messages['messages.delete'](
      {
        refs: [
          { id: third, folderId: inbox.id, conversation: true },
          { id: first, folderId: inbox.id },
        ],
      },
      api.signal,
    );
    expect(done.queued).toBe(2);
    expect(await list(inbox)).toEqual([]);
    expect((await list(sent)).map(({ id }) => id)).toEqual([second]);
    await api.messages['messages.undo']({}, api.signal);
    expect((await list(inbox))[0]).toMatchObject({ id: third, conversation: { total: 2, unread: 1 } });
  });

  it('marks as read what is unread in it, and nothing in another conversation', async () => {
    const [, , third] = exchange() as [MessageId, MessageId, MessageId];
    fixture.mails(inbox.id, { uid: 8 });
    const refs = [{ id: third, folderId: inbox.id, conversation: true }];
    await api.messages['messages.flag']({ refs, add: ['seen'], remove: [] }, api.signal);
    expect((await list(inbox)).map(({ flags }) => flags.seen)).toEqual([false, true]);
  });
});
