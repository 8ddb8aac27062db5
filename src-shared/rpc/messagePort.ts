/** A transport over a MessagePort: the engine's worker thread, a page's worker. */
import { compactBytes } from './compact.ts';
import { createEndpoint } from './endpoint.ts';
import type { Transport } from './transport.ts';

/** The part of a MessagePort that Node and browsers have in common. */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'messageerror' | 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** Node tells the other side of a port of its closing; a browser does not, there a window's end is told by its host. */
export function createMessagePortTransport(port: PortLike): Transport {
  const endpoint = createEndpoint();
  port.addEventListener('message', (event) => endpoint.received(event.data));
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
