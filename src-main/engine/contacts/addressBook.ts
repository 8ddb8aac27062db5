/** What may stand in the address book, and vCards into it and out of it. */
import { decodeFile } from '#engine/accounts/import/textEncoding.ts';
import type { Clock, Ids } from '#engine/ports/ports.ts';
import {
  allContacts,
  contactOfAddress,
  contactsByName,
  deleteContact,
  getContact,
  getGroup,
  groupByName,
  listGroups,
  putContact,
  putGroup,
} from '#engine/store/contacts.repo.ts';
import { setHidden } from '#engine/store/correspondents.repo.ts';
import type { ReadDb, WriteDb } from '#engine/store/handles.ts';
import type { ContactContent } from '#shared/contract/contacts.ts';
import type { ResponseOf } from '#shared/contract/contract.ts';
import { EmailAddress, normaliseAddress, sameAddress } from '#shared/domain/account.ts';
import { MailError, type Fault } from '#shared/errors/MailError.ts';
import { readCards, writeCard, writeGroup, type Card } from './vcard.ts';

export interface AddressBookParts {
  readonly clock: Clock;
  readonly ids: Ids;
}

type Person = { readonly name: string; readonly address: string };

/** Errors as `contacts.save` tells them. */
export function saveContact(
  db: WriteDb,
  parts: AddressBookParts,
  id: string | null,
  content: ContactContent,
  groups: readonly string[] | undefined,
): string {
  const before = id === null ? null : getContact(db, id);
  if (id !== null && before === null) throw new MailError('not-found', { what: 'contact' });
  const faults: Fault[] = [];
  if (content.name.trim() === '' && content.organisation.trim() === '' && content.addresses.length === 0)
    faults.push({ path: 'name', code: 'missing', message: '' });
  content.addresses.forEach((address, at) => {
    const path = `addresses.${at.toString()}`;
    const other = contactOfAddress(db, address);
    const twin = content.addresses.findIndex((one) => sameAddress(one, address));
    if (other && other.id !== id)
      faults.push({ path, code: 'address-taken', message: other.name || address });
    else if (twin < at) faults.push({ path, code: 'address-twice', message: address });
  });
  if (faults.length > 0) throw new MailError('invalid-input', {}, { faults });
  const key = id ?? parts.ids.uuid();
  putContact(db, key, content, before?.extra ?? [], parts.clock.now());
  if (groups !== undefined) putIntoGroups(db, parts, content, before?.addresses ?? [], new Set(groups));
  return key;
}

/** In each group of `wanted` stands its first address, or those that stood there already; in no other any of them. */
function putIntoGroups(
  db: WriteDb,
  { clock }: AddressBookParts,
  content: ContactContent,
  before: readonly string[],
  wanted: ReadonlySet<string>,
): void {
  const own = new Set([...content.addresses, ...before].map(normaliseAddress));
  const now = new Set(content.addresses.map(normaliseAddress));
  for (const { id } of listGroups(db)) {
    const group = getGroup(db, id);
    if (!group) continue;
    const others = group.members.filter(({ address }) => !own.has(normaliseAddress(address)));
    const there = group.members.filter(({ address }) => now.has(normaliseAddress(address)));
    const [first] = content.addresses;
    const mine: Person[] = wanted.has(id)
      ? there.length > 0
        ? there
        : first === undefined
          ? []
          : [{ name: content.name, address: first }]
      : [];
    if (others.length + mine.length !== group.members.length || mine.length !== there.length)
      putGroup(db, id, group.name, [...others, ...mine], clock.now());
  }
}

/** Its addresses are not proposed any more either: whoever deletes a person does not want to see him again. */
export function removeContact(db: WriteDb, id: string): void {
  const contact = getContact(db, id);
  if (contact === null) throw new MailError('not-found', { what: 'contact' });
  deleteContact(db, id);
  for (const address of contact.addresses) setHidden(db, normaliseAddress(address), true);
}

/** Errors as `contacts.saveGroup` tells them. */
export function saveGroup(
  db: WriteDb,
  { clock, ids }: AddressBookParts,
  id: string | null,
  name: string,
  members: readonly Person[],
): string {
  if (id !== null && getGroup(db, id) === null) throw new MailError('not-found', { what: 'group' });
  const twin = groupByName(db, name);
  if (twin !== null && twin !== id)
    throw new MailError(
      'invalid-input',
      {},
      { faults: [{ path: 'name', code: 'name-taken', message: name }] },
    );
  const key = id ?? ids.uuid();
  putGroup(db, key, name, members, clock.now());
  return key;
}

const maxFile = 30 * 1024 * 1024;

export function importCards(
  db: WriteDb,
  parts: AddressBookParts,
  file: Uint8Array,
): ResponseOf<'contacts.import'> {
  if (file.byteLength > maxFile)
    throw new MailError('message-too-large', { size: file.byteLength, limit: maxFile });
  const { cards, groups, faults } = readCards(decodeFile(file));
  const result = { added: 0, completed: 0, known: 0, groups: 0 };
  const byUid = new Map<string, Person>();
  for (const card of cards) {
    result[importCard(db, parts, card)] += 1;
    const [address] = card.content.addresses;
    if (card.uid !== null && address !== undefined)
      byUid.set(bareUid(card.uid), { name: card.content.name, address });
  }
  for (const { name, members } of groups) {
    const people = members.flatMap((member): Person[] => {
      const address = /^mailto:(.+)$/i.exec(member)?.[1] ?? '';
      if (EmailAddress.safeParse(address).success) return [{ name: '', address }];
      const known = byUid.get(bareUid(member));
      return known ? [known] : [];
    });
    if (people.length === 0) continue;
    const there = groupByName(db, name);
    const before = there === null ? [] : (getGroup(db, there)?.members ?? []);
    putGroup(db, there ?? parts.ids.uuid(), name, [...before, ...people], parts.clock.now());
    result.groups += 1;
  }
  return { ...result, faults: [...faults].sort((a, b) => a.line - b.line) };
}

function bareUid(uid: string): string {
  return uid.toLowerCase().replace(/^urn:uuid:/, '');
}

function importCard(
  db: WriteDb,
  { clock, ids }: AddressBookParts,
  card: Card,
): 'added' | 'completed' | 'known' {
  const { content, extra } = card;
  const owners = content.addresses.flatMap((address) => contactOfAddress(db, address) ?? []);
  const there = content.addresses.length > 0 ? owners[0] : contactsByName(db, content.name)[0];
  if (!there) {
    putContact(db, ids.uuid(), content, extra, clock.now());
    return 'added';
  }
  // An address that is another contact's stays there.
  const more = content.addresses.filter(
    (address) => contactOfAddress(db, address) === null && !there.addresses.includes(address),
  );
  const merged: ContactContent = {
    name: there.name || content.name,
    organisation: there.organisation || content.organisation,
    addresses: [...there.addresses, ...more].slice(0, 20),
    phones: [...new Set([...there.phones, ...content.phones])].slice(0, 20),
    note: there.note || content.note,
  };
  const { name, organisation, addresses, phones, note } = there;
  if (JSON.stringify(merged) === JSON.stringify({ name, organisation, addresses, phones, note }))
    return 'known';
  putContact(db, there.id, merged, there.extra.length > 0 ? there.extra : extra, clock.now());
  return 'completed';
}

/** The address book with its groups, or one group's members. */
export function exportCards(db: ReadDb, groupId: string | null): ResponseOf<'contacts.export'> {
  const group = groupId === null ? null : getGroup(db, groupId);
  if (groupId !== null && group === null) throw new MailError('not-found', { what: 'group' });
  const known = allContacts(db);
  const members =
    group === null ? null : new Set(group.members.map(({ address }) => normaliseAddress(address)));
  const chosen =
    members === null
      ? known
      : known.filter(({ addresses }) => addresses.some((address) => members.has(normaliseAddress(address))));
  const covered = new Set(chosen.flatMap(({ addresses }) => addresses.map(normaliseAddress)));
  const strangers = (group?.members ?? []).filter(({ address }) => !covered.has(normaliseAddress(address)));
  const cards = [
    ...chosen.map((contact) => writeCard(contact, contact.extra)),
    ...strangers.map(({ name, address }) =>
      writeCard({ name, organisation: '', addresses: [address], phones: [], note: '' }, []),
    ),
  ];
  const groups = (group === null ? listGroups(db) : [group]).flatMap(({ id }) => getGroup(db, id) ?? []);
  const text = [
    ...cards,
    ...groups.map(({ name, members: all }) =>
      writeGroup(
        name,
        all.map(({ address }) => address),
      ),
    ),
  ].join('');
  return { content: new TextEncoder().encode(text), contacts: cards.length };
}
