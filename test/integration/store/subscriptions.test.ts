/** Folders subscribed and unsubscribed: what is shown, and what becomes of it while the server does not know yet. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyFolderList } from '#engine/store/folderList.ts';
import { findFolder, getFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { markRunning, recoverOperations } from '#engine/store/operations.repo.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import type { FolderRole } from '#shared/domain/message.ts';
import { messageApi, type MessageApi } from '#test/support/messageApi.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let api: MessageApi;
let inbox: StoredFolder;
let work: StoredFolder;
let deep: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, work, deep] = fixture.folders('INBOX', 'Work', 'Work/Deep', 'Trash') as [
    StoredFolder,
    StoredFolder,
    StoredFolder,
  ];
  api = messageApi(fixture);
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const subscribe = (folder: { id: FolderId }, subscribed: boolean) =>
  api.folders['folders.subscribe']({ id: folder.id, subscribed }, api.signal);
/** Back into sight, without a subscription. */
const show = (folder: { id: FolderId }) =>
  api.folders['folders.subscribe']({ id: folder.id, subscribed: false, shown: true }, api.signal);
const failed = async () => (await api.messages['operations.failed']({}, api.signal)).operations;
const kinds = () => api.next().map(({ kind }) => kind);

/** The server lists Work so. */
function list(subscribed: boolean, role: FolderRole | null = null): StoredFolder {
  fixture.store.write((db) =>
    applyFolderList(
      db,
      fixture.account,
      ['INBOX', 'Work', 'Work/Deep', 'Trash'].map((path) => ({
        path,
        delimiter: '/',
        role: path === 'INBOX' ? 'inbox' : path === 'Trash' ? 'trash' : path === 'Work' ? role : null,
        selectable: true,
        subscribed: path !== 'Work' || subscribed,
      })),
    ),
  );
  const folder = findFolder(fixture.store.read, fixture.account, 'Work');
  if (!folder) throw new Error('no Work');
  return folder;
}
async function row(folder: { id: FolderId } = work) {
  const { folders } = await api.folders['folders.list']({}, api.signal);
  const found = folders.find(({ id }) => id === folder.id);
  return found && { subscribed: found.subscribed, shown: found.shown };
}

describe('a folder', () => {
  it.each([
    ['that is subscribed', { subscribed: true }, true],
    ['that nobody ever subscribed', { subscribed: false }, true],
    [
      'that nobody subscribed, where only subscribed ones are to be seen',
      { subscribed: false, only: true },
      false,
    ],
    ['that is subscribed, where only those are to be seen', { subscribed: true, only: true }, true],
    ['with a role, in any case', { subscribed: false, only: true, role: 'archive' as const }, true],
    ['that was unsubscribed here', { subscribed: false, unsubscribed: true }, false],
    [
      'that was unsubscribed here and subscribed by another program',
      { subscribed: true, unsubscribed: true },
      true,
    ],
    [
      'that was unsubscribed here and has a role since',
      { subscribed: false, unsubscribed: true, role: 'sent' as const },
      true,
    ],
  ])(
    '%s',
    async (
      _what,
      {
        subscribed,
        only,
        role,
        unsubscribed,
      }: {
        subscribed: boolean;
        only?: boolean;
        role?: FolderRole;
        unsubscribed?: boolean;
      },
      shown,
    ) => {
      if (unsubscribed) {
        await subscribe(work, false);
        api.carry();
      }
      await api.folders['folders.showSubscribedOnly'](
        { accountId: fixture.account, only: only === true },
        api.signal,
      );
      expect(list(subscribed, role ?? null)).toMatchObject({ subscribed, shown });
      expect(await row()).toEqual({ subscribed, shown });
    },
  );

  it('that never was subscribed is taken out of sight as well, and the server hears of it', async () => {
    list(false);
    await subscribe(work, false);
    expect(await row()).toEqual({ subscribed: false, shown: false });
    expect(kinds()).toEqual(['folder-unsubscribe']);
  });

  it.each([
    ['before the server heard of it', false],
    ['after the server heard of it', true],
  ])('that never was subscribed comes back as it was, %s', async (_when, carried) => {
    list(false);
    await subscribe(work, false);
    if (carried) api.carry();
    await show(work);
    expect(await row()).toEqual({ subscribed: false, shown: true });
    expect(kinds()).toEqual([]);
    expect(list(false)).toMatchObject({ subscribed: false, shown: true });
  });

  it('below one that is out of sight stays', async () => {
    await subscribe(work, false);
    expect(await row(deep)).toEqual({ subscribed: true, shown: true });
  });

  it('with a role keeps its place, and the team log is nobody’s to subscribe', async () => {
    await expect(subscribe(inbox, false)).rejects.toMatchObject({ code: 'not-permitted' });
    const log = list(true, 'log');
    for (const subscribed of [true, false])
      await expect(subscribe(log, subscribed)).rejects.toMatchObject({ code: 'not-permitted' });
    expect(kinds()).toEqual([]);
  });
});

describe('unsubscribing', () => {
  it('shows at once, outlives a restart, and is not undone by a list from before the server knew', async () => {
    await subscribe(work, false);
    expect(await row()).toEqual({ subscribed: false, shown: false });
    fixture.reopen();
    api = messageApi(fixture);
    list(true);
    expect(await row()).toEqual({ subscribed: false, shown: false });
    expect(api.next()).toMatchObject([{ kind: 'folder-unsubscribe', folder: { path: 'Work' } }]);
    api.carry();
    list(false);
    expect(await row()).toEqual({ subscribed: false, shown: false });
    expect(kinds()).toEqual([]);
  });

  it('that the server refuses is taken back and shown as failed, and can be tried again', async () => {
    await subscribe(work, false);
    api.refuse('server-refused');
    expect(await row()).toEqual({ subscribed: true, shown: true });
    const [operation] = await failed();
    expect(operation).toMatchObject({ kind: 'folder-unsubscribe', subject: 'Work', state: 'failed' });
    // What failed decides nothing any more.
    expect(list(false)).toMatchObject({ subscribed: false, shown: true });
    await api.messages['operations.retry']({ id: operation!.id }, api.signal);
    expect(await row()).toEqual({ subscribed: false, shown: false });
    await api.messages['operations.dismiss']({ id: operation!.id }, api.signal);
    expect(await row()).toMatchObject({ shown: true });
  });

  it('and subscribing again before the server heard of it is nothing to do', async () => {
    await subscribe(work, false);
    await subscribe(work, true);
    expect(kinds()).toEqual([]);
    expect(await row()).toEqual({ subscribed: true, shown: true });
  });

  it('that is under way is followed by what was decided later, also where it fails', async () => {
    await subscribe(work, false);
    const [first] = api.next();
    fixture.store.precious((db) => {
      markRunning(db, first!.id);
    });
    await subscribe(work, true);
    expect(await row()).toEqual({ subscribed: true, shown: true });
    fixture.store.precious((db) => recoverOperations(db));
    expect(kinds()).toEqual(['folder-unsubscribe', 'folder-subscribe']);
    // What waits for its time is not overtaken.
    api.refuse('server-busy', fixture.clock.now() + 60_000);
    expect(kinds()).toEqual([]);
    await fixture.clock.advance(60_000);
    api.refuse('server-refused');
    expect(await row()).toEqual({ subscribed: true, shown: true });
    api.carry();
    expect(await row()).toEqual({ subscribed: true, shown: true });
  });

  it('waits for what is to happen in the folder, and holds up no mail itself', async () => {
    const [id] = fixture.mails(work.id, { uid: 1 });
    const flag = (add: 'seen' | 'flagged') =>
      api.messages['messages.flag'](
        { refs: [{ id: id!, folderId: work.id }], add: [add], remove: [] },
        api.signal,
      );
    await flag('seen');
    await subscribe(work, false);
    api.refuse('server-busy', fixture.clock.now() + 60_000);
    expect(kinds()).toEqual([]);
    await fixture.clock.advance(60_000);
    api.carry();
    api.refuse('server-busy', fixture.clock.now() + 60_000);
    await flag('flagged');
    expect(kinds()).toEqual(['flag']);
    await api.folders['folders.rename']({ id: work.id, name: 'Job' }, api.signal);
    expect(kinds()).toEqual(['flag']);
  });

  it('of a new folder waits until the server has it, and fails with it', async () => {
    const { id } = await api.folders['folders.create'](
      { accountId: fixture.account, parent: null, name: 'New' },
      api.signal,
    );
    await subscribe({ id }, false);
    api.refuse('server-refused');
    expect(getFolder(fixture.store.read, id)).toBeNull();
    expect((await failed()).map(({ kind }) => kind)).toEqual(['folder-create', 'folder-unsubscribe']);
  });
});

it('a rename takes the subscriptions of the folder and of those below it along', async () => {
  await subscribe(deep, false);
  api.carry();
  await api.folders['folders.rename']({ id: work.id, name: 'Job' }, api.signal);
  expect(api.next()).toMatchObject([{ to: 'Job', subscribed: ['Work'] }]);
  await subscribe(deep, true);
  expect(api.next()).toMatchObject([
    { to: 'Job', subscribed: ['Work', 'Work/Deep'] },
    { kind: 'folder-subscribe' },
  ]);
});
