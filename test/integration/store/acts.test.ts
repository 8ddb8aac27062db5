import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { findShownFolder, getFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import {
  dropUnconfirmed,
  enqueue,
  recoverOperations,
  resetFolder,
  withdraw,
} from '#engine/store/operations.repo.ts';
import { applyFlags, collectOrphans, removePlacements } from '#engine/store/placements.repo.ts';
import type { FolderId, MessageId } from '#shared/domain/ids.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { headerRow, StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let api: MessageApi;
let inbox: StoredFolder;
let archive: StoredFolder;
let trash: StoredFolder;
let other: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, archive, trash, other] = fixture.folders('INBOX', 'Archive', 'Trash', 'Other', 'Other/Sub') as [
    StoredFolder,
    StoredFolder,
    StoredFolder,
    StoredFolder,
  ];
  api = messageApi(fixture);
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

async function shown(folder: { id: FolderId }) {
  const { messages } = await api.messages['messages.list'](
    { source: { kind: 'folder', folderId: folder.id }, limit: 100, threads: false },
    api.signal,
  );
  return messages;
}
const subjects = async (folder: { id: FolderId }) => (await shown(folder)).map(({ subject }) => subject);
const counts = (folder: StoredFolder) => {
  const now = getFolder(fixture.store.read, folder.id);
  return [now?.total, now?.unread];
};
const ref = (id: MessageId, folder: StoredFolder = inbox) => ({ id, folderId: folder.id });
const move = (ids: MessageId[], target: StoredFolder, from: StoredFolder = inbox) =>
  api.messages['messages.move']({ refs: ids.map((id) => ref(id, from)), target: target.id }, api.signal);
const remove = (ids: MessageId[], from: StoredFolder = inbox) =>
  api.messages['messages.delete']({ refs: ids.map((id) => ref(id, from)) }, api.signal);
const flag = (ids: MessageId[], add: ('seen' | 'flagged')[], take: ('seen' | 'flagged')[] = []) =>
  api.messages['messages.flag']({ refs: ids.map((id) => ref(id)), add, remove: take }, api.signal);
const undo = async () => (await api.messages['messages.undo']({}, api.signal)).undone;
const failed = async () => (await api.messages['operations.failed']({}, api.signal)).operations;

describe('a move', () => {
  it('shows at once, is one operation, and gets its UIDs from the server', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen }, { uid: 3 });
    expect(await move([ids[0]!, ids[1]!], archive)).toEqual({ queued: 2, done: 0 });
    expect(await subjects(inbox)).toEqual(['Mail 3']);
    expect(counts(inbox)).toEqual([1, 1]);
    expect(counts(archive)).toEqual([2, 1]);
    expect((await shown(archive)).map(({ uid, pending }) => [uid, pending])).toEqual([
      [null, true],
      [null, true],
    ]);
    expect(api.kicked).toEqual([fixture.account]);
    const operation = api.carry({
      uids: new Map([
        [1, 71],
        [2, 72],
      ]),
    });
    expect(operation).toMatchObject({
      kind: 'move',
      folder: { path: 'INBOX' },
      target: { path: 'Archive' },
      messages: [{ uid: 1 }, { uid: 2 }],
    });
    expect((await shown(archive)).map(({ uid, pending }) => [uid, pending])).toEqual([
      [72, false],
      [71, false],
    ]);
    expect(counts(archive)).toEqual([2, 1]);
  });

  it('without COPYUID is matched by identity when the target is read, also under another size', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 });
    await move(ids, archive);
    api.carry();
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, archive.id, [
        { ...headerRow({ uid: 1 }), uid: 71 },
        { ...headerRow({ uid: 2, size: 999 }), uid: 72 },
      ]),
    );
    expect((await shown(archive)).map(({ id, uid }) => [id, uid])).toEqual([
      [ids[1], 72],
      [ids[0], 71],
    ]);
    expect(counts(archive)).toEqual([2, 2]);
  });

  describe('from folder to folder before the server heard of the first', () => {
    const put = (id: MessageId, from: StoredFolder, to: StoredFolder): number =>
      fixture.store.precious((db) =>
        enqueue(
          db,
          {
            kind: 'move',
            accountId: fixture.account,
            folderId: from.id,
            targetId: to.id,
            messageIds: [id],
          },
          0,
        ),
      ) ?? 0;

    it('and through one of them twice, is every step, and stands where it was put last', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      put(id, trash, archive);
      put(id, archive, trash);
      put(id, trash, other);
      const steps = [
        [1, 11],
        [11, 21],
        [21, 12],
        [12, 31],
      ] as const;
      for (const [from, to] of steps)
        expect(api.carry({ uids: new Map([[from, to]]) })).toMatchObject({ messages: [{ uid: from }] });
      expect((await shown(other)).map(({ uid }) => uid)).toEqual([31]);
      for (const folder of [inbox, archive, trash]) expect(await shown(folder)).toEqual([]);
    });

    it('and taken back at its last step, is the steps before', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      put(id, trash, archive);
      const last = put(id, archive, trash);
      expect(fixture.store.precious((db) => withdraw(db, last, [id]))).toEqual([id]);
      expect(await subjects(archive)).toEqual(['Mail 1']);
      expect(await subjects(trash)).toEqual([]);
      api.carry({ uids: new Map([[1, 11]]) });
      expect(api.carry({ uids: new Map([[11, 21]]) })).toMatchObject({ messages: [{ uid: 11 }] });
      expect((await shown(archive)).map(({ uid }) => uid)).toEqual([21]);
    });

    it('and refused at the first, is back where the server has it', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      put(id, trash, inbox);
      put(id, inbox, archive);
      api.refuse('server-refused');
      while (api.next().length > 0) api.carry();
      expect((await shown(inbox)).map(({ uid }) => uid)).toEqual([1]);
      for (const folder of [archive, trash]) expect(await shown(folder)).toEqual([]);
    });

    it('and taken out of the first by another program, holds up nothing once that was read', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      put(id, trash, archive);
      put(id, archive, trash);
      // Nobody told under which UID it came there; nothing goes on before that is known.
      api.carry();
      expect(api.next()).toEqual([]);
      expect(fixture.store.write((db) => dropUnconfirmed(db, trash.id))).toBe(1);
      for (let step = 0; step < 2; step += 1) expect(api.carry()).toMatchObject({ messages: [] });
      expect(api.next()).toEqual([]);
      fixture.store.write((db) => dropUnconfirmed(db, trash.id));
      for (const folder of [inbox, archive, trash]) expect(await shown(folder)).toEqual([]);
    });

    it('and back into one where its original stayed, flagged as deleted, is the one that is shown', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      api.carry({ uids: new Map([[1, 11]]), expunged: false });
      put(id, trash, inbox);
      api.carry({ uids: new Map([[11, 2]]) });
      put(id, inbox, archive);
      expect(api.carry({ uids: new Map([[2, 21]]) })).toMatchObject({ messages: [{ uid: 2 }] });
      expect((await shown(archive)).map(({ uid }) => uid)).toEqual([21]);
      for (const folder of [inbox, trash]) expect(await shown(folder)).toEqual([]);
    });

    it('and gone from the server meanwhile, holds up nothing', async () => {
      const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
      put(id, inbox, trash);
      put(id, trash, inbox);
      put(id, inbox, trash);
      fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
      for (let step = 0; step < 3; step += 1) api.carry();
      expect(api.next()).toEqual([]);
      for (const folder of [inbox, trash]) expect(await shown(folder)).toEqual([]);
    });
  });

  it('that the server put elsewhere leaves nothing behind once the target was read', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    expect(fixture.store.write((db) => dropUnconfirmed(db, archive.id))).toBe(0);
    api.carry();
    expect(fixture.store.write((db) => dropUnconfirmed(db, archive.id))).toBe(1);
    expect(counts(archive)).toEqual([0, 0]);
  });

  it('the server refuses is shown as failed, and the mail is back where the server has it', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1, subject: 'Angebot' }) as [MessageId];
    await move([id], archive);
    api.refuse('server-refused');
    expect(await subjects(inbox)).toEqual(['Angebot']);
    expect(await subjects(archive)).toEqual([]);
    const [operation] = await failed();
    expect(operation).toMatchObject({
      kind: 'move',
      subject: 'Angebot',
      state: 'failed',
      error: { code: 'server-refused' },
    });
    expect(api.next()).toEqual([]);
    await api.messages['operations.retry']({ id: operation!.id }, api.signal);
    expect(await subjects(archive)).toEqual(['Angebot']);
    api.refuse('server-refused');
    await api.messages['operations.dismiss']({ id: operation!.id }, api.signal);
    expect(await failed()).toEqual([]);
    expect(await subjects(inbox)).toEqual(['Angebot']);
  });

  it('that failed for now stays shown, waits for its time, and holds up later acts on the same mail alone', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    await move([ids[0]], archive);
    api.refuse('over-quota', fixture.clock.now() + 60_000);
    expect(await subjects(archive)).toEqual(['Mail 1']);
    await api.messages['messages.flag'](
      { refs: [ref(ids[0], archive)], add: ['seen'], remove: [] },
      api.signal,
    );
    await flag([ids[1]], ['flagged']);
    expect(api.next().map(({ kind }) => kind)).toEqual(['flag']);
    await fixture.clock.advance(60_000);
    expect(api.next().map(({ kind }) => kind)).toEqual(['move', 'flag']);
    api.carry({ uids: new Map([[1, 71]]) });
    expect(api.next()).toMatchObject([
      { kind: 'flag', folder: { path: 'Archive' }, messages: [{ uid: 71 }] },
      { kind: 'flag' },
    ]);
  });

  it('twice in a row before the server knows is one move, and back again is none', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    await move([id], other, archive);
    expect(await subjects(other)).toEqual(['Mail 1']);
    expect(api.next()).toMatchObject([
      { kind: 'move', folder: { path: 'INBOX' }, target: { path: 'Other' } },
    ]);
    await move([id], inbox, other);
    expect(await subjects(inbox)).toEqual(['Mail 1']);
    expect(api.next()).toEqual([]);
  });

  it('begun on the server waits for its UID before the mail is moved on', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    const [first] = api.next();
    fixture.store.precious((db) => db.prepare(`UPDATE operations SET state = 'running'`).run());
    await move([id], other, archive);
    expect(await subjects(other)).toEqual(['Mail 1']);
    expect(await subjects(archive)).toEqual([]);
    expect(api.next()).toEqual([]);
    fixture.store.precious((db) => recoverOperations(db));
    expect(api.next().map((operation) => operation.id)).toEqual([first!.id]);
    api.carry({ uids: new Map([[1, 71]]) });
    expect(api.next()).toMatchObject([
      { folder: { path: 'Archive' }, messages: [{ uid: 71 }], target: { path: 'Other' } },
    ]);
    api.carry({ uids: new Map([[71, 9]]) });
    expect((await shown(other)).map(({ uid, pending }) => [uid, pending])).toEqual([[9, false]]);
    expect(counts(archive)).toEqual([0, 0]);
  });

  it('of a mail that lies in the target already leaves one row there', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, archive.id, [{ ...headerRow({ uid: 1 }), uid: 50 }]),
    );
    await move([id], archive);
    expect(counts(archive)).toEqual([1, 1]);
    expect(counts(inbox)).toEqual([0, 0]);
    expect(await undo()).toBe('move');
    expect(counts(inbox)).toEqual([1, 1]);
    expect(counts(archive)).toEqual([1, 1]);
  });

  it('of a mail that somebody else removed meanwhile asks nothing of the server and shows nothing', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
    expect(fixture.store.write((db) => collectOrphans(db, fixture.account, 10)).removed).toBe(0);
    expect(api.carry()).toMatchObject({ messages: [] });
    expect(await subjects(archive)).toEqual([]);
    expect(fixture.store.write((db) => collectOrphans(db, fixture.account, 10)).removed).toBe(1);
  });

  it('on a server that cannot expunge leaves the original out of sight, flagged as deleted', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    api.carry({ uids: new Map([[1, 71]]), expunged: false });
    expect(counts(inbox)).toEqual([0, 0]);
    expect(counts(archive)).toEqual([1, 1]);
  });

  it('to another account is refused in words', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const foreign = { ...ref(id), folderId: 999 as FolderId };
    await expect(
      api.messages['messages.move']({ refs: [ref(id)], target: foreign.folderId }, api.signal),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('an operation and a changed folder', () => {
  it('finds its mails again under a new UIDVALIDITY, and is never carried out on another mail (N10)', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    await move([ids[0]], archive);
    await flag([ids[1]], ['flagged']);
    fixture.store.write((db) => resetFolder(db, inbox.id, '2'));
    expect(api.next()).toEqual([]);
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, inbox.id, [
        { ...headerRow({ uid: 1 }), uid: 901 },
        { ...headerRow({ uid: 2 }), uid: 902 },
      ]),
    );
    expect(await subjects(inbox)).toEqual(['Mail 2']);
    expect((await shown(inbox))[0]?.flags.flagged).toBe(true);
    expect(api.next()).toMatchObject([
      { kind: 'move', folder: { uidValidity: '2' }, messages: [{ messageId: ids[0], uid: 901 }] },
      { kind: 'flag', messages: [{ messageId: ids[1], uid: 902 }] },
    ]);
  });

  it('a draft copy known by its UID alone is not removed from a folder with another UIDVALIDITY', async () => {
    const draft = (uid: number) => ({
      kind: 'remove-draft' as const,
      accountId: fixture.account,
      path: 'Other',
      uid,
      uidValidity: '1',
      messageId: null,
    });
    fixture.mails(other.id, { uid: 1 });
    fixture.store.precious((db) => enqueue(db, draft(1), 0));
    fixture.store.precious((db) => enqueue(db, draft(5), 0));
    expect(await subjects(other)).toEqual([]);
    expect(api.next()).toMatchObject([{ uid: 1 }, { uid: 5 }]);
    fixture.store.write((db) => resetFolder(db, other.id, '2'));
    expect((await failed()).map(({ error }) => error?.code)).toEqual(['mailbox-changed']);
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, other.id, [{ ...headerRow({ uid: 1 }), uid: 40 }]),
    );
    expect(api.next()).toMatchObject([{ uid: 40, uidValidity: '2' }]);
  });
});

describe('flags', () => {
  it('show at once, and one after the other make one operation', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    await flag([ids[0]], ['seen']);
    await flag([ids[1]], ['seen']);
    expect(counts(inbox)).toEqual([2, 0]);
    expect(api.next()).toMatchObject([
      { kind: 'flag', add: FlagBit.seen, remove: 0, messages: [{ uid: 1 }, { uid: 2 }] },
    ]);
    expect(await flag([ids[0]], ['seen'])).toEqual({ queued: 0, done: 0 });
  });

  it('of the server do not undo what it has not heard yet, and count again once it has', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await flag([id], ['seen']);
    fixture.store.write((db) =>
      applyFlags(db, inbox.id, [{ uid: 1, flags: FlagBit.answered, keywords: [] }]),
    );
    expect((await shown(inbox))[0]?.flags).toMatchObject({ seen: true, answered: true });
    api.carry();
    fixture.store.write((db) => applyFlags(db, inbox.id, [{ uid: 1, flags: 0, keywords: [] }]));
    expect((await shown(inbox))[0]?.flags).toMatchObject({ seen: false, answered: false });
  });

  it('that the server refuses are as they were', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.flagged }) as [
      MessageId,
      MessageId,
    ];
    await flag(ids, ['flagged']);
    api.refuse('mailbox-read-only');
    expect((await shown(inbox)).map(({ flags }) => flags.flagged)).toEqual([true, false]);
    expect(await failed()).toHaveLength(1);
  });

  it('that the server refuses do not take a later act on the same flags along', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await flag([id], ['seen', 'flagged']);
    await flag([id], [], ['seen']);
    await flag([id], ['seen']);
    api.refuse('server-refused');
    expect((await shown(inbox))[0]?.flags).toMatchObject({ seen: true, flagged: false });
    api.refuse('server-refused');
    api.refuse('server-refused');
    expect((await shown(inbox))[0]?.flags).toMatchObject({ seen: false, flagged: false });
  });

  it('empties the trash at once and for good, and no other folder', async () => {
    fixture.mails(trash.id, { uid: 1 }, { uid: 2 });
    fixture.mails(inbox.id, { uid: 1, subject: 'Kept' });
    expect(await api.folders['folders.empty']({ id: trash.id }, api.signal)).toEqual({ removed: 2 });
    expect(await subjects(trash)).toEqual([]);
    expect(api.next().map(({ kind }) => kind)).toEqual(['delete']);
    await expect(api.folders['folders.empty']({ id: inbox.id }, api.signal)).rejects.toMatchObject({
      code: 'not-permitted',
    });
    expect(await subjects(inbox)).toEqual(['Kept']);
  });

  it('all mails of a folder are read in one act, which can be taken back', async () => {
    fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen }, { uid: 3 });
    expect(await api.folders['folders.markAllRead']({ id: inbox.id }, api.signal)).toEqual({ changed: 2 });
    expect(counts(inbox)).toEqual([3, 0]);
    expect(await undo()).toBe('flag');
    expect(counts(inbox)).toEqual([3, 2]);
    expect(api.next()).toEqual([]);
  });
});

describe('deleting', () => {
  it('goes to the trash, and from there for good', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await remove([id]);
    expect(await subjects(trash)).toEqual(['Mail 1']);
    api.carry({ uids: new Map([[1, 5]]) });
    await remove([id], trash);
    expect(await subjects(trash)).toEqual([]);
    expect(api.carry()).toMatchObject({ kind: 'delete', folder: { path: 'Trash' }, messages: [{ uid: 5 }] });
    expect(fixture.store.write((db) => collectOrphans(db, fixture.account, 10)).removed).toBe(1);
  });

  it('for good what only just went to the trash removes it where the server has it', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await remove([id]);
    await remove([id], trash);
    expect(api.next()).toMatchObject([{ kind: 'delete', folder: { path: 'INBOX' }, messages: [{ uid: 1 }] }]);
    expect(await subjects(trash)).toEqual([]);
    expect(await undo()).toBe('delete');
    expect(await subjects(inbox)).toEqual(['Mail 1']);
  });

  it('makes a trash or an archive where the account has none', async () => {
    fixture.folders('INBOX', 'INBOX/Sent');
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await api.messages['messages.archive']({ refs: [ref(id)] }, api.signal);
    const made = findShownFolder(fixture.store.read, fixture.account, 'INBOX/Archive');
    expect(made?.role).toBe('archive');
    expect(api.next().map(({ kind }) => kind)).toEqual(['folder-create', 'move']);
  });
});

describe('undo', () => {
  it('withdraws what the server does not know yet', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen }) as [
      MessageId,
      MessageId,
    ];
    await flag(ids, ['seen', 'flagged']);
    await move(ids, archive);
    expect(await undo()).toBe('move');
    expect(await subjects(inbox)).toEqual(['Mail 2', 'Mail 1']);
    expect(await undo()).toBe('flag');
    expect((await shown(inbox)).map(({ flags }) => [flags.seen, flags.flagged])).toEqual([
      [true, false],
      [false, false],
    ]);
    expect(await undo()).toBeNull();
    expect(api.next()).toEqual([]);
  });

  it('does the opposite of what was carried out', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen }) as [
      MessageId,
      MessageId,
    ];
    await flag(ids, ['seen']);
    api.carry();
    await move(ids, archive);
    api.carry({
      uids: new Map([
        [1, 71],
        [2, 72],
      ]),
    });
    expect(await undo()).toBe('move');
    expect(await subjects(inbox)).toEqual(['Mail 2', 'Mail 1']);
    expect(
      api.carry({
        uids: new Map([
          [71, 11],
          [72, 12],
        ]),
      }),
    ).toMatchObject({ folder: { path: 'Archive' }, target: { path: 'INBOX' } });
    expect(await undo()).toBe('flag');
    expect(api.next()).toMatchObject([
      { kind: 'flag', add: 0, remove: FlagBit.seen, messages: [{ uid: 11 }] },
    ]);
  });

  it('passes over a mail that became read because it was open', async () => {
    const ids = fixture.mails(inbox.id, { uid: 1 }, { uid: 2 }) as [MessageId, MessageId];
    await remove([ids[0]]);
    await api.messages['messages.flag'](
      { refs: [ref(ids[1])], add: ['seen'], remove: [], automatic: true },
      api.signal,
    );
    expect(await undo()).toBe('delete');
    expect(await subjects(inbox)).toEqual(['Mail 2', 'Mail 1']);
    expect((await shown(inbox))[0]?.flags.seen).toBe(true);
  });

  it('of the second of two moves brings the mail to where the first had put it', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    await move([id], archive);
    await move([id], other, archive);
    expect(await undo()).toBe('move');
    expect(await subjects(archive)).toEqual(['Mail 1']);
    expect(await undo()).toBe('move');
    expect(await subjects(inbox)).toEqual(['Mail 1']);
    expect(api.next()).toEqual([]);
  });

  it('of what was removed for good and carried out says that there is nothing to undo', async () => {
    const [id] = fixture.mails(trash.id, { uid: 1 }) as [MessageId];
    await remove([id], trash);
    api.carry();
    expect(await undo()).toBeNull();
  });
});

describe('folders', () => {
  const create = (name: string, parent: FolderId | null = null) =>
    api.folders['folders.create']({ accountId: fixture.account, parent, name }, api.signal);
  const paths = async () =>
    (await api.folders['folders.list']({}, api.signal)).folders.map(({ path }) => path);

  it('are created at once, and mails move into them before the server has them', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const made = await create('Neu', other.id);
    expect(await paths()).toContain('Other/Neu');
    await api.messages['messages.move']({ refs: [ref(id)], target: made.id }, api.signal);
    expect(api.next().map(({ kind }) => kind)).toEqual(['folder-create', 'move']);
    api.carry();
    expect(api.next()).toMatchObject([{ target: { path: 'Other/Neu' } }]);
  });

  it('that the server refuses to create are gone again with all that was to go there', async () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 }) as [MessageId];
    const made = await create('Neu');
    await api.messages['messages.move']({ refs: [ref(id)], target: made.id }, api.signal);
    api.refuse('server-refused');
    expect(await paths()).not.toContain('Neu');
    expect(await subjects(inbox)).toEqual(['Mail 1']);
    expect((await failed()).map(({ kind }) => kind)).toEqual(['folder-create', 'move']);
  });

  it('refuse a name that is taken, or has the delimiter in it, and roles keep their folders', async () => {
    await expect(create('Other')).rejects.toMatchObject({ code: 'mailbox-exists' });
    await expect(create('inbox')).rejects.toMatchObject({ code: 'mailbox-exists' });
    await expect(create('a/b')).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(
      api.folders['folders.rename']({ id: inbox.id, name: 'x' }, api.signal),
    ).rejects.toMatchObject({ code: 'not-permitted' });
    await expect(api.folders['folders.delete']({ id: trash.id }, api.signal)).rejects.toMatchObject({
      code: 'not-permitted',
    });
  });

  it('are renamed with all below them, while older acts still use the old path', async () => {
    const [id] = fixture.mails(other.id, { uid: 1 }) as [MessageId];
    await api.messages['messages.flag']({ refs: [ref(id, other)], add: ['seen'], remove: [] }, api.signal);
    await api.folders['folders.rename']({ id: other.id, name: 'Andere' }, api.signal);
    expect(await paths()).toEqual(expect.arrayContaining(['Andere', 'Andere/Sub']));
    expect(api.next()).toMatchObject([
      { kind: 'flag', folder: { path: 'Other' } },
      { kind: 'folder-rename', folder: { path: 'Other' }, to: 'Andere' },
    ]);
    fixture.folders('INBOX', 'Archive', 'Trash', 'Other', 'Other/Sub');
    expect(await paths()).toEqual(expect.arrayContaining(['Andere', 'Andere/Sub']));
    api.carry();
    api.carry();
    expect(getFolder(fixture.store.read, other.id)?.path).toBe('Andere');
    fixture.folders('INBOX', 'Archive', 'Trash', 'Andere', 'Andere/Sub');
    expect(await subjects(other)).toEqual(['Mail 1']);
  });

  it('are moved under another and to the top with all below them, and not into themselves', async () => {
    const move = (id: FolderId, parent: FolderId | null) =>
      api.folders['folders.move']({ id, parent }, api.signal);
    const sub = (await api.folders['folders.list']({}, api.signal)).folders.find(
      ({ path }) => path === 'Other/Sub',
    );
    for (const [id, parent] of [
      [other.id, other.id],
      [other.id, sub!.id],
      [inbox.id, other.id],
    ] as const)
      await expect(move(id, parent)).rejects.toMatchObject({ code: 'not-permitted' });
    await move(other.id, archive.id);
    expect(await paths()).toEqual(['Archive', 'Archive/Other', 'Archive/Other/Sub', 'INBOX', 'Trash']);
    expect(api.next()).toMatchObject([
      { kind: 'folder-rename', folder: { path: 'Other' }, to: 'Archive/Other' },
    ]);
    api.carry();
    await move(sub!.id, null);
    expect(await paths()).toEqual(expect.arrayContaining(['Archive/Other', 'Sub']));
    expect(api.next()).toMatchObject([{ to: 'Sub' }]);
    // Refused there, it goes back here.
    api.refuse('server-refused');
    expect(await paths()).toEqual(expect.arrayContaining(['Archive/Other/Sub']));
  });

  it('keep their old name when the server refuses the new one', async () => {
    await api.folders['folders.rename']({ id: other.id, name: 'Andere' }, api.signal);
    api.refuse('server-refused');
    expect(await paths()).toEqual(expect.arrayContaining(['Other', 'Other/Sub']));
  });

  it('are deleted only after their mails were brought to the trash', async () => {
    fixture.mails(other.id, { uid: 1 });
    await api.folders['folders.delete']({ id: other.id }, api.signal);
    expect(await paths()).toEqual(['Archive', 'INBOX', 'Trash']);
    expect(await subjects(trash)).toEqual(['Mail 1']);
    expect(api.next().map(({ kind }) => kind)).toEqual(['folder-delete', 'move', 'folder-delete']);
    fixture.folders('INBOX', 'Archive', 'Trash', 'Other', 'Other/Sub');
    expect(await paths()).toEqual(['Archive', 'INBOX', 'Trash']);
    api.carry();
    api.refuse('over-quota');
    // The mails are still in it: it is back, and nothing deletes it.
    expect(await paths()).toContain('Other');
    expect(await subjects(other)).toEqual(['Mail 1']);
    expect(api.next()).toEqual([]);
    expect((await failed()).map(({ kind }) => kind)).toEqual(['move', 'folder-delete']);
  });
});
