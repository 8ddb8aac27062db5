/** A transport over a WebSocket, for both of its ends: the browser's own and the server's (`ws`) have this part in common. */
import { createEndpoint } from './endpoint.ts';
import type { JsonCodec } from './jsonCodec.ts';
import type { Transport } from './transport.ts';

export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  // The one `any`: browsers and `ws` type their events differently; what is read of one is said where it is read.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  addEventListener(type: string, listener: (event: any) => void): void;
}

const connecting = 0;
const open = 1;

/** What is sent while the socket still connects is kept until it is open. */
export function createWebSocketTransport(socket: WebSocketLike, codec: JsonCodec): Transport {
  const endpoint = createEndpoint();
  let waiting: string[] = [];
  socket.addEventListener('open', () => {
    const texts = waiting;
    waiting = [];
    for (const text of texts) socket.send(text);
  });
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    let message: unknown;
    try {
      message = typeof data === 'string' ? codec.decode(data) : undefined;
    } catch {
      message = undefined;
    }
    endpoint.received(message);
  });
  // An error is always followed by a close; without a listener `ws` would throw it.
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('close', () => endpoint.closed());
  return {
    send(message) {
      if (endpoint.isClosed) return;
      const text = codec.encode(message);
      if (socket.readyState === connecting) waiting.push(text);
      else if (socket.readyState === open) socket.send(text);
    },
    onMessage: (listener) => endpoint.onMessage(listener),
    onClose: (listener) => endpoint.onClose(listener),
    close() {
      waiting = [];
      socket.close(1000);
      endpoint.closed();
    },
  };
}
