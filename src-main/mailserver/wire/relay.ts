/** Passes bytes between two sockets and does to them what a fault says. */
import type { Socket } from 'node:net';
import type { Clock } from '#shared/base/clock.ts';
import type { Direction, WireFault } from './wireFault.ts';

export interface Relayed {
  readonly client: Socket;
  readonly server: Socket;
}

/** Runs until either end is gone; then the other goes too. */
export function relay({ client, server }: Relayed, fault: WireFault | null, clock: Clock): void {
  const cut = (): void => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', cut);
  }
  pass(client, server, 'to-server', fault, clock, cut);
  pass(server, client, 'to-client', fault, clock, cut);
}

function pass(
  from: Socket,
  to: Socket,
  direction: Direction,
  fault: WireFault | null,
  clock: Clock,
  cut: () => void,
): void {
  const mine = fault?.direction === direction ? fault : null;
  let passed = 0;
  let tail = '';
  let inserted = false;
  const send = (bytes: Buffer): void => {
    if (bytes.length === 0 || to.destroyed) return;
    passed += bytes.length;
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  };
  from.on('end', () => to.end());
  from.on('data', (chunk: Buffer) => {
    if (mine === null) {
      send(chunk);
      return;
    }
    if (mine.effect === 'insert') {
      tail = (tail + chunk.toString('latin1')).slice(-4_096);
      const at = inserted ? -1 : tail.indexOf(mine.afterLine);
      const seen = at >= 0 && tail.indexOf('\n', at) >= 0;
      if (seen) inserted = true;
      send(seen ? Buffer.concat([chunk, Buffer.from(mine.bytes, 'latin1')]) : chunk);
      return;
    }
    const free = Math.max(0, (mine.afterBytes ?? 0) - passed);
    send(chunk.subarray(0, free));
    const rest = chunk.subarray(free);
    if (mine.effect === 'cut') {
      if (rest.length === 0 && passed < mine.afterBytes) return;
      // What went before must arrive: end() flushes, destroy() would throw it away.
      to.end(cut);
      from.pause();
    } else if (mine.effect === 'slow' && rest.length > 0) {
      from.pause();
      trickle(rest, mine.bytesPerSecond, clock, to, send, () => from.resume());
    }
  });
}

function trickle(
  bytes: Buffer,
  bytesPerSecond: number,
  clock: Clock,
  to: Socket,
  send: (bytes: Buffer) => void,
  done: () => void,
): void {
  let at = 0;
  const step = (): void => {
    if (to.destroyed) return;
    send(bytes.subarray(at, at + 1));
    at += 1;
    if (at < bytes.length) timer = clock.setTimer(1_000 / bytesPerSecond, step);
    else done();
  };
  let timer = clock.setTimer(1_000 / bytesPerSecond, step);
  to.on('close', () => {
    timer[Symbol.dispose]();
  });
}
