/** Whole processes, with the time they take and the most memory that they hold. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

export interface RanProcess {
  readonly ms: number;
  readonly stdout: string;
}

/** Rejects with what it wrote to stderr where it fails. */
export async function runProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RanProcess> {
  const started = performance.now();
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  const ms = performance.now() - started;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${String(status)}\n${Buffer.concat(stderr).toString()}`);
  return { ms, stdout: Buffer.concat(stdout).toString() };
}

const lookEveryMs = 20;

/** The high-water mark of what a process holds in memory (VmHWM), all its threads together, in MB; it never falls. */
export function watchMemory(child: ChildProcess): { readonly peakMb: number } & Disposable {
  let peakMb = 0;
  const look = (): void => {
    const memory = memoryOf(child.pid ?? 0);
    // null: it has ended.
    if (memory !== null) ({ peakMb } = memory);
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    get peakMb() {
      return peakMb;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

export interface HeldMemory {
  /** VmRSS. */
  readonly mb: number;
  /** VmHWM: the most since its start, or since `forgetPeak`. */
  readonly peakMb: number;
}

/** null: there is no such process (any more). */
export function memoryOf(pid: number): HeldMemory | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const [mb = Number.NaN, peakMb = Number.NaN] = ['VmRSS', 'VmHWM'].map(
      (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024,
    );
    // One that has ended and that nobody has waited for is still listed, without any.
    return Number.isNaN(mb) || Number.isNaN(peakMb) ? null : { mb, peakMb };
  } catch {
    return null;
  }
}

/** From now on the peak of this process is counted anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${String(pid)}/clear_refs`, '5');
}

/** Processes that this one started, and those that they did, whose command line holds `text`. */
export function startedProcesses(text: string): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // "pid (name, whatever stands in it) state ppid"
      const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      parents.set(Number(name), Number(parent));
    } catch {
      // It has ended.
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(parents.get(pid)));
  return [...parents.keys()].filter((pid) => isOurs(parents.get(pid)) && commandLine(pid).includes(text));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
