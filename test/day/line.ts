/** A line to a server that can be cut for one process alone: that computer is offline, and everybody else works on. */
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Line extends AsyncDisposable {
  readonly port: number;
  /** From now on connections of this process end at once, those that are open as well. null: nobody's. */
  cut(pid: number | null): void;
}

export async function startLine(target: number): Promise<Line> {
  const open = new Map<Socket, Socket>();
  let offline: number | null = null;
  const isCut = (socket: Socket): boolean => offline !== null && socketsOf(offline).has(inodeOf(socket));
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (isCut(near)) {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1' });
    far.on('error', () => undefined);
    open.set(near, far);
    for (const socket of [near, far]) socket.setNoDelay(true);
    near.pipe(far).pipe(near);
    near.once('close', () => {
      open.delete(near);
      far.destroy();
    });
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut(pid) {
      offline = pid;
      for (const near of open.keys()) if (isCut(near)) near.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const near of open.keys()) near.destroy();
      await closed;
    },
  };
}

/** The sockets that a process holds, by the numbers that the kernel has for them (proc(5)). */
function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${String(pid)}/fd`;
  const found = new Set<string>();
  for (const name of readdirSync(folder)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1];
      if (inode !== undefined) found.add(inode);
    } catch {
      // Closed meanwhile.
    }
  }
  return found;
}

/** The number of the other end, which is on this machine as well; '' where it is gone. */
function inodeOf({ remotePort, localPort }: Socket): string {
  const end = (port = 0): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readFileSync(`/proc/net/${table}`, 'latin1').split('\n')) {
      const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
      if (local.endsWith(end(remotePort)) && remote.endsWith(end(localPort))) return inode;
    }
  }
  return '';
}
