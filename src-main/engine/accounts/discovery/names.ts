/** The questions to the name system that discovery asks, as a port: tests and closed networks bring servers of their own. */
import dns from 'node:dns/promises';
import { untilAborted } from '#shared/base/untilAborted.ts';

export interface MailExchanger {
  readonly exchange: string;
  readonly priority: number;
}
export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}
export interface Names {
  /** Empty where there is none; throws only when the signal is aborted. */
  mx(domain: string, signal: AbortSignal): Promise<readonly MailExchanger[]>;
  srv(name: string, signal: AbortSignal): Promise<readonly ServiceRecord[]>;
  /** All addresses of a host; empty where there is none. */
  addresses(host: string, signal: AbortSignal): Promise<readonly { address: string; family: number }[]>;
}

/** Knows nothing, and asks nobody. */
export const silentNames: Names = {
  mx: () => Promise.resolve([]),
  srv: () => Promise.resolve([]),
  addresses: () => Promise.resolve([]),
};

/** The system's resolver, or `servers` ("127.0.0.1:5353") instead of it. */
export function openNames(servers: readonly string[] = []): Names {
  const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  const ask = async <T>(question: Promise<T[]>, signal: AbortSignal): Promise<T[]> => {
    try {
      return await untilAborted(question, signal);
    } catch {
      signal.throwIfAborted();
      return [];
    }
  };
  return {
    mx: async (domain, signal) =>
      (await ask(resolver.resolveMx(domain), signal)).toSorted((a, b) => a.priority - b.priority),
    srv: async (name, signal) =>
      // RFC 2782: a lower priority first; among equals the heavier one.
      (await ask(resolver.resolveSrv(name), signal)).toSorted(
        (a, b) => a.priority - b.priority || b.weight - a.weight,
      ),
    async addresses(host, signal) {
      if (servers.length === 0) return ask(dns.lookup(host, { all: true, order: 'verbatim' }), signal);
      const [four, six] = await Promise.all([
        ask(resolver.resolve4(host), signal),
        ask(resolver.resolve6(host), signal),
      ]);
      return [
        ...four.map((address) => ({ address, family: 4 })),
        ...six.map((address) => ({ address, family: 6 })),
      ];
    },
  };
}
