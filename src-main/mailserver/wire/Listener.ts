/** A loopback port, and every connection that came in by it. */
import net from 'node:net';
import type { Socket } from 'node:net';
import type { Clock } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import { relay } from './relay.ts';
import { socketPair } from './socketPair.ts';
import type { WireFault } from './wireFault.ts';

export interface ListenerOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly clock: Clock;
  /** Asked once a connection; what the network shall do to it. */
  readonly wireFault: () => WireFault | null;
  readonly onConnection: (socket: Socket) => void;
  readonly report: (error: unknown, why: string) => void;
}

export class Listener implements AsyncDisposable {
  readonly #options: ListenerOptions;
  readonly #sockets = new Set<Socket>();
  #server: net.Server | null = null;
  #port: number;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    await listener.listen();
    return listener;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open right now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Listens (again) on its port. */
  async listen(): Promise<void> {
    if (this.#server !== null) return;
    const server = net.createServer((socket) => {
      this.#accept(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.#port, host: '127.0.0.1', exclusive: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#server = server;
    this.#port = (server.address() as net.AddressInfo).port;
  }

  /** Ends every connection at once and takes in no more, until `listen`. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const closed =
      server === null
        ? null
        : new Promise<void>((resolve) =>
            server.close(() => {
              resolve();
            }),
          );
    this.dropConnections();
    await closed;
  }

  /** Ends every connection at once, as when a network goes away. */
  dropConnections(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(socket: Socket): void {
    this.#track(socket);
    socket.setNoDelay(true);
    const fault = this.#options.wireFault();
    if (fault === null) {
      this.#options.onConnection(socket);
      return;
    }
    drop(this.#relayed(socket, fault), 'relaying a faulty connection', (error, why) => {
      socket.destroy();
      this.#options.report(error, why);
    });
  }

  async #relayed(client: Socket, fault: WireFault): Promise<void> {
    const { near, far } = await socketPair();
    this.#track(near);
    this.#track(far);
    relay({ client, server: near }, fault, this.#options.clock);
    this.#options.onConnection(far);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
