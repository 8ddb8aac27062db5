/** Free loopback ports for servers that take a number, not a socket. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections, so that none of those can come in between. Another
 * server can: whoever starts one on these tries again with others, and proves that it speaks to its own.
 */
const lowest = 12_000;
const highest = 30_000;

export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Resolves when nobody listens there any more; rejects after 10 s. */
export async function untilFree(ports: readonly number[]): Promise<void> {
  const end = performance.now() + 10_000;
  for (const port of ports) {
    while (!(await isFree(port))) {
      if (performance.now() > end) throw new Error(`port ${String(port)} is still taken after 10 s`);
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
