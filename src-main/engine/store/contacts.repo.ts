/** The address book: contacts with their addresses, and groups of addresses. Precious. */
import type { Contact, ContactContent, ContactGroup, PersonRow } from '#shared/contract/contacts.ts';
import { normaliseAddress } from '#shared/domain/account.ts';
import { findableWords } from '#shared/domain/contacts.ts';
import { groupMembers } from './correspondents.repo.ts';
import type { ReadDb, WriteDb } from './handles.ts';

export interface StoredContact extends Contact {
  /** Lines of its vCard that are not shown. */
  readonly extra: readonly string[];
}

interface ContactRecord {
  id: string;
  name: string;
  organisation: string;
  note: string;
  phones: string;
  extra: string;
}

function addressesOf(db: ReadDb, id: string): string[] {
  return db
    .prepare<[string], { shown: string }>(
      'SELECT shown FROM contact_addresses WHERE contact_id = ? ORDER BY position',
    )
    .all(id)
    .map(({ shown }) => shown);
}

function toContact(db: ReadDb, row: ContactRecord): StoredContact {
  const groups = db
    .prepare<[string], { group_id: string }>(
      `SELECT DISTINCT m.group_id FROM contact_group_members m JOIN contact_addresses a ON a.address = m.address WHERE a.contact_id = ?`,
    )
    .all(row.id);
  return {
    id: row.id,
    name: row.name,
    organisation: row.organisation,
    note: row.note,
    phones: JSON.parse(row.phones) as string[],
    extra: JSON.parse(row.extra) as string[],
    addresses: addressesOf(db, row.id),
    groups: groups.map(({ group_id }) => group_id),
  };
}

export function getContact(db: ReadDb, id: string): StoredContact | null {
  const row = db.prepare<[string], ContactRecord>('SELECT * FROM contacts WHERE id = ?').get(id);
  return row ? toContact(db, row) : null;
}

/** By name; of a group those of its members that are contacts. */
export function allContacts(db: ReadDb): StoredContact[] {
  return db
    .prepare<[], ContactRecord>('SELECT * FROM contacts ORDER BY sort_key, id')
    .all()
    .map((row) => toContact(db, row));
}

/** Whose an address is. */
export function contactOfAddress(db: ReadDb, address: string): StoredContact | null {
  const row = db
    .prepare<[string], ContactRecord>(
      'SELECT c.* FROM contact_addresses a JOIN contacts c ON c.id = a.contact_id WHERE a.address = ?',
    )
    .get(normaliseAddress(address));
  return row ? toContact(db, row) : null;
}

/** Contacts without any address of exactly this name: what a second import of the same card meets. */
export function contactsByName(db: ReadDb, name: string): StoredContact[] {
  return db
    .prepare<[string], ContactRecord>(
      'SELECT * FROM contacts WHERE name = ? AND NOT EXISTS (SELECT 1 FROM contact_addresses WHERE contact_id = contacts.id)',
    )
    .all(name)
    .map((row) => toContact(db, row));
}

/** Its addresses must be nobody else's. */
export function putContact(
  db: WriteDb,
  id: string,
  content: ContactContent,
  extra: readonly string[],
  now: number,
): void {
  const { name, organisation, note, phones, addresses } = content;
  db.prepare(
    `INSERT INTO contacts (id, name, organisation, note, phones, extra, sort_key, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, organisation = excluded.organisation, note = excluded.note,
       phones = excluded.phones, extra = excluded.extra, sort_key = excluded.sort_key, updated_at = excluded.updated_at`,
  ).run(
    id,
    name,
    organisation,
    note,
    JSON.stringify(phones),
    JSON.stringify(extra),
    findableWords(name || organisation || (addresses[0] ?? '')).trim(),
    now,
  );
  db.prepare('DELETE FROM contact_addresses WHERE contact_id = ?').run(id);
  const insert = db.prepare(
    'INSERT INTO contact_addresses (address, contact_id, position, shown, words) VALUES (?, ?, ?, ?, ?)',
  );
  const unhide = db.prepare('UPDATE correspondents SET hidden = 0 WHERE address = ?');
  addresses.forEach((shown, position) => {
    const address = normaliseAddress(shown);
    insert.run(address, id, position, shown, findableWords(name, organisation, address));
    unhide.run(address);
  });
  db.changed({ kind: 'contacts' });
}

export function deleteContact(db: WriteDb, id: string): void {
  db.prepare(
    `DELETE FROM contact_group_members WHERE address IN (SELECT address FROM contact_addresses WHERE contact_id = ?)`,
  ).run(id);
  db.prepare('DELETE FROM contacts WHERE id = ?').run(id);
  db.changed({ kind: 'contacts' });
}

interface RowRecord {
  id: string | null;
  name: string;
  organisation: string;
  addresses: string;
  sent: number;
}

function toRow({ id, addresses, ...row }: RowRecord): PersonRow {
  return { contactId: id, addresses: JSON.parse(addresses) as string[], ...row };
}

const addressList = `(SELECT json_group_array(shown) FROM (SELECT shown FROM contact_addresses WHERE contact_id = c.id ORDER BY position))`;
const sentCount = `(SELECT coalesce(sum(k.sent), 0) FROM contact_addresses a JOIN correspondents k ON k.address = a.address WHERE a.contact_id = c.id)`;

export function listContacts(
  db: ReadDb,
  wanted: readonly string[],
  limit: number,
): { people: PersonRow[]; total: number } {
  const meeting = wanted
    .map(
      () =>
        `AND (instr(' ' || c.sort_key, ?) > 0 OR EXISTS (SELECT 1 FROM contact_addresses a WHERE a.contact_id = c.id AND instr(a.words, ?) > 0))`,
    )
    .join(' ');
  const params = wanted.flatMap((word) => [word, word]);
  const people = db
    .prepare<(string | number)[], RowRecord>(
      `SELECT c.id, c.name, c.organisation, ${addressList} AS addresses, ${sentCount} AS sent FROM contacts c
       WHERE 1 ${meeting} ORDER BY c.sort_key, c.id LIMIT ?`,
    )
    .all(...params, limit)
    .map(toRow);
  const total = db
    .prepare<string[], { n: number }>(`SELECT count(*) AS n FROM contacts c WHERE 1 ${meeting}`)
    .get(...params);
  return { people, total: total?.n ?? people.length };
}

/** Addresses that are in no contact, those that are written to most first. */
export function listCollected(
  db: ReadDb,
  wanted: readonly string[],
  limit: number,
): { people: PersonRow[]; total: number } {
  const where = `k.hidden = 0 AND NOT EXISTS (SELECT 1 FROM contact_addresses a WHERE a.address = k.address)
    ${wanted.map(() => 'AND instr(k.words, ?) > 0').join(' ')}`;
  const people = db
    .prepare<(string | number)[], RowRecord>(
      `SELECT NULL AS id, k.name, '' AS organisation, json_array(k.shown) AS addresses, k.sent FROM correspondents k
       WHERE ${where} ORDER BY k.sent > 0 DESC, k.rank DESC LIMIT ?`,
    )
    .all(...wanted, limit)
    .map(toRow);
  const total = db
    .prepare<string[], { n: number }>(`SELECT count(*) AS n FROM correspondents k WHERE ${where}`)
    .get(...wanted);
  return { people, total: total?.n ?? people.length };
}

export function listGroups(db: ReadDb): ContactGroup[] {
  return db
    .prepare<[], ContactGroup>(
      `SELECT id, name, (SELECT count(*) FROM contact_group_members WHERE group_id = contact_groups.id) AS size
       FROM contact_groups ORDER BY words, id`,
    )
    .all();
}

export function getGroup(
  db: ReadDb,
  id: string,
): { id: string; name: string; members: { name: string; address: string }[] } | null {
  const row = db
    .prepare<[string], { id: string; name: string }>('SELECT id, name FROM contact_groups WHERE id = ?')
    .get(id);
  return row ? { ...row, members: groupMembers(db, id) } : null;
}

export function groupByName(db: ReadDb, name: string): string | null {
  const words = findableWords(name);
  const row = db
    .prepare<[string, string], { id: string }>(
      'SELECT id FROM contact_groups WHERE words = ? AND lower(name) = lower(?)',
    )
    .get(words, name);
  return row?.id ?? null;
}

export function putGroup(
  db: WriteDb,
  id: string,
  name: string,
  members: readonly { readonly name: string; readonly address: string }[],
  now: number,
): void {
  db.prepare(
    `INSERT INTO contact_groups (id, name, words, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, words = excluded.words, updated_at = excluded.updated_at`,
  ).run(id, name, findableWords(name), now);
  db.prepare('DELETE FROM contact_group_members WHERE group_id = ?').run(id);
  const insert = db.prepare(
    'INSERT INTO contact_group_members (group_id, address, shown, name, position) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  members.forEach(({ name: called, address }, position) =>
    insert.run(id, normaliseAddress(address), address, called, position),
  );
  db.changed({ kind: 'contacts' });
}

export function deleteGroup(db: WriteDb, id: string): void {
  db.prepare('DELETE FROM contact_groups WHERE id = ?').run(id);
  db.changed({ kind: 'contacts' });
}
