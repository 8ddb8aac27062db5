/** The way to a profile's engine for every host: one of its own, or the one of the process that holds the profile already. */
import { delay } from '#shared/base/clock.ts';
import type { Clock } from '#shared/base/clock.ts';
import type { EngineClient } from '#shared/contract/contract.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import { createTransportPair } from '#shared/rpc/inProcess.ts';
import { createRpcServer } from '#shared/rpc/server.ts';
import type { Transport } from '#shared/rpc/transport.ts';
import { attachTo } from './attach/attachClient.ts';
import { profileInUse, readHolder } from './attach/holder.ts';
import type { HostKind } from './attach/holder.ts';
import { startEngineThread } from './engineThread.ts';
import { lockPaths, profileRoot } from './paths.ts';
import { relay } from './relay.ts';
import { systemClock } from './systemClock.ts';

export interface ConnectEngineOptions {
  /** The profile's folder; undefined: POSTKORB_PROFILE, else the platform's place. */
  readonly profile: string | undefined;
  /** BCP 47; default: the system's. */
  readonly locale?: string;
  /** What people are told when they meet this one as the holder. Default: the command line. */
  readonly host?: HostKind;
  /** Default true: an engine of our own does nothing by itself, and waits for its turn while another passive one is at work. */
  readonly passive?: boolean;
  /** An engine of our own runs on a thread of its own. Default: where it is not passive. */
  readonly thread?: boolean;
  /** How long to wait for a profile that is held by a process which takes nobody in. Default 30 s. */
  readonly waitMs?: number;
  /** One line for people. */
  readonly note?: (line: string) => void;
  /** Faults that are nobody's answer; never content. Default: they go nowhere but the engine's log. */
  readonly report?: (error: unknown, why: string) => void;
  readonly signal?: AbortSignal;
}

export interface EngineConnection extends AsyncDisposable {
  /** Ends when the engine crashes: `openTransport` then leads to the one that is started in its place. */
  readonly client: EngineClient;
  /** `attached`: the engine belongs to another process, and ends with it. */
  readonly mode: 'own' | 'attached';
  /** A further way to the same engine, for a window or a page. An engine that is gone gives a transport that closes. */
  openTransport(): Transport;
  /** Told once when this connection is of no use any more: the other process ended, or the engine crashed too often. */
  onLost(listener: (error: unknown) => void): Disposable;
}

const retryMs = 150;

/**
 * Connects to the engine of a profile. Throws MailError `profile-in-use`, naming who holds it, where it does not come free in time, and
 * whatever keeps an engine from opening (`store-newer`, `file-unreadable`, ...). Disposing closes an engine of our own, and only that.
 */
export async function connectEngine(options: ConnectEngineOptions): Promise<EngineConnection> {
  const clock = systemClock();
  const root = profileRoot(options.profile);
  const end = clock.monotonic() + (options.waitMs ?? 30_000);
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await openOwn(options, root, clock);
    } catch (error) {
      if (!isMailError(error) || error.code !== 'profile-in-use') throw error;
    }
    const holder = readHolder(lockPaths(root).holder);
    if (holder?.attach) {
      try {
        return attached(await attachTo(holder, clock), () => attachTo(holder, clock), options);
      } catch {
        // It is just ending, or its address is a dead one's: the lock tells in the next round.
      }
    }
    if (clock.monotonic() >= end) throw profileInUse(root, holder);
    if (!told && holder) {
      told = true;
      options.note?.(
        `the profile is in use by process ${holder.pid} (${holder.host}); waiting for it to end`,
      );
    }
    await delay(clock, retryMs, options.signal);
  }
}

async function openOwn(
  options: ConnectEngineOptions,
  profile: string,
  clock: Clock,
): Promise<EngineConnection> {
  const passive = options.passive ?? true;
  const report = options.report ?? ((): void => undefined);
  const engineOptions = {
    profile,
    passive,
    locale: options.locale ?? Intl.DateTimeFormat().resolvedOptions().locale,
    host: options.host ?? 'command-line',
  } as const;
  const note = options.note ? { note: options.note } : {};
  if (options.thread ?? !passive) {
    const thread = await startEngineThread({ ...engineOptions, ...note, clock, report });
    const client = createRpcClient(thread.openTransport(), { report });
    return {
      mode: 'own',
      client,
      openTransport: () => thread.openTransport(),
      onLost: (listener) => thread.onGivenUp(listener),
      async [Symbol.asyncDispose]() {
        client[Symbol.dispose]();
        await thread[Symbol.asyncDispose]();
      },
    };
  }
  // Loaded only where it runs in this thread: beside an engine thread it would be held in memory twice.
  const { openEngine } = await import('./openEngine.ts');
  const engine = await openEngine({ ...engineOptions, ...note });
  const openTransport = (): Transport => {
    const [near, far] = createTransportPair();
    createRpcServer(engine.api, far, { report });
    return near;
  };
  const client = createRpcClient(openTransport(), { report });
  return {
    mode: 'own',
    client,
    openTransport,
    onLost: () => ({ [Symbol.dispose]: () => undefined }),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

function attached(
  first: Transport,
  attachAgain: () => Promise<Transport>,
  options: ConnectEngineOptions,
): EngineConnection {
  const report = options.report ?? ((): void => undefined);
  const client = createRpcClient(first, { report });
  const opened = new Set<Transport>();
  return {
    mode: 'attached',
    client,
    openTransport() {
      const transport = whenConnected(attachAgain(), report);
      opened.add(transport);
      transport.onClose(() => opened.delete(transport));
      return transport;
    },
    onLost: (listener) => client.onClose(() => listener(undefined)),
    async [Symbol.asyncDispose]() {
      for (const transport of opened) transport.close();
      client[Symbol.dispose]();
    },
  };
}

/** A transport at once, for one that is still being connected: what is sent meanwhile is kept; a failed attempt closes it. */
function whenConnected(
  connecting: Promise<Transport>,
  report: (error: unknown, why: string) => void,
): Transport {
  const [near, far] = createTransportPair();
  connecting.then(
    (transport) => void relay(far, transport, (error) => report(error, 'passing a message on')),
    (error: unknown) => {
      report(error, 'attaching once more');
      far.close();
    },
  );
  return near;
}
