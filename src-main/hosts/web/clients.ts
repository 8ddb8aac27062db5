/** Connected pages: each is one WebSocket joined to a transport of its own to the engine, held within limits of its own (W07). */
import type { WebSocket } from 'ws';
import type { Clock } from '#shared/base/clock.ts';
import { webHost } from '#shared/contract/webHost.ts';
import { createWebSocketTransport } from '#shared/rpc/webSocket.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { relay } from '#hosts/node/relay.ts';
import { nodeJsonCodec } from '#hosts/node/nodeJsonCodec.ts';
import { createTokenBucket } from './tokenBucket.ts';
import type { Rate } from './tokenBucket.ts';

export interface ClientLimits {
  /** Frames that a page may send; beyond that it is read more slowly, so that it waits and nobody else does. */
  readonly frames: Rate;
  /** Unsent bytes beyond which a page's requests are not read any more until it has read our answers. */
  readonly backlogBytes: number;
  /** Unsent bytes beyond which a page that does not read is given up. */
  readonly maxBacklogBytes: number;
  /** Between two pings; a page that did not answer the last one is gone. */
  readonly heartbeatMs: number;
}

export interface ClientContext {
  readonly clock: Clock;
  readonly limits: ClientLimits;
  readonly openTransport: () => Transport;
  readonly report: (error: unknown, why: string) => void;
}

/** Serves a page on an accepted socket until either side goes. */
export function serveClient(socket: WebSocket, context: ClientContext): void {
  const { clock, limits, report } = context;
  const frames = createTokenBucket(clock, limits.frames);
  const pauses = new Set<'rate' | 'backlog'>();
  let rateTimer: Disposable | undefined;
  let alive = true;

  const pause = (why: 'rate' | 'backlog'): void => {
    pauses.add(why);
    socket.pause();
  };
  const resume = (why: 'rate' | 'backlog'): void => {
    pauses.delete(why);
    if (pauses.size === 0) socket.resume();
  };

  socket.on('message', () => {
    if (frames.take() || pauses.has('rate')) return;
    pause('rate');
    rateTimer = clock.setTimer(frames.waitMs, () => resume('rate'));
  });

  const page = createWebSocketTransport(
    {
      get readyState() {
        return socket.readyState;
      },
      send(text) {
        socket.send(text, () => {
          if (pauses.has('backlog') && socket.bufferedAmount < limits.backlogBytes / 2) resume('backlog');
        });
        if (socket.bufferedAmount > limits.maxBacklogBytes) {
          report(new Error('a page does not read'), 'giving up a page');
          socket.terminate();
        } else if (socket.bufferedAmount > limits.backlogBytes) pause('backlog');
      },
      close: () => socket.close(webHost.engineGoneCode),
      addEventListener: (type, listener) => socket.addEventListener(type as 'message', listener),
    },
    nodeJsonCodec,
  );

  let heartbeat: Disposable | undefined;
  const beat = (): void => {
    heartbeat = clock.setTimer(limits.heartbeatMs, () => {
      if (!alive) {
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
      beat();
    });
  };
  socket.on('pong', () => {
    alive = true;
  });
  beat();

  const joined = relay(page, context.openTransport(), (error) => report(error, 'passing a message on'));
  socket.on('close', () => {
    rateTimer?.[Symbol.dispose]();
    heartbeat?.[Symbol.dispose]();
    joined[Symbol.dispose]();
  });
}
