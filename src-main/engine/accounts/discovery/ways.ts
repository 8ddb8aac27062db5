/** The ways from an address to its servers, each on its own; discover.ts decides between what they find. */
import {
  fillPlaceholders,
  parseAutoconfig,
  type AutoconfigServer,
} from '#engine/accounts/import/autoconfigXml.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { DiscoverySource, DiscoveryTry } from '#shared/contract/discovery.ts';
import { isMailError, MailError, toWire } from '#shared/errors/MailError.ts';
import { ownedDomain, type Attempt, type Found } from './found.ts';
import { fetchHttpsText } from './httpsText.ts';
import { knock, type Door } from './knock.ts';
import type { Network } from '#engine/net/network.ts';
import type { Names } from './names.ts';
import { foundAtProvider, providerByDomain, providerByExchanger } from './providers.ts';

export interface WayParts {
  readonly address: string;
  /** Of the address, in ASCII. */
  readonly domain: string;
  readonly names: Names;
  readonly clock: Clock;
  readonly network: Network;
  readonly allowLoopback: boolean;
  /** Throws what speaks against it as a mail server here. */
  readonly permitHost: (host: string) => void;
  readonly signal: AbortSignal;
}

/** Runs one try and writes it down; a failure is a result. */
async function tried<T>(
  parts: WayParts,
  source: DiscoverySource,
  target: string,
  work: () => Promise<T | null>,
): Promise<{ value: T | null; entry: DiscoveryTry }> {
  const begin = parts.clock.monotonic();
  const ms = (): number => Math.round(parts.clock.monotonic() - begin);
  try {
    const value = await work();
    if (value !== null) return { value, entry: { source, target, ok: true, ms: ms() } };
    return {
      value,
      entry: {
        source,
        target,
        ok: false,
        ms: ms(),
        error: toWire(new MailError('not-found', { what: target })),
      },
    };
  } catch (error) {
    const known = isMailError(error) ? error : new MailError('connection-closed', {}, { cause: error });
    return { value: null, entry: { source, target, ok: false, ms: ms(), error: toWire(known) } };
  }
}

export async function atProvider(parts: WayParts): Promise<Attempt> {
  const provider = providerByDomain(parts.domain);
  return { found: provider && foundAtProvider(provider, parts.address, 'provider'), tries: [] };
}

/** Mozilla's two addresses of the domain itself, https only: an answer that anybody on the way could write is worth nothing. */
export async function byAutoconfig(parts: WayParts): Promise<Attempt> {
  const { domain, address } = parts;
  const results = await Promise.all([
    autoconfigAt(
      parts,
      'autoconfig',
      `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(address)}`,
    ),
    autoconfigAt(parts, 'well-known', `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`),
  ]);
  return {
    found: results.map(({ found }) => found).find((found) => found !== null) ?? null,
    tries: results.flatMap(({ tries }) => tries),
  };
}

async function autoconfigAt(parts: WayParts, source: DiscoverySource, url: string): Promise<Attempt> {
  const { value, entry } = await tried(parts, source, url.split('?')[0] ?? url, async () => {
    const text = await fetchHttpsText(url, parts, parts.signal);
    return text === null ? null : foundInAutoconfig(text, parts.address, source);
  });
  return { found: value, tries: [entry] };
}

/** Throws what the file's parser throws; `not-found` where it names no IMAP server. */
export function foundInAutoconfig(text: string, address: string, source: DiscoverySource): Found {
  const [provider] = parseAutoconfig(text);
  const encrypted = ({ security }: AutoconfigServer): boolean => security !== 'none';
  const incoming = provider?.incoming.find(encrypted);
  const outgoing = provider?.outgoing.find(encrypted);
  if (!incoming) throw new MailError('not-found', { what: 'IMAP' });
  const server = (one: AutoconfigServer): Found['imap'] => ({
    host: fillPlaceholders(one.host, address),
    port: one.port,
    security: one.security,
    user: fillPlaceholders(one.user, address) || address,
  });
  const oauth = incoming.authentication.some((way) => /oauth2/i.test(way));
  const password =
    incoming.authentication.length === 0 || incoming.authentication.some((way) => /password/i.test(way));
  return {
    source,
    imap: server(incoming),
    smtp: outgoing ? server(outgoing) : null,
    authentication: [...(oauth ? (['oauth2'] as const) : []), ...(password ? (['password'] as const) : [])],
    unverified: false,
  };
}

/** Where the domain's mail is delivered tells who hosts it: a known provider, or one with an autoconfig of its own. */
export async function byExchanger(parts: WayParts): Promise<Attempt> {
  const { value: exchangers, entry } = await tried(parts, 'mx', `MX ${parts.domain}`, async () => {
    const found = await parts.names.mx(parts.domain, parts.signal);
    return found.length === 0 ? null : found;
  });
  const first = exchangers?.[0]?.exchange;
  if (first === undefined) return { found: null, tries: [entry] };
  const provider = providerByExchanger(first);
  if (provider) return { found: foundAtProvider(provider, parts.address, 'mx'), tries: [entry] };
  const host = ownedDomain(first);
  if (host === parts.domain) return { found: null, tries: [entry] };
  const attempt = await autoconfigAt(
    parts,
    'mx',
    `https://autoconfig.${host}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(parts.address)}`,
  );
  return {
    found: attempt.found === null ? null : { ...attempt.found, unverified: true },
    tries: [entry, ...attempt.tries],
  };
}

/** RFC 6186 and RFC 8314: the domain names its services itself. */
export async function byService(parts: WayParts): Promise<Attempt> {
  const look = (service: string) =>
    tried(parts, 'srv', `SRV _${service}._tcp.${parts.domain}`, async () => {
      const records = await parts.names.srv(`_${service}._tcp.${parts.domain}`, parts.signal);
      const first = records[0];
      // "." says that the service is not offered (RFC 2782).
      return first === undefined || first.name === '' || first.name === '.' ? null : first;
    });
  const [imaps, imap, submissions, submission] = await Promise.all([
    look('imaps'),
    look('imap'),
    look('submissions'),
    look('submission'),
  ]);
  const tries = [imaps, imap, submissions, submission].map(({ entry }) => entry);
  const choose = (
    tls: typeof imaps,
    starttls: typeof imaps,
  ): { host: string; port: number; security: 'tls' | 'starttls'; user: string } | null => {
    const record = tls.value ?? starttls.value;
    if (record === null) return null;
    return {
      host: record.name.replace(/\.$/, ''),
      port: record.port,
      security: tls.value ? 'tls' : 'starttls',
      user: parts.address,
    };
  };
  const incoming = choose(imaps, imap);
  if (incoming === null) return { found: null, tries };
  return {
    found: {
      source: 'srv',
      imap: incoming,
      smtp: choose(submissions, submission),
      authentication: ['password'],
      unverified: true,
    },
    tries,
  };
}

/** The usual names and ports, all at once; the first in this order that answers counts. */
export async function byGuessing(parts: WayParts): Promise<Attempt> {
  const { domain } = parts;
  const doors = (kind: Door['kind'], hosts: string[], ports: [number, Door['security']][]): Door[] =>
    ports.flatMap(([port, security]) => hosts.map((host) => ({ kind, host, port, security })));
  const imap = doors(
    'imap',
    [`imap.${domain}`, `mail.${domain}`, domain],
    [
      [993, 'tls'],
      [143, 'starttls'],
    ],
  );
  const smtp = doors(
    'smtp',
    [`smtp.${domain}`, `mail.${domain}`, domain],
    [
      [465, 'tls'],
      [587, 'starttls'],
    ],
  );
  const results = await Promise.all([...imap, ...smtp].map((door) => tryDoor(parts, door)));
  const tries = results.map(({ entry }) => entry);
  const open = results.map(({ value }) => value).filter((door) => door !== null);
  const server = (kind: Door['kind']): Found['imap'] | null => {
    const door = open.find((one) => one.kind === kind);
    return door ? { host: door.host, port: door.port, security: door.security, user: parts.address } : null;
  };
  const incoming = server('imap');
  if (incoming === null) return { found: null, tries };
  return {
    found: {
      source: 'guess',
      imap: incoming,
      smtp: server('smtp'),
      authentication: ['password'],
      unverified: true,
    },
    tries,
  };
}

function tryDoor(parts: WayParts, door: Door): Promise<{ value: Door | null; entry: DiscoveryTry }> {
  return tried(parts, 'guess', `${door.host}:${door.port}`, async () => {
    const { names, network, clock, signal } = parts;
    parts.permitHost(door.host);
    const direct = network.through(door.host, 'mail') === null;
    const addresses = direct ? await names.addresses(door.host, signal) : [];
    if (direct && addresses.length === 0) throw new MailError('host-not-found', { host: door.host });
    await knock(door, { addresses, clock, network, signal });
    return door;
  });
}
