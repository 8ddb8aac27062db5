/**
 * From an address to the settings of its servers. All ways start at once and share one deadline; what counts is the most trustworthy
 * way that found something, not the fastest. Nothing is saved, and no password is sent anywhere.
 */
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import type { Discovery } from '#shared/contract/discovery.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import { asciiDomain } from '#shared/domain/asciiDomain.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { ownedDomain, type Attempt, type Found } from './found.ts';
import { silentNames, type Names } from './names.ts';
import { atProvider, byAutoconfig, byExchanger, byGuessing, byService, type WayParts } from './ways.ts';

/** The whole is promised within 10 s. */
export const discoveryBudgetMs = 9000;
/** Guesses knock at a dozen doors: only so long after the better ways have had their chance. */
const guessAfterMs = 1200;

export interface DiscoverParts {
  readonly clock: Clock;
  readonly names: Names;
  readonly allowLoopback: boolean;
  /** Left out: straight out. */
  readonly network?: Network;
  /** What the organisation offers to this address; null: nothing. */
  readonly preset: (address: string) => AccountSettings | null;
  /** What may be asked; left out: everything. Both throw what speaks against it. */
  readonly permits?: Permits;
  readonly budgetMs?: number;
}

export interface Permits {
  /** As the address of a new account that the organisation does not offer. */
  readonly address: (address: string) => void;
  /** As a mail server of one. */
  readonly host: (host: string) => void;
}

export async function discover(
  address: string,
  parts: DiscoverParts,
  signal: AbortSignal,
): Promise<Discovery> {
  using deadline = new Deadline(parts.clock, parts.budgetMs ?? discoveryBudgetMs, signal);
  const preset = parts.preset(address);
  if (preset) return { ...toDiscovery(address, { found: offered(preset), tries: [] }, []), preset };
  // An account that may not be is not looked for: nobody out there is told its address.
  parts.permits?.address(address);
  const { network = directNetwork } = parts;
  const domain = asciiDomain(address.slice(address.lastIndexOf('@') + 1));
  const way: WayParts = {
    address,
    domain,
    network,
    // Behind a proxy nobody here asks the name system: it would tell where the person is going.
    names: network.through(domain, 'mail') === null ? parts.names : silentNames,
    clock: parts.clock,
    allowLoopback: parts.allowLoopback,
    permitHost: (host) => parts.permits?.host(host),
    signal: deadline.signal,
  };
  // Every way ends with the deadline's signal and then still says what it tried.
  const settled = (work: Promise<Attempt>): Promise<Attempt> =>
    work.catch(() => ({ found: null, tries: [] }));
  const known = await atProvider(way);
  if (known.found) return toDiscovery(address, known, []);
  // In the order of trust: what the domain says over https, what it says in the name system, who hosts its mail, a guess.
  const better = [byAutoconfig(way), byService(way), byExchanger(way)].map(settled);
  const guess = afterABit(parts.clock, deadline.signal).then(() => settled(byGuessing(way)));
  guess.catch(() => undefined);
  const attempts: Attempt[] = [];
  for (const attempt of better) {
    attempts.push(await attempt);
    const last = attempts.at(-1);
    if (last?.found) return toDiscovery(address, last, attempts.slice(0, -1));
  }
  const last = await guess.catch((): Attempt => ({ found: null, tries: [] }));
  signal.throwIfAborted();
  return toDiscovery(address, last, attempts);
}

function offered({ imap, smtp, auth }: AccountSettings): Found {
  return {
    source: 'preset',
    imap,
    smtp,
    authentication: [auth === undefined ? 'password' : 'oauth2'],
    unverified: false,
  };
}

function afterABit(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(guessAfterMs, resolve);
    signal.addEventListener(
      'abort',
      () => {
        timer[Symbol.dispose]();
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}

function toDiscovery(address: string, { found, tries }: Attempt, earlier: readonly Attempt[]): Discovery {
  const tried = [...earlier.flatMap((attempt) => attempt.tries), ...tries];
  if (found === null) {
    return {
      source: null,
      imap: null,
      smtp: null,
      authentication: [],
      confirm: null,
      preset: null,
      unverified: false,
      tried,
    };
  }
  const own = ownedDomain(address.slice(address.lastIndexOf('@') + 1));
  const foreign = [found.imap.host, found.smtp?.host ?? found.imap.host].find(
    (host) => ownedDomain(host) !== own,
  );
  const trusted = found.source === 'preset' || found.source === 'provider';
  return {
    source: found.source,
    imap: found.imap,
    smtp: found.smtp,
    authentication: [...found.authentication],
    confirm: foreign === undefined || trusted ? null : { domain: ownedDomain(foreign) },
    preset: null,
    unverified: found.unverified,
    tried,
  };
}
