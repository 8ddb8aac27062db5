/** A loopback port in front of any server, on whose connections the network can fail on cue: cut, stall, trickle, insert. */
import net from 'node:net';
import type { Clock } from '#shared/base/clock.ts';
import { Faults } from '../faults/Faults.ts';
import { wallClock } from '../wallClock.ts';
import { Listener } from './Listener.ts';
import { relay } from './relay.ts';

export interface FaultyRelayOptions {
  /** The server behind it. */
  readonly to: { readonly host: string; readonly port: number };
  readonly clock?: Clock;
}

export interface FaultyRelay extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Only `wire` happens here; each is taken by the next connection. */
  readonly faults: Faults;
  /** Connections that are open right now. */
  readonly connections: number;
  dropConnections(): void;
  /** Ends every connection and refuses new ones until `goUp`, which listens on the same port again. */
  goDown(): Promise<void>;
  goUp(): Promise<void>;
}

export async function startFaultyRelay(options: FaultyRelayOptions): Promise<FaultyRelay> {
  const clock = options.clock ?? wallClock();
  const faults = new Faults();
  const listener = await Listener.open({
    port: 0,
    clock,
    // Taken below: the server's end does not exist yet.
    wireFault: () => null,
    onConnection: (client) => {
      const server = net.connect(options.to.port, options.to.host);
      client.on('close', () => server.destroy());
      relay(
        { client, server },
        faults.take('wire', () => true),
        clock,
      );
    },
    report: () => undefined,
  });
  return {
    host: '127.0.0.1',
    port: listener.port,
    faults,
    get connections() {
      return listener.connections;
    },
    dropConnections: () => {
      listener.dropConnections();
    },
    goDown: () => listener.close(),
    goUp: () => listener.listen(),
    async [Symbol.asyncDispose]() {
      faults.clear();
      await listener.close();
    },
  };
}
