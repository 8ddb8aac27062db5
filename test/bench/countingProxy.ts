/** Between a client and an IMAP server: what the client asked, and when it spoke after the server had, which is a round trip each. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface CountingProxy extends AsyncDisposable {
  readonly port: number;
  /** When each round trip began (`performance.now()`), over all connections; making a connection is one. */
  readonly roundTrips: readonly number[];
  /** The commands sent so far, by their names. */
  readonly commands: readonly string[];
}

export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const roundTrips: number[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1' });
    roundTrips.push(performance.now());
    let answered = true;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk: Buffer) => {
      for (const [, name = ''] of chunk.toString('latin1').matchAll(/^\w+ (?:UID )?([A-Z]{4,})\b/gm))
        commands.push(name);
      if (answered) roundTrips.push(performance.now());
      answered = false;
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      answered = true;
      near.write(chunk);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips,
    commands,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
