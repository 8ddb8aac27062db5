import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectMet, collectStored } from '#engine/contacts/collect.ts';
import { complete } from '#engine/contacts/complete.ts';
import { collectSentMail } from '#engine/contacts/sentMail.ts';
import { setHidden } from '#engine/store/correspondents.repo.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { insertJob, type StoredJob } from '#engine/store/outbox.repo.ts';
import type { SuggestedPerson } from '#shared/contract/contacts.ts';
import { AccountId, DraftId, OutboxId } from '#shared/domain/ids.ts';
import type { Address } from '#shared/domain/message.ts';
import { headerRow, StoreFixture, type MailWords } from '#test/support/storeFixture.ts';

const day = 86_400_000;
const ben: Address = { name: 'Ben Müller', address: 'ben@berg.test' };
const clara: Address = { name: 'Clara Berger', address: 'clara@Berg.test' };
const anna: Address = { name: 'Anna', address: 'anna@xyz.test' };

let fixture: StoreFixture;
let sent: StoredFolder;
let inbox: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [sent, inbox] = fixture.folders('Sent', 'INBOX') as [StoredFolder, StoredFolder];
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const now = (): number => fixture.clock.now();
/** As the sync does it: stored, and those that were not known are met. */
function met(folder: StoredFolder, ...mails: MailWords[]): void {
  const rows = mails.map(headerRow);
  const fresh = new Set(fixture.mails(folder.id, ...mails));
  if (fresh.size !== mails.length) throw new Error('not all of them are new');
  fixture.store.write((db) =>
    collectMet(
      db,
      rows.map(({ headers, flags, internalDate }) => ({
        messageId: headers.messageId,
        from: headers.from,
        recipients: [...headers.to, ...headers.cc],
        date: headers.date ?? internalDate,
        flags,
        role: folder.role,
      })),
      now(),
    ),
  );
}
function suggested(text: string, except: string[] = [], members: SuggestedPerson[] = []): string[] {
  return complete(fixture.store.read, { text, limit: 8, except }, members).map((one) =>
    one.kind === 'group' ? one.name : `${one.name} <${one.address}>`,
  );
}
const to = (address: Address, daysAgo: number, uid: number): MailWords => ({
  uid,
  from: anna,
  to: [address],
  date: now() - daysAgo * day,
  internalDate: now() - daysAgo * day,
});

describe('an address is proposed', () => {
  it('once a mail to it lies in Sent, by name and address, with its umlaut in each spelling', () => {
    met(sent, to(ben, 1, 1));
    for (const typed of ['ben', 'mueller', 'müll', 'muller', '@berg', 'ben@b'])
      expect(suggested(typed), typed).toEqual(['Ben Müller <ben@berg.test>']);
    expect(suggested('benno')).toEqual([]);
    expect(suggested('@')).toEqual([]);
  });

  it('before others where it was written to more often or more lately', () => {
    met(sent, to(ben, 200, 1), to(ben, 201, 2), to(clara, 1, 3));
    expect(suggested('berg')).toEqual(['Clara Berger <clara@Berg.test>', 'Ben Müller <ben@berg.test>']);
    met(sent, to(ben, 3, 4), to(ben, 4, 5), to(ben, 5, 6));
    expect(suggested('berg')[0]).toBe('Ben Müller <ben@berg.test>');
    expect(suggested('')[0]).toBe('Ben Müller <ben@berg.test>');
  });

  it('after all that were written to where mail only came from it, however much', () => {
    met(inbox, ...Array.from({ length: 30 }, (_, at) => ({ uid: at + 1, from: ben, to: [anna] })));
    met(sent, to(clara, 300, 1));
    expect(suggested('berg')).toEqual(['Clara Berger <clara@Berg.test>', 'Ben Müller <ben@berg.test>']);
  });

  it('with the name that the newest mail tells, and not with one that is only another address', () => {
    met(inbox, { uid: 1, from: { name: 'Ben M.', address: 'ben@berg.test' }, date: now() - 9 * day });
    met(inbox, { uid: 2, from: ben, date: now() - day });
    met(inbox, { uid: 3, from: { name: 'Old Ben', address: 'ben@berg.test' }, date: now() - 99 * day });
    met(inbox, { uid: 4, from: { name: 'boss@bank.test', address: 'ben@berg.test' }, date: now() });
    expect(suggested('ben')).toEqual(['Ben Müller <ben@berg.test>']);
  });

  it('not where it is a recipient already', () => {
    met(sent, to(ben, 1, 1), to(clara, 1, 2));
    expect(suggested('berg', ['BEN@berg.test'])).toEqual(['Clara Berger <clara@Berg.test>']);
  });

  it('as a colleague from the first day, by the name that the organisation gives, before strangers who wrote', () => {
    met(inbox, { uid: 1, from: { name: 'Dora Stranger', address: 'dora@far.test' } });
    met(sent, to({ name: 'Dora', address: 'dora@xyz.test' }, 1, 1));
    const members = [
      { name: 'Dora Dorn', address: 'dora@xyz.test' },
      { name: 'Dorian Gray', address: 'dorian@xyz.test' },
    ];
    expect(suggested('dor', [], members)).toEqual([
      'Dora Dorn <dora@xyz.test>',
      'Dorian Gray <dorian@xyz.test>',
      'Dora Stranger <dora@far.test>',
    ]);
  });

  it.each([
    ['a draft', { uid: 1, from: anna, to: [ben], flags: 8 }, 'Sent'],
    ['a machine', { uid: 1, from: { name: 'Shop', address: 'noreply@berg.test' } }, 'INBOX'],
    ['junk', { uid: 1, from: ben }, 'Junk'],
    ['a mail to a hundred and one', { uid: 1, from: anna, to: many(101) }, 'Sent'],
  ])('not because of %s', (_, mail: MailWords, path) => {
    const folder = fixture.folders('Sent', 'INBOX', 'Junk').find((one) => one.path === path);
    if (!folder) throw new Error(path);
    met(folder, mail);
    expect(suggested('berg')).toEqual([]);
  });
});

function many(count: number): Address[] {
  return Array.from({ length: count }, (_, at) => ({ name: '', address: `n${at.toString()}@berg.test` }));
}

it('what was taken away stays away: after new mail, after the store was collected anew, and as a colleague', () => {
  met(sent, to(ben, 1, 1));
  fixture.store.precious((db) => setHidden(db, 'ben@berg.test', true));
  expect(suggested('ben')).toEqual([]);
  met(sent, to(ben, 0, 2));
  fixture.reopen();
  collectStored(fixture.store, now());
  expect(suggested('ben')).toEqual([]);
  expect(suggested('ben', [], [{ name: 'Ben', address: 'ben@berg.test' }])).toEqual([]);
});

it('a store of an older version is collected from once: Sent, and mail that came', () => {
  fixture.mails(sent.id, to(clara, 300, 1));
  fixture.mails(inbox.id, { uid: 1, from: ben });
  expect(suggested('berg')).toEqual([]);
  collectStored(fixture.store, now());
  collectStored(fixture.store, now());
  expect(suggested('berg')).toEqual(['Clara Berger <clara@Berg.test>', 'Ben Müller <ben@berg.test>']);
  expect(
    fixture.store.read.prepare('SELECT address, sent, received FROM correspondents ORDER BY address').all(),
  ).toEqual([
    { address: 'ben@berg.test', sent: 0, received: 1 },
    { address: 'clara@berg.test', sent: 1, received: 0 },
  ]);
});

describe('a mail that the outbox sent', () => {
  const raw = new TextEncoder().encode(
    'From: anna@xyz.test\r\nTo: =?utf-8?Q?Ben_M=C3=BCller?= <ben@berg.test>\r\nMessage-ID: <one@xyz.test>\r\n' +
      'Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nSubject: Plan\r\n\r\nTo: nobody@berg.test\r\n',
  );
  const job: StoredJob = {
    id: OutboxId.parse('00000000-0000-4000-8000-000000000001'),
    accountId: AccountId.parse('anna'),
    draftId: DraftId.parse('00000000-0000-4000-8000-000000000002'),
    messageId: 'one@xyz.test',
    subject: 'Plan',
    envelope: { from: 'anna@xyz.test', to: ['ben@berg.test', 'secret@berg.test', 'typo@berg.test'] },
    state: 'sent',
    sendAt: 0,
    attempts: 1,
    nextAttemptAt: null,
    error: null,
    recipients: [
      { address: 'ben@berg.test', status: 'accepted', response: '' },
      { address: 'secret@berg.test', status: 'accepted', response: '' },
      { address: 'typo@berg.test', status: 'refused', response: '' },
    ],
    sentCopy: 'filed',
    sentFolder: 'Sent',
    sentUid: 1,
    sentAttempts: 1,
    archive: 'none',
    archiveAddress: null,
    related: null,
    machineId: 'here',
    createdAt: 0,
    finishedAt: 0,
  };
  const counts = (): unknown =>
    fixture.store.read.prepare('SELECT address, sent FROM correspondents ORDER BY address').all();

  it('teaches names and blind copies, and no recipient that was refused', () => {
    fixture.store.write((db) => collectSentMail(db, job, raw));
    expect(suggested('berg').toSorted()).toEqual([' <secret@berg.test>', 'Ben Müller <ben@berg.test>']);
  });

  it.each(['sync', 'outbox'])('counts once where the %s is first to know', (first) => {
    const steps = [
      () => met(sent, { uid: 1, messageId: 'one@xyz.test', from: anna, to: [ben] }),
      () =>
        fixture.store.write((db) => {
          insertJob(db, job, raw);
          collectSentMail(db, job, raw);
        }),
    ];
    for (const step of first === 'sync' ? steps : steps.toReversed()) step();
    expect(counts()).toContainEqual({ address: 'ben@berg.test', sent: 1 });
  });
});
