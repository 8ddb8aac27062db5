/** The built command line as people and scripts run it: a process, its exit status, its two outputs. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const compiledCode = resolve(import.meta.dirname, '../../../node_modules/.cache/postkorb-code');
export const program = resolve(import.meta.dirname, '../../../dist/cli/main.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A machine of its own: home, profile, files; gone at the end, with every process that was started. */
export interface CliBench extends AsyncDisposable {
  readonly folder: string;
  readonly profile: string;
  /** Runs a command to its end. `--profile` is this bench's. */
  run(...args: readonly string[]): Promise<Ran>;
  /** The same with `--json`: exactly one value on stdout, else this throws with what was there. */
  json<T = Json>(...args: readonly string[]): Promise<Ran & { readonly value: T }>;
  /** The same for a command that is expected to do it (status 0); returns the value alone. */
  ok<T = Json>(...args: readonly string[]): Promise<T>;
  /** Starts a command that stays. */
  start(...args: readonly string[]): Running;
  /** Writes a file into the bench's folder; an object as JSON. */
  write(name: string, content: unknown): string;
  /** Every byte under the folder and of all outputs so far, to look for what must not be there. */
  everything(): string;
}

/** What commands print is looked at by its fields; a test that reads a field that is not there fails on its value. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the first line on stdout, from now on, that is as asked. Rejects after 20 s or when the process ends. */
  line<T = Json>(wanted: (line: T) => boolean): Promise<T>;
  /** Resolves when `text` stands on stderr. */
  said(text: string): Promise<void>;
  /** Sends the signal and resolves with the exit status. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface CliBenchOptions {
  /** PEM of an authority to be trusted. */
  readonly ca?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly node?: string;
}

export function openCliBench(options: CliBenchOptions = {}): CliBench {
  const folder = mkdtempSync(join(tmpdir(), 'postkorb-cli-'));
  const profile = join(folder, 'profile');
  mkdirSync(join(folder, 'home'));
  const outputs: string[] = [];
  const running = new Set<ChildProcess>();
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    LANG: 'en_US.UTF-8',
    POSTKORB_KEYCHAIN: 'off',
    // One for all of them: each has a home of its own.
    NODE_COMPILE_CACHE: compiledCode,
    ...options.env,
  };
  if (options.ca !== undefined) {
    env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
    writeFileSync(join(folder, 'ca.pem'), options.ca);
  }
  const launch = (args: readonly string[]): ChildProcess => {
    const all = [program, ...args, '--profile', profile];
    const child = spawn(options.node ?? process.execPath, all, {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const begun = performance.now();
    const child = launch(args);
    const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
    const [status] = (await once(child, 'close')) as [number | null];
    const ran = { status, stdout: out(), stderr: err(), ms: performance.now() - begun };
    outputs.push(ran.stdout, ran.stderr);
    return ran;
  };
  const json = async <T>(...args: readonly string[]): Promise<Ran & { value: T }> => {
    const ran = await run(...args, '--json');
    try {
      return { ...ran, value: JSON.parse(ran.stdout) as T };
    } catch {
      throw new Error(`not one JSON value: ${args.join(' ')} (${ran.status})\n${ran.stdout}\n${ran.stderr}`);
    }
  };
  return {
    folder,
    profile,
    run,
    json,
    async ok<T>(...args: readonly string[]) {
      const ran = await json<T>(...args);
      if (ran.status !== 0) throw new Error(`${args.join(' ')}: ${ran.status}\n${ran.stdout}\n${ran.stderr}`);
      return ran.value;
    },
    start: (...args) => follow(launch(args), outputs),
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
      return path;
    },
    everything: () => outputs.join('\n') + allBytesUnder(folder),
    async [Symbol.asyncDispose]() {
      for (const child of running) {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function follow(child: ChildProcess, outputs: string[]): Running {
  const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
  child.once('close', () => outputs.push(out(), err()));
  const ended = once(child, 'close');
  let taken = 0;
  const until = async (what: string, isThere: () => boolean): Promise<void> => {
    const end = performance.now() + 60_000;
    while (!isThere()) {
      const left = end - performance.now();
      if (left <= 0 || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${what} did not come\n${out()}\n${err()}`);
      }
      await heard(child, Math.min(left, 1000));
    }
  };
  return {
    child,
    async line<T>(wanted: (line: T) => boolean) {
      let found: T | undefined;
      await until(`the line ${String(wanted)}`, () => {
        const lines = out().split('\n').slice(0, -1);
        const at = lines.findIndex((line, index) => index >= taken && wanted(JSON.parse(line) as T));
        if (at < 0) return false;
        taken = at + 1;
        found = JSON.parse(lines[at]!) as T;
        return true;
      });
      return found as T;
    },
    said: (text) => until(`"${text}"`, () => err().includes(text)),
    async end(signal = 'SIGINT') {
      child.kill(signal);
      const [status] = (await ended) as [number | null];
      return status;
    },
  };
}

/** Resolves at the next output, or after `ms`. */
function heard(child: ChildProcess, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      child.stdout?.off('data', done);
      child.stderr?.off('data', done);
      child.off('exit', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    child.stdout?.once('data', done);
    child.stderr?.once('data', done);
    child.once('exit', done);
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

function allBytesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
