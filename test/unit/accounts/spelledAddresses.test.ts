import { expect, test } from 'vitest';
import { spelledAddressesOf } from '#engine/accounts/accountRules.ts';
import type { AccountSettings } from '#shared/domain/account.ts';

const settings = (address: string, user = 'info'): AccountSettings => ({
  name: 'Info',
  address,
  displayName: '',
  imap: { host: 'mail.test', port: 993, security: 'tls', user },
  smtp: null,
  archiveAddress: null,
  tls: { trust: 'system' },
});

test.each([
  ['Info@Company.test', ['info@company.test']],
  ['info@Bücher.test', ['info@bücher.test', 'info@xn--bcher-kva.test']],
  ['info@xn--bcher-kva.test', ['info@xn--bcher-kva.test', 'info@bücher.test']],
])('mail to %s is to me, as its domain is written', (address, spelled) => {
  expect(spelledAddressesOf(settings(address))).toEqual(spelled);
  expect(spelledAddressesOf(settings(address, address))).toEqual(spelled);
});
