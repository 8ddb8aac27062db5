/**
 * A real authorisation server for a test (oidc-provider, certified for OpenID Connect) on a free loopback port, and a person's browser
 * that goes its way by plain requests. Faults come on cue.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const clientId = 'postkorb-test';
const introspector = { id: 'mail-server', secret: 'introspection-secret' };

export interface SignInServer extends AsyncDisposable {
  readonly issuer: string;
  /** For the Dovecot of the test. */
  readonly introspectionUrl: string;
  /** Requests to the token endpoint so far, by grant type, those that a fault answered among them. */
  readonly tokenRequests: { code: number; refresh: number };
  /** Answers instead of the token endpoint, until it is taken back by null. */
  fault: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** Nothing that was given out until now counts any more, as after a change of the password. */
  forget(): Promise<void>;
  /** The token counts no more from now on: an access token by itself, or a refresh token with all that came of it. */
  revoke(token: string): Promise<void>;
}

export interface SignInServerOptions {
  /** Default an hour. */
  readonly accessTokenSeconds?: number;
  /** The mailbox that somebody's token opens, for a mail server that reads `mailbox` of it; default: his own. */
  readonly mailboxOf?: (user: string) => string;
}

/** Everybody may sign in, with any password; who he is (`sub`, `email`) is the name that he types. */
export async function startSignInServer(options: SignInServerOptions = {}): Promise<SignInServer> {
  const tokenRequests = { code: 0, refresh: 0 };
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => {
    response.writeHead(503).end();
  };
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${String(port)}`;
  const provider = quietly(
    () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: clientId,
            application_type: 'native',
            token_endpoint_auth_method: 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            redirect_uris: ['http://127.0.0.1', 'http://localhost'],
          },
          {
            client_id: introspector.id,
            client_secret: introspector.secret,
            grant_types: [],
            response_types: [],
            redirect_uris: [],
          },
        ],
        scopes: ['openid', 'offline_access', 'mail'],
        claims: { openid: ['sub'], email: ['email', 'email_verified'] },
        conformIdTokenClaims: false,
        findAccount: (_context, id) => ({
          accountId: id,
          claims: () => Promise.resolve({ sub: id, email: id, email_verified: true }),
        }),
        extraTokenClaims: (_context, token) => {
          const user = 'accountId' in token && typeof token.accountId === 'string' ? token.accountId : '';
          return { mailbox: options.mailboxOf?.(user) ?? user };
        },
        features: {
          devInteractions: { enabled: true },
          introspection: { enabled: true, allowedPolicy: () => true },
          revocation: { enabled: true, allowedPolicy: () => true },
        },
        // Each refresh token is good once, as at the providers that are careful.
        rotateRefreshToken: true,
        ttl: {
          AccessToken: options.accessTokenSeconds ?? 3600,
          Grant: 86_400,
          IdToken: 3600,
          Interaction: 3600,
          RefreshToken: 86_400,
          Session: 86_400,
        },
        cookies: { keys: ['of-the-test'] },
      }),
  );
  const given = new Set<{ destroy(): Promise<unknown> }>();
  provider.on('access_token.saved', (token) => given.add(token));
  provider.on('refresh_token.saved', (token) => given.add(token));
  const callback = provider.callback();
  const answered: { fault: SignInServer['fault'] } = { fault: null };
  handle = (request, response) => {
    if (request.method !== 'POST' || request.url !== '/token') {
      void callback(request, response);
      return;
    }
    // What is asked for stands in the body, which the provider reads as well.
    request.on('data', (chunk: Buffer) => {
      const kind = /grant_type=(\w+)/.exec(chunk.toString())?.[1];
      if (kind === 'refresh_token') tokenRequests.refresh += 1;
      else if (kind === 'authorization_code') tokenRequests.code += 1;
    });
    if (answered.fault === null) void callback(request, response);
    else answered.fault(request, response);
  };
  return {
    issuer,
    introspectionUrl: `http://${introspector.id}:${introspector.secret}@127.0.0.1:${String(port)}/token/introspection`,
    tokenRequests,
    get fault() {
      return answered.fault;
    },
    set fault(fault) {
      answered.fault = fault;
    },
    async forget() {
      await Promise.all([...given].map((token) => token.destroy()));
      given.clear();
    },
    async revoke(token) {
      const found = await provider.AccessToken.find(token);
      if (found) {
        await found.destroy();
        return;
      }
      const answer = await fetch(`${issuer}/token/revocation`, {
        method: 'POST',
        body: new URLSearchParams({ token, client_id: clientId }),
      });
      if (!answer.ok) throw new Error(`revocation: ${String(answer.status)}`);
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** It warns of what is right for a test: forms for development, keys that nobody set. */
function quietly<T>(make: () => T): T {
  /* eslint-disable no-console -- the library's, not ours */
  const { warn, info } = console;
  console.warn = console.info = () => undefined;
  try {
    return make();
  } finally {
    console.warn = warn;
    console.info = info;
    /* eslint-enable no-console */
  }
}

/** A browser with cookies and no script. */
export class PlainBrowser {
  readonly #cookies = new Map<string, string>();

  /** Follows the redirects from `url` to a page. */
  async open(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ url: string; status: number; text: string }> {
    let next = url;
    let body = form;
    for (let hop = 0; hop < 20; hop += 1) {
      const answer = await fetch(next, {
        redirect: 'manual',
        method: body ? 'POST' : 'GET',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body ? { body: new URLSearchParams(body) } : {}),
      });
      body = undefined;
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') this.#cookies.delete(name);
        else this.#cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status >= 400 || location === null)
        return { url: next, status: answer.status, text: await answer.text() };
      await answer.arrayBuffer();
      next = new URL(location, next).href;
    }
    throw new Error('too many redirects');
  }

  /** Signs in as `user` and agrees to what is asked. Returns the page at the end, the app's own. */
  async signIn(url: string, user: string): Promise<{ url: string; status: number; text: string }> {
    let page = await this.open(url);
    if (page.text.includes('value="login"'))
      page = await this.open(actionOf(page), { prompt: 'login', login: user, password: 'x' });
    if (page.text.includes('value="consent"')) page = await this.open(actionOf(page), { prompt: 'consent' });
    return page;
  }

  /** Says no. */
  async decline(url: string): Promise<{ url: string; status: number; text: string }> {
    const page = await this.open(url);
    return this.open(`${new URL(page.url).origin}${new URL(page.url).pathname}/abort`);
  }
}

function actionOf({ url, text }: { url: string; text: string }): string {
  const action = /action="([^"]+)"/.exec(text)?.[1];
  if (action === undefined) throw new Error('no form');
  return new URL(action, url).href;
}
