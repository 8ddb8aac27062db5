import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import { getFolder, type StoredFolder } from '#engine/store/folders.repo.ts';
import { effectiveDate, storeHeaders } from '#engine/store/headerBatch.ts';
import { findByMessageId, placementsOf } from '#engine/store/messages.repo.ts';
import { resetFolder } from '#engine/store/operations.repo.ts';
import {
  applyFlags,
  collectOrphans,
  listPlacementUids,
  removePlacements,
} from '#engine/store/placements.repo.ts';
import { getText, messagesWithoutText, storeText } from '#engine/store/texts.repo.ts';
import type { MessageId } from '#shared/domain/ids.ts';
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

const counts = (folder: StoredFolder) => {
  const now = getFolder(fixture.store.read, folder.id);
  return [now?.total, now?.unread];
};
const threadOf = (id: MessageId) => placementsOf(fixture.store.read, id)[0]?.threadId;
const noText = { warnings: [], authenticationResults: [], listUnsubscribe: null, html: null, snippet: '' };

describe('storing headers', () => {
  it('counts what it stores, and a batch that comes again changes nothing', () => {
    const first = fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen });
    expect(first).toHaveLength(2);
    expect(counts(inbox)).toEqual([2, 1]);
    expect(fixture.mails(inbox.id, { uid: 1 }, { uid: 2, flags: FlagBit.seen })).toEqual([]);
    expect(counts(inbox)).toEqual([2, 1]);
  });

  it('stores a message once that lies in two folders', () => {
    const [here] = fixture.mails(inbox.id, { uid: 5 });
    const again = fixture.store.write((db) =>
      storeHeaders(db, fixture.account, archive.id, [{ ...headerRow({ uid: 5 }), uid: 77 }]),
    );
    expect(again).toEqual([{ uid: 77, id: here, fresh: false }]);
    expect(placementsOf(fixture.store.read, here as MessageId).map(({ uid }) => uid)).toEqual([5, 77]);
  });

  it('keeps copies with one Message-ID, with none, and equal to the byte apart and visible (M16)', () => {
    const date = Date.UTC(2026, 0, 2);
    const ids = fixture.mails(
      inbox.id,
      { uid: 1, messageId: 'same@x', subject: 'one', date },
      { uid: 2, messageId: 'same@x', subject: 'two', date },
      { uid: 3, messageId: null, subject: 'none', date },
      { uid: 4, messageId: null, subject: 'none', date },
      { uid: 5, messageId: null, subject: 'none', date },
    );
    expect(new Set(ids).size).toBe(5);
    expect(counts(inbox)).toEqual([5, 5]);
    expect(findByMessageId(fixture.store.read, fixture.account, 'same@x')).toHaveLength(2);
  });

  it('a UID that comes to name another mail gives that mail, not the old one under new headers (N11)', () => {
    const [old] = fixture.mails(inbox.id, { uid: 1, messageId: 'a@x', subject: 'old' });
    const [now] = fixture.mails(inbox.id, { uid: 1, messageId: 'b@x', subject: 'new' });
    expect(now).not.toBe(old);
    expect(placementsOf(fixture.store.read, old as MessageId)).toEqual([]);
    expect(counts(inbox)).toEqual([1, 1]);
  });

  it('orders by the arrival where the Date header is absurd (M17)', () => {
    const arrived = Date.UTC(2026, 4, 4);
    expect(effectiveDate(Date.UTC(1969, 0, 1), arrived)).toBe(arrived);
    expect(effectiveDate(Date.UTC(9999, 0, 1), arrived)).toBe(arrived);
    expect(effectiveDate(null, arrived)).toBe(arrived);
    expect(effectiveDate(Number.NaN, arrived)).toBe(arrived);
    expect(effectiveDate(Date.UTC(2020, 0, 1), arrived)).toBe(Date.UTC(2020, 0, 1));
    const far = fixture.mails(inbox.id, { uid: 9, date: 8.64e15, internalDate: Number.NaN });
    expect(Number.isSafeInteger(far[0])).toBe(true);
  });

  it('gives mails of one second ids in the order of their arrival', () => {
    const date = Date.UTC(2026, 0, 2);
    const ids = fixture.mails(inbox.id, { uid: 30, date }, { uid: 20, date }, { uid: 25, date });
    expect([...ids].sort((a, b) => a - b)).toEqual([ids[1], ids[2], ids[0]]);
  });
});

describe('conversations', () => {
  it('an answer joins its question, whichever comes first', () => {
    const [question] = fixture.mails(inbox.id, { uid: 1, messageId: 'q@x' });
    const [answer] = fixture.mails(inbox.id, { uid: 2, messageId: 'a@x', references: ['q@x'] });
    expect(threadOf(answer as MessageId)).toBe(threadOf(question as MessageId));
    const [late] = fixture.mails(inbox.id, { uid: 3, messageId: 'l@x', references: ['unseen@x'] });
    const [seen] = fixture.mails(inbox.id, { uid: 4, messageId: 'unseen@x' });
    expect(threadOf(seen as MessageId)).toBe(threadOf(late as MessageId));
  });

  it('a missing link that arrives makes one conversation of two', () => {
    const [a] = fixture.mails(inbox.id, { uid: 1, messageId: 'a@x' });
    const [c] = fixture.mails(archive.id, { uid: 1, messageId: 'c@x', subject: 'c' });
    expect(threadOf(a as MessageId)).not.toBe(threadOf(c as MessageId));
    const [b] = fixture.mails(inbox.id, { uid: 2, messageId: 'b@x', references: ['a@x', 'c@x'] });
    expect(threadOf(c as MessageId)).toBe(threadOf(a as MessageId));
    expect(threadOf(b as MessageId)).toBe(threadOf(a as MessageId));
  });

  it('self references, cycles and 20,000 references end (M03, M16)', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `r${at.toString()}@x`);
    const ids = fixture.mails(
      inbox.id,
      { uid: 1, messageId: 's@x', references: ['s@x'] },
      { uid: 2, messageId: 'x@x', references: ['y@x'] },
      { uid: 3, messageId: 'y@x', references: ['x@x'] },
      { uid: 4, messageId: 'm@x', references: many },
    );
    expect(ids).toHaveLength(4);
    expect(threadOf(ids[1] as MessageId)).toBe(threadOf(ids[2] as MessageId));
  });
});

describe('what the server changes', () => {
  it('flags change the counters, and a mail flagged as deleted is not shown', () => {
    fixture.mails(inbox.id, { uid: 1 }, { uid: 2 });
    fixture.store.write((db) =>
      applyFlags(db, inbox.id, [
        { uid: 1, flags: FlagBit.seen, keywords: [] },
        { uid: 99, flags: 0, keywords: [] },
      ]),
    );
    expect(counts(inbox)).toEqual([2, 1]);
    fixture.store.write((db) => applyFlags(db, inbox.id, [{ uid: 2, flags: FlagBit.deleted, keywords: [] }]));
    expect(counts(inbox)).toEqual([1, 0]);
    expect(listPlacementUids(fixture.store.read, inbox.id)).toEqual([1, 2]);
    fixture.store.write((db) => applyFlags(db, inbox.id, [{ uid: 2, flags: 0, keywords: [] }]));
    expect(counts(inbox)).toEqual([2, 1]);
  });

  it('a mail that another program moved keeps its text: it is gone here before it is met there', () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 });
    fixture.store.write((db) => storeText(db, id as MessageId, { ...noText, text: 'Hallo' }));
    fixture.store.write((db) => removePlacements(db, inbox.id, [1]));
    expect(counts(inbox)).toEqual([0, 0]);
    fixture.store.write((db) =>
      storeHeaders(db, fixture.account, archive.id, [{ ...headerRow({ uid: 1 }), uid: 8 }]),
    );
    expect(fixture.store.write((db) => collectOrphans(db, fixture.account, 100)).removed).toBe(0);
    expect(getText(fixture.store.read, id as MessageId)?.text).toBe('Hallo');
    expect(messagesWithoutText(fixture.store.read, fixture.account, 10)).toEqual([]);
    fixture.store.write((db) => removePlacements(db, archive.id, [8]));
    expect(fixture.store.write((db) => collectOrphans(db, fixture.account, 100)).removed).toBe(1);
    expect(getText(fixture.store.read, id as MessageId)).toBeNull();
  });

  it('a new UIDVALIDITY takes the UIDs and leaves messages and texts (N10)', () => {
    const [id] = fixture.mails(inbox.id, { uid: 1 });
    fixture.store.write((db) => storeText(db, id as MessageId, { ...noText, text: 'Hallo' }));
    fixture.store.write((db) => resetFolder(db, inbox.id, '2'));
    expect(counts(inbox)).toEqual([0, 0]);
    const again = fixture.store.write((db) =>
      storeHeaders(db, fixture.account, inbox.id, [{ ...headerRow({ uid: 1 }), uid: 500 }]),
    );
    expect(again).toEqual([{ uid: 500, id, fresh: false }]);
    expect(getText(fixture.store.read, id as MessageId)?.text).toBe('Hallo');
  });
});
