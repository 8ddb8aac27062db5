import { describe, expect, it, test } from 'vitest';
import type { AccountSettings } from '#shared/domain/account.ts';
import {
  accountRefusal,
  isAllowedName,
  mergePolicies,
  underPolicy,
  type MachinePolicy,
  type OrganisationPolicy,
} from '#shared/domain/policy.ts';

const settings: AccountSettings = {
  name: 'Anna',
  address: 'anna@xyz.test',
  displayName: '',
  imap: { host: 'imap.xyz.test', port: 993, security: 'tls', user: 'anna' },
  smtp: { host: 'smtp.xyz.test', port: 465, security: 'tls', user: 'anna' },
  archiveAddress: null,
  tls: { trust: 'system' },
};

describe('two policies make one', () => {
  const cases: [string, MachinePolicy | null, OrganisationPolicy | null, object][] = [
    [
      'nothing said',
      null,
      null,
      { personalAccounts: true, allowedHosts: null, remoteContent: null, sources: {} },
    ],
    [
      'the machine’s word counts where both say something',
      { archiveAddress: 'a@elsewhere.test', updates: 'off', logLevel: 'debug' },
      { archiveAddress: 'b@elsewhere.test', updates: 'automatic', logLevel: 'error' },
      {
        archiveAddress: 'a@elsewhere.test',
        updates: 'off',
        logLevel: 'debug',
        sources: { archiveAddress: 'machine', updates: 'machine', logLevel: 'machine' },
      },
    ],
    [
      'either may forbid',
      { personalAccounts: true, remoteContent: 'ask' },
      { personalAccounts: false, remoteContent: 'never' },
      {
        personalAccounts: false,
        remoteContent: 'never',
        sources: { personalAccounts: 'both', remoteContent: 'both' },
      },
    ],
    [
      'only what both allow is allowed',
      { allowedHosts: ['*.xyz.test', 'imap.else.test'] },
      { allowedHosts: ['IMAP.xyz.test', '*.mail.xyz.test', 'pop.other.test'] },
      { allowedHosts: ['imap.xyz.test', '*.mail.xyz.test'], sources: { allowedHosts: 'both' } },
    ],
    [
      'nothing in common allows nothing',
      { allowedDomains: ['xyz.test'] },
      { allowedDomains: ['abc.test'] },
      { allowedDomains: [] },
    ],
    [
      'what only one says counts',
      { caFiles: ['/etc/ca.pem'] },
      { allowedDomains: ['xyz.test'] },
      {
        caFiles: ['/etc/ca.pem'],
        allowedDomains: ['xyz.test'],
        sources: { caFiles: 'machine', allowedDomains: 'organisation' },
      },
    ],
  ];
  test.each(cases)('%s', (_name, machine, organisation, expected) => {
    expect(mergePolicies(machine, organisation)).toMatchObject(expected);
  });

  it('takes the machine’s client ids before the organisation’s', () => {
    const { oauthClients } = mergePolicies(
      { oauthClients: { google: { clientId: 'm' } } },
      { oauthClients: { google: { clientId: 'o' }, microsoft: { clientId: 'o' } } },
    );
    expect(oauthClients.map(({ google }) => google?.clientId)).toEqual(['m', 'o']);
  });
});

test.each([
  ['imap.xyz.test', ['*.xyz.test'], true],
  ['xyz.test', ['*.xyz.test'], false],
  ['evilxyz.test', ['*.xyz.test'], false],
  ['XYZ.test.', ['xyz.test'], true],
  ['bücher.test', ['xn--bcher-kva.test'], true],
  ['a.test', [], false],
  ['a.test', null, true],
])('%s is among %j: %s', (name, patterns, expected) => {
  expect(isAllowedName(name, patterns)).toBe(expected);
});

describe('an account under a policy', () => {
  const judge = (policy: OrganisationPolicy, before: AccountSettings | null = null, provided = false) =>
    accountRefusal(mergePolicies(null, policy), settings, { before, provided })?.code ?? null;

  it('is refused where the organisation provides the accounts, and changed where it exists', () => {
    expect(judge({ personalAccounts: false })).toBe('policy-no-personal-accounts');
    expect(judge({ personalAccounts: false }, settings)).toBeNull();
    expect(judge({ personalAccounts: false }, null, true)).toBeNull();
  });

  it('is refused at another domain or server, by name', () => {
    expect(judge({ allowedDomains: ['abc.test'] })).toBe('policy-domain');
    expect(judge({ allowedHosts: ['imap.xyz.test'] })).toBe('policy-host');
    expect(judge({ allowedHosts: ['*.xyz.test'], allowedDomains: ['xyz.test'] })).toBeNull();
  });

  it('keeps the servers that it had, and gets no others that are not allowed', () => {
    expect(judge({ allowedHosts: ['abc.test'] }, settings)).toBeNull();
    const moved = { ...settings, smtp: null, imap: { ...settings.imap, host: 'old.xyz.test' } };
    expect(judge({ allowedHosts: ['abc.test'] }, moved)).toBe('policy-host');
  });

  it('archives where it is prescribed; a group account’s own archive stays', () => {
    const policy = mergePolicies(null, { archiveAddress: 'archive@elsewhere.test' });
    const own = { ...settings, archiveAddress: 'own@elsewhere.test' };
    expect(underPolicy(policy, settings, false).archiveAddress).toBe('archive@elsewhere.test');
    expect(underPolicy(policy, own, true).archiveAddress).toBe('own@elsewhere.test');
    expect(accountRefusal(policy, own, { before: null, provided: false })).toEqual({
      code: 'policy-archive-address',
      params: { address: 'archive@elsewhere.test' },
    });
  });
});
