/**
 * A port that answers no connection attempt, as behind a firewall that drops packets: the process that listens is stopped, and its
 * queue is full, so the kernel drops every further attempt.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface BlackHole extends AsyncDisposable {
  readonly port: number;
}

const listener = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)));
process.stdin.resume().on('end', () => process.exit());
`;
/** More than a queue of one holds. */
const fillers = 6;

export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const number = Number(port.toString());
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  for (let at = 0; at < fillers; at += 1) {
    sockets.push(connect({ port: number, host: '127.0.0.1' }).on('error', () => undefined));
  }
  // Two get in; when they are, the queue is full.
  await Promise.all(sockets.slice(0, 2).map((socket) => once(socket, 'connect')));
  return {
    port: number,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await gone;
    },
  };
}
