/** Joins two transports: what one receives, the other sends, and both close together. */
import type { Transport } from '#shared/rpc/transport.ts';

/**
 * For a host that stands between a window and the engine's thread: it looks into no message; the limits and the contract are the
 * engine's end's. `report` is told of a message that the other side could not carry.
 */
export function relay(one: Transport, other: Transport, report: (error: unknown) => void): Disposable {
  const pass = (from: Transport, to: Transport): void => {
    from.onMessage((message) => {
      try {
        to.send(message);
      } catch (error) {
        report(error);
      }
    });
    from.onClose(() => to.close());
  };
  pass(one, other);
  pass(other, one);
  return {
    [Symbol.dispose]() {
      one.close();
      other.close();
    },
  };
}
