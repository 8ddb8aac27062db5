import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { createContactHandlers } from '#engine/api/contacts.ts';
import type { ContactContent } from '#shared/contract/contacts.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let api: ReturnType<typeof createContactHandlers>;
const { signal } = new AbortController();
beforeEach(() => {
  fixture = new StoreFixture();
  const { store, clock } = fixture;
  const ids = { uuid: randomUUID, random: Math.random };
  api = createContactHandlers({ store, clock, ids, members: () => [] });
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

const person = (name: string, ...addresses: string[]): ContactContent => ({
  name,
  organisation: '',
  addresses,
  phones: [],
  note: '',
});
const save = async (content: ContactContent, groups?: string[]): Promise<string> =>
  (await api['contacts.save']({ id: null, content, ...(groups ? { groups } : {}) }, signal)).id;
const names = async (text = '', kind: 'contacts' | 'collected' = 'contacts'): Promise<string[]> =>
  (await api['contacts.list']({ from: { kind }, text, limit: 100 }, signal)).people.map(({ name }) => name);
const proposed = async (text: string): Promise<string[]> =>
  (await api['contacts.complete']({ text, limit: 8, except: [] }, signal)).suggestions.map(
    ({ name }) => name,
  );
const card = (...lines: string[]): string =>
  ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n');
const bring = (text: string) =>
  api['contacts.import']({ content: new Uint8Array(Buffer.from(text)) }, signal);

describe('the address book', () => {
  it('stands in the order of names, and is searched by name, address and organisation', async () => {
    await save(person('Zoe Öztürk', 'zoe@x.test'));
    await save({ ...person('', 'hafen@x.test'), organisation: 'Müllerei Süd' });
    await save(person('Ärne Berg'));
    expect(await names()).toEqual(['Ärne Berg', '', 'Zoe Öztürk']);
    expect(await names('oeztuerk')).toEqual(['Zoe Öztürk']);
    expect(await names('mueller hafen')).toEqual(['']);
    expect(await names('berg')).toEqual(['Ärne Berg']);
  });

  it.each([
    ['nothing entered', person(''), { path: 'name', code: 'missing' }],
    [
      'an address of somebody else',
      person('B', 'b@x.test', 'ANNA@x.test'),
      { path: 'addresses.1', code: 'address-taken', message: 'Anna' },
    ],
    ['an address twice', person('B', 'b@x.test', 'B@x.test'), { path: 'addresses.1', code: 'address-twice' }],
  ])('refuses %s, and names the place', async (_, content, fault) => {
    await save(person('Anna', 'anna@x.test'));
    const refused = (await save(content).catch((error: unknown) => error)) as MailError;
    expect(refused.code).toBe('invalid-input');
    expect(refused.faults).toEqual([expect.objectContaining(fault)]);
    expect(await names()).toEqual(['Anna']);
  });

  it('who is deleted is proposed no more, and is again once he is entered again', async () => {
    const id = await save(person('Anna', 'anna@x.test'));
    expect(await proposed('anna')).toEqual(['Anna']);
    await api['contacts.remove']({ id }, signal);
    expect(await proposed('anna')).toEqual([]);
    expect(await names('', 'collected')).toEqual([]);
    await save(person('Anna', 'anna@x.test'));
    expect(await proposed('anna')).toEqual(['Anna']);
  });

  it('a group follows its members: a new name, a new address, leaving', async () => {
    const { id: group } = await api['contacts.saveGroup'](
      { id: null, name: 'Team', members: [{ name: 'Stranger', address: 'far@x.test' }] },
      signal,
    );
    const anna = await save(person('Anna', 'anna@x.test', 'a@home.test'), [group]);
    const members = async () => (await api['contacts.group']({ id: group }, signal)).members;
    expect(await members()).toEqual([
      { name: 'Stranger', address: 'far@x.test' },
      { name: 'Anna', address: 'anna@x.test' },
    ]);
    await api['contacts.save'](
      { id: anna, content: person('Anna Albrecht', 'new@x.test'), groups: [group] },
      signal,
    );
    expect((await members())[1]).toEqual({ name: 'Anna Albrecht', address: 'new@x.test' });
    await api['contacts.save'](
      { id: anna, content: person('Anna Albrecht', 'new@x.test'), groups: [] },
      signal,
    );
    expect(await members()).toHaveLength(1);
    await expect(
      api['contacts.saveGroup']({ id: null, name: 'TEAM', members: [] }, signal),
    ).rejects.toMatchObject({
      faults: [{ path: 'name', code: 'name-taken' }],
    });
  });
});

describe('vCards', () => {
  const file =
    card('UID:1', 'FN:Anna', 'EMAIL:anna@x.test', 'BDAY:1980') +
    card('FN:Only a telephone', 'TEL:1') +
    card('KIND:group', 'FN:Team', 'MEMBER:1');

  it('brought in twice change nothing the second time', async () => {
    expect(await bring(file)).toEqual({ added: 2, completed: 0, known: 0, groups: 1, faults: [] });
    expect(await bring(file)).toEqual({ added: 0, completed: 0, known: 2, groups: 1, faults: [] });
    expect(await names()).toEqual(['Anna', 'Only a telephone']);
  });

  it('complete an entry that shares an address, and overwrite nothing of it', async () => {
    await save(person('Anna A.', 'anna@x.test'));
    expect(await bring(card('FN:Other', 'EMAIL:anna@x.test', 'EMAIL:a@home.test', 'TEL:1'))).toMatchObject({
      added: 0,
      completed: 1,
    });
    const [id] = (await api['contacts.list']({ from: { kind: 'contacts' }, text: '', limit: 9 }, signal))
      .people;
    expect(await api['contacts.get']({ id: id?.contactId ?? '' }, signal)).toMatchObject({
      name: 'Anna A.',
      addresses: ['anna@x.test', 'a@home.test'],
      phones: ['1'],
    });
  });

  it('go out and come into another profile as they were', async () => {
    await bring(file);
    const { content } = await api['contacts.export']({ groupId: null }, signal);
    using other = new StoreFixture();
    const { store, clock } = other;
    const there = createContactHandlers({
      store,
      clock,
      ids: { uuid: randomUUID, random: Math.random },
      members: () => [],
    });
    expect(await there['contacts.import']({ content }, signal)).toMatchObject({
      added: 2,
      groups: 1,
      faults: [],
    });
    const again = await there['contacts.export']({ groupId: null }, signal);
    expect(Buffer.from(again.content).toString()).toBe(Buffer.from(content).toString());
  });
});
