import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BoundedFetch } from '#engine/accounts/oauth/boundedFetch.ts';
import { createProviders } from '#engine/accounts/oauth/providers.ts';
import { SignIns } from '#engine/accounts/oauth/signIns.ts';
import { TokenEndpoint } from '#engine/accounts/oauth/tokenEndpoint.ts';
import type { RedirectListener } from '#engine/ports/ports.ts';
import type { MailError } from '#shared/errors/MailError.ts';
import { FakeClock } from '#test/support/fakeClock.ts';
import { silentLog } from '#test/support/silentLog.ts';

const tenant = '11111111-2222-3333-4444-555555555555';
let clock: FakeClock;
let listening: { answer: Parameters<RedirectListener['listen']>[1]; host: string } | null;
let asked: { url: string; body: URLSearchParams }[];
let answer: (body: URLSearchParams) => Response;
let signIns: SignIns;

const json = (body: object, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const fetchOf: BoundedFetch = (url, { body }) => {
  asked.push({ url, body: body as URLSearchParams });
  return Promise.resolve(answer(body as URLSearchParams));
};

beforeEach(() => {
  clock = new FakeClock(Date.now());
  listening = null;
  asked = [];
  let ids = 0;
  signIns = new SignIns({
    clock,
    ids: { uuid: () => `id-${String((ids += 1))}`, random: () => 0.5 },
    log: silentLog(),
    providers: createProviders(() => [
      { microsoft: { clientId: 'ms-client' }, google: { clientId: 'g-client', clientSecret: 'g-secret' } },
    ]),
    endpoint: new TokenEndpoint(clock, fetchOf),
    redirects: {
      listen: (host, handler) => {
        listening = { answer: handler, host };
        return Promise.resolve({
          port: 4711,
          [Symbol.asyncDispose]: () => {
            listening = null;
            return Promise.resolve();
          },
        });
      },
    },
  });
});
afterEach(() => signIns[Symbol.asyncDispose]());

const signal = new AbortController().signal;
const start = (provider: string, address = 'anna@xyz.test') =>
  signIns.start({ provider, address, language: 'de' }, signal);
const failure = async (id: string): Promise<MailError> =>
  signIns.wait(id, signal).then(
    () => expect.unreachable(),
    (error: unknown) => error as MailError,
  );
const idToken = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'RS256' })}.${part({ iat: now, exp: now + 3600, sub: 's', ...claims })}.${Buffer.from('x').toString('base64url')}`;
};
/** The browser comes back with this. */
const comeBack = async (url: string, query: Record<string, string>): Promise<string> => {
  const state = new URL(url).searchParams.get('state') ?? '';
  const page = await listening!.answer(new URLSearchParams({ state, ...query }));
  return page.html;
};

test('a browser that never comes back ends the sign-in after ten minutes, in words, and frees the port', async () => {
  const { id } = await start('google');
  const waiting = failure(id);
  await clock.advance(9 * 60_000);
  expect(listening).not.toBeNull();
  await clock.advance(60_000);
  expect((await waiting).code).toBe('sign-in-timed-out');
  expect(listening).toBeNull();
});

test('Google is asked for a lasting sign-in, and told the secret that it gives to desktop programs', async () => {
  const { id, url } = await start('google', 'a@gmail.com');
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
    access_type: 'offline',
    prompt: 'consent',
    scope: 'openid email https://mail.google.com/',
    redirect_uri: 'http://127.0.0.1:4711',
  });
  answer = () =>
    json({
      access_token: 'at',
      refresh_token: 'rt',
      token_type: 'Bearer',
      expires_in: 3599,
      scope: 'openid https://www.googleapis.com/auth/userinfo.email https://mail.google.com/',
      id_token: idToken({
        iss: 'https://accounts.google.com',
        aud: 'g-client',
        email: 'a@gmail.com',
        nonce: new URL(url).searchParams.get('nonce'),
      }),
    });
  expect(await comeBack(url, { code: 'c' })).toContain('Sie haben sich als a@gmail.com angemeldet.');
  expect(await signIns.wait(id, signal)).toEqual(['a@gmail.com']);
  expect(asked[0]?.url).toBe('https://oauth2.googleapis.com/token');
  expect(asked[0]?.body.get('client_secret')).toBe('g-secret');
  expect(asked[0]?.body.get('code_verifier')).toMatch(/^[\w-]{43,}$/);
});

const microsoftAnswer = (url: string, claims: object = {}, scope?: string): Response =>
  json({
    access_token: 'at',
    refresh_token: 'rt',
    token_type: 'Bearer',
    expires_in: 4000,
    scope: scope ?? 'IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
    id_token: idToken({
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      tid: tenant,
      aud: 'ms-client',
      preferred_username: 'anna@xyz.test',
      nonce: new URL(url).searchParams.get('nonce'),
      ...claims,
    }),
  });

test('at Microsoft each directory is an issuer of its own, and the way back is on localhost', async () => {
  const { id, url, approval } = await start('microsoft');
  expect(listening?.host).toBe('localhost');
  expect(new URL(url).searchParams.get('redirect_uri')).toBe('http://localhost:4711');
  expect(approval?.url).toBe(
    'https://login.microsoftonline.com/xyz.test/v2.0/adminconsent?client_id=ms-client&scope=https%3A%2F%2Foutlook.office.com%2F.default&redirect_uri=http%3A%2F%2Flocalhost',
  );
  answer = () => microsoftAnswer(url);
  await comeBack(url, { code: 'c' });
  expect(await signIns.wait(id, signal)).toEqual(['anna@xyz.test']);
});

test.each([
  ['a token of another issuer', { iss: 'https://evil.test/' }, 'sign-in-failed'],
  ['a token for another program', { aud: 'other' }, 'sign-in-failed'],
  ['a token of another sign-in', { nonce: 'old' }, 'sign-in-failed'],
] as const)('%s is refused', async (_what, claims, code) => {
  const { id, url } = await start('microsoft');
  answer = () => microsoftAnswer(url, claims);
  await comeBack(url, { code: 'c' });
  expect((await failure(id)).code).toBe(code);
});

test('somebody who left the access to mail unticked is told so', async () => {
  const { id, url } = await start('microsoft');
  answer = () => microsoftAnswer(url, {}, 'openid email');
  expect(await comeBack(url, { code: 'c' })).toContain('umfasst den Zugriff auf E-Mails nicht');
  expect((await failure(id)).code).toBe('sign-in-scope');
});

test.each([
  ['consent_required', 'AADSTS65001: The user or administrator has not consented.', 'sign-in-admin-approval'],
  [
    'access_denied',
    'AADSTS90094: An administrator of xyz has set a policy.\r\nTrace ID: 1',
    'sign-in-admin-approval',
  ],
  ['access_denied', 'AADSTS65004: User declined to consent.', 'sign-in-denied'],
  ['access_denied', '', 'sign-in-denied'],
  ['unauthorized_client', 'AADSTS700016: Application not found in the directory.', 'sign-in-client-refused'],
  ['invalid_scope', 'no such scope', 'sign-in-scope'],
  ['temporarily_unavailable', '', 'sign-in-server-fault'],
  ['something_new', 'Words <b>of</b> the server', 'sign-in-failed'],
])('in the browser %s (%s) is %s', async (error, description, code) => {
  const { id, url } = await start('microsoft');
  const page = await comeBack(url, { error, error_description: description });
  const failed = await failure(id);
  expect(failed.code).toBe(code);
  expect(page).not.toContain('<b>');
  expect(asked).toHaveLength(0);
  if (code === 'sign-in-admin-approval') {
    expect(page).toContain('adminconsent');
    expect(failed.params).toMatchObject({
      client: 'ms-client',
      url: expect.stringContaining('adminconsent') as string,
    });
  }
});

test.each([
  [400, { error: 'invalid_client', error_description: 'unknown' }, 'sign-in-client-refused'],
  [
    400,
    { error: 'invalid_grant', error_description: 'AADSTS54005: code was already redeemed' },
    'sign-in-failed',
  ],
  [400, { error: 'invalid_grant', error_description: 'AADSTS65001: no consent' }, 'sign-in-admin-approval'],
  [503, { error: 'server_error' }, 'sign-in-server-fault'],
  [200, { token_type: 'Bearer' }, 'sign-in-server-fault'],
])('a token endpoint that answers %i %o is %s', async (status, body, code) => {
  const { id, url } = await start('microsoft');
  answer = () => json(body, status);
  await comeBack(url, { code: 'c' });
  expect((await failure(id)).code).toBe(code);
});

test('a code is used once: what comes a second time is answered, and asks nobody', async () => {
  const { url } = await start('microsoft');
  const { answer: came } = listening!;
  answer = () => microsoftAnswer(url);
  await comeBack(url, { code: 'c' });
  const again = await came(
    new URLSearchParams({ state: new URL(url).searchParams.get('state') ?? '', code: 'c' }),
  );
  expect(again.status).toBe(400);
  expect(asked).toHaveLength(1);
});

test('who begins again and again holds no more than a few ports', async () => {
  const first = await start('google');
  const waiting = failure(first.id);
  for (let n = 0; n < 4; n += 1) await start('google');
  expect((await waiting).code).toBe('cancelled');
});
