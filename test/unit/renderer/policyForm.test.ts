import { expect, it, test } from 'vitest';
import { MailError } from '#shared/errors/MailError.ts';
import { emptyFields } from '../../../src-renderer/features/accounts/accountFields.ts';
import { policyFaults } from '../../../src-renderer/features/accounts/policyFaults.ts';
import {
  emptyClient,
  fieldsOfPolicy,
  readPolicyFields,
} from '../../../src-renderer/features/organisation/policyForm.svelte.ts';
import { freePolicy } from '#test/support/fakeEngine.ts';

test('rules survive the form unchanged, and so does what it does not know', () => {
  const policy = {
    personalAccounts: false,
    allowedDomains: ['xyz.test', '*.xyz.test'],
    archiveAddress: 'archive@elsewhere.test',
    remoteContent: 'never' as const,
    later: { than: 'this version' },
    oauthClients: {
      google: { clientId: 'g', clientSecret: 's' },
      'https://login.xyz.test/realms/xyz': {
        clientId: 'p',
        name: 'XYZ',
        hosts: ['imap.xyz.test'],
        scopes: ['openid', 'mail'],
        redirectHost: 'localhost' as const,
      },
    },
  };
  expect(readPolicyFields(fieldsOfPolicy(policy), policy)).toEqual({ policy, faults: {} });
});

it('no rule is no key', () => {
  expect(readPolicyFields(fieldsOfPolicy({}), {}).policy).toEqual({});
});

it('says beside each field what is wrong with it', () => {
  const read = readPolicyFields(
    {
      ...fieldsOfPolicy({}),
      allowedHosts: 'imap.xyz.test, not@a.host',
      archiveAddress: 'nobody',
      clients: [
        { ...emptyClient, clientId: 'a b' },
        { ...emptyClient, clientId: 'c' },
        { ...emptyClient, provider: 'other', clientId: 'c', issuer: 'login.xyz.test/x' },
        { ...emptyClient, provider: 'other' },
      ],
    },
    {},
  );
  expect(read).toEqual({
    policy: null,
    faults: {
      allowedHosts: 'invalid',
      archiveAddress: 'invalid',
      'clients.0.clientId': 'invalid',
      'clients.1.provider': 'twice',
      'clients.2.issuer': 'invalid',
      'clients.3.clientId': 'required',
      'clients.3.issuer': 'required',
    },
  });
});

it('an account’s fields are told what is not allowed where it stands; what is saved already stays', () => {
  const policy = { ...freePolicy, allowedDomains: ['xyz.test'], allowedHosts: ['*.xyz.test'] };
  const fields = {
    ...emptyFields,
    address: 'anna@abc.test',
    imap: { ...emptyFields.imap, host: 'imap.abc.test' },
    smtp: { ...emptyFields.smtp, host: 'smtp.xyz.test' },
  };
  expect(policyFaults(fields, emptyFields, policy)).toEqual({
    address: new MailError('policy-domain', { name: 'abc.test', allowed: 'xyz.test' }),
    'imap.host': new MailError('policy-host', { name: 'imap.abc.test', allowed: '*.xyz.test' }),
  });
  expect(policyFaults(fields, fields, policy)).toEqual({});
  expect(policyFaults(fields, emptyFields, null)).toEqual({});
});
