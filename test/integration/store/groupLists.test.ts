import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { groupListCounts, groupMailOf, saveGroupView } from '#engine/store/groupMail.repo.ts';
import { storeHeaders } from '#engine/store/headerBatch.ts';
import { FlagBit } from '#engine/store/flags.ts';
import type { MessageKey } from '#shared/domain/group/messageKey.ts';
import type { MessageView } from '#shared/domain/group/messageView.ts';
import { UserId } from '#shared/domain/group/config.ts';
import type { MessageId } from '#shared/domain/ids.ts';
import { headerRow, StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox] = fixture.folders('INBOX') as [StoredFolder];
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

function groupMail(work: {
  handler: string | null;
  readByMe: boolean;
  flags: number;
  list: 'mine' | 'unassigned' | 'information';
}): MessageId {
  const uid =
    1 + Number(fixture.store.read.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n);
  return fixture.store.write((db) => {
    const [placed] = storeHeaders(db, fixture.account, inbox.id, [headerRow({ uid, flags: work.flags })]);
    const id = placed?.id as MessageId;
    db.prepare(
      `INSERT INTO group_mail (message_id, account_id, key, taken_in, handler, status, notes, read_by_me, pending, settled, mine, unassigned, information)
       VALUES (?, ?, ?, 1, ?, 'open', 0, ?, 0, 0, ?, ?, ?)`,
    ).run(
      id,
      fixture.account,
      `k-${String(uid)}`,
      work.handler,
      work.readByMe ? 1 : 0,
      ...(['mine', 'unassigned', 'information'] as const).map((list) => (list === work.list ? 1 : 0)),
    );
    return id;
  });
}

const unread = (seenByAnybody: Parameters<typeof groupListCounts>[1] = []) => {
  const counts = groupListCounts(fixture.store.read, seenByAnybody);
  return [counts['handled-by-me'], counts.unassigned, counts['for-information']];
};

test('a list counts as unread what its rows show as unread', () => {
  const rest = { readByMe: true, flags: 0 };
  groupMail({ ...rest, handler: 'u-anna', list: 'mine' });
  groupMail({ ...rest, handler: null, list: 'unassigned' });
  // Not read by me, whatever the server says.
  groupMail({ handler: null, list: 'unassigned', readByMe: false, flags: FlagBit.seen });
  groupMail({ handler: null, list: 'unassigned', readByMe: true, flags: FlagBit.seen });
  // The server's flag is the handler's here ...
  groupMail({ ...rest, handler: 'u-ben', list: 'information' });
  expect(unread()).toEqual([
    { total: 1, unread: 1 },
    { total: 3, unread: 2 },
    { total: 1, unread: 0 },
  ]);
  // ... and here anybody's.
  expect(unread([fixture.account])[2]).toEqual({ total: 1, unread: 1 });
});

describe('what came before the group began to work here', () => {
  const me = UserId.parse('u-anna');
  const show = (id: MessageId, uid: number, fromBefore: boolean): boolean | undefined => {
    const view: MessageView = {
      key: `k-${String(uid)}` as MessageKey,
      info: [],
      handler: null,
      since: null,
      status: 'open',
      until: null,
      due: false,
      notes: [],
      readBy: [],
      answers: [],
      composing: [],
      history: [],
      settled: false,
      expect: { assign: null, status: null },
      pending: false,
    };
    fixture.store.write((db) => {
      saveGroupView(db, fixture.account, view, me, { takenIn: true, fromBefore });
    });
    return groupMailOf(fixture.store.read, [id]).get(id)?.readByMe;
  };
  const arrived = (flags: number): MessageId => {
    const id = groupMail({ handler: null, readByMe: false, flags, list: 'unassigned' });
    fixture.store.write((db) =>
      db.prepare('UPDATE group_mail SET taken_in = 0 WHERE message_id = ?').run(id),
    );
    return id;
  };

  test('and was read by then is no news to anybody; what was not is news to each', () => {
    const read = arrived(FlagBit.seen);
    const unread = arrived(0);
    expect([show(read, 1, true), show(unread, 2, true)]).toEqual([true, false]);
    // A colleague reads it: his reading is not mine.
    fixture.store.write((db) => db.prepare('UPDATE placements SET flags = 1').run());
    expect([show(read, 1, true), show(unread, 2, true)]).toEqual([true, false]);
  });

  test('does not decide of mail that comes while it works', () => {
    expect(show(arrived(FlagBit.seen), 1, false)).toBe(false);
  });
});
