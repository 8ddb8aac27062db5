import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { webHost } from '#shared/contract/webHost.ts';

interface Running {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
}

const running = new Set<ChildProcess>();

function cli(profile: string, ...args: string[]): Running {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args, '--profile', profile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, POSTKORB_KEYCHAIN: 'off', LC_ALL: 'C' },
  });
  running.add(child);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  }
  const firstLine = new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    child.on('exit', () => {
      reject(new Error(`it ended: ${said.stderr}`));
    });
  });
  firstLine.catch(() => undefined);
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (status) => {
      running.delete(child);
      resolve({ status, ...said });
    });
  });
  return { child, firstLine, ended };
}

/** What the scheduler was told of one thread of a process (proc_pid_stat(5): the 19th field). */
function nicenessOf({ pid }: ChildProcess, thread: string): number | undefined {
  const tasks = `/proc/${String(pid)}/task`;
  const stats = readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/stat`, 'utf8'));
  const fields = stats
    .find((stat) => stat.includes(`(${thread})`))
    ?.split(') ')[1]
    ?.split(' ');
  return fields && Number(fields[16]);
}

describe('the app served from the command line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-serve-test-'));
  });
  afterEach(async () => {
    for (const child of [...running]) {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says its address as the first line, lets its token in once, and ends cleanly at %s',
    async (signal) => {
      const served = cli(join(folder, 'profile'), 'serve');
      const { url } = JSON.parse(await served.firstLine) as { url: string };
      const { origin, hash } = new URL(url);
      expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await (await fetch(url)).text()).toContain('<!doctype html>');
      const enter = () =>
        fetch(new URL(webHost.sessionPath, origin), {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin, [webHost.sessionHeader]: '1' },
          body: JSON.stringify({ token: hash.slice(`#${webHost.tokenFragment}=`.length) }),
        });
      expect((await enter()).status).toBe(204);
      expect((await enter()).status).toBe(403);
      if (process.platform === 'linux') expect(nicenessOf(served.child, 'engine')).toBe(5);
      served.child.kill(signal);
      const { status, stdout, stderr } = await served.ended;
      expect(status).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(1);
      expect(stderr).not.toContain(hash);
      // Whoever comes next finds the profile free.
      expect(existsSync(join(folder, 'profile/holder.json'))).toBe(false);
    },
  );

  it.each(['0.0.0.0', '192.168.1.10', 'example.org', '::'])(
    'refuses to be reached from elsewhere (%s) with words and status 2',
    async (host) => {
      const { status, stdout, stderr } = await cli(folder, 'serve', '--host', host).ended;
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/127\.0\.0\.1/);
    },
  );

  it('says that a port is taken, or is none, with status 2', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const taken = await cli(folder, 'serve', '--port', port.toString(), '--json').ended;
    other.close();
    expect(taken.status).toBe(2);
    expect((JSON.parse(taken.stdout) as { error: { faults: unknown } }).error.faults).toMatchObject([
      { path: '--port', code: 'taken' },
    ]);
    expect((await cli(folder, 'serve', '--port', '70000').ended).status).toBe(2);
  });

  it('shows the demo: the first line for programs, then everybody by name for people', async () => {
    const demo = cli(join(folder, 'demo'), 'demo');
    const answer = JSON.parse(await demo.firstLine) as {
      url: string;
      people: { name: string; url: string }[];
    };
    expect(answer.people.map(({ name }) => name)).toEqual(['Anna Albrecht', 'Ben Becker', 'Clara Conrad']);
    expect(answer.url).toBe(answer.people[0]?.url);
    // As it comes when npm hands on what the terminal has told everybody already.
    demo.child.kill('SIGINT');
    demo.child.kill('SIGINT');
    const { status, stdout, stderr } = await demo.ended;
    expect([status, stderr]).toEqual([0, '']);
    for (const { name, url } of answer.people)
      expect(stdout).toMatch(new RegExp(`^ +${name} +${url.replace(/[?.]/g, '\\$&')}$`, 'm'));
  });
});
