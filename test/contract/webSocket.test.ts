import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { createJsonCodec } from '#shared/rpc/jsonCodec.ts';
import { createWebSocketTransport } from '#shared/rpc/webSocket.ts';
import type { WebSocketLike } from '#shared/rpc/webSocket.ts';
import { describeTransport } from './transportConformance.ts';

describeTransport('a WebSocket', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const client = createWebSocketTransport(socket, createJsonCodec());
  const [other] = (await accepted) as [WebSocketLike];
  return {
    client,
    server: createWebSocketTransport(other, createJsonCodec()),
    async dispose() {
      socket.terminate();
      for (const left of server.clients) left.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
});
