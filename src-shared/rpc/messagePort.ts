/** A transport over a MessagePort: the engine's worker thread, a page's worker. */
import { compactBytes } from './compact.ts';
import { createEndpoint } from './endpoint.ts';
import type { Transport } from './transport.ts';

/** The part of a MessagePort that Node and browsers have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  // The one `any`: the runtimes type their events differently; what is read of one is said where it is read.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  addEventListener(type: string, listener: (event: any) => void): void;
  start(): void;
  close(): void;
}

/** Node tells the other side of a port of its closing; a browser does not, there a window's end is told by its host. */
export function createMessagePortTransport(port: PortLike): Transport {
  const endpoint = createEndpoint();
  port.addEventListener('message', (event: { data: unknown }) => endpoint.received(event.data));
  port.addEventListener('messageerror', () => endpoint.received(undefined));
  port.addEventListener('close', () => endpoint.closed());
  port.start();
  return {
    send(message) {
      if (!endpoint.isClosed) port.postMessage(compactBytes(message));
    },
    onMessage: (listener) => endpoint.onMessage(listener),
    onClose: (listener) => endpoint.onClose(listener),
    close() {
      port.close();
      endpoint.closed();
    },
  };
}
