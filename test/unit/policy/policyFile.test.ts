import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { PolicyHome } from '#engine/policy/policyHome.ts';
import { readPolicyFile } from '#engine/policy/policyFile.ts';
import { listNotices } from '#engine/store/notices.repo.ts';
import { policyFile } from '#hosts/node/paths.ts';
import { MachinePolicy, type OrganisationPolicy, type Policy } from '#shared/domain/policy.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { placedFaultText } from '#shared/i18n/faultText.ts';
import { noticeText } from '#shared/i18n/noticeText.ts';
import { silentLog } from '#test/support/silentLog.ts';
import { StoreFixture } from '#test/support/storeFixture.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postkorb-policy-'));
  file = join(folder, 'policy.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a policy file of no use gets a reason', () => {
  const cases: [string, (file: string) => void, object[]][] = [
    [
      'of 100 MB',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 100_000_000);
      },
      [{ code: 'too-large' }],
    ],
    ['in UTF-16', (path) => writeFileSync(path, '\uFEFF{}', 'utf16le'), [{ code: 'wrong-encoding' }]],
    [
      'in Latin-1',
      (path) => writeFileSync(path, '{"archiveAddress":"ü"}', 'latin1'),
      [{ code: 'wrong-encoding' }],
    ],
    ['that is no JSON', (path) => writeFileSync(path, 'updates: off'), [{ code: 'not-json' }]],
    [
      'that says a thing twice',
      (path) => writeFileSync(path, '{"updates":"off","updates":"automatic"}'),
      [{ code: 'duplicate-key' }],
    ],
    [
      'with keys and values that are not known, each by its place',
      (path) =>
        writeFileSync(path, '{"personalAcounts":false,"updates":"never","proxy":{"mode":"none","x":1}}'),
      [
        { path: 'updates', code: 'invalid-value' },
        { path: 'proxy.x', code: 'unknown-key' },
        { path: 'personalAcounts', code: 'unknown-key' },
      ],
    ],
  ];
  test.each(cases)('%s', (_name, write, faults) => {
    write(file);
    const read = readPolicyFile(file);
    expect(read).toMatchObject({ kind: 'broken' });
    expect('faults' in read ? read.faults : []).toEqual(
      expect.arrayContaining(faults.map((fault) => expect.objectContaining(fault) as unknown)),
    );
  });

  it('a folder in its place is one of them, and a mark of Windows’ editors is not', () => {
    expect(readPolicyFile(folder)).toMatchObject({ kind: 'broken' });
    writeFileSync(file, '\uFEFF{"updates":"off"}');
    expect(readPolicyFile(file)).toEqual({ kind: 'good', policy: { updates: 'off' } });
    expect(readPolicyFile(join(folder, 'none.json'))).toEqual({ kind: 'none' });
  });
});

describe('the policy in force', () => {
  function open(organisation: () => OrganisationPolicy | null = () => null) {
    const fixture = new StoreFixture();
    const told: Policy[] = [];
    const make = () =>
      new PolicyHome({
        file,
        store: fixture.store,
        clock: fixture.clock,
        log: silentLog(),
        organisation,
        offersAccounts: () => false,
        onChanged: (policy) => told.push(policy),
        onNotice: () => undefined,
        passive: false,
      });
    return { fixture, make, told, notices: () => listNotices(fixture.store.read) };
  }

  it('a file that breaks is told, and the last good one stays, over a restart too', () => {
    const { make, notices, fixture } = open();
    using _ = fixture;
    writeFileSync(file, '{"remoteContent":"never"}');
    using home = make();
    expect(home.report).toMatchObject({ state: 'in-force', remoteContent: 'never' });
    writeFileSync(file, '{"remoteContent":');
    for (const one of [home, make()]) {
      expect(one.report).toMatchObject({
        state: 'last-good',
        remoteContent: 'never',
        faults: [{ code: 'not-json' }],
      });
      one.assertReadable();
      one[Symbol.dispose]();
    }
    expect(notices()).toMatchObject([{ code: 'policy-last-good', params: { file } }]);
    writeFileSync(file, '{"remoteContent":"ask", "updates":"off"}');
    using mended = make();
    expect(mended.report).toMatchObject({ state: 'in-force', remoteContent: 'ask', faults: [] });
    expect(notices()).toEqual([]);
  });

  it('a file that was never good lets nothing new in until it is mended', () => {
    const { make, notices, fixture } = open();
    using _ = fixture;
    writeFileSync(file, 'no');
    using home = make();
    expect(home.report).toMatchObject({ state: 'cautious', personalAccounts: false, remoteContent: 'never' });
    expect(() => home.assertReadable()).toThrow('policy-unreadable');
    expect(notices()).toMatchObject([{ code: 'policy-cautious' }]);
    rmSync(file);
    expect(home.report).toMatchObject({ state: 'none', personalAccounts: true });
    home.assertReadable();
  });

  it('another file, or another shared config, counts within half a minute and is told once', async () => {
    let shared: OrganisationPolicy | null = null;
    const { make, told, fixture } = open(() => shared);
    using _ = fixture;
    const { clock } = fixture;
    using home = make();
    writeFileSync(file, '{"updates":"off"}');
    await clock.advance(31_000);
    expect(told).toMatchObject([{ updates: 'off' }]);
    shared = { logLevel: 'debug' };
    await clock.advance(31_000);
    await clock.advance(31_000);
    expect(told).toMatchObject([{ updates: 'off' }, { updates: 'off', logLevel: 'debug' }]);
    expect(home.report.sources).toEqual({ updates: 'machine', logLevel: 'organisation' });
  });

  it('tells no password and no client secret', () => {
    const { make, fixture } = open();
    using _ = fixture;
    writeFileSync(
      file,
      JSON.stringify({
        proxy: { mode: 'manual', type: 'http', host: 'p.test', port: 3128, user: 'u', password: 'canary-1' },
        oauthClients: { google: { clientId: 'c', clientSecret: 'canary-2' } },
      }),
    );
    using home = make();
    expect(home.current.proxy).toMatchObject({ password: 'canary-1' });
    expect(JSON.stringify(home.report)).not.toContain('canary');
  });
});

it('the file lies where each platform keeps settings of all users, or where it is said to', () => {
  expect(policyFile({}, 'linux')).toBe('/etc/postkorb/policy.json');
  expect(policyFile({ FLATPAK_ID: 'eu.postkorb.app' }, 'linux')).toBe('/run/host/etc/postkorb/policy.json');
  expect(policyFile({}, 'darwin')).toBe('/Library/Application Support/Postkorb/policy.json');
  expect(policyFile({ ProgramData: 'D:\\Data' }, 'win32')).toBe('D:\\Data\\Postkorb\\policy.json');
  expect(policyFile({ POSTKORB_POLICY: '/tmp/p.json' }, 'linux')).toBe('/tmp/p.json');
});

it('the JSON schema that is handed out is the one that policies are read by', () => {
  const schema = new URL('../../../resources/schemas/policy.schema.json', import.meta.url);
  const {
    $id: _,
    title: __,
    ...written
  } = JSON.parse(readFileSync(schema, 'utf8')) as Record<string, unknown>;
  expect(written).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(MachinePolicy, { io: 'input', unrepresentable: 'any' }))),
  );
});

describe('what is wrong is said in the reader’s language', () => {
  const cases: [string, string, string][] = [
    [
      '{"personalAcounts":false}',
      'personalAcounts: this key is not known here',
      'personalAcounts: diesen Schlüssel gibt es hier nicht',
    ],
    [
      '{"updates":"never"}',
      'updates: this has to be one of: automatic, notify, off',
      'updates: möglich ist: automatic, notify, off',
    ],
    [
      '{"personalAccounts":"no"}',
      'personalAccounts: this has to be true or false',
      'personalAccounts: hier gehört true oder false hin',
    ],
    [
      '{"updates":"off",\n}',
      'this is not valid JSON (line 2, column 1)',
      'das ist kein gültiges JSON (Zeile 2, Spalte 1)',
    ],
  ];
  test.each(cases)('%s', (text, english, german) => {
    writeFileSync(file, text);
    const read = readPolicyFile(file);
    const [fault] = 'faults' in read ? read.faults : [];
    expect([placedFaultText(fault!, 'en'), placedFaultText(fault!, 'de')]).toEqual([english, german]);
    // In a notice, which is kept as a code and its details.
    const params = { file, reason: fault!.message, fault: fault!.code, path: fault!.path, ...fault!.params };
    expect(noticeText('policy-cautious', params, 'de')).toContain(`(${file})`);
    expect(noticeText('policy-cautious', params, 'de')).toContain(german);
    expect(
      errorText({ code: 'policy-unreadable', params: { file }, faults: [fault!] }, 'de').message,
    ).toContain(german);
  });

  it('and quotes nothing of what stands in the file', () => {
    writeFileSync(file, '{"proxy":{"mode":"manual","password": canary-1');
    expect(JSON.stringify(readPolicyFile(file))).not.toContain('canary');
  });
});
