/** Starts the engine on a thread of its own, so that no parse, no index and no sync ever holds up a window, and keeps it running. */
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '#shared/base/clock.ts';
import { Emitter } from '#shared/base/emitter.ts';
import { fromWire } from '#shared/errors/MailError.ts';
import { createMessagePortTransport } from '#shared/rpc/messagePort.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { createCrashBreaker } from './crashBreaker.ts';
import type { CrashPolicy } from './crashBreaker.ts';
import type { FromEngineThread, ThreadOptions, ToEngineThread } from './threadMessages.ts';

/**
 * Texts that were just stored are garbage at once. Without bounds they pile up to half as much memory again, and nothing goes faster: V8
 * lets a heap grow by its share of what it may become. The engine itself lives in a tenth of the larger one. With half of the smaller one a
 * tenth of a first sync's time went into moving what is still needed out of it.
 */
const heapBounds = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

export interface EngineThreadOptions extends ThreadOptions {
  readonly clock: Clock;
  readonly note?: (line: string) => void;
  /** Told of crashes and of faults that were nobody's answer; never of content. */
  readonly report: (error: unknown, why: string) => void;
  /** The thread's entry; tests hand in one that crashes on cue. */
  readonly entry?: URL;
  readonly crashPolicy?: CrashPolicy;
}

export interface EngineThread extends AsyncDisposable {
  /** A way to the engine. Closes when the engine crashes; a new one then waits for the engine that is started in its place. */
  openTransport(): Transport;
  /** Told once, when it crashed too often or could not open its profile again: it is not started any more. */
  onGivenUp(listener: (error: unknown) => void): Disposable;
}

/** Beside this file in the sources, and one folder over in a build. */
function defaultEntry(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('./engineWorker.ts', import.meta.url)
    : new URL('../engine/worker.js', import.meta.url);
}

/** Resolves once the engine is open; rejects with what kept it from opening, `profile-in-use` among it. */
export async function startEngineThread(options: EngineThreadOptions): Promise<EngineThread> {
  const { clock, report, note, entry = defaultEntry(), crashPolicy, ...rest } = options;
  const workerData: ThreadOptions = rest;
  const breaker = createCrashBreaker(crashPolicy);
  const givenUp = new Emitter<unknown>((error) => report(error, 'a listener of the engine thread'));
  /** Ports for which there is no thread at the moment. */
  let waiting: MessagePort[] = [];
  let worker: Worker | undefined;
  let restart: Disposable | undefined;
  let ended = false;

  const give = (target: Worker, port: MessagePort): void => {
    target.postMessage({ kind: 'connect', port } satisfies ToEngineThread, [port]);
  };
  const giveUp = (error: unknown): void => {
    ended = true;
    for (const port of waiting) port.close();
    waiting = [];
    givenUp.emit(error);
  };

  const failureOf = (thrown: unknown, code: number): Error =>
    thrown instanceof Error ? thrown : new Error(`the engine thread ended with ${code}`);

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const thread = new Worker(entry, {
        workerData,
        name: 'engine',
        execArgv: [],
        resourceLimits: heapBounds,
      });
      worker = thread;
      let ready = false;
      let failure: unknown;
      thread.on('message', (message: FromEngineThread) => {
        if (message.kind === 'ready') {
          ready = true;
          for (const port of waiting.splice(0)) give(thread, port);
          resolve();
        } else if (message.kind === 'failed') failure = fromWire(message.error);
        else if (message.kind === 'note') note?.(message.line);
        else if (message.kind === 'fault') report(new Error(message.message), message.why);
      });
      thread.on('error', (error) => {
        failure = error;
      });
      thread.on('exit', (code) => {
        if (worker === thread) worker = undefined;
        if (!ready) reject(failureOf(failure, code));
        else if (!ended) crashed(failureOf(failure, code));
      });
    });

  const crashed = (error: unknown): void => {
    report(error, 'the engine crashed');
    const delay = breaker.crashed(clock.monotonic());
    if (delay === null) {
      giveUp(error);
      return;
    }
    restart = clock.setTimer(delay, () => {
      start().catch((failure: unknown) => {
        if (!ended) crashed(failure);
      });
    });
  };

  await start();

  return {
    openTransport() {
      const { port1, port2 } = new MessageChannel();
      const transport = createMessagePortTransport(port1);
      if (ended) port2.close();
      else if (worker) give(worker, port2);
      else waiting.push(port2);
      return transport;
    },
    onGivenUp: (listener) => givenUp.on(listener),
    async [Symbol.asyncDispose]() {
      ended = true;
      restart?.[Symbol.dispose]();
      for (const port of waiting.splice(0)) port.close();
      const thread = worker;
      if (!thread) return;
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      thread.postMessage({ kind: 'stop' } satisfies ToEngineThread);
      await exited;
    },
  };
}
