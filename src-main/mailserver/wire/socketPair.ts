/** Two ends of one loopback connection. */
import net from 'node:net';
import type { Socket } from 'node:net';

export async function socketPair(): Promise<{ near: Socket; far: Socket }> {
  const server = net.createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as net.AddressInfo;
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const near = net.connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      near.once('connect', resolve);
      near.once('error', reject);
    });
    const far = await accepted;
    // Someone else's connection to this port would be taken for ours.
    if (far.remotePort !== near.localPort) throw new Error('a stranger connected first');
    return { near, far };
  } finally {
    server.close();
  }
}
