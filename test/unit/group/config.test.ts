import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountSettings } from '#shared/domain/account.ts';
import { diffConfigs } from '#shared/domain/group/configDiff.ts';
import {
  addGroup,
  addUser,
  confirmKey,
  editGroup,
  editUser,
  idFor,
  newOrganisation,
  removeGroup,
  removeUser,
  retireKey,
} from '#shared/domain/group/configEdits.ts';
import { checkConfig, membersAt } from '#shared/domain/group/configRules.ts';
import { type SharedConfig } from '#shared/domain/group/config.ts';
import { day, keyOf, start, user } from '#test/support/teamLog.ts';

const settings = (address: string, more: Partial<AccountSettings> = {}): AccountSettings =>
  AccountSettings.parse({
    name: address,
    address,
    displayName: 'XYZ',
    imap: { host: 'imap.xyz.test', port: 993, security: 'tls', user: address },
    smtp: { host: 'smtp.xyz.test', port: 465, security: 'tls', user: address },
    archiveAddress: null,
    tls: { trust: 'system' },
    ...more,
  });

function organisation(): SharedConfig {
  let config = newOrganisation(
    'XYZ GmbH',
    { name: 'Anna', address: 'anna@xyz.test', key: keyOf('anna') },
    start,
  );
  for (const name of ['ben', 'cleo'])
    config = addUser(config, { address: `${name}@xyz.test`, name, admin: false }).config;
  return addGroup(
    config,
    { settings: settings('info@xyz.test'), members: ['anna', 'ben@xyz.test'], defaultHandler: 'ben' },
    start,
  ).config;
}
const faultsOf = (config: unknown): [string, string][] => {
  const checked = checkConfig(config);
  return checked.ok ? [] : checked.faults.map(({ path, code }) => [path, code]);
};
/** The organisation with one place of it changed: `undefined` takes it away, a function gets what is there. */
function changed(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(organisation())) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.reduce<Record<string, unknown>>(
    (at, name) => at[name] as Record<string, unknown>,
    copy,
  );
  parent[last] = typeof value === 'function' ? (value as (old: unknown) => unknown)(parent[last]) : value;
  return JSON.parse(JSON.stringify(copy));
}

describe('a config that breaks a rule names each fault with its place', () => {
  it('a right one has none', () => {
    expect(faultsOf(organisation())).toEqual([]);
  });

  const cases: [string, string, unknown, [string, string][]][] = [
    ['unknown format', 'format', 2, [['format', 'unknown-format']]],
    ['unknown key', 'groupAccounts.0.passwort', 'x', [['groupAccounts[0].passwort', 'unknown-key']]],
    ['missing field', 'issuedAt', undefined, [['issuedAt', 'invalid-type']]],
    ['duplicate address', 'users.1.address', 'ANNA@xyz.test', [['users[1].address', 'duplicate-address']]],
    [
      'a person with the group’s address',
      'users.1.address',
      'info+x@xyz.test',
      [['groupAccounts[0].address', 'personal-address']],
    ],
    [
      'a member that does not exist',
      'groupAccounts.0.members.0.user',
      'nobody',
      [['groupAccounts[0].members[0].user', 'unknown-user']],
    ],
    [
      'a member twice',
      'groupAccounts.0.members',
      (old: unknown[]) => [...old, old[0]],
      [['groupAccounts[0].members[2]', 'duplicate-member']],
    ],
    [
      'a membership that ends before it begins',
      'groupAccounts.0.members.0.until',
      new Date(start - 9 * day).toISOString(),
      [['groupAccounts[0].members[0].until', 'ends-before-it-begins']],
    ],
    [
      'a default handler who is no member',
      'groupAccounts.0.defaultHandler',
      'cleo',
      [['groupAccounts[0].defaultHandler', 'no-member']],
    ],
    [
      'an archive address inside',
      'groupAccounts.0.archiveAddress',
      'Cleo+old@XYZ.test',
      [['groupAccounts[0].archiveAddress', 'archive-address-inside']],
    ],
    [
      'an archive that is the group itself',
      'groupAccounts.0.archiveAddress',
      'info@xyz.test',
      [['groupAccounts[0].archiveAddress', 'archive-address-inside']],
    ],
    ['an administrator who is not active', 'users.0.active', false, [['admins[0].user', 'inactive-user']]],
    ['a key of two people', 'users.1.keys', [keyOf('anna')], [['users[1].keys', 'duplicate-key']]],
    [
      'clear text',
      'groupAccounts.0.imap.security',
      'none',
      [['groupAccounts[0].imap.security', 'plaintext-not-allowed']],
    ],
  ];
  it.each(cases)('%s', (_name, path, value, expected) => {
    expect(faultsOf(changed(path, value))).toEqual(expected);
  });

  it('two users with one id are a fault at the second', () => {
    expect(faultsOf(changed('users.1.id', 'anna'))).toContainEqual(['users[1].id', 'duplicate-user']);
  });

  it.each([
    ['case', 'INFO@xyz.test', 'imap.xyz.test', 'info@xyz.test'],
    ['a tag', 'info+sales@xyz.test', 'imap.xyz.test', 'other'],
    ['the login alone', 'sales@xyz.test', 'IMAP.xyz.test.', 'INFO@xyz.test'],
  ])('the same mailbox twice is found by %s (G04)', (_by, address, host, login) => {
    const twin = settings(address, { imap: { host, port: 993, security: 'tls', user: login } });
    expect(() =>
      addGroup(organisation(), { settings: twin, members: [], defaultHandler: null }, start),
    ).toThrow(expect.objectContaining({ code: 'duplicate-account' }));
  });

  it('a domain and its ASCII form are one', () => {
    const config = addGroup(
      organisation(),
      { settings: settings('post@bücher.test'), members: [], defaultHandler: null },
      start,
    ).config;
    const twin = settings('post@xn--bcher-kva.test', {
      imap: { host: 'x.test', port: 993, security: 'tls', user: 'x' },
    });
    expect(() => addGroup(config, { settings: twin, members: [], defaultHandler: null }, start)).toThrow(
      expect.objectContaining({ code: 'duplicate-account' }),
    );
  });

  it('any JSON value is judged without a throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(checkConfig(value).ok).toBe(false);
      }),
    );
  });
});

describe('what administrators do', () => {
  it('ids are short, plain and never taken', () => {
    expect(idFor('Größe & Maß Ltd.', [])).toBe('grosse-mass-ltd');
    expect(idFor('!!!', [])).toBe('x');
    expect(idFor('info', ['info', 'info-2'])).toBe('info-3');
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (name, taken) => {
        const id = idFor(name, taken);
        expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
        expect(taken).not.toContain(id);
      }),
    );
  });

  it('an administrator without a key becomes one with the first key that is confirmed', () => {
    let { config } = addUser(organisation(), { address: 'dora@xyz.test', name: 'Dora', admin: true });
    expect(config.admins).toHaveLength(1);
    config = confirmKey(config, user('dora'), keyOf('dora'));
    expect(config.admins).toContainEqual({ user: 'dora', key: keyOf('dora') });
    expect(config.users.find(({ id }) => id === 'dora')?.wantsAdmin).toBeUndefined();
  });

  it('the same address is not added twice, and somebody who left comes back with his id', () => {
    const config = organisation();
    expect(() => addUser(config, { address: 'BEN@xyz.test', name: 'B', admin: false })).toThrow(
      expect.objectContaining({ code: 'duplicate-account' }),
    );
    const back = addUser(removeUser(config, 'ben', start + day), {
      address: 'ben@xyz.test',
      name: 'Ben B.',
      admin: false,
    });
    expect(back.user).toMatchObject({ id: 'ben', name: 'Ben B.', active: true });
    expect(back.config.users).toHaveLength(3);
  });

  it('who leaves stays in the file, is member no more and default handler no more', () => {
    const config = removeUser(organisation(), 'ben@xyz.test', start + day);
    const [group] = config.groupAccounts;
    expect(config.users.find(({ id }) => id === 'ben')?.active).toBe(false);
    expect(group?.defaultHandler).toBeNull();
    expect(group && membersAt(group, start)).toEqual(['anna', 'ben']);
    expect(group && membersAt(group, start + day)).toEqual(['anna']);
  });

  it('the last administrator stays', () => {
    for (const act of [
      () => removeUser(organisation(), 'anna', start),
      () => editUser(organisation(), 'anna', { admin: false }),
      () => retireKey(organisation(), user('anna'), keyOf('anna'), start),
    ]) {
      expect(act).toThrow(expect.objectContaining({ code: 'not-permitted' }));
    }
  });

  it('another name or address keeps the id (G13)', () => {
    const config = editUser(organisation(), 'ben', { name: 'Ben Neu', address: 'b.neu@xyz.test' });
    expect(config.users[1]).toMatchObject({ id: 'ben', name: 'Ben Neu', address: 'b.neu@xyz.test' });
  });

  it('members come and go with their times', () => {
    let config = editGroup(organisation(), 'info', { members: ['anna', 'cleo'] }, start + day);
    config = editGroup(config, 'info', { members: ['anna', 'ben', 'cleo'] }, start + 2 * day);
    const [group] = config.groupAccounts;
    const at = (ms: number): string[] => (group ? membersAt(group, ms).toSorted() : []);
    expect(at(start)).toEqual(['anna', 'ben']);
    expect(at(start + day + 60_000)).toEqual(['anna', 'cleo']);
    expect(at(start + 2 * day)).toEqual(['anna', 'ben', 'cleo']);
    // Ben was the default handler; coming back does not make him one.
    expect(group?.defaultHandler).toBeNull();
  });

  it('a member who was taken out by mistake is put back as if nothing had been', () => {
    let config = editGroup(organisation(), 'info', { members: ['anna'] }, start + day);
    config = editGroup(config, 'info', { members: ['anna', 'ben'] }, start + day + 60_000);
    expect(config.groupAccounts[0]?.members).toEqual(organisation().groupAccounts[0]?.members);
  });

  it('a group that is set up again has its old id, so its log is its own', () => {
    const config = removeGroup(organisation(), 'info@xyz.test');
    const { group } = addGroup(
      config,
      {
        settings: settings('info@xyz.test', { name: 'Another name' }),
        members: ['cleo'],
        defaultHandler: null,
      },
      start + day,
    );
    expect(group.id).toBe('info');
  });

  it('an archive address inside the system is refused', () => {
    expect(() => editGroup(organisation(), 'info', { archiveAddress: 'cleo@xyz.test' }, start)).toThrow(
      expect.objectContaining({ code: 'archive-address-inside' }),
    );
    expect(
      editGroup(organisation(), 'info', { archiveAddress: 'archive@elsewhere.test' }, start).groupAccounts[0]
        ?.archiveAddress,
    ).toBe('archive@elsewhere.test');
  });
});

it('what differs is told in an administrator’s terms, and no secret with it', () => {
  const before = organisation();
  let after = editGroup(before, 'info', { archiveAddress: 'archive@elsewhere.test' }, start);
  after = addUser(after, { address: 'dora@xyz.test', name: 'Dora', admin: false }).config;
  after = {
    ...after,
    revision: 9,
    groupAccounts: after.groupAccounts.map((one) => ({
      ...one,
      credentials: {
        sealed: {
          kdf: 'scrypt',
          n: 2 ** 14,
          r: 8,
          p: 1,
          salt: 'AAAA',
          nonce: 'AAAA',
          ciphertext: 'c2VjcmV0',
        },
      },
    })),
  };
  expect(diffConfigs(before, after)).toEqual([
    { path: 'users.dora', kind: 'added', before: '', after: 'Dora <dora@xyz.test>' },
    { path: 'groupAccounts.info.archiveAddress', kind: 'added', before: '', after: 'archive@elsewhere.test' },
    { path: 'groupAccounts.info.credentials', kind: 'added', before: '', after: '' },
  ]);
  expect(diffConfigs(before, { ...before, revision: 5 })).toEqual([]);
});
