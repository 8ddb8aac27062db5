import { describe, expect, it, test } from 'vitest';
import { newOrganisation, setPresets } from '#shared/domain/group/configEdits.ts';
import type { Preset, PublicKey } from '#shared/domain/group/config.ts';
import { fillPreset, isOffered, presetAccount } from '#shared/domain/group/presets.ts';
import type { MailError } from '#shared/errors/MailError.ts';

const preset = (match: Preset['match'], host = 'imap.{domain}', more: object = {}): Preset => ({
  match,
  settings: {
    imap: { host, port: 993, security: 'tls', user: '{local}' },
    smtp: { host: 'smtp.xyz.test', port: 465, security: 'tls', user: '%EMAILADDRESS%' },
    archiveAddress: 'archive@elsewhere.test',
    tls: { trust: 'system' },
    ...more,
  },
});
const config = newOrganisation(
  'XYZ',
  {
    name: 'Anna Albrecht',
    address: 'anna@xyz.test',
    key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' as PublicKey,
  },
  0,
);

test.each([
  ['{address} {local} {domain}', 'anna@xyz.test anna xyz.test'],
  ['%EMAILLOCALPART%@%EMAILDOMAIN%', 'anna@xyz.test'],
  ['{other} %OTHER% {constructor}', '{other} %OTHER% {constructor}'],
])('%s is filled in as %s', (text, filled) => {
  expect(fillPreset(text, 'anna@xyz.test')).toBe(filled);
});

describe('an offered account', () => {
  const offers = setPresets(config, [
    preset({ domain: 'XYZ.test' }),
    preset({ address: 'Anna@xyz.test' }, 'anna.xyz.test'),
  ]);

  it('is whole, with the name from the organisation; one for the address weighs more than one for its domain', () => {
    expect(presetAccount(offers, 'anna@xyz.test')).toMatchObject({
      name: 'anna@xyz.test',
      displayName: 'Anna Albrecht',
      imap: { host: 'anna.xyz.test', user: 'anna' },
      smtp: { user: 'anna@xyz.test' },
      archiveAddress: 'archive@elsewhere.test',
    });
    expect(presetAccount(offers, 'ben@xyz.test')).toMatchObject({
      imap: { host: 'imap.xyz.test', user: 'ben' },
    });
    expect(presetAccount(offers, 'ben@sub.xyz.test')).toBeNull();
  });

  it('is told by its servers, whatever else was changed', () => {
    const account = presetAccount(offers, 'ben@xyz.test');
    if (account === null) throw new Error('nothing is offered');
    expect(isOffered(offers, { ...account, name: 'Mine', smtp: null })).toBe(true);
    expect(isOffered(offers, { ...account, imap: { ...account.imap, host: 'imap.else.test' } })).toBe(false);
    expect(isOffered(offers, { ...account, address: 'ben@else.test' })).toBe(false);
  });

  it('that cannot be meant is refused with its place', () => {
    const faults = (...presets: Preset[]) => {
      try {
        setPresets(config, presets);
        return [];
      } catch (error) {
        return (error as MailError).faults?.map(({ path, code }) => `${path}: ${code}`);
      }
    };
    expect(faults(preset({}))).toEqual(['presets[0].match: matches-nobody']);
    expect(faults(preset({ domain: 'xyz.test' }), preset({ domain: 'XYZ.test.' }))).toEqual([
      'presets[1].match: duplicate-preset',
    ]);
    expect(faults(preset({ domain: 'xyz.test' }, 'i.xyz.test', { archiveAddress: 'anna@xyz.test' }))).toEqual(
      ['presets[0].settings.archiveAddress: archive-address-inside'],
    );
  });
});
