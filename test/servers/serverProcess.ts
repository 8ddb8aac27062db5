/** A server as a child process that ends with its owner, and with this process whatever happens to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Rejects when the server ends, with what it wrote. */
  readonly failed: Promise<never>;
}

/**
 * `output` gets what it writes: a pipe would hold this process up as long as any of the server's children lives. `log`: where else it
 * writes why it ended.
 */
export function startServerProcess(
  command: string,
  args: readonly string[],
  output: string,
  log = output,
  env: NodeJS.ProcessEnv = process.env,
): ServerProcess {
  const file = openSync(output, 'a');
  // Postfix closes every number of a file that it might have: with the millions that some systems allow, two seconds' work. And the
  // kernel ends the server when this process dies without having said goodbye.
  const wrapper = ['--nofile=4096', 'setpriv', '--pdeathsig', 'TERM', '--'];
  const child = spawn('prlimit', [...wrapper, command, ...args], {
    stdio: ['ignore', file, file],
    detached: true,
    env,
  });
  closeSync(file);
  let stopping = false;
  const exited = once(child, 'exit');
  const failed = exited.then(
    ([code, signal]: unknown[]) => {
      if (stopping) return new Promise<never>(() => undefined);
      const said = [...new Set([output, log])].filter((path) => existsSync(path));
      const words = said.map((path) => readFileSync(path, 'utf8')).join('');
      throw new Error(`${command} ended (${String(code ?? signal)}):\n${words}`);
    },
    (error: unknown) => {
      throw error;
    },
  );
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    failed,
    async [Symbol.asyncDispose]() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Asked kindly these servers wait a second for their children; so those go at once, and their parent, which is asked, collects them.
      child.kill('SIGTERM');
      for (const pid of groupOf(child.pid ?? -1)) if (pid !== child.pid) killIfThere(pid);
      await exited.catch(() => undefined);
    },
  };
}

/**
 * Resolves when the port's server says what proves that it is the one meant; tries again until then, or until that ended (`failed`).
 * `ask` is for servers that do not speak first.
 */
export async function untilGreeted(
  port: number,
  greeting: RegExp,
  failed: Promise<never>,
  ask = '',
): Promise<void> {
  const end = performance.now() + 30_000;
  let last = '';
  while (performance.now() < end) {
    last = await Promise.race([firstWords(port, ask, greeting), failed]);
    if (greeting.test(last)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`port ${String(port)} did not greet as expected within 30 s, last: ${last}`);
}

/** What a server says until it matches, closes, or for 5 s; '' when none is there. */
function firstWords(port: number, ask: string, greeting: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port, host: '127.0.0.1' });
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(5000, end);
    socket.setEncoding('latin1');
    if (ask !== '') socket.write(ask);
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (greeting.test(text)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes of a process group. */
function groupOf(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
        // Fields after the name, which may hold anything: state, parent, group (proc(5)).
        const [, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(pgrp) === group;
      } catch {
        return false;
      }
    });
}
