/** Signing in at a provider, from the browser to the mail: a real authorisation server, Dovecot and Postfix that ask it about tokens. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEngine } from '#engine/createEngine.ts';
import type { SecretStore } from '#engine/ports/ports.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { loopbackRedirects } from '#hosts/node/loopbackRedirect.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { CommandName, EngineApi, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { toWire, type MailError } from '#shared/errors/MailError.ts';
import { describeWith } from '#test/servers/available.ts';
import { startDovecot, type Dovecot } from '#test/servers/dovecot.ts';
import { startPostfix, type Postfix } from '#test/servers/postfix.ts';
import { clientId, PlainBrowser, startSignInServer, type SignInServer } from '#test/servers/signInServer.ts';
import { silentLog } from '#test/support/silentLog.ts';

interface StoredGrant {
  oauth: {
    accessToken: string;
    refreshToken: string | null;
    obtainedAt: number;
    expiresAt: number;
    identities: string[];
  };
}

describeWith(['dovecot', 'postfix'], 'signing in at a provider', () => {
  let provider: SignInServer;
  let dovecot: Dovecot;
  let postfix: Postfix;
  let folder: string;
  let secrets: SecretStore;
  let engine: EngineApi;

  beforeAll(async () => {
    provider = await startSignInServer();
    dovecot = await startDovecot({ introspection: { url: provider.introspectionUrl } });
    postfix = await startPostfix(dovecot);
  });
  afterAll(async () => {
    await postfix[Symbol.asyncDispose]();
    await dovecot[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-oauth-'));
    writeFileSync(
      join(folder, 'oauth-clients.json'),
      JSON.stringify({
        [provider.issuer]: {
          clientId,
          name: 'Test',
          hosts: ['mail.signin.test'],
          scopes: ['openid', 'email', 'offline_access', 'mail'],
        },
      }),
    );
    secrets = memorySecrets();
    engine = await open();
    provider.fault = null;
    provider.tokenRequests.code = 0;
    provider.tokenRequests.refresh = 0;
  });
  afterEach(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<EngineApi> => {
    const { api } = await createEngine({
      clock: systemClock(),
      ids: nodeIds(),
      secrets,
      log: silentLog(),
      paths: { root: folder, store: join(folder, 'store.sqlite'), cache: join(folder, 'cache') },
      locale: 'en',
      machineId: 'test',
      version: '0.0.0',
      redirects: loopbackRedirects(),
      options: { passive: true, oauthClientFiles: [join(folder, 'oauth-clients.json')] },
    });
    return api;
  };
  const call = <N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>> =>
    engine.dispatch(name, request, new AbortController().signal) as Promise<ResponseOf<N>>;

  const settingsFor = (user: string, more: Partial<AccountSettings> = {}): AccountSettings => ({
    name: user,
    address: user,
    displayName: '',
    imap: { host: '127.0.0.1', port: dovecot.ports.imap, security: 'none', user },
    smtp: { host: '127.0.0.1', port: postfix.ports.plain, security: 'none', user },
    archiveAddress: null,
    tls: { trust: 'system' },
    auth: { method: 'oauth2', provider: provider.issuer },
    ...more,
  });
  const begin = (address: string): Promise<ResponseOf<'signIn.start'>> =>
    call('signIn.start', { provider: provider.issuer, address, language: 'en' });
  const signInAs = async (user: string): Promise<string> => {
    const { id, url } = await begin(user);
    await new PlainBrowser().signIn(url, user);
    await call('signIn.wait', { id });
    return id;
  };
  const addAccount = async (user: string): Promise<AccountId> => {
    const settings = settingsFor(user);
    const signIn = await signInAs(user);
    const tested = await call('accounts.test', { settings, credentials: null, signIn });
    expect(tested).toMatchObject({ ok: true, imap: { ok: true }, smtp: { ok: true } });
    const saved = await call('accounts.save', {
      id: null,
      settings,
      credentials: null,
      signIn,
      token: tested.token,
      active: true,
    });
    return saved.id;
  };
  const stored = async (id: AccountId): Promise<StoredGrant['oauth']> =>
    (JSON.parse((await secrets.get(`account:${id}`)) ?? '{}') as StoredGrant).oauth;
  const alter = async (id: AccountId, change: Partial<StoredGrant['oauth']>): Promise<void> =>
    secrets.set(`account:${id}`, JSON.stringify({ oauth: { ...(await stored(id)), ...change } }));
  const healthOf = async (
    id: AccountId,
  ): Promise<ResponseOf<'accounts.list'>['accounts'][number]['health']> => {
    const { accounts } = await call('accounts.list', {});
    return accounts.find((account) => account.id === id)!.health;
  };
  /** What every failure must be: a code, and words in both languages without a token. */
  const failureOf = async (promise: Promise<unknown>): Promise<MailError> => {
    const error = (await promise.then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown,
    )) as MailError;
    for (const language of ['en', 'de'] as const) {
      const words = errorText(toWire(error), language);
      expect(words.message).not.toMatch(/[{[\]}]|undefined/);
      if (error.code !== 'cancelled') expect(words.hint).not.toBe('');
    }
    return error;
  };
  const letter = (n: number): string =>
    `From: c@outside.test\r\nSubject: Question ${String(n)}\r\nMessage-ID: <${String(n)}@outside.test>\r\n\r\nHello\r\n`;

  test('the browser, the token, the test, the mail and the answer: the whole way without a password', async () => {
    await dovecot.deliver('anna@xyz.test', letter(1));
    const { id, url, name } = await begin('anna@xyz.test');
    expect(name).toBe('Test');
    const asked = new URL(url).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      login_hint: 'anna@xyz.test',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    });
    const page = await new PlainBrowser().signIn(url, 'anna@xyz.test');
    expect(page.url).toContain(asked.get('redirect_uri'));
    expect(page.text).toContain('You signed in as anna@xyz.test');
    expect(await call('signIn.wait', { id })).toEqual({ identities: ['anna@xyz.test'] });

    const settings = settingsFor('anna@xyz.test');
    const tested = await call('accounts.test', { settings, credentials: null, signIn: id });
    expect(tested.smtp?.steps.map(({ step, ok }) => `${step} ${String(ok)}`)).toContain('sender true');
    expect(JSON.stringify(tested)).not.toMatch(/eyJ|accessToken/);
    const account = await call('accounts.save', {
      id: null,
      settings,
      credentials: null,
      signIn: id,
      token: tested.token,
      active: true,
    });
    expect((await call('accounts.get', { id: account.id })).settings.auth).toEqual(settings.auth);
    expect(await call('sync.run', {})).toMatchObject({ accounts: [{ ok: true, messages: 1 }] });

    expect(await send(account.id, 'ben@xyz.test')).toMatchObject({
      state: 'sent',
      recipients: [{ address: 'ben@xyz.test', status: 'accepted' }],
      sentCopy: { state: 'filed' },
    });
    expect(provider.tokenRequests).toEqual({ code: 1, refresh: 0 });
  });

  const send = async (accountId: AccountId, to: string): Promise<ResponseOf<'outbox.settle'>> => {
    const draft = await call('drafts.create', { accountId });
    await call('drafts.save', {
      id: draft.id,
      accountId,
      content: { ...draft.content, to, subject: 'An answer', text: 'Hello' },
    });
    const { id } = await call('outbox.send', { draftId: draft.id });
    return call('outbox.settle', { id });
  };

  test.each(['xoauth2', 'oauthbearer'] as const)(
    'a server that offers %s alone takes the token for both ways',
    async (mechanism) => {
      await using alone = await startDovecot({
        introspection: { url: provider.introspectionUrl, mechanisms: [mechanism] },
      });
      await using smtp = await startPostfix(alone);
      const settings = settingsFor('anna@xyz.test', {
        imap: { host: '127.0.0.1', port: alone.ports.imap, security: 'none', user: 'anna@xyz.test' },
        smtp: { host: '127.0.0.1', port: smtp.ports.plain, security: 'none', user: 'anna@xyz.test' },
      });
      const signIn = await signInAs('anna@xyz.test');
      const tested = await call('accounts.test', { settings, credentials: null, signIn });
      expect(tested.ok).toBe(true);
      const { token } = tested;
      const { id } = await call('accounts.save', {
        id: null,
        settings,
        credentials: null,
        signIn,
        token,
        active: true,
      });
      expect(await call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
      expect(await send(id, 'ben@xyz.test')).toMatchObject({ state: 'sent' });
    },
  );

  test('twenty needs at once renew a token once, before it ends', async () => {
    const id = await addAccount('many@xyz.test');
    const before = await stored(id);
    await alter(id, { obtainedAt: Date.now() - 3_540_000, expiresAt: Date.now() + 60_000 });
    await Promise.all(Array.from({ length: 20 }, () => call('accounts.retest', { id, signIn: null })));
    expect(provider.tokenRequests.refresh).toBe(1);
    const after = await stored(id);
    expect(after.accessToken).not.toBe(before.accessToken);
    // Rotated: the one before counts no more, so the new one must have been kept.
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect((await call('accounts.retest', { id, signIn: null })).ok).toBe(true);
  });

  test('a token that the mail server refuses in the middle of things is renewed once, and the work goes on', async () => {
    const id = await addAccount('revoked@xyz.test');
    await provider.revoke((await stored(id)).accessToken);
    expect(await call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
    expect(provider.tokenRequests.refresh).toBe(1);
    await provider.revoke((await stored(id)).accessToken);
    expect(await send(id, 'ben@xyz.test')).toMatchObject({ state: 'sent' });
    expect(provider.tokenRequests.refresh).toBe(2);
  });

  test('a refused renewal means "sign in again": the account needs attention, and nobody is asked again', async () => {
    const id = await addAccount('gone@xyz.test');
    const { refreshToken, accessToken } = await stored(id);
    await provider.revoke(refreshToken ?? '');
    await provider.revoke(accessToken);
    await alter(id, { expiresAt: Date.now() - 1000 });
    for (let n = 0; n < 5; n += 1) {
      const { accounts } = await call('sync.run', {});
      expect(accounts[0]?.error?.code).toBe('sign-in-expired');
    }
    expect((await healthOf(id)).state).toBe('needs-attention');
    expect((await failureOf(call('accounts.retest', { id, signIn: null }))).code).toBe('sign-in-expired');
    expect(await send(id, 'ben@xyz.test')).toMatchObject({
      state: 'retrying',
      error: { code: 'sign-in-expired' },
    });
    expect(provider.tokenRequests.refresh).toBe(1);
    // Nor after a restart.
    await engine[Symbol.asyncDispose]();
    engine = await open();
    await call('sync.run', {});
    expect(provider.tokenRequests.refresh).toBe(1);

    const signIn = await signInAs('gone@xyz.test');
    expect((await call('accounts.retest', { id, signIn })).ok).toBe(true);
    expect((await healthOf(id)).state).toBe('healthy');
    expect(await call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
    const { entries } = await call('outbox.list', {});
    await call('outbox.retry', { id: entries[0]!.id });
    expect(await call('outbox.settle', { id: entries[0]!.id })).toMatchObject({ state: 'sent' });
  });

  const html = (response: ServerResponse, status: number): void => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Please log in to the network</h1>');
  };
  test.each([
    ['a login page', (response: ServerResponse) => html(response, 200)],
    ['an error page', (response: ServerResponse) => html(response, 500)],
    ['a redirect', (response: ServerResponse) => response.writeHead(302, { location: '/elsewhere' }).end()],
    [
      'half an answer',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"access'),
    ],
    ['nothing at all', (response: ServerResponse) => response.destroy()],
  ])(
    'a sign-in server that answers with %s is named in words, and the account goes on with the token it has',
    async (_what, answer) => {
      const id = await addAccount('portal@xyz.test');
      provider.fault = (_request, response) => answer(response);
      await alter(id, { expiresAt: Date.now() + 60_000 });
      expect(await call('sync.run', {})).toMatchObject({ accounts: [{ ok: true }] });
      await alter(id, { expiresAt: Date.now() - 1000 });
      await dovecot.doveadm('kick', 'portal@xyz.test').catch(() => '');
      await engine[Symbol.asyncDispose]();
      engine = await open();
      const { accounts } = await call('sync.run', {});
      expect(accounts[0]?.error?.code).toBe('sign-in-server-fault');
      // It passes by itself: no person is asked for.
      expect((await healthOf(id)).state).toBe('retrying');

      const { id: signIn, url } = await begin('portal@xyz.test');
      const page = await new PlainBrowser().signIn(url, 'portal@xyz.test');
      expect(page.text).toContain('The sign-in did not work');
      expect((await failureOf(call('signIn.wait', { id: signIn }))).code).toBe('sign-in-server-fault');
    },
  );

  test('a sign-in without the access to mail, and one that does not last, are refused in words', async () => {
    const answered = (body: object) => (_request: unknown, response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const id = await addAccount('scope@xyz.test');
    await alter(id, { expiresAt: Date.now() - 1000 });
    provider.fault = answered({ access_token: 'a', token_type: 'bearer', scope: 'openid email' });
    expect((await failureOf(call('accounts.retest', { id, signIn: null }))).code).toBe('sign-in-scope');

    provider.fault = null;
    const client = { clientId, name: 'Test', scopes: ['openid', 'email', 'mail'] };
    writeFileSync(join(folder, 'oauth-clients.json'), JSON.stringify({ [provider.issuer]: client }));
    const { id: signIn, url } = await begin('anna@xyz.test');
    await new PlainBrowser().signIn(url, 'anna@xyz.test');
    expect((await failureOf(call('signIn.wait', { id: signIn }))).code).toBe('sign-in-not-lasting');
  });

  test('who says no in the browser is told so, and nothing is kept', async () => {
    const { id, url } = await begin('anna@xyz.test');
    const page = await new PlainBrowser().decline(url);
    expect(page.text).toContain('was declined');
    expect((await failureOf(call('signIn.wait', { id }))).code).toBe('sign-in-denied');
    expect(provider.tokenRequests.code).toBe(0);
    expect(
      (
        await failureOf(
          call('accounts.test', { settings: settingsFor('anna@xyz.test'), credentials: null, signIn: id }),
        )
      ).code,
    ).toBe('not-found');
  });

  test('an answer with another state is not used, and the sign-in goes on waiting for its own', async () => {
    const { id, url } = await begin('anna@xyz.test');
    const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
    const forged = await fetch(`${redirect}/?code=stolen&state=guessed`);
    expect(forged.status).toBe(400);
    expect(await forged.text()).toContain('belongs to no sign-in');
    expect((await fetch(`${redirect}/`)).status).toBe(400);
    expect((await fetch(`${redirect}/favicon.ico`)).status).toBe(404);
    expect(provider.tokenRequests.code).toBe(0);
    await new PlainBrowser().signIn(url, 'anna@xyz.test');
    expect(await call('signIn.wait', { id })).toEqual({ identities: ['anna@xyz.test'] });
    await expect(fetch(redirect)).rejects.toThrow();
  });

  test('a sign-in that is cancelled lets go of its port, and who waits for it hears so', async () => {
    const { id, url } = await begin('anna@xyz.test');
    const waiting = failureOf(call('signIn.wait', { id }));
    await call('signIn.cancel', { id });
    expect((await waiting).code).toBe('cancelled');
    await expect(fetch(new URL(url).searchParams.get('redirect_uri') ?? '')).rejects.toThrow();
  });

  test('who signs in as somebody else is told both names; for a shared mailbox it is said in the settings', async () => {
    const signIn = await signInAs('ben@xyz.test');
    const settings = settingsFor('anna@xyz.test');
    const error = await failureOf(call('accounts.test', { settings, credentials: null, signIn }));
    expect(error).toMatchObject({
      code: 'sign-in-other-account',
      params: { identity: 'ben@xyz.test', address: 'anna@xyz.test' },
    });
    // Said on purpose: then the mail server decides. This one lets nobody into another's mailbox.
    const shared = settingsFor('anna@xyz.test', {
      auth: { method: 'oauth2', provider: provider.issuer, login: 'ben@xyz.test' },
    });
    const tested = await call('accounts.test', { settings: shared, credentials: null, signIn });
    expect(tested.imap.steps.at(-1)?.error?.code).toBe('token-rejected');
    expect(tested.smtp?.steps.at(-1)?.error?.code).toBe('token-rejected');
  });

  test('signing in again as somebody else keeps the account as it was', async () => {
    const id = await addAccount('keep@xyz.test');
    const before = await stored(id);
    const signIn = await signInAs('ben@xyz.test');
    expect((await failureOf(call('accounts.retest', { id, signIn }))).code).toBe('sign-in-other-account');
    expect(await stored(id)).toEqual(before);
  });

  test('without a client id it says who must do what; with a broken file where it is broken', async () => {
    writeFileSync(join(folder, 'oauth-clients.json'), '{}');
    expect(await call('signIn.find', { host: 'imap.gmail.com' })).toEqual({
      provider: { id: 'google', name: 'Google', configured: false, passwordEnds: false },
    });
    const google = { provider: 'google', address: 'a@gmail.com', language: 'en' } as const;
    expect((await failureOf(call('signIn.start', google))).code).toBe('sign-in-not-configured');
    writeFileSync(join(folder, 'oauth-clients.json'), '{"google":{"clientID":"x"}}');
    expect(await failureOf(call('signIn.start', google))).toMatchObject({
      code: 'invalid-input',
      faults: [{ path: 'oauth-clients.json: google: clientId' }, { path: 'oauth-clients.json: google' }],
    });
    // No restart needed.
    writeFileSync(join(folder, 'oauth-clients.json'), '{"google":{"clientId":"x"}}');
    const { url, id } = await call('signIn.start', google);
    expect(url).toMatch(/^https:\/\/accounts\.google\.com\/.*access_type=offline/);
    await call('signIn.cancel', { id });
  });

  test('a row of an import waits for its sign-in, is not tried without one, and comes in with it', async () => {
    const people = ['anna@xyz.test', 'ben@xyz.test'];
    const content = Buffer.from(JSON.stringify(people.map((user) => settingsFor(user))));
    const { importId, rows } = await call('import.open', { content });
    expect(rows.map(({ state }) => state)).toEqual(['sign-in-needed', 'sign-in-needed']);
    const states = async () => (await call('import.run', { importId })).rows.map(({ state }) => state);
    expect(await states()).toEqual(['sign-in-needed', 'sign-in-needed']);
    expect(provider.tokenRequests).toEqual({ code: 0, refresh: 0 });

    const other = await call('import.signIn', { importId, line: 1, signIn: await signInAs('cleo@xyz.test') });
    expect(other).toMatchObject({ state: 'failed', code: 'sign-in-other-account' });
    const own = await call('import.signIn', { importId, line: 1, signIn: await signInAs('anna@xyz.test') });
    expect(own).toMatchObject({ state: 'imported' });
    expect(await stored(own.id!)).toMatchObject({ identities: ['anna@xyz.test'] });
    expect(await states()).toEqual(['imported', 'sign-in-needed']);
    const gone = await call('import.signIn', { importId, line: 2, signIn: 'gone' });
    expect(gone).toMatchObject({ state: 'sign-in-needed', code: 'not-found' });
    await call('import.close', { importId });
  });
});
