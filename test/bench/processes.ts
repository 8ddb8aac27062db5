/** Whole processes, with the time they take and the most memory that they hold. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

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
    try {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
      if (kilobytes !== undefined) peakMb = Number(kilobytes) / 1024;
    } catch {
      // It has ended.
    }
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
