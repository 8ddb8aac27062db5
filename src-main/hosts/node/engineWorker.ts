/** The entry of the engine's thread: opens the engine that it was told to, and serves every port that it is handed. */
import { setPriority } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { assert } from '#shared/base/assert.ts';
import { drop } from '#shared/base/drop.ts';
import { toWire } from '#shared/errors/MailError.ts';
import { createMessagePortTransport } from '#shared/rpc/messagePort.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import { openEngine } from './openEngine.ts';
import type { OpenEngine } from './openEngine.ts';
import type { FromEngineThread, ThreadOptions, ToEngineThread } from './threadMessages.ts';

assert(!isMainThread && parentPort, 'the engine worker runs on a thread of its own');
const main = parentPort;
const tell = (message: FromEngineThread): void => main.postMessage(message);
/** A fault of one call concerns nobody else; what nobody caught ends the thread and is started anew by its owner. */
const report = (error: unknown, why: string): void =>
  tell({ kind: 'fault', why, message: error instanceof Error ? error.name : 'unknown' });

/** A quarter of a core that somebody else wants, and all of one that nobody does. */
const niceness = 5;

/**
 * Where cores are few, a window that draws goes before a mailbox that comes in. On Linux each thread has a niceness of its own; elsewhere
 * it is the whole process's, which may be the one that holds the window.
 */
function stepBehindWindows(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(niceness);
  } catch {
    // A container may forbid it: nothing depends on it.
  }
}

async function run(): Promise<void> {
  if (!(workerData as ThreadOptions).passive) stepBehindWindows();
  const waiting: MessagePort[] = [];
  let engine: OpenEngine | undefined;
  const serve = (port: MessagePort): void => {
    if (!engine) {
      waiting.push(port);
      return;
    }
    createRpcServer(engine.api, createMessagePortTransport(port), { report });
  };
  const stop = async (): Promise<void> => {
    await engine?.[Symbol.asyncDispose]();
    tell({ kind: 'stopped' });
    main.close();
  };
  let stopping = false;
  main.on('message', (message: ToEngineThread) => {
    if (message.kind === 'connect') serve(message.port);
    else {
      stopping = true;
      if (engine) drop(stop(), 'stopping the engine', report);
    }
  });
  try {
    engine = await openEngine({
      ...(workerData as ThreadOptions),
      note: (line) => tell({ kind: 'note', line }),
    });
  } catch (error) {
    tell({ kind: 'failed', error: toWire(error), detail: error instanceof Error ? error.name : 'unknown' });
    main.close();
    return;
  }
  tell({ kind: 'ready' });
  for (const port of waiting) serve(port);
  if (stopping) await stop();
}

drop(run(), 'running the engine', (error) => {
  throw error;
});
