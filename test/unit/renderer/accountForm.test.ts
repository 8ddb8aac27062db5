import { afterEach, expect, test } from 'vitest';
import { AccountForm, type AccountFormStart } from '#renderer/features/accounts/accountForm.svelte.ts';
import { faultsOf, type AccountFields } from '#renderer/features/accounts/accountFields.ts';
import { guessServers, securityOfPort } from '#renderer/features/accounts/serverGuess.ts';
import type { ConnectionTest, TestStep } from '#shared/contract/accounts.ts';
import type { Discovery } from '#shared/contract/discovery.ts';
import { AccountSettings } from '#shared/domain/account.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { ScriptedClient } from '#test/support/scriptedClient.ts';

const forms: AccountForm[] = [];
afterEach(() => {
  for (const form of forms.splice(0)) form[Symbol.dispose]();
});

const step = (name: TestStep['step'], ok = true, code?: string): TestStep => ({
  step: name,
  ok,
  ms: 5,
  ...(code === undefined ? {} : { error: { code, params: {} } }),
});
const passed: ConnectionTest = {
  ok: true,
  ms: 20,
  imap: {
    ok: true,
    steps: (['resolve', 'connect', 'tls', 'login', 'folders'] as const).map((one) => step(one)),
    certificate: null,
  },
  smtp: {
    ok: true,
    steps: (['resolve', 'connect', 'tls', 'login', 'sender'] as const).map((one) => step(one)),
    certificate: null,
  },
  slow: null,
  token: 'proof',
};
const fingerprint = `sha256:${'ab'.repeat(32)}`;
const untrusted: ConnectionTest = {
  ...passed,
  ok: false,
  token: null,
  imap: {
    ok: false,
    steps: [step('resolve'), step('connect'), step('tls', false, 'certificate-self-signed')],
    certificate: { fingerprint, subject: 'mail', issuer: 'mail', validFrom: '', validTo: '', names: [] },
  },
};

const settings = AccountSettings.parse({
  name: 'Anna',
  address: 'anna@post.example',
  displayName: 'Anna',
  imap: { host: 'imap.post.example', port: 993, security: 'tls', user: 'anna' },
  smtp: { host: 'smtp.post.example', port: 465, security: 'tls', user: 'anna' },
  archiveAddress: null,
  tls: { trust: 'system' },
});
const id = AccountId.parse('anna');

function open(
  result: ConnectionTest | (() => Promise<ConnectionTest>) = passed,
  start: Partial<AccountFormStart> = {},
): { form: AccountForm; client: ScriptedClient } {
  const client = new ScriptedClient({
    'accounts.test': () => (typeof result === 'function' ? result() : result),
    'accounts.save': ({ settings: saved, active }) => ({ id, name: saved.name, active }),
  });
  const form = new AccountForm(client, {
    id: null,
    settings: null,
    active: false,
    ownAddresses: [],
    ...start,
  });
  forms.push(form);
  return { form, client };
}

function fill(form: AccountForm): void {
  form.set('address', 'anna@post.example');
  form.setServer('imap', 'password', 'secret');
}

test('an address fills the servers, the users and the name, and nothing that a person filled', () => {
  const { form } = open();
  form.setServer('smtp', 'host', 'relay.post.example');
  form.set('address', 'anna@post.example');
  expect(form.fields).toMatchObject({
    name: 'anna@post.example',
    imap: { host: 'imap.post.example', port: '993', security: 'tls', user: 'anna@post.example' },
    smtp: { host: 'relay.post.example', port: '465', user: 'anna@post.example' },
  });
  form.set('address', 'anna@other.example');
  expect(form.fields.imap.host).toBe('imap.other.example');
  expect(form.fields.smtp.host).toBe('relay.post.example');
});

test('the usual port follows the encryption, a port of one’s own stays', () => {
  const { form } = open();
  form.setServer('imap', 'security', 'starttls');
  expect(form.fields.imap.port).toBe('143');
  form.setServer('imap', 'port', '10143');
  form.setServer('imap', 'security', 'tls');
  expect(form.fields.imap.port).toBe('10143');
  form.setServer('smtp', 'port', '587');
  expect(form.fields.smtp.security).toBe('starttls');
  expect(securityOfPort('imap', 993)).toBe('tls');
  expect(securityOfPort('smtp', 25)).toBe('starttls');
  expect(securityOfPort('smtp', 2525)).toBeNull();
});

test.each([
  ['policy-domain', { name: 'post.example' }, 'address'],
  ['policy-no-personal-accounts', {}, 'address'],
  ['policy-archive-address', { address: 'a@b.example' }, 'archiveAddress'],
  ['policy-host', { name: 'imap.post.example' }, 'imap.host'],
  ['policy-host', { name: 'smtp.post.example' }, 'smtp.host'],
] as const)(
  'what the policy refuses (%s, %j) stands at its field, and nothing was tested',
  async (code, params, field) => {
    const { form } = open(() => Promise.reject(new MailError(code, params)));
    fill(form);
    expect(await form.test()).toBe(field);
    expect(form.faultAt(field)).toMatchObject({ code });
    expect([form.run, form.error]).toEqual([null, null]);
  },
);

test('an address that is not allowed is said so when its servers are looked for', async () => {
  const client = new ScriptedClient({
    'accounts.discover': () => Promise.reject(new MailError('policy-domain', { name: 'post.example' })),
  });
  const form = new AccountForm(client, { id: null, settings: null, active: false, ownAddresses: [] });
  forms.push(form);
  form.set('address', 'anna@post.example');
  await form.discover();
  expect(form.faultAt('address')).toMatchObject({ code: 'policy-domain' });
  expect(form.discovering).toBe(false);
});

test('a group account is tested and looked for as one', async () => {
  const { form, client } = open(passed, { forGroup: true });
  fill(form);
  await form.test();
  expect(client.requests('accounts.test')[0]).toMatchObject({ forGroup: true });
});

const found: Discovery = {
  source: 'autoconfig',
  imap: { host: 'mx.post.example', port: 143, security: 'starttls', user: 'anna' },
  smtp: { host: 'mx.post.example', port: 587, security: 'starttls', user: 'anna' },
  authentication: ['password'],
  confirm: null,
  preset: null,
  unverified: false,
  tried: [],
};

test('what the organisation offers is taken as it is, and only for its own address', async () => {
  const { form, client } = open();
  const preset: AccountSettings = {
    name: 'Anna',
    address: 'anna@post.example',
    displayName: 'Anna Albrecht',
    imap: { host: 'imap.post.example', port: 993, security: 'tls', user: 'anna' },
    smtp: null,
    archiveAddress: 'archive@elsewhere.example',
    tls: { trust: 'system' },
  };
  client.answer('accounts.discover', () => ({ ...found, source: 'preset', preset }));
  form.set('address', 'anna@post.example');
  form.setServer('imap', 'password', 'geheim');
  await form.discover();
  expect(form.offered).toBe(true);
  expect(form.fields).toMatchObject({
    name: 'Anna',
    displayName: 'Anna Albrecht',
    archiveAddress: 'archive@elsewhere.example',
    imap: { host: 'imap.post.example', user: 'anna', password: 'geheim' },
    sends: false,
  });
  expect(form.faults).toEqual({});
  form.set('address', 'ben@post.example');
  expect(form.offered).toBe(false);
  expect(form.fields).toMatchObject({ displayName: '', archiveAddress: '', sends: true });
});

test('what the engine finds takes the place of guesses, not of what a person typed', async () => {
  const { form, client } = open();
  client.answer('accounts.discover', () => found);
  form.set('address', 'anna@post.example');
  form.setServer('smtp', 'user', 'anna-smtp');
  await form.discover();
  expect(form.fields.imap).toMatchObject({
    host: 'mx.post.example',
    port: '143',
    security: 'starttls',
    user: 'anna',
  });
  expect(form.fields.smtp.user).toBe('anna-smtp');
  await form.discover();
  expect(client.requests('accounts.discover')).toHaveLength(1);
});

test('servers of another domain are filled in only after a person agreed', async () => {
  const { form, client } = open();
  client.answer('accounts.discover', () => ({ ...found, confirm: { domain: 'elsewhere.example' } }));
  form.set('address', 'anna@post.example');
  await form.discover();
  expect(form.fields.imap.host).toBe('imap.post.example');
  form.acceptDiscovery();
  expect(form.fields.imap.host).toBe('mx.post.example');
});

test('what is found after the test began changes nothing any more', async () => {
  const { form, client } = open();
  let end: (discovery: Discovery) => void = () => undefined;
  client.answer('accounts.discover', () => new Promise((resolve) => (end = resolve)));
  fill(form);
  const looking = form.discover();
  await form.test();
  end(found);
  await looking;
  expect(form.fields.imap.host).toBe('imap.post.example');
  expect(form.canSave).toBe(true);
});

test('nothing is guessed from half an address', () => {
  expect(guessServers('anna@')).toBeNull();
  expect(guessServers('anna@post')).toBeNull();
});

test('Save is open for exactly the settings that passed', async () => {
  const { form, client } = open();
  fill(form);
  expect(form.canSave).toBe(false);
  await form.test();
  expect(form.canSave).toBe(true);
  form.setServer('imap', 'port', '994');
  expect(form.canSave).toBe(false);
  expect(form.stale).toBe(true);
  form.setServer('imap', 'port', '993');
  expect(form.canSave).toBe(true);
  form.set('name', 'Work');
  expect(form.canSave).toBe(true);
  expect(await form.save({ active: true })).toEqual({ kind: 'saved', id, name: 'Work', active: true });
  expect(client.requests('accounts.save')[0]).toMatchObject({
    token: 'proof',
    active: true,
    keepPasswordsOf: null,
  });
});

test.each<[string, (form: AccountForm) => void]>([
  ['the address', (form) => form.set('address', 'anna@other.example')],
  ['a host', (form) => form.setServer('smtp', 'host', 'other.example')],
  ['a user', (form) => form.setServer('imap', 'user', 'other')],
  ['a password', (form) => form.setServer('imap', 'password', 'other')],
  ['the outgoing password', (form) => form.setServer('smtp', 'password', 'other')],
  ['the encryption', (form) => form.setServer('smtp', 'security', 'starttls')],
  ['no sending', (form) => form.setSends(false)],
])('changing %s asks for a new test', async (_, change) => {
  const { form } = open();
  fill(form);
  await form.test();
  change(form);
  expect(form.tested).toBe(false);
  expect(form.canSave).toBe(false);
});

test('a failed test saves nothing but inactive', async () => {
  const failed = { ...passed, ok: false, token: null };
  const { form, client } = open({
    ...failed,
    imap: { ...failed.imap, ok: false, steps: [step('resolve', false, 'host-not-found')] },
  });
  fill(form);
  await form.test();
  expect(form.canSave).toBe(false);
  expect(form.canSaveInactive).toBe(true);
  await form.save({ active: false });
  expect(client.requests('accounts.save')[0]).toMatchObject({ token: null, active: false });
});

test('the reason of a failed step stands at the field that decides it, until that is changed', async () => {
  const { form } = open({
    ...passed,
    ok: false,
    token: null,
    imap: { ok: false, steps: [step('resolve', false, 'host-not-found')], certificate: null },
    smtp: {
      ok: false,
      steps: [step('resolve'), step('connect'), step('tls'), step('login', false, 'credentials-rejected')],
      certificate: null,
    },
  });
  fill(form);
  await form.test();
  expect(form.faultAt('imap.host')).toBeInstanceOf(MailError);
  expect(form.faultAt('smtp.password')).toBeInstanceOf(MailError);
  expect(form.faultAt('smtp.host')).toBeUndefined();
  form.setServer('imap', 'host', 'mail.post.example');
  expect(form.faultAt('imap.host')).toBeUndefined();
  expect(form.faultAt('smtp.password')).toBeInstanceOf(MailError);
});

test('steps are seen as they end; behind a failed one the rest is skipped', async () => {
  let end: (result: ConnectionTest) => void = () => undefined;
  const { form, client } = open(() => new Promise((resolve) => (end = resolve)));
  fill(form);
  const testing = form.test();
  const watch = client.requests('accounts.test')[0]?.watch ?? '';
  const states = (): (string | undefined)[] => (form.run?.steps ?? []).slice(0, 5).map(({ state }) => state);
  expect(states()).toEqual(['running', 'waiting', 'waiting', 'waiting', 'waiting']);
  client.emit('accounts.testStep', { watch, server: 'imap', step: step('resolve') });
  client.emit('accounts.testStep', { watch: 'of another form', server: 'imap', step: step('connect') });
  expect(states()).toEqual(['passed', 'running', 'waiting', 'waiting', 'waiting']);
  client.emit('accounts.testStep', {
    watch,
    server: 'imap',
    step: step('connect', false, 'connection-refused'),
  });
  expect(states()).toEqual(['passed', 'failed', 'skipped', 'skipped', 'skipped']);
  end(passed);
  await testing;
  expect(states()).toEqual(['passed', 'passed', 'passed', 'passed', 'passed']);
});

test('a change while the test runs stops it: its result would be of other settings', async () => {
  const { form } = open(() => new Promise(() => undefined));
  fill(form);
  const testing = form.test();
  form.setServer('imap', 'host', 'other.example');
  await testing;
  expect(form.run?.cancelled).toBe(true);
  expect(form.run?.steps.some(({ state }) => state === 'running')).toBe(false);
  expect(form.canSave).toBe(false);
});

test('a certificate is trusted knowingly: shown, accepted by its fingerprint alone, tested again', async () => {
  let trusted = false;
  const { form, client } = open(() => Promise.resolve(trusted ? passed : untrusted));
  fill(form);
  await form.test();
  expect(form.run?.untrusted).toMatchObject({ server: 'imap', certificate: { fingerprint } });
  trusted = true;
  await form.trust(fingerprint);
  expect(client.requests('accounts.test')[1]?.settings.tls.trust).toBe(fingerprint);
  expect(form.canSave).toBe(true);
  form.verifyAsUsual();
  expect(form.canSave).toBe(false);
});

test('an edit keeps the passwords and, where nothing tested was changed, its test', async () => {
  const { form, client } = open(passed, { id, settings, active: true });
  expect(form.fields.imap.password).toBe('');
  expect(form.canSave).toBe(true);
  form.set('displayName', 'Anna Arndt');
  await form.save({ active: true });
  expect(client.requests('accounts.save')[0]).toMatchObject({
    id,
    credentials: null,
    keepPasswordsOf: id,
    token: null,
  });
  form.setServer('imap', 'host', 'new.example');
  expect(form.canSave).toBe(false);
});

test('an inactive account that was never tested needs its test first', () => {
  expect(open(passed, { id, settings, active: false }).form.canSave).toBe(false);
});

test('what the engine refuses stands at its field', async () => {
  const { form, client } = open();
  fill(form);
  await form.test();
  client.answer('accounts.save', () => {
    throw new MailError('archive-address-inside', { address: 'x@y.example' });
  });
  await form.save({ active: true });
  expect(form.faultAt('archiveAddress')).toBeInstanceOf(MailError);
  client.answer('accounts.save', () => {
    throw new MailError('settings-not-tested');
  });
  await form.save({ active: true });
  expect(form.error?.code).toBe('settings-not-tested');
  expect(form.canSave).toBe(false);
});

test('nobody is corrected before leaving a field or trying', async () => {
  const { form } = open();
  form.set('address', 'anna');
  expect(form.faultAt('address')).toBeUndefined();
  form.judge('address');
  expect(form.faultAt('address')).toBe('accounts.form.addressInvalid');
  expect(form.faultAt('imap.host')).toBeUndefined();
  expect(await form.test()).toBe('address');
  expect(form.faultAt('imap.host')).toBe('accounts.form.fieldRequired');
});

test('clear text beyond this machine needs an express yes', async () => {
  const { form } = open();
  fill(form);
  form.setServer('imap', 'security', 'none');
  expect(form.plaintext).toEqual(['imap']);
  expect(await form.test()).toBe('allowPlaintext');
  form.setAllowPlaintext(true);
  expect(await form.test()).toBeNull();
  expect(form.canSave).toBe(true);
  form.setServer('imap', 'host', 'localhost');
  expect(form.plaintext).toEqual([]);
});

const fields: AccountFields = {
  name: 'Anna',
  address: 'anna@post.example',
  displayName: '',
  archiveAddress: '',
  imap: { host: 'h', port: '993', security: 'tls', user: 'u', password: 'p' },
  sends: true,
  smtp: { host: 'h', port: '465', security: 'tls', user: 'u', password: '' },
  trust: 'system',
  allowPlaintext: false,
};
test.each<[string, Partial<AccountFields>, Record<string, string>]>([
  ['all well', {}, {}],
  ['no name', { name: ' ' }, { name: 'accounts.form.fieldRequired' }],
  ['a line break in a name', { displayName: 'a\nb' }, { displayName: 'accounts.form.textInvalid' }],
  ['no address', { address: 'anna' }, { address: 'accounts.form.addressInvalid' }],
  [
    'an archive of one’s own',
    { archiveAddress: 'ANNA+x@post.example' },
    { archiveAddress: 'accounts.form.archiveInside' },
  ],
  [
    'an archive of another account',
    { archiveAddress: 'ben@post.example' },
    { archiveAddress: 'accounts.form.archiveInside' },
  ],
  ['a port', { imap: { ...fields.imap, port: '65536' } }, { 'imap.port': 'accounts.form.portInvalid' }],
  [
    'a port in words',
    { imap: { ...fields.imap, port: '99x' } },
    { 'imap.port': 'accounts.form.portInvalid' },
  ],
  ['a host', { imap: { ...fields.imap, host: 'https://h' } }, { 'imap.host': 'accounts.form.hostInvalid' }],
  ['no outgoing server, and none wanted', { sends: false, smtp: { ...fields.smtp, host: '' } }, {}],
  [
    'no outgoing server',
    { smtp: { ...fields.smtp, host: '' } },
    { 'smtp.host': 'accounts.form.fieldRequired' },
  ],
])('faults of the fields: %s', (_, change, faults) => {
  expect(faultsOf({ ...fields, ...change }, false, ['ben@post.example'])).toEqual(faults);
});

test('a new outgoing password alone would leave the incoming one unknown', () => {
  const edited = {
    ...fields,
    imap: { ...fields.imap, password: '' },
    smtp: { ...fields.smtp, password: 'x' },
  };
  expect(faultsOf(edited, true, [])).toEqual({ 'imap.password': 'accounts.form.fieldRequired' });
});

/** A form before a Microsoft mailbox, and what its browser was told to open. */
function openAtMicrosoft(
  configured = true,
  start: Partial<AccountFormStart> = {},
): { form: AccountForm; client: ScriptedClient; opened: string[] } {
  const opened: string[] = [];
  const client = new ScriptedClient({
    'accounts.test': () => passed,
    'accounts.save': ({ settings: saved, active }) => ({ id, name: saved.name, active }),
    'signIn.find': ({ host }) => ({
      provider: host.endsWith('office365.com')
        ? { id: 'microsoft', name: 'Microsoft', configured, passwordEnds: true }
        : null,
    }),
    'signIn.start': () => ({
      id: 'first',
      url: 'https://login.example/',
      name: 'Microsoft',
      expiresAt: 0,
      approval: null,
    }),
    'signIn.wait': () => ({ identities: ['anna@post.example'] }),
    'signIn.cancel': () => ({}),
  });
  const form = new AccountForm(
    client,
    { id: null, settings: null, active: false, ownAddresses: [], ...start },
    {
      open: (url) => {
        opened.push(url);
        return Promise.resolve(true);
      },
      language: () => 'de',
    },
  );
  forms.push(form);
  return { form, client, opened };
}

async function fillMicrosoft(form: AccountForm): Promise<void> {
  form.set('address', 'anna@post.example');
  form.setServer('imap', 'host', 'outlook.office365.com');
  form.setServer('smtp', 'host', 'smtp.office365.com');
  await form.findProvider();
}

test('where somebody signs in no password is asked for: the browser, the test, and saving what passed', async () => {
  const { form, client, opened } = openAtMicrosoft();
  await fillMicrosoft(form);
  expect(form.fields.auth).toEqual({ method: 'oauth2', provider: 'microsoft' });
  expect(form.faults).toEqual({ signIn: 'accounts.form.signInNeeded' });
  await form.signInNow();
  expect(opened).toEqual(['https://login.example/']);
  expect(form.signIn).toMatchObject({ state: 'done', identities: ['anna@post.example'] });
  expect(client.requests('accounts.test')[0]).toMatchObject({
    credentials: null,
    signIn: 'first',
    settings: { auth: { method: 'oauth2', provider: 'microsoft' } },
  });
  expect(form.canSave).toBe(true);
  await form.save({ active: true });
  expect(client.requests('accounts.save')[0]).toMatchObject({ signIn: 'first', credentials: null });
  form[Symbol.dispose]();
  expect(client.requests('signIn.cancel')).toEqual([]);
});

test('somebody else who signed in is asked about, and is named in the settings only when he says so', async () => {
  const { form, client } = openAtMicrosoft();
  client.answer('signIn.wait', () => ({ identities: ['ben@post.example'] }));
  await fillMicrosoft(form);
  await form.signInNow();
  expect(form.other).toBe('ben@post.example');
  expect(client.requests('accounts.test')).toEqual([]);
  await form.useOther();
  expect(form.other).toBeNull();
  expect(client.requests('accounts.test')[0]?.settings.auth).toEqual({
    method: 'oauth2',
    provider: 'microsoft',
    login: 'ben@post.example',
  });
});

test('a sign-in that failed says why, one that is cancelled nothing, and what is not saved is forgotten', async () => {
  const { form, client } = openAtMicrosoft();
  client.answer('signIn.wait', () => {
    throw new MailError('sign-in-denied', { provider: 'Microsoft' });
  });
  await fillMicrosoft(form);
  await form.signInNow();
  expect(form.signIn).toMatchObject({ state: 'failed', error: { code: 'sign-in-denied' } });
  const waiting = Promise.withResolvers<never>();
  client.answer('signIn.wait', () => waiting.promise);
  const began = form.signInNow();
  await expect.poll(() => form.signIn?.state).toBe('waiting');
  form.signIn?.cancel();
  await began;
  expect(form.signIn).toMatchObject({ state: 'idle', error: null });
  // The one that failed, and the one that was waiting.
  expect(client.requests('signIn.cancel')).toEqual([{ id: 'first' }, { id: 'first' }]);
});

test('a password stays possible, and is all there is where no client id is known', async () => {
  const { form } = openAtMicrosoft();
  await fillMicrosoft(form);
  form.usePassword();
  expect(form.fields.auth).toBeUndefined();
  expect(form.faults).toEqual({ 'imap.password': 'accounts.form.fieldRequired' });
  form.useSignIn();
  expect(form.fields.auth).toBeDefined();
  const { form: bare } = openAtMicrosoft(false);
  await fillMicrosoft(bare);
  expect(bare.fields.auth).toBeUndefined();
  expect(bare.provider).toMatchObject({ configured: false, passwordEnds: true });
});

test('an account that has passwords needs a sign-in before it may be changed to one', async () => {
  const start = {
    id,
    active: true,
    settings: { ...settings, imap: { ...settings.imap, host: 'outlook.office365.com' } },
  };
  const { form } = openAtMicrosoft(true, start);
  await expect.poll(() => form.provider?.id).toBe('microsoft');
  expect(form.fields.auth).toBeUndefined();
  expect(form.canSave).toBe(true);
  form.useSignIn();
  expect(form.faults.signIn).toBe('accounts.form.signInNeeded');
});
