import { createTransportPair } from '#shared/rpc/inProcess.ts';
import { describeTransport } from './transportConformance.ts';

describeTransport('an in-process pair', async () => {
  const [client, server] = createTransportPair();
  return {
    client,
    server,
    async dispose() {
      client.close();
    },
  };
});
