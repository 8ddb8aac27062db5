/** Two ends of a transport inside one thread: for the command line, and the measure that the other transports are held against. */
import { compactBytes } from './compact.ts';
import { createEndpoint } from './endpoint.ts';
import type { Transport } from './transport.ts';

// A web standard of every runtime; declared here because this layer is compiled without Node's and without the DOM's types.
declare function structuredClone<T>(value: T): T;

/**
 * A connected pair. Messages are copied as a wire would copy them, so that neither side can reach into the other's objects, and arrive
 * in a later microtask, so that no call re-enters its caller.
 */
export function createTransportPair(): [Transport, Transport] {
  let closed = false;
  const left = createEndpoint();
  const right = createEndpoint();
  const close = (): void => {
    if (closed) return;
    closed = true;
    // What was sent before still arrives first.
    queueMicrotask(() => {
      left.closed();
      right.closed();
    });
  };
  const end = (own: typeof left, other: typeof left): Transport => ({
    send(message) {
      if (closed) return;
      const copy = structuredClone(compactBytes(message));
      queueMicrotask(() => other.received(copy));
    },
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close,
  });
  return [end(left, right), end(right, left)];
}
