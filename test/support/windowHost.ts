/** The built window, served by the real browser host before an engine of the test's choice. */
import { join } from 'node:path';
import type { EngineApi } from '#shared/contract/contract.ts';
import { createTransportPair } from '#shared/rpc/inProcess.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import { readAssets } from '#hosts/node/assets.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { startWebHost } from '#hosts/web/startWebHost.ts';
import type { WebHost } from '#hosts/web/startWebHost.ts';

export interface WindowHost extends AsyncDisposable {
  readonly host: WebHost;
  /** What went wrong on the way between window and engine. */
  readonly reports: string[];
}

/** `npm run build` has put the window into dist/renderer. */
export async function serveWindow(api: EngineApi, port = 0): Promise<WindowHost> {
  const reports: string[] = [];
  const report = (error: unknown, why: string): void => void reports.push(`${why}: ${String(error)}`);
  const host = await startWebHost({
    clock: systemClock(),
    assets: await readAssets(join(import.meta.dirname, '../../dist/renderer')),
    port,
    report,
    openTransport: () => {
      const [near, far] = createTransportPair();
      createRpcServer(api, far, { report });
      return near;
    },
  });
  return {
    host,
    reports,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}
