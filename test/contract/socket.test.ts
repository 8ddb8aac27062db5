import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFramedSocket } from '#hosts/node/attach/frames.ts';
import { createSocketTransport, socketLimits } from '#hosts/node/attach/socketTransport.ts';
import { describeTransport } from './transportConformance.ts';

const transportOf = (socket: Socket): ReturnType<typeof createSocketTransport> =>
  createSocketTransport(createFramedSocket(socket, socketLimits));

describeTransport('a local socket', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postkorb-socket-'));
  const server = createServer().listen(join(folder, 's'));
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = connect(join(folder, 's'));
  const [other] = (await accepted) as [Socket];
  return {
    client: transportOf(socket),
    server: transportOf(other),
    async dispose() {
      socket.destroy();
      other.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
});
