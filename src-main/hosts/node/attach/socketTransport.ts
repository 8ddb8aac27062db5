/** A transport over a framed socket: how a second process speaks to the one that holds the profile. */
import { createEndpoint } from '#shared/rpc/endpoint.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { nodeJsonCodec } from '../nodeJsonCodec.ts';
import type { FramedSocket } from './frames.ts';

/** An attachment of 100 MB as base64 fits. */
export const socketLimits = { maxFrameBytes: 150_000_000, maxBacklogBytes: 300_000_000 };

export function createSocketTransport(frames: FramedSocket): Transport {
  const endpoint = createEndpoint();
  frames.allow(socketLimits.maxFrameBytes);
  frames.onClose(() => endpoint.closed());
  frames.onFrame((text) => {
    let message: unknown;
    try {
      message = nodeJsonCodec.decode(text);
    } catch {
      message = undefined;
    }
    endpoint.received(message);
  });
  return {
    send(message) {
      if (!endpoint.isClosed) frames.send(nodeJsonCodec.encode(message));
    },
    onMessage: (listener) => endpoint.onMessage(listener),
    onClose: (listener) => endpoint.onClose(listener),
    close() {
      frames.close();
      endpoint.closed();
    },
  };
}
