/** What keeps two connections from spoiling each other's work in one folder. */
import { describe, expect, test } from 'vitest';
import { resetFolder } from '#engine/store/operations.repo.ts';
import { FolderLocks } from '#engine/sync/run/folderLocks.ts';
import { assertSameFolder } from '#engine/sync/run/visitParts.ts';
import type { FolderId } from '#shared/domain/ids.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

describe('writing under a UIDVALIDITY', () => {
  test('is refused as soon as the folder has another one, and while it was never read it is not', () => {
    using fixture = new StoreFixture();
    const [folder] = fixture.folders('INBOX');
    if (folder === undefined) throw new Error('no folder');
    fixture.store.write((db) => {
      assertSameFolder(db, folder.id, '1');
      expect(() => {
        assertSameFolder(db, folder.id, '2');
      }).toThrow(expect.objectContaining({ code: 'mailbox-changed' }));
      // Another connection met the new one: from that moment the old one is over.
      resetFolder(db, folder.id, '2');
      assertSameFolder(db, folder.id, '2');
      expect(() => {
        assertSameFolder(db, folder.id, '1');
      }).toThrow(expect.objectContaining({ code: 'mailbox-changed' }));
      resetFolder(db, folder.id, null);
      assertSameFolder(db, folder.id, '7');
      db.prepare('DELETE FROM folders').run();
      expect(() => {
        assertSameFolder(db, folder.id, '7');
      }).toThrow(expect.objectContaining({ code: 'mailbox-changed' }));
    });
  });
});

describe('locks of folders', () => {
  const never = new AbortController().signal;
  const inbox = 1 as FolderId;

  test('let one at a time in, in the order of asking, whether the one before succeeded or not', async () => {
    const locks = new FolderLocks();
    const order: string[] = [];
    const { promise: held, reject: fail } = Promise.withResolvers<void>();
    const first = locks.run(inbox, never, () => held);
    const second = locks.run(inbox, never, async () => Promise.resolve(order.push('second')));
    const third = locks.run(inbox, never, async () => Promise.resolve(order.push('third')));
    await locks.run(2 as FolderId, never, async () => Promise.resolve(order.push('another folder')));
    expect(order).toEqual(['another folder']);
    fail(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    await Promise.all([second, third]);
    expect(order).toEqual(['another folder', 'second', 'third']);
  });

  test('are not waited for any longer than the one who waits wants, and are free for the next', async () => {
    const locks = new FolderLocks();
    const abort = new AbortController();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const first = locks.run(inbox, never, () => held);
    const given = locks.run(inbox, abort.signal, () => Promise.resolve());
    abort.abort(new Error('no longer'));
    await expect(given).rejects.toThrow('no longer');
    release();
    await first;
    await expect(locks.run(inbox, never, () => Promise.resolve('free'))).resolves.toBe('free');
  });
});
