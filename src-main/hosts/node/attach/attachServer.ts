/** Takes other processes of the same user in while this one holds the profile: a command works while the window is open. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { drop } from '#shared/base/drop.ts';
import type { EngineApi } from '#shared/contract/contract.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import { createFramedSocket } from './frames.ts';
import { greetClient, handshakeFrameBytes } from './handshake.ts';
import { createSocketTransport, socketLimits } from './socketTransport.ts';

export interface AttachServer extends AsyncDisposable {
  readonly address: string;
  readonly key: string;
}

export interface AttachServerOptions {
  /** The profile's folder; the socket lies in it where its path is short enough for one. */
  readonly profile: string;
  readonly api: Pick<EngineApi, 'dispatch' | 'onEvent'>;
  readonly clock: Clock;
  readonly report: (error: unknown, why: string) => void;
}

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux. */
const longestSocketPath = 100;
const maxClients = 32;

function newAddress(profile: string): { address: string; folder: string | null } {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(profile.toLowerCase()).digest('hex').slice(0, 24);
    return { address: `\\\\.\\pipe\\postkorb-${name}-${randomBytes(8).toString('hex')}`, folder: null };
  }
  const inside = join(profile, 'engine.sock');
  if (Buffer.byteLength(inside) <= longestSocketPath) return { address: inside, folder: null };
  // mkdtemp makes a folder that only its owner may enter.
  const folder = mkdtempSync(join(tmpdir(), 'postkorb-'));
  return { address: join(folder, 'engine.sock'), folder };
}

/** Listens once it resolves. Whoever calls it holds the profile's lock, so what lies at the address is a dead owner's. */
export async function startAttachServer(options: AttachServerOptions): Promise<AttachServer> {
  const { api, clock, report } = options;
  const key = randomBytes(32).toString('base64url');
  const { address, folder } = newAddress(options.profile);
  const isFile = process.platform !== 'win32';
  if (isFile) rmSync(address, { force: true });

  const clients = new Set<Socket>();
  const serve = async (socket: Socket): Promise<void> => {
    const frames = createFramedSocket(socket, { ...socketLimits, maxFrameBytes: handshakeFrameBytes });
    try {
      await greetClient(frames, key, clock);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    createRpcServer(api, createSocketTransport(frames), { report });
  };
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
    drop(serve(socket), 'taking a process in', report);
  });
  server.maxConnections = maxClients;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => report(error, 'the attach socket'));
  if (isFile) chmodSync(address, 0o600);

  return {
    address,
    key,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of clients) socket.destroy();
      await closed;
      if (isFile) rmSync(address, { force: true });
      if (folder !== null) rmSync(dirname(address), { recursive: true, force: true });
    },
  };
}
