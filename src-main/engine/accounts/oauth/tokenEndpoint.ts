/**
 * What is said to a sign-in server: where the browser goes, the code for tokens, a refresh token for new ones (RFC 6749 with PKCE, RFC 7636).
 * The library checks what comes back; here its errors become ours.
 */
import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { directNetwork } from '#engine/net/network.ts';
import { createBoundedFetch, isInsecureAllowed, type BoundedFetch } from './boundedFetch.ts';
import { oauthFault } from './oauthFault.ts';
import type { OAuthProvider } from './providers.ts';

/** One request to a sign-in server. */
const limitMs = 20_000;
/** Discovery documents change rarely; keys are of no interest here. */
const keepMs = 60 * 60_000;
/** Where a server does not say how long its token is good for. */
const assumedSeconds = 3600;
/** Clocks of desktop machines are off by minutes. */
const clockToleranceSeconds = 600;

/** What one sign-in keeps to itself until the browser comes back. */
export interface Proof {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly obtainedAt: number;
  readonly expiresAt: number;
  /** Names and addresses of who signed in, the best one first; empty: the server does not say. */
  readonly identities: readonly string[];
}

const Claims = z.object({
  email: z.string().optional(),
  preferred_username: z.string().optional(),
  upn: z.string().optional(),
});

export function newProof(redirectUri: string): Proof {
  return {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
    redirectUri,
  };
}

export class TokenEndpoint {
  readonly #clock: Clock;
  readonly #fetch: BoundedFetch;
  readonly #discovered = new Map<string, { server: oauth.AuthorizationServer; until: number }>();

  constructor(clock: Clock, fetch: BoundedFetch = createBoundedFetch(directNetwork)) {
    this.#clock = clock;
    this.#fetch = fetch;
  }

  /** Where the browser goes. Throws `sign-in-server-fault` where the issuer's configuration cannot be read. */
  async authorizationUrl(
    provider: OAuthProvider,
    proof: Proof,
    address: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { client } = clientOf(provider);
    const server = await this.#server(provider, signal);
    if (server.authorization_endpoint === undefined)
      throw new MailError('sign-in-server-fault', { host: hostOf(provider.issuer) });
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      ...provider.parameters,
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: proof.redirectUri,
      scope: provider.scopes.join(' '),
      state: proof.state,
      nonce: proof.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(proof.verifier),
      code_challenge_method: 'S256',
      ...(address === '' ? {} : { login_hint: address }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** The browser came back with `answer`. Throws the `sign-in-…` errors. */
  async exchange(
    provider: OAuthProvider,
    proof: Proof,
    answer: URLSearchParams,
    signal: AbortSignal,
  ): Promise<TokenSet> {
    const server = await this.#server(provider, signal);
    return this.#ask(provider, 'code', signal, async ({ client, auth, options }) => {
      const checked = oauth.validateAuthResponse(
        answeringServer(server, answer.get('iss')),
        client,
        answer,
        proof.state,
      );
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        auth,
        checked,
        proof.redirectUri,
        proof.verifier,
        options,
      );
      const asked = provider.scopes.includes('openid');
      const tokens = await oauth.processAuthorizationCodeResponse(
        await issuerOf(server, response),
        client,
        response,
        asked ? { expectedNonce: proof.nonce, requireIdToken: true } : {},
      );
      assertScopes(provider, tokens.scope);
      const set = this.#tokenSet(tokens);
      if (set.identities.length > 0 || server.userinfo_endpoint === undefined) return set;
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      const info = await oauth.processUserInfoResponse(
        server,
        client,
        claims?.sub ?? oauth.skipSubjectCheck,
        await oauth.userInfoRequest(server, client, tokens.access_token, options),
      );
      return { ...set, identities: identitiesOf(info) };
    });
  }

  /** New tokens. Throws `sign-in-expired` where the refresh token counts no more. */
  async refresh(provider: OAuthProvider, refreshToken: string, signal: AbortSignal): Promise<TokenSet> {
    const server = await this.#server(provider, signal);
    return this.#ask(provider, 'refresh', signal, async ({ client, auth, options }) => {
      const response = await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, options);
      const tokens = await oauth.processRefreshTokenResponse(
        await issuerOf(server, response),
        client,
        response,
      );
      assertScopes(provider, tokens.scope);
      return this.#tokenSet(tokens);
    });
  }

  async #server(provider: OAuthProvider, signal: AbortSignal): Promise<oauth.AuthorizationServer> {
    const { issuer, endpoints } = provider;
    if (endpoints !== null)
      return { issuer, authorization_endpoint: endpoints.authorize, token_endpoint: endpoints.token };
    const known = this.#discovered.get(issuer);
    if (known && known.until > this.#clock.now()) return known.server;
    const server = await this.#ask(provider, 'discovery', signal, async ({ options }) => {
      const url = new URL(issuer);
      return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options));
    });
    this.#discovered.set(issuer, { server, until: this.#clock.now() + keepMs });
    return server;
  }

  async #ask<T>(
    provider: OAuthProvider,
    phase: 'discovery' | 'code' | 'refresh',
    signal: AbortSignal,
    request: (parts: {
      client: oauth.Client;
      auth: oauth.ClientAuth;
      options: oauth.TokenEndpointRequestOptions &
        oauth.DiscoveryRequestOptions &
        oauth.UserInfoRequestOptions;
    }) => Promise<T>,
  ): Promise<T> {
    using deadline = new Deadline(this.#clock, limitMs, signal);
    const seen: { status?: number; host: string } = {
      host: hostOf(provider.endpoints?.token ?? provider.issuer),
    };
    const insecure = isInsecureAllowed(provider.endpoints?.token ?? provider.issuer);
    try {
      return await request({
        ...clientOf(provider),
        options: {
          signal: deadline.signal,
          // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so to stand out; here for this machine alone
          ...(insecure ? { [oauth.allowInsecureRequests]: true } : {}),
          [oauth.customFetch]: async (url: string, options: Parameters<BoundedFetch>[1]) => {
            const response = await this.#fetch(url, options);
            seen.status = response.status;
            return response;
          },
        },
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (deadline.signal.aborted)
        throw new MailError('sign-in-server-fault', { host: seen.host }, { cause: error });
      throw oauthFault(error, { provider: provider.name, phase, ...seen });
    }
  }

  #tokenSet(tokens: oauth.TokenEndpointResponse): TokenSet {
    const obtainedAt = this.#clock.now();
    return {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? null,
      obtainedAt,
      expiresAt: obtainedAt + (tokens.expires_in ?? assumedSeconds) * 1000,
      identities: identitiesOf(oauth.getValidatedIdTokenClaims(tokens)),
    };
  }
}

function clientOf(provider: OAuthProvider): { client: oauth.Client; auth: oauth.ClientAuth } {
  const { client, name } = provider;
  if (client === null) throw new MailError('sign-in-not-configured', { provider: name });
  return {
    client: { client_id: client.id, [oauth.clockTolerance]: clockToleranceSeconds },
    auth: client.secret === null ? oauth.None() : oauth.ClientSecretPost(client.secret),
  };
}

const isTemplate = ({ issuer }: oauth.AuthorizationServer): boolean => issuer.includes('{tenantid}');

/** The directory that answers in the browser, where it says which. */
function answeringServer(
  server: oauth.AuthorizationServer,
  issuer: string | null,
): oauth.AuthorizationServer {
  if (!isTemplate(server) || issuer === null) return server;
  const [before = '', after = ''] = server.issuer.split('{tenantid}');
  return issuer.startsWith(before) && issuer.endsWith(after) ? { ...server, issuer } : server;
}

/** Microsoft's issuer has the directory's id in it, which its token names: that it names itself rightly is what can be checked. */
async function issuerOf(
  server: oauth.AuthorizationServer,
  response: Response,
): Promise<oauth.AuthorizationServer> {
  if (!isTemplate(server) || response.status !== 200) return server;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const token = z.object({ id_token: z.string() }).safeParse(body);
  const part = token.success ? token.data.id_token.split('.')[1] : undefined;
  if (part === undefined) return server;
  try {
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    const { tid } = z.object({ tid: z.string().regex(/^[0-9a-f-]{36}$/i) }).parse(claims);
    return { ...server, issuer: server.issuer.replace('{tenantid}', tid) };
  } catch {
    return server;
  }
}

/** RFC 6749, 5.1: a scope that is not told is the one that was asked for. */
function assertScopes(provider: OAuthProvider, scope: string | undefined): void {
  if (scope === undefined) return;
  const given = scope.toLowerCase().split(/\s+/);
  // Microsoft names a scope with or without the address of what it is for.
  const tail = (one: string): string => one.slice(one.lastIndexOf('/') + 1);
  const isGiven = (wanted: string): boolean =>
    given.some((one) => one === wanted || (tail(wanted) !== '' && tail(one) === tail(wanted)));
  if (provider.mailScopes.every((wanted) => isGiven(wanted.toLowerCase()))) return;
  throw new MailError('sign-in-scope', { provider: provider.name });
}

function identitiesOf(claims: unknown): string[] {
  const parsed = Claims.safeParse(claims);
  if (!parsed.success) return [];
  const { email, preferred_username: name, upn } = parsed.data;
  return [...new Set([email, name, upn])].filter(
    (one): one is string => one !== undefined && one !== '' && one.length <= 320,
  );
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}
