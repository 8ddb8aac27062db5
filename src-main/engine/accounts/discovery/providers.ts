/** Large providers, whose settings are known: by the domain of the address, or by where its mail is delivered. */
import * as z from 'zod';
import { Security } from '#shared/domain/account.ts';
import providers from '../../../../resources/providers.json' with { type: 'json' };
import type { Found } from './found.ts';

const Server = z.tuple([z.string(), z.int(), Security]);
const Provider = z.strictObject({
  name: z.string(),
  domains: z.array(z.string()),
  /** Ends of the names that MX records of customers point at. */
  mx: z.array(z.string()).default([]),
  imap: Server,
  smtp: Server,
  /** What is logged in with: the whole address, or the part before the @. */
  user: z.enum(['address', 'local']).default('address'),
  authentication: z.array(z.enum(['password', 'oauth2'])).default(['password']),
});
type Provider = z.infer<typeof Provider>;

const table: readonly Provider[] = z.array(Provider).parse(providers);

export function providerByDomain(domain: string): Provider | null {
  return table.find(({ domains }) => domains.includes(domain.toLowerCase())) ?? null;
}

export function providerByExchanger(exchange: string): Provider | null {
  const host = exchange.toLowerCase().replace(/\.$/, '');
  return table.find(({ mx }) => mx.some((end) => host === end || host.endsWith(`.${end}`))) ?? null;
}

export function foundAtProvider(provider: Provider, address: string, source: Found['source']): Found {
  const user = provider.user === 'address' ? address : address.slice(0, address.lastIndexOf('@'));
  const server = ([host, port, security]: Provider['imap']): Found['imap'] => ({
    host,
    port,
    security,
    user,
  });
  return {
    source,
    imap: server(provider.imap),
    smtp: server(provider.smtp),
    authentication: provider.authentication,
    unverified: source === 'mx',
  };
}
