import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlagBit } from '#engine/store/flags.ts';
import type { StoredFolder } from '#engine/store/folders.repo.ts';
import { deleteGroupMail, insertGroupMail } from '#engine/store/groupMail.repo.ts';
import { cursorText, readCursor, type ListCursor } from '#engine/store/messageLists.ts';
import { rebuildNoteIndex, saveNotes } from '#engine/store/noteIndex.ts';
import { countUnread, search } from '#engine/store/search.ts';
import { indexBatch } from '#engine/store/searchIndex.ts';
import { storeText } from '#engine/store/texts.repo.ts';
import { MessageKey } from '#shared/domain/group/messageKey.ts';
import { AccountId, type MessageId } from '#shared/domain/ids.ts';
import { StoreFixture, type MailWords } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let inbox: StoredFolder;
let trash: StoredFolder;
beforeEach(() => {
  fixture = new StoreFixture();
  [inbox, , trash] = fixture.folders('INBOX', 'Projekte/Alt', 'Trash') as [
    StoredFolder,
    StoredFolder,
    StoredFolder,
  ];
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

function mail(words: MailWords & { text?: string; html?: string }, folder = inbox): MessageId {
  const [id] = fixture.mails(folder.id, words) as [MessageId];
  if (words.text !== undefined || words.html !== undefined)
    fixture.store.write((db) =>
      storeText(db, id, {
        text: words.text ?? null,
        html: words.html ?? null,
        snippet: '',
        warnings: [],
        authenticationResults: [],
        listUnsubscribe: null,
      }),
    );
  fixture.store.write((db) => indexBatch(db, 100));
  return id;
}

function found(
  query: string,
  options: { limit?: number; before?: ListCursor | null; threads?: boolean } = {},
) {
  return search(
    fixture.store.read,
    { query, accountId: null, before: null, limit: 50, threads: false, ...options },
    { now: Date.UTC(2026, 5, 15, 12), accounts: [{ id: 'anna', name: 'Anna', address: 'anna@xyz.test' }] },
  );
}
const subjects = (query: string) => found(query).rows.map(({ subject }) => subject);

describe('words', () => {
  it('Müller, Mueller and Muller each find each', () => {
    mail({ uid: 1, subject: 'a', from: { name: 'Jörg Müller', address: 'j@x.test' } });
    mail({ uid: 2, subject: 'b', text: 'Gruß, Mueller' });
    mail({ uid: 3, subject: 'c', to: [{ name: 'Muller', address: 'm@x.test' }] });
    for (const query of ['Müller ', 'mueller ', 'MULLER ', 'müll'])
      expect(subjects(query)).toEqual(['c', 'b', 'a']);
    expect(subjects('strasse ')).toEqual([]);
    mail({ uid: 4, subject: 'Hauptstraße 5' });
    expect(subjects('strasse ')).toEqual(['Hauptstraße 5']);
  });

  it('a German compound is found by its parts, and a short part does not find what merely contains it', () => {
    mail({ uid: 1, subject: 'a', text: 'Der Rechnungsbetrag ist offen.' });
    mail({ uid: 2, subject: 'b', text: 'Im Krankenhaus' });
    mail({ uid: 3, subject: 'c', text: 'Auftragsrechnungsnummer 5' });
    mail({ uid: 4, subject: 'd', text: 'gemeinsam arbeiten' });
    expect(subjects('betrag ')).toEqual(['a']);
    expect(subjects('haus ')).toEqual(['b']);
    expect(subjects('rechnung ')).toEqual(['c', 'a']);
    expect(subjects('mein ')).toEqual([]);
    expect(subjects('subject:betrag ')).toEqual([]);
  });

  it('all words must be there, wherever they stand; a phrase stands side by side', () => {
    mail({ uid: 1, subject: 'Offene Rechnung', text: 'für Mai' });
    mail({ uid: 2, subject: 'Rechnung', text: 'noch offene Fragen, der Mai ist offen' });
    expect(subjects('offene mai ')).toEqual(['Rechnung', 'Offene Rechnung']);
    expect(subjects('"offene rechnung"')).toEqual(['Offene Rechnung']);
    expect(subjects('"offene fragen"')).toEqual(['Rechnung']);
    expect(subjects('-"offene rechnung" rechnung ')).toEqual(['Rechnung']);
    expect(subjects('subject:"offene rechnung"')).toEqual(['Offene Rechnung']);
    expect(subjects('body:"offene rechnung"')).toEqual([]);
    expect(subjects('"rechnung offene"')).toEqual([]);
  });

  it('the text of an HTML mail is found, its styles and tags are not', () => {
    mail({
      uid: 1,
      subject: 'a',
      html: '<head><style>.verborgen{}</style></head><p>Gr&uuml;&szlig;e aus <b>M</b>&#252;nchen<br>Zeile<!-- geheim --></p>',
    });
    for (const query of ['grüße ', 'münchen ', 'zeile ']) expect(subjects(query)).toEqual(['a']);
    for (const query of ['verborgen ', 'geheim ', 'style ']) expect(subjects(query)).toEqual([]);
  });

  it('short words are found whole, and by their beginning while they are typed', () => {
    mail({ uid: 1, subject: 'Art' });
    mail({ uid: 2, subject: 'Arten' });
    expect(subjects('art ')).toEqual(['Art']);
    expect(subjects('art')).toEqual(['Arten', 'Art']);
    expect(subjects('ar* ')).toEqual(['Arten', 'Art']);
  });

  it('an address is found whole and in parts', () => {
    mail({ uid: 1, subject: 'a', from: { name: '', address: 'b.berger+x@firma.test' } });
    mail({ uid: 2, subject: 'b', from: { name: '', address: 'c@firma.test' } });
    expect(subjects('from:b.berger+x@firma.test ')).toEqual(['a']);
    expect(subjects('b.berger+x@firma')).toEqual(['a']);
    expect(subjects('from:firma.test ')).toEqual(['b', 'a']);
    expect(subjects('berger ')).toEqual(['a']);
  });

  it('nothing that is typed breaks the search', () => {
    mail({ uid: 1 });
    for (const query of [
      '"',
      "'",
      '*',
      'a* OR',
      'NEAR(a b)',
      'subject:"',
      '{x}:y',
      'x AND',
      '^a',
      '\u0000',
      'a"b',
      'from:""',
      '()',
      '-',
      'in:"%"',
      '%_',
      '🙂 ',
    ])
      expect(() => found(query)).not.toThrow();
  });
});

describe('operators', () => {
  const file = (filename: string) => ({
    textParts: [],
    attachments: [
      {
        part: '2',
        filename,
        contentType: 'application/pdf',
        encoding: 'base64',
        size: 9,
        inline: false,
        contentId: null,
      },
    ],
  });

  it('from, to, cc, subject and filename look in their own field alone', () => {
    mail({
      uid: 1,
      subject: 'Angebot',
      from: { name: 'Anna', address: 'anna@x.test' },
      to: [{ name: 'Ben', address: 'ben@x.test' }],
      cc: [{ name: 'Clara', address: 'clara@x.test' }],
      structure: file('Lieferschein.pdf'),
    });
    for (const query of [
      'from:anna',
      'to:ben',
      'cc:clara',
      'subject:angebot',
      'filename:lieferschein.pdf',
      'datei:liefer',
      'has:attachment',
    ])
      expect(subjects(`${query} `), query).toEqual(['Angebot']);
    for (const query of [
      'to:anna',
      'from:ben',
      'to:clara',
      'subject:anna',
      'filename:angebot',
      '-has:attachment',
    ])
      expect(subjects(`${query} `), query).toEqual([]);
  });

  it('is, in and account', () => {
    mail({ uid: 1, subject: 'new' });
    mail({ uid: 2, subject: 'old', flags: FlagBit.seen | FlagBit.flagged | FlagBit.answered });
    mail({ uid: 3, subject: 'gone', flags: FlagBit.seen }, trash);
    expect(subjects('is:unread')).toEqual(['new']);
    expect(subjects('is:starred')).toEqual(['old']);
    expect(subjects('is:answered')).toEqual(['old']);
    expect(subjects('is:read')).toEqual(['gone', 'old']);
    expect(subjects('in:papierkorb')).toEqual(['gone']);
    expect(subjects('-in:trash')).toEqual(['old', 'new']);
    expect(subjects('in:nowhere')).toEqual([]);
    expect(subjects('is:unread in:inbox')).toEqual(['new']);
    expect(subjects('account:anna is:unread OR is:starred')).toEqual(['old', 'new']);
    expect(subjects('account:other')).toEqual([]);
    expect(subjects('(is:unread in:inbox account:anna) OR gone')).toEqual(['gone', 'new']);
  });

  it('dates and sizes', () => {
    const on = (month: number, day: number) => new Date(2026, month - 1, day, 12).getTime();
    mail({ uid: 1, subject: 'may', date: on(5, 31), internalDate: on(5, 31), size: 10 });
    mail({ uid: 2, subject: 'june', date: on(6, 1), internalDate: on(6, 1), size: 5_000_000 });
    mail({ uid: 3, subject: 'yesterday', date: on(6, 14), internalDate: on(6, 14), size: 2_000 });
    expect(subjects('before:2026-06-01')).toEqual(['may']);
    expect(subjects('after:2026-06-01')).toEqual(['yesterday', 'june']);
    expect(subjects('on:1.6.2026')).toEqual(['june']);
    expect(subjects('on:2026-06')).toEqual(['yesterday', 'june']);
    expect(subjects('on:gestern')).toEqual(['yesterday']);
    expect(subjects('after:7d')).toEqual(['yesterday']);
    expect(subjects('before:7d')).toEqual(['june', 'may']);
    expect(subjects('-before:2026-06-01')).toEqual(['yesterday', 'june']);
    expect(subjects('on:2026-05 OR yesterday ')).toEqual(['yesterday', 'may']);
    expect(subjects('june after:2026-06-01')).toEqual(['june']);
    expect(subjects('june before:2026-06-01')).toEqual([]);
    expect(subjects('(may OR june) -on:2026-05 ')).toEqual(['june']);
    expect(subjects('after:2026-06-02 before:2026-06-01')).toEqual([]);
    expect(subjects('larger:1mb')).toEqual(['june']);
    expect(subjects('larger:1k')).toEqual(['yesterday', 'june']);
    expect(subjects('smaller:1k')).toEqual(['may']);
    expect(subjects('before:banana ')).toEqual([]);
  });

  it('either, not and parentheses, in words and in states together', () => {
    mail({ uid: 1, subject: 'apfel' });
    mail({ uid: 2, subject: 'birne', flags: FlagBit.flagged });
    mail({ uid: 3, subject: 'apfel birne' });
    mail({ uid: 4, subject: 'kirsche' });
    expect(subjects('apfel OR kirsche ')).toEqual(['kirsche', 'apfel birne', 'apfel']);
    expect(subjects('apfel -birne ')).toEqual(['apfel']);
    expect(subjects('-apfel -birne ')).toEqual(['kirsche']);
    expect(subjects('(apfel OR kirsche) -birne ')).toEqual(['kirsche', 'apfel']);
    expect(subjects('is:starred OR kirsche ')).toEqual(['kirsche', 'birne']);
    expect(subjects('birne -is:starred ')).toEqual(['apfel birne']);
    expect(subjects('-(apfel OR is:starred) ')).toEqual(['kirsche']);
    expect(subjects('-"apfel birne" apfel ')).toEqual(['apfel']);
    expect(subjects('subject:(kirsche OR birne) ')).toEqual(['kirsche', 'apfel birne', 'birne']);
  });
});

describe('pages', () => {
  it('go on where the last one ended, newest first, and each message comes once', () => {
    for (let uid = 1; uid <= 25; uid += 1) mail({ uid, subject: `wort ${uid.toString()}` });
    const seen: string[] = [];
    let before: ListCursor | null = null;
    do {
      const page = found('wort ', { limit: 10, before });
      seen.push(...page.rows.map(({ subject }) => subject));
      before = page.next && readCursor(cursorText(page.next));
    } while (before);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `wort ${(25 - at).toString()}`));
  });

  it('a conversation is one row over all pages', () => {
    for (let uid = 1; uid <= 12; uid += 1)
      mail({
        uid,
        subject: `wort ${uid.toString()}`,
        references: uid > 3 ? [`m${(uid % 3) + 1}@xyz.test`] : [],
      });
    const first = found('wort ', { threads: true, limit: 2 });
    expect(first.rows.map(({ subject }) => subject)).toEqual(['wort 12', 'wort 11']);
    expect(first.rows[0]?.conversation).toMatchObject({ total: 4, unread: 4 });
    const second = found('wort ', { threads: true, limit: 2, before: first.next });
    expect(second.rows.map(({ subject }) => subject)).toEqual(['wort 10']);
    expect(second.next).toBeNull();
  });

  it('a message in several folders is shown once, where it is nearest', () => {
    mail({ uid: 5, subject: 'both' }, trash);
    mail({ uid: 5, subject: 'both' }, inbox);
    expect(found('both ').rows.map(({ folderId }) => folderId)).toEqual([inbox.id]);
    expect(found('both in:trash').rows.map(({ folderId }) => folderId)).toEqual([trash.id]);
  });
});

describe('what was found, in another order or reduced', () => {
  const sorted = (
    query: string,
    sort: { by: 'date' | 'sender' | 'subject' | 'size'; ascending: boolean },
    limit = 50,
  ): string[] => {
    const all: string[] = [];
    let before: ListCursor | null = null;
    do {
      const page = search(
        fixture.store.read,
        { query, accountId: null, before, limit, threads: false, sort },
        { now: 0, accounts: [] },
      );
      all.push(...page.rows.map(({ subject }) => subject));
      before = page.next && readCursor(cursorText(page.next));
    } while (before !== null);
    return all;
  };

  it('is sorted page by page as it is at once', () => {
    mail({ uid: 1, subject: 'rechnung c', size: 10, from: { name: 'Ben', address: 'b@x.test' } });
    mail({ uid: 2, subject: 'AW: rechnung a', size: 30, from: { name: 'Änne', address: 'ae@x.test' } });
    mail({ uid: 3, subject: 'rechnung b', size: 20, from: { name: 'Ben', address: 'b@x.test' } });
    mail({ uid: 4, subject: 'lunch', size: 5 });
    for (const limit of [1, 2, 50]) {
      expect(sorted('rechnung ', { by: 'subject', ascending: true }, limit)).toEqual([
        'AW: rechnung a',
        'rechnung b',
        'rechnung c',
      ]);
      expect(sorted('rechnung ', { by: 'size', ascending: false }, limit)).toEqual([
        'AW: rechnung a',
        'rechnung b',
        'rechnung c',
      ]);
      expect(sorted('rechnung ', { by: 'sender', ascending: true }, limit)).toEqual([
        'AW: rechnung a',
        'rechnung b',
        'rechnung c',
      ]);
      expect(sorted('rechnung ', { by: 'date', ascending: true }, limit)[0]).toBe('rechnung c');
    }
  });

  it('is reduced to what is unread, starred or to me', () => {
    mail({ uid: 1, subject: 'rechnung a' });
    mail({ uid: 2, subject: 'rechnung b', flags: FlagBit.seen | FlagBit.flagged });
    mail({ uid: 3, subject: 'rechnung c', flags: FlagBit.seen, to: [{ name: '', address: 'Ben@x.test' }] });
    const reduced = (filter: object) =>
      search(
        fixture.store.read,
        { query: 'rechnung', accountId: null, before: null, limit: 9, threads: false, filter },
        {
          now: 0,
          accounts: [{ id: 'anna', name: '', address: 'ben@x.test', addresses: ['ben@x.test'] }],
        },
      ).rows.map(({ subject }) => subject);
    expect(reduced({ unread: true })).toEqual(['rechnung a']);
    expect(reduced({ starred: true })).toEqual(['rechnung b']);
    expect(reduced({ toMe: true })).toEqual(['rechnung c']);
    expect(reduced({ unread: true, starred: true })).toEqual([]);
  });

  it('counts what is unread, each mail once', () => {
    const a = mail({ uid: 1, subject: 'rechnung a' });
    mail({ uid: 2, subject: 'rechnung b', flags: FlagBit.seen });
    mail({ uid: 3, subject: 'lunch' });
    expect(a).toBeDefined();
    const count = (query: string) =>
      countUnread(fixture.store.read, { query, accountId: null }, { now: 0, accounts: [] }).unread;
    expect([
      count('rechnung'),
      count('is:unread'),
      count('"rechnung a"'),
      count('is:read'),
      count(''),
    ]).toEqual([1, 2, 1, 0, 0]);
  });

  it('is not counted on beyond what a person cares for, and says so', () => {
    const mails = (from: number, count: number) =>
      fixture.mails(
        inbox.id,
        ...Array.from({ length: count }, (_, at) => ({
          uid: from + at,
          subject: at % 4 === 0 ? 'rechnung' : 'lunch',
        })),
      );
    const count = (query: string) =>
      countUnread(fixture.store.read, { query, accountId: null }, { now: 0, accounts: [] });
    mails(1, 1000);
    fixture.store.write((db) => indexBatch(db, 10_000));
    expect([count('rechnung'), count('is:unread')]).toEqual([
      { unread: 250, more: false },
      { unread: 999, more: true },
    ]);
    // Of very many only the newest are looked at.
    mails(2001, 5000);
    fixture.store.write((db) => indexBatch(db, 10_000));
    expect(count('rechnung subject:rechnung is:unread')).toEqual({ unread: 999, more: true });
    expect(count('uid-of-nothing')).toEqual({ unread: 0, more: true });
    expect(count('after:2027')).toEqual({ unread: 0, more: false });
  });
});

describe('group work', () => {
  it('is found by its handler and its status', () => {
    const ids = ['a', 'b', 'c'].map((subject, at) => mail({ uid: at + 1, subject }));
    fixture.store.write((db) => {
      const insert = db.prepare(
        `INSERT INTO group_mail (message_id, account_id, key, taken_in, handler, status, notes, read_by_me, pending, settled, mine, unassigned, information)
         VALUES (?, 'anna', ?, 1, ?, ?, 0, 0, 0, 0, 0, 0, 0)`,
      );
      insert.run(ids[0], 'a', 'u-ben', 'open');
      insert.run(ids[1], 'b', null, 'open');
      insert.run(ids[2], 'c', 'u-anna', 'done');
    });
    const people = {
      me: 'u-anna',
      all: [
        { id: 'u-anna', name: 'Anna Albrecht' },
        { id: 'u-ben', name: 'Ben Berger' },
      ],
    };
    const by = (query: string) =>
      search(
        fixture.store.read,
        { query, accountId: null, before: null, limit: 9, threads: false },
        { now: 0, accounts: [], people },
      ).rows.map(({ subject }) => subject);
    expect(by('handler:me')).toEqual(['c']);
    expect(by('bearbeiter:keiner')).toEqual(['b']);
    expect(by('handler:ben')).toEqual(['a']);
    expect(by('handler:"Ben Berger" status:open')).toEqual(['a']);
    expect(by('handler:carla')).toEqual([]);
    expect(by('status:erledigt')).toEqual(['c']);
    expect(by('-status:done')).toEqual(['b', 'a']);
  });

  it('is found by its notes as by any text, with every other operator, and only by those that are there', () => {
    const ids = ['a', 'b', 'c'].map((subject, at) => mail({ uid: at + 1, subject }));
    mail({ uid: 4, subject: 'Rückruf' });
    const note = (key: string, ...texts: string[]) =>
      fixture.store.write((db) => saveNotes(db, AccountId.parse('anna'), MessageKey.parse(key), texts));
    fixture.store.write((db) => {
      for (const [at, id] of ids.entries())
        insertGroupMail(db, AccountId.parse('anna'), {
          id,
          key: MessageKey.parse(['a@x', 'b@x', 'c@x'][at]),
          takenIn: true,
        });
    });
    note('a@x', 'Herr Müller ruft zurück', 'wegen der Auftragsrechnung');
    note('b@x', 'Mueller will den Rückruf morgen');
    expect(note('b@x', 'Mueller will den Rückruf morgen')).toBe(false);
    for (const [query, expected] of [
      ['note:müller ', ['b', 'a']],
      ['notiz:Muller ', ['b', 'a']],
      ['note:rück', ['b']],
      ['note:"ruft zurück"', ['a']],
      // Neither in another order, nor from one note into the next.
      ['note:"zurück ruft"', []],
      ['note:"zurück wegen"', []],
      ['note:rechnung ', ['a']],
      ['note:(zurück morgen)', []],
      ['note:zurück OR note:morgen ', ['b', 'a']],
      ['note:mueller -note:morgen ', ['a']],
      ['-note:müller ', ['Rückruf', 'c']],
      ['note:müller subject:b ', ['b']],
      ['note:müller is:unread status:open in:inbox', ['b', 'a']],
      // A note is no part of the mail.
      ['morgen ', []],
      ['note:nirgends ', []],
    ] as const)
      expect([query, subjects(query)]).toEqual([query, expected]);
    note('b@x', 'Mueller hat abgesagt');
    expect([subjects('note:morgen '), subjects('note:abgesagt ')]).toEqual([[], ['b']]);
    note('b@x');
    expect(subjects('note:müller ')).toEqual(['a']);
    fixture.store.write((db) =>
      db.prepare("INSERT INTO note_words (note_words) VALUES ('delete-all')").run(),
    );
    fixture.store.write(rebuildNoteIndex);
    expect(subjects('note:müller ')).toEqual(['a']);
    fixture.store.write((db) => deleteGroupMail(db, AccountId.parse('anna')));
    expect(subjects('note:müller ')).toEqual([]);
  });
});
