/** Who can be signed in at: the bundled providers, and what administrators name with a client id of their own. */
import * as z from 'zod';
import type { AdminApproval } from '#shared/contract/signIn.ts';
import type { OAuthClient, OAuthClients } from '#shared/domain/oauthClients.ts';
import table from '../../../../resources/oauthProviders.json' with { type: 'json' };

const Bundled = z.strictObject({
  id: z.string(),
  name: z.string(),
  issuer: z.string(),
  authorize: z.url(),
  token: z.url(),
  /** Fills "{tenant}" where the client has none. */
  tenant: z.string().optional(),
  scopes: z.array(z.string()),
  /** Without each of these a sign-in is of no use. */
  mailScopes: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
  hosts: z.array(z.string()),
  redirectHost: z.enum(['127.0.0.1', 'localhost']),
  /** Where an administrator lets an organisation's people sign in. */
  approval: z.string().optional(),
  passwordEnds: z.boolean().default(false),
  /** Filled in by whoever builds packages of his own. */
  client: z.strictObject({ clientId: z.string(), clientSecret: z.string().optional() }).optional(),
});

export interface OAuthProvider {
  /** "google", "microsoft", or the issuer's address. */
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  /** null: asked of the issuer (OpenID Connect Discovery). */
  readonly endpoints: { readonly authorize: string; readonly token: string } | null;
  readonly scopes: readonly string[];
  readonly mailScopes: readonly string[];
  /** Of the authorisation request. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  readonly redirectHost: '127.0.0.1' | 'localhost';
  readonly client: { readonly id: string; readonly secret: string | null } | null;
  readonly passwordEnds: boolean;
  /** For somebody with this address. */
  readonly approval: (address: string) => AdminApproval | null;
}

export interface OAuthProviders {
  find(id: string): OAuthProvider | null;
  /** Who signs in for this mail server. */
  byHost(host: string): OAuthProvider | null;
}

const bundled = z.array(Bundled).parse(table);
/** What an issuer that nobody knows better is asked for; without `offline_access` it would be every hour. */
const usualScopes = ['openid', 'email', 'offline_access'];
/** Who somebody is and for how long; everything else that is asked for is what the mail server wants to see. */
const identityScopes = new Set(['openid', 'email', 'profile', 'offline_access']);

/** `clients`: read anew each time, so that an administrator's change needs no restart; for one provider the first of them counts. */
export function createProviders(clients: () => readonly OAuthClients[]): OAuthProviders {
  const all = (): OAuthProvider[] => {
    const named = new Map<string, OAuthClient>();
    for (const source of clients()) {
      for (const [id, client] of Object.entries(source)) if (!named.has(id)) named.set(id, client);
    }
    const known = bundled.map((provider) => fromTable(provider, named.get(provider.id) ?? null));
    const others = [...named]
      .filter(([id]) => URL.canParse(id))
      .map(([id, client]) => fromIssuer(id, client));
    return [...others, ...known];
  };
  return {
    find: (id) => all().find((provider) => provider.id === id) ?? null,
    byHost: (host) => {
      const name = host.toLowerCase().replace(/\.$/, '');
      return all().find(({ hosts }) => hosts.includes(name)) ?? null;
    },
  };
}

function fromTable(provider: z.infer<typeof Bundled>, named: OAuthClient | null): OAuthProvider {
  const client = named ?? provider.client ?? null;
  const tenant = named?.tenant ?? provider.tenant ?? '';
  const filled = (url: string): string => url.replaceAll('{tenant}', encodeURIComponent(tenant));
  return {
    id: provider.id,
    name: provider.name,
    issuer: provider.issuer,
    endpoints: { authorize: filled(provider.authorize), token: filled(provider.token) },
    scopes: named?.scopes ?? [...provider.scopes, ...provider.mailScopes],
    mailScopes: named?.scopes ? mailScopesOf(named.scopes) : provider.mailScopes,
    parameters: provider.parameters,
    hosts: [...provider.hosts, ...lowered(named?.hosts)],
    redirectHost: named?.redirectHost ?? provider.redirectHost,
    client: client && { id: client.clientId, secret: client.clientSecret ?? null },
    passwordEnds: provider.passwordEnds,
    approval: (address) => {
      if (provider.approval === undefined || client === null) return null;
      const domain = named?.tenant ?? address.slice(address.lastIndexOf('@') + 1).toLowerCase();
      const url = provider.approval
        .replaceAll('{domain}', encodeURIComponent(domain || 'organizations'))
        .replaceAll('{clientId}', encodeURIComponent(client.clientId));
      return { url, clientId: client.clientId };
    },
  };
}

function fromIssuer(issuer: string, client: OAuthClient): OAuthProvider {
  const scopes = client.scopes ?? usualScopes;
  return {
    id: issuer,
    name: client.name ?? new URL(issuer).hostname,
    issuer,
    endpoints: null,
    scopes,
    mailScopes: mailScopesOf(scopes),
    // OpenID Connect Core 11: offline access is given to who was asked for it.
    parameters: { prompt: 'consent' },
    hosts: lowered(client.hosts),
    redirectHost: client.redirectHost ?? '127.0.0.1',
    client: { id: client.clientId, secret: client.clientSecret ?? null },
    passwordEnds: false,
    approval: () => null,
  };
}

function lowered(hosts: readonly string[] | undefined): string[] {
  return (hosts ?? []).map((host) => host.toLowerCase().replace(/\.$/, ''));
}

function mailScopesOf(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !identityScopes.has(scope));
}
