/** A real name server for a test: answers what it is told to, and that there is nothing else. */
import { Resolver } from 'node:dns/promises';
import { join } from 'node:path';
import { missingServers } from './available.ts';
import { startOnFreePorts } from './restartableServer.ts';
import { makeServerFolder } from './serverFolder.ts';
import { startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface DnsmasqRecords {
  /** Address by name. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly mx?: readonly { readonly domain: string; readonly exchange: string; readonly priority: number }[];
  readonly srv?: readonly { readonly name: string; readonly target: string; readonly port: number }[];
}

export interface Dnsmasq extends AsyncDisposable {
  /** "127.0.0.1:12345" */
  readonly server: string;
}

export async function startDnsmasq(records: DnsmasqRecords): Promise<Dnsmasq> {
  const missing = missingServers('dnsmasq');
  if (missing !== null) throw new Error(missing);
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(makeServerFolder('dns')).path;
  const ready = 'ready.postkorb.test';
  const lines = [
    ...Object.entries({ ...records.hosts, [ready]: '127.0.0.1' }).map(
      ([name, address]) => `--host-record=${name},${address}`,
    ),
    ...(records.mx ?? []).map(
      ({ domain, exchange, priority }) => `--mx-host=${domain},${exchange},${priority}`,
    ),
    ...(records.srv ?? []).map(({ name, target, port }) => `--srv-host=${name},${target},${port}`),
  ];
  const server = stack.use(
    await startOnFreePorts(1, ([port = 0]) => {
      const process = startServerProcess(
        '/usr/sbin/dnsmasq',
        [
          '--keep-in-foreground',
          '--no-resolv',
          '--no-hosts',
          '--no-poll',
          '--conf-file=/dev/null',
          '--bind-interfaces',
          '--listen-address=127.0.0.1',
          `--port=${port}`,
          '--user=root',
          `--pid-file=${join(folder, 'pid')}`,
          // Nothing is asked of anybody else: what is not here does not exist.
          '--local=//',
          ...lines,
        ],
        join(folder, 'output.log'),
      );
      return { process, ready: untilAnswered(port, ready, process) };
    }),
  );
  const owned = stack.move();
  return {
    server: `127.0.0.1:${server.ports[0] ?? 0}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function untilAnswered(port: number, name: string, { failed }: ServerProcess): Promise<void> {
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    const resolver = new Resolver({ timeout: 200, tries: 1 });
    resolver.setServers([`127.0.0.1:${port}`]);
    const found = await Promise.race([resolver.resolve4(name).catch(() => []), failed]);
    if (found.length > 0) return;
  }
  throw new Error('the name server does not answer');
}
