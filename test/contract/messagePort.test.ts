import { MessageChannel } from 'node:worker_threads';
import { createMessagePortTransport } from '#shared/rpc/messagePort.ts';
import { describeTransport } from './transportConformance.ts';

describeTransport('a MessagePort', async () => {
  const { port1, port2 } = new MessageChannel();
  const closed = new Promise((resolve) => port2.once('close', resolve));
  return {
    client: createMessagePortTransport(port1),
    server: createMessagePortTransport(port2),
    async dispose() {
      port1.close();
      await closed;
    },
  };
});
