import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createComposeHandlers } from '#engine/api/compose.ts';
import { createWritingHandlers } from '#engine/api/writing.ts';
import { Drafts } from '#engine/send/drafts.ts';
import type { MailboxAccess } from '#engine/send/mailboxAccess.ts';
import type { Outbox } from '#engine/send/outbox.ts';
import { getJob, jobBytes } from '#engine/store/outbox.repo.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { answeringIdentity, listIdentities } from '#engine/send/identities.ts';
import { deleteAccount, setAccountGroup, updateAccount, getAccount } from '#engine/store/accounts.repo.ts';
import type { Address } from '#shared/domain/message.ts';
import type { Signature } from '#shared/contract/writing.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

let fixture: StoreFixture;
let api: ReturnType<typeof createWritingHandlers>;
let groupSignature: Signature | null;
const { signal } = new AbortController();
beforeEach(() => {
  fixture = new StoreFixture();
  groupSignature = null;
  change({ smtp: { host: 'localhost', port: 25, security: 'none', user: 'anna' } });
  api = createWritingHandlers({
    store: fixture.store,
    clock: fixture.clock,
    ids: { uuid: randomUUID, random: Math.random },
    groupSignature: () => groupSignature,
  });
});
afterEach(() => {
  fixture[Symbol.dispose]();
});

function change(settings: object): void {
  const account = getAccount(fixture.store.read, fixture.account);
  if (!account) throw new Error('no account');
  fixture.store.precious((db) =>
    updateAccount(db, fixture.account, {
      settings: { ...account.settings, ...settings },
      active: true,
      pollMinutes: null,
      closeCircuit: false,
    }),
  );
}

const plain = (text: string): Signature => ({ html: null, text });
const save = (address: string, more: { id?: string; name?: string; signature?: Signature } = {}) =>
  api['identities.save'](
    { accountId: fixture.account, id: null, name: 'Anna', address, replyTo: '', signature: null, ...more },
    signal,
  );
const list = async () => (await api['identities.list']({}, signal)).identities;

describe('identities', () => {
  it('of an account begin with its own name and address, which follow the account', async () => {
    await save('sales@xyz.test');
    await save('x@y.test', { id: fixture.account, signature: plain('Anna') });
    change({ address: 'new@xyz.test', displayName: 'Anna A.' });
    expect(await list()).toMatchObject([
      { id: 'anna', main: true, address: 'new@xyz.test', name: 'Anna A.', signature: { text: 'Anna' } },
      { main: false, address: 'sales@xyz.test', name: 'Anna' },
    ]);
  });

  it('are refused twice, as an archive address, and go with their account', async () => {
    await save('sales@xyz.test');
    await expect(save('SALES@xyz.test')).rejects.toMatchObject({
      faults: [{ path: 'address', code: 'address-taken' }],
    });
    change({ archiveAddress: 'archive@far.test' });
    await expect(save('archive@far.test')).rejects.toMatchObject({ code: 'archive-address-inside' });
    fixture.store.precious((db) => deleteAccount(db, fixture.account));
    expect(fixture.store.read.prepare('SELECT count(*) AS n FROM identities').get()).toEqual({ n: 0 });
  });

  it('of a group account are the administrator’s, and so is a signature that he set', async () => {
    fixture.store.precious((db) => setAccountGroup(db, fixture.account, 'kontor/info'));
    await expect(save('sales@xyz.test')).rejects.toMatchObject({ code: 'not-permitted' });
    await save('anna@xyz.test', { id: fixture.account, signature: plain('my own') });
    groupSignature = plain('Your team');
    expect(await list()).toMatchObject([{ managed: true, signature: { text: 'Your team' } }]);
    await expect(save('anna@xyz.test', { id: fixture.account })).rejects.toMatchObject({
      code: 'not-permitted',
    });
  });

  it.each([
    ['To', { to: ['sales@xyz.test'], cc: ['anna@xyz.test'] }, true],
    ['Cc', { to: ['far@x.test'], cc: ['Sales@XYZ.test'] }, true],
    ['neither', { to: ['far@x.test'], cc: [] }, false],
    ['the account before the alias', { to: ['anna@xyz.test'], cc: ['sales@xyz.test'] }, false],
  ])('an answer is from the one that the mail was sent to: %s', async (_, { to, cc }, alias) => {
    const { id } = await save('sales@xyz.test');
    const people = (addresses: readonly string[]) => addresses.map((address) => ({ name: '', address }));
    const chosen = answeringIdentity(
      listIdentities(fixture.store.read, () => null),
      fixture.account,
      { from: { name: 'Ben', address: 'ben@x.test' }, to: people(to), cc: people(cc), bcc: [] },
    );
    expect(chosen).toBe(alias ? id : null);
  });
});

it('a mail goes out from the identity that was chosen, with its reply-to; one whose identity is gone does not', async () => {
  const { store, clock, account } = fixture;
  const ids = { uuid: randomUUID, random: Math.random };
  const settingsOf = () => getAccount(store.read, account)?.settings ?? null;
  const identities = () => listIdentities(store.read, () => null);
  const mailbox = {} as MailboxAccess;
  let author: Address | null = null;
  await using drafts = new Drafts({
    ...{ store, clock, ids, log: silentLog(), mailbox, settingsOf, passive: true },
    senderOf: () => null,
  });
  const compose = createComposeHandlers({
    ...{ store, clock, ids, drafts, settingsOf, identities, machineId: 'here', locale: () => 'en' },
    outbox: { wake: () => undefined } as unknown as Outbox,
    ownAddresses: () => [],
    author: () => author,
    quotePosition: () => 'above',
    content: () => Promise.reject(new Error('not asked for')),
    attachment: () => Promise.reject(new Error('not asked for')),
  });
  const { id } = await api['identities.save'](
    {
      accountId: account,
      id: null,
      name: 'Sales',
      address: 'sales@xyz.test',
      replyTo: 'desk@xyz.test',
      signature: null,
    },
    signal,
  );
  const sent = async (identity: string | null) => {
    const draft = drafts.create(account, { to: 'ben@x.test', subject: 'Plan', identity });
    const job = await compose['outbox.send']({ draftId: draft.id, undoSeconds: 0, sendAt: null }, signal);
    return {
      raw: Buffer.from(jobBytes(store.read, job.id) ?? []).toString(),
      from: getJob(store.read, job.id)?.envelope.from,
    };
  };
  const alias = await sent(id);
  expect(alias.raw).toContain('From: Sales <sales@xyz.test>');
  expect(alias.raw).toContain('Reply-To: desk@xyz.test');
  expect(alias.from).toBe('sales@xyz.test');
  expect((await sent(null)).raw).toContain('From: anna@xyz.test');
  expect((await sent(null)).raw).not.toContain('Sender:');
  // A mailbox that several share names who wrote, where it is set so: never as the envelope's sender.
  author = { name: 'Ben', address: 'ben@xyz.test' };
  const shared = await sent(null);
  expect(shared.raw).toContain('From: anna@xyz.test');
  expect(shared.raw).toContain('Sender: Ben <ben@xyz.test>');
  expect(shared.from).toBe('anna@xyz.test');
  await api['identities.remove']({ id }, signal);
  await expect(sent(id)).rejects.toMatchObject({ code: 'not-found', params: { what: 'identity' } });
});

it('templates keep their order by name, and a name stands once', async () => {
  const put = (name: string, id: string | null = null) =>
    api['templates.save']({ id, name, subject: '', html: null, text: name }, signal);
  await put('Thanks');
  const { id } = await put('offer');
  await expect(put('THANKS')).rejects.toMatchObject({ faults: [{ code: 'name-taken' }] });
  await put('Zusage', id);
  const { templates } = await api['templates.list']({}, signal);
  expect(templates.map(({ name }) => name)).toEqual(['Thanks', 'Zusage']);
});
