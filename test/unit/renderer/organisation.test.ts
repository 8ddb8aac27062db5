import { describe, expect, test } from 'vitest';
import { changeWords, conflictChanges, type Change } from '#renderer/features/organisation/changeWords.ts';
import { pinned, readJoinTarget } from '#renderer/features/organisation/joinTarget.ts';
import { listedAccounts } from '#renderer/features/organisation/listedAccounts.ts';
import type { GroupAccountRow } from '#shared/contract/groups.ts';
import { SharedConfig } from '#shared/domain/group/config.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { createTranslate } from '#shared/i18n/translate.ts';

const names = {
  user: (id: string) => ({ anna: 'Anna', ben: 'Ben' })[id] ?? id,
  group: (id: string) => (id === 'info' ? 'Info' : id),
};
const change = (path: string, kind: Change['kind'], before = '', after = ''): Change => ({
  path,
  kind,
  before,
  after,
});

describe('a change of the shared config in words', () => {
  test.each([
    [change('users.ben', 'added', '', 'Ben <ben@xyz.test>'), 'New: Ben <ben@xyz.test>', ''],
    [change('users.ben', 'removed', 'Ben <ben@xyz.test>'), 'Gone: Ben <ben@xyz.test>', ''],
    [change('users.ben.name', 'changed', 'Ben', 'Benno'), 'Ben: name', 'Ben → Benno'],
    [change('users.ben.active', 'changed', 'true', 'false'), 'Ben: leaves', ''],
    [change('users.ben.active', 'changed', 'false', 'true'), 'Ben: comes back', ''],
    [change('users.ben.keys', 'changed', '[]', '["AAAA"]'), 'Ben: confirmed keys', ''],
    [change('admins.ben.AbCd1234', 'added', '', 'ben'), 'Administrator: Ben', ''],
    [change('admins.ben.AbCd1234', 'removed', 'ben'), 'No administrator any more: Ben', ''],
    [change('groupAccounts.info', 'added', '', 'Info <i@x.test>'), 'New group account: Info <i@x.test>', ''],
    [
      change('groupAccounts.info', 'removed', 'Info <i@x.test>'),
      'Removed group account: Info <i@x.test>',
      '',
    ],
    [
      change('groupAccounts.info.defaultHandler', 'changed', 'anna', ''),
      'Info: default handler',
      'Anna → Nobody',
    ],
    [
      change('groupAccounts.info.archiveAddress', 'added', '', 'a@o.test'),
      'Info: archive address',
      'a@o.test',
    ],
    [change('groupAccounts.info.imap', 'changed', '{}', '{"host":"h"}'), 'Info: incoming server', ''],
    [change('groupAccounts.info.credentials', 'added'), 'Info: sealed passwords', ''],
    [
      change(
        'groupAccounts.info.members',
        'changed',
        '[]',
        '[{"since":"2026","user":"anna"},{"since":"2026","until":"2026","user":"ben"}]',
      ),
      'Info: members',
      'Anna',
    ],
    [change('groupAccounts.info.members', 'changed', '[]', '[{"cut off'), 'Info: members', ''],
    [change('organisation.name', 'changed', 'XYZ', 'ZYX'), 'Organisation: name', 'XYZ → ZYX'],
    [change('presets.xyz.test', 'added'), 'Account presets', ''],
    [change('policy.remoteContent', 'changed', 'ask', 'never'), 'Rules of the organisation', ''],
    [change('users.ben.future', 'changed', '1', '2'), 'Ben: future', ''],
  ])('%o', (one, what, detail) => {
    expect(changeWords(one, names, createTranslate('en'))).toEqual({ what, detail });
  });

  test('what a conflict tells of the other revision', () => {
    const changes = conflictChanges([
      { path: 'users.emil', code: 'added', message: 'Emil <e@xyz.test>' },
      { path: 'users.ben', code: 'removed', message: 'Ben' },
      { path: 'organisation.name', code: 'changed', message: 'ZYX' },
    ]);
    expect(changes.map((one) => changeWords(one, names, createTranslate('en')).what)).toEqual([
      'New: Emil <e@xyz.test>',
      'Gone: Ben',
      'Organisation: name',
    ]);
  });
});

describe('what vouches for a config', () => {
  test.each([
    ['postkorb://join?url=https%3A%2F%2Fx.test%2Fp.json&key=ABCD', 'https://x.test/p.json', 'ABCD'],
    [' POSTKORB://join/?key=ABCD&url=/a%20b.json ', '/a b.json', 'ABCD'],
    ['postkorb://join?url=/p.json', '/p.json', null],
    ['/srv/xyz.json', '/srv/xyz.json', null],
  ])('%s', (text, source, fingerprint) => {
    expect(readJoinTarget(text)).toEqual({ source, fingerprint });
  });

  test('what was seen is what is joined', () => {
    expect(readJoinTarget(pinned('C:\\Daten\\ä & b.json', 'AB-CD'))).toEqual({
      source: 'C:\\Daten\\ä & b.json',
      fingerprint: 'AB-CD',
    });
  });
});

describe('the list of group accounts', () => {
  const since = '2026-01-01T00:00:00Z';
  const config = SharedConfig.parse({
    format: 1,
    organisation: { id: 'xyz', name: 'XYZ' },
    revision: 1,
    issuedAt: since,
    admins: [{ user: 'anna', key: `${'A'.repeat(43)}=` }],
    users: [
      { id: 'anna', name: 'Anna', address: 'anna@xyz.test', active: true, keys: [] },
      { id: 'ben', name: 'Ben', address: 'ben@xyz.test', active: true, keys: [] },
    ],
    groupAccounts: ['info', 'service'].map((id) => ({
      id,
      name: id,
      address: `${id}@xyz.test`,
      displayName: '',
      imap: { host: 'h.test', port: 993, security: 'tls', user: id },
      smtp: null,
      members: [
        { user: 'ben', since },
        { user: 'anna', since, until: '2026-02-01T00:00:00Z' },
      ],
      defaultHandler: 'ben',
      archiveAddress: null,
      credentials: null,
    })),
  });
  const accountId = AccountId.parse('a1');
  const row: GroupAccountRow = {
    group: 'xyz/info',
    name: 'info',
    address: 'info@xyz.test',
    accountId,
    state: 'ready',
    personalAccount: null,
    members: [],
    defaultHandler: null,
    archiveAddress: null,
  };

  test('an administrator sees the draft, with what is not published marked', () => {
    expect(listedAccounts([row], config, [])).toMatchObject([
      { key: 'xyz/info', state: 'ready', members: ['Ben'], handler: 'Ben' },
      { key: 'xyz/service', state: 'unpublished', row: null },
    ]);
  });

  test('a refused password is said where the account is ready by the config alone', () => {
    const health = {
      state: 'needs-attention',
      since: 0,
      lastSuccess: null,
      lastError: { code: 'credentials-rejected', params: {} },
      nextAttempt: null,
      gapClosed: null,
    } as const;
    expect(listedAccounts([row], null, [{ id: accountId, health }])).toMatchObject([
      { state: 'password-wrong', group: null },
    ]);
  });
});
