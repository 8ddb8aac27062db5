/** A server on ports of its own that a test may stop and start again: same ports, same files. */
import { freePorts, untilFree } from './ports.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface RestartableServer extends AsyncDisposable {
  readonly ports: readonly number[];
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** `launch` starts it on the ports and resolves when it is proven to be this one that answers there. */
export async function startOnFreePorts(
  count: number,
  launch: (ports: readonly number[]) => { process: ServerProcess; ready: Promise<void> },
): Promise<RestartableServer> {
  let running: ServerProcess | null = null;
  const start = async (ports: readonly number[]): Promise<void> => {
    const { process, ready } = launch(ports);
    try {
      await ready;
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
    running = process;
  };
  const stop = async (): Promise<void> => {
    await running?.[Symbol.asyncDispose]();
    running = null;
    await untilFree(ports);
  };
  let ports = await freePorts(count);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start(ports);
      break;
    } catch (error) {
      // Somebody else took one in between.
      if (attempt === 5 || !/Address already in use|Failed to start listeners/.test(String(error)))
        throw error;
      ports = await freePorts(count);
    }
  }
  return { ports, stop, start: () => start(ports), [Symbol.asyncDispose]: stop };
}
