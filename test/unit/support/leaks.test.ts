import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, watch as watchFiles, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchLeaks } from '#test/support/leaks.ts';
import type { LeakWatch } from '#test/support/leaks.ts';

describe('the leak check', () => {
  let watch: LeakWatch;
  beforeEach(() => {
    watch = watchLeaks();
  });
  afterEach(() => watch[Symbol.dispose]());

  /** Starts each, and says how to end it. */
  const leaks: Record<string, () => Promise<() => unknown>> = {
    timer: async () => {
      const timer = setTimeout(() => undefined, 60_000);
      return () => clearTimeout(timer);
    },
    'timer that keeps nothing alive': async () => {
      const timer = setInterval(() => undefined, 60_000).unref();
      return () => clearInterval(timer);
    },
    server: async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return () => server.close();
    },
    socket: async () => {
      const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').unref();
      await once(socket, 'connect');
      server.close();
      return () => socket.destroy();
    },
    'local server': async () => {
      const server = createServer().listen(join(mkdtempSync(join(tmpdir(), 'postkorb-leak-')), 'socket'));
      await once(server, 'listening');
      return () => server.close();
    },
    'UDP socket': async () => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return () => socket.close();
    },
    'child process': async () => {
      const child = spawn('sleep', ['60'], { stdio: 'ignore' });
      child.unref();
      return () => child.kill();
    },
    worker: async () => {
      const worker = new Worker('setTimeout(() => 0, 60_000)', { eval: true });
      await once(worker, 'online');
      return () => worker.terminate();
    },
    'message port': async () => {
      const { port1 } = new MessageChannel();
      port1.on('message', () => undefined);
      return () => port1.close();
    },
    'file watcher': async () => {
      const watcher = watchFiles(tmpdir());
      return () => watcher.close();
    },
  };

  it.each(Object.entries(leaks))(
    'finds a %s, says where it was started, and no more of it once ended',
    async (kind, start) => {
      const end = await start();
      const left = await watch.leftovers(100);
      expect(left.join('\n')).toContain(kind.split(' that')[0]);
      expect(left.join('\n')).toMatch(/leaks\.test\.ts|on port/);
      await end();
      expect(await watch.leftovers()).toEqual([]);
    },
  );

  it('finds nothing where nothing is left', async () => {
    const server = createServer((socket) => socket.end('bye')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
    await once(socket, 'close');
    server.close();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await watch.leftovers()).toEqual([]);
  });

  it('does not hold the pool of fetch against a suite', async () => {
    const { createServer: createHttp } = await import('node:http');
    const server = createHttp((_request, response) => response.end('yes')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text();
    server.close();
    server.closeAllConnections();
    expect(await watch.leftovers()).toEqual([]);
  });

  it('fails a suite all of whose tests passed', () => {
    const root = resolve(import.meta.dirname, '../../..');
    const folder = mkdtempSync(join(tmpdir(), 'postkorb-leaking-'));
    try {
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      const setup = JSON.stringify(join(root, 'test/support/leakCheck.ts'));
      writeFileSync(
        join(folder, 'vitest.config.mjs'),
        `export default { test: { setupFiles: [${setup}] } };`,
      );
      const body = `import { it } from 'vitest';\nit('passes', () => { setInterval(() => 0, 60_000); });\n`;
      writeFileSync(join(folder, 'leaking.test.mjs'), body);
      const run = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: folder },
      });
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/1 passed/);
      expect(run.stdout + run.stderr).toMatch(/left behind:\s+timer .*leaking\.test\.mjs/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
