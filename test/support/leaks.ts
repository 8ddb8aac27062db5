/** What was started and not ended: each with the line that started it. */
import { createHook } from 'node:async_hooks';

export interface LeakWatch extends Disposable {
  /**
   * What is left of all that was started since the watch began, a line each. What is on its way out (a socket that was closed a moment
   * ago) gets up to `patience` ms for it; the answer comes as soon as nothing is left.
   */
  leftovers(patience?: number): Promise<string[]>;
}

/** Kinds of async_hooks that keep a process alive or another program busy. */
const kinds: Readonly<Record<string, string>> = {
  Timeout: 'timer',
  TCPWRAP: 'socket',
  TCPSERVERWRAP: 'server',
  PIPEWRAP: 'pipe or local socket',
  PIPESERVERWRAP: 'local server',
  UDPWRAP: 'UDP socket',
  PROCESSWRAP: 'child process',
  WORKER: 'worker',
  MESSAGEPORT: 'message port',
  FSEVENTWRAP: 'file watcher',
  STATWATCHER: 'file watcher',
};

interface Started {
  readonly kind: string;
  readonly resource: { hasRef?(): boolean; getsockname?(into: { port?: number }): unknown };
  readonly at: string;
}

export function watchLeaks(): LeakWatch {
  const running = new Map<number, Started>();
  let own = false;
  // Node makes the process's own streams when they are first looked at, as starting a thread does; they stay to the end.
  void [process.stdin, process.stdout, process.stderr];
  const hook = createHook({
    trackPromises: false,
    init(id, type, _trigger, resource: object) {
      const kind = kinds[type];
      if (kind === undefined || own) return;
      const at = stackOfNow();
      if (!isRunners(at)) running.set(id, { kind, resource, at });
    },
    destroy(id) {
      running.delete(id);
    },
  }).enable();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      own = true;
      setTimeout(resolve, ms);
      own = false;
    });
  return {
    async leftovers(patience = 2000) {
      const end = performance.now() + patience;
      for (let ms = 1; ; ms = Math.min(50, ms * 2)) {
        const left = [...running.values()].filter(counts);
        if (left.length === 0 || performance.now() > end) return left.map(describe);
        await pause(ms);
      }
    },
    [Symbol.dispose]() {
      hook.disable();
    },
  };
}

function stackOfNow(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 25;
  const { stack = '' } = new Error('started');
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

/** The lines of a stack outside Node itself, nearest first. */
function frames(stack: string): string[] {
  const here = import.meta.filename;
  return stack
    .split('\n')
    .slice(1)
    .filter((line) => !/[( ]node:/.test(line) && !line.includes(here))
    .map((line) => line.trim());
}

/** Vitest's own time limits and pipes, and the process's standard streams, which Node opens at their first use. */
function isRunners(stack: string): boolean {
  if (stack.includes('node:internal/bootstrap/switches/')) return true;
  return /node_modules\/(vitest|@vitest)\//.test(frames(stack)[0] ?? '');
}

/**
 * Timers and ports that keep nothing alive are somebody's time limit on what has ended; a library may have those. And `fetch` keeps
 * connections for the next one, in a pool of Node's that nobody can close.
 */
function counts({ kind, resource, at }: Started): boolean {
  if (resource.hasRef?.() !== false) return true;
  if (kind === 'message port' || at.includes('node:internal/deps/undici')) return false;
  return kind !== 'timer' || !(frames(at)[0] ?? '').includes('/node_modules/');
}

function describe({ kind, resource, at }: Started): string {
  const lines = frames(at);
  if (lines.length === 0) {
    // Made in a later turn, such as a server after its address was looked up.
    const into: { port?: number } = {};
    resource.getsockname?.(into);
    return into.port === undefined ? kind : `${kind} on port ${into.port}`;
  }
  const ours = lines.filter((line) => !line.includes('/node_modules/'));
  return `${kind} ${(ours.length > 0 ? ours : lines).slice(0, 4).join('\n    ')}`;
}
