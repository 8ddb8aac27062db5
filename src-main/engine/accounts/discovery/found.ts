/** What discovery finds and how it tells it. */
import type { DiscoveredServer, DiscoverySource, DiscoveryTry } from '#shared/contract/discovery.ts';

export interface Found {
  readonly source: DiscoverySource;
  readonly imap: DiscoveredServer;
  readonly smtp: DiscoveredServer | null;
  /** Ways to sign in, as far as they were told: "password", "oauth2". */
  readonly authentication: readonly ('password' | 'oauth2')[];
  /** Came over a connection that proves nothing: to be looked at by a person. */
  readonly unverified: boolean;
}

export interface Attempt {
  readonly found: Found | null;
  readonly tries: readonly DiscoveryTry[];
}

/** The part of a domain that somebody can own, as far as it matters here: the last two labels, three under "co.uk" and the like. */
export function ownedDomain(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const second = labels.at(-2) ?? '';
  const keep = labels.length > 2 && second.length <= 3 && (labels.at(-1) ?? '').length === 2 ? 3 : 2;
  return labels.slice(-keep).join('.');
}
