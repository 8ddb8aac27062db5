/** Addresses that mail went to or came from, with how often and how lately. Collected; only what the user hid is precious. */
import { findableWords, rankTogether } from '#shared/domain/contacts.ts';
import type { ReadDb, WriteDb } from './handles.ts';

/** What some mails together tell of one address. */
export interface Encounter {
  /** Normalised. */
  readonly address: string;
  readonly shown: string;
  /** '' where no mail told one. */
  readonly name: string;
  readonly nameAt: number;
  readonly sent: number;
  readonly received: number;
  readonly rank: number;
}

export interface FoundAddress {
  readonly address: string;
  readonly shown: string;
  readonly name: string;
  readonly sent: number;
  readonly rank: number;
}

interface CorrespondentRecord {
  address: string;
  shown: string;
  name: string;
  name_at: number;
  sent: number;
  received: number;
  rank: number;
}

/** Adds to what is known. The newest mail that tells a name is right about it. */
export function noteEncounters(db: WriteDb, encounters: readonly Encounter[]): void {
  const read = db.prepare<[string], CorrespondentRecord>('SELECT * FROM correspondents WHERE address = ?');
  const write = db.prepare(
    `INSERT INTO correspondents (address, shown, name, name_at, words, sent, received, rank) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (address) DO UPDATE SET shown = excluded.shown, name = excluded.name, name_at = excluded.name_at,
       words = excluded.words, sent = excluded.sent, received = excluded.received, rank = excluded.rank`,
  );
  for (const one of encounters) {
    const known = read.get(one.address);
    const renamed =
      one.name !== '' && (known === undefined || known.name === '' || one.nameAt >= known.name_at);
    const name = renamed ? one.name : (known?.name ?? '');
    write.run(
      one.address,
      known && known.sent > 0 && one.sent === 0 ? known.shown : one.shown,
      name,
      renamed ? one.nameAt : (known?.name_at ?? 0),
      findableWords(name, one.address),
      (known?.sent ?? 0) + one.sent,
      (known?.received ?? 0) + one.received,
      rankTogether(known?.rank ?? null, one.rank),
    );
  }
}

/** The condition that a column of findable words meets all of `wanted`. */
function meeting(column: string, wanted: readonly string[]): string {
  return wanted.map(() => `AND instr(${column}, ?) > 0`).join(' ');
}

/** Best first: those that were written to before those that only wrote. Names are those of the address book where it has one. */
export function findCorrespondents(db: ReadDb, wanted: readonly string[], limit: number): FoundAddress[] {
  return db
    .prepare<(string | number)[], FoundAddress>(
      `SELECT k.address, k.shown, coalesce(c.name, k.name) AS name, k.sent, k.rank
       FROM correspondents k LEFT JOIN contact_addresses a ON a.address = k.address LEFT JOIN contacts c ON c.id = a.contact_id
       WHERE k.hidden = 0 ${meeting('k.words', wanted)} ORDER BY k.sent > 0 DESC, k.rank DESC LIMIT ?`,
    )
    .all(...wanted, limit);
}

/** Addresses of the address book, those that are written to first. */
export function findContactAddresses(db: ReadDb, wanted: readonly string[], limit: number): FoundAddress[] {
  return db
    .prepare<(string | number)[], FoundAddress>(
      `SELECT a.address, a.shown, c.name, coalesce(k.sent, 0) AS sent, coalesce(k.rank, 0) AS rank
       FROM contact_addresses a JOIN contacts c ON c.id = a.contact_id LEFT JOIN correspondents k ON k.address = a.address
       WHERE 1 ${meeting('a.words', wanted)} ORDER BY coalesce(k.rank, 0) DESC, c.sort_key, a.position LIMIT ?`,
    )
    .all(...wanted, limit);
}

export interface FoundGroup {
  readonly id: string;
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly address: string }[];
}

/** Groups by name; empty ones are nobody to write to. */
export function findGroups(db: ReadDb, wanted: readonly string[], limit: number): FoundGroup[] {
  return db
    .prepare<(string | number)[], { id: string; name: string }>(
      `SELECT id, name FROM contact_groups WHERE 1 ${meeting('words', wanted)}
         AND EXISTS (SELECT 1 FROM contact_group_members WHERE group_id = contact_groups.id) ORDER BY name LIMIT ?`,
    )
    .all(...wanted, limit)
    .map((group) => ({ ...group, members: groupMembers(db, group.id) }));
}

/** Named as the address book names them now. */
export function groupMembers(db: ReadDb, id: string): { name: string; address: string }[] {
  return db
    .prepare<[string], { name: string; address: string }>(
      `SELECT coalesce(c.name, m.name) AS name, m.shown AS address
       FROM contact_group_members m LEFT JOIN contact_addresses a ON a.address = m.address LEFT JOIN contacts c ON c.id = a.contact_id
       WHERE m.group_id = ? ORDER BY m.position`,
    )
    .all(id);
}

/** Normalised addresses that the user took away. */
export function hiddenAmong(db: ReadDb, addresses: readonly string[]): Set<string> {
  const rows = db
    .prepare<[string], { address: string }>(
      'SELECT address FROM correspondents WHERE hidden = 1 AND address IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(addresses));
  return new Set(rows.map(({ address }) => address));
}

/** Kept as a row, so that the next mail does not bring it back. */
export function setHidden(db: WriteDb, address: string, hidden: boolean): void {
  db.prepare(
    `INSERT INTO correspondents (address, shown, name, name_at, words, sent, received, rank, hidden) VALUES (?, ?, '', 0, '', 0, 0, 0, ?)
     ON CONFLICT (address) DO UPDATE SET hidden = excluded.hidden`,
  ).run(address, address, hidden ? 1 : 0);
  db.changed({ kind: 'contacts' });
}

/** Forgets what was collected, so that it can be counted anew; what is hidden stays hidden. */
export function forgetEncounters(db: WriteDb): void {
  db.prepare('DELETE FROM correspondents WHERE hidden = 0').run();
  db.prepare('UPDATE correspondents SET sent = 0, received = 0, rank = 0, name_at = 0').run();
}

/** Was this mail counted when the outbox had sent it? */
export function outboxSent(db: ReadDb, messageIds: readonly string[]): Set<string> {
  const rows = db
    .prepare<[string], { message_id: string }>(
      `SELECT message_id FROM outbox WHERE state = 'sent' AND message_id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(messageIds));
  return new Set(rows.map((row) => row.message_id));
}

export interface StoredMail {
  readonly id: number;
  readonly role: string | null;
  readonly flags: number;
  readonly messageId: string | null;
  readonly fromName: string | null;
  readonly fromAddress: string | null;
  /** JSON, as in messages.recipients. */
  readonly recipients: string;
  readonly date: number;
}

/** Every stored mail once with a place where it lies (Sent, where it lies there), by rising id. */
export function storedMails(db: ReadDb, after: number, limit: number): StoredMail[] {
  return db
    .prepare<[number, number], StoredMail>(
      `SELECT m.id, m.message_id AS messageId, m.from_name AS fromName, m.from_address AS fromAddress, m.recipients, m.date,
         (SELECT f.role FROM placements p JOIN folders f ON f.id = p.folder_id WHERE p.message_id = m.id
          ORDER BY f.role = 'sent' DESC LIMIT 1) AS role,
         coalesce((SELECT max(flags) FROM placements WHERE message_id = m.id), 0) AS flags
       FROM messages m WHERE m.id > ? ORDER BY m.id LIMIT ?`,
    )
    .all(after, limit);
}
