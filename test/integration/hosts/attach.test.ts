import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachTo } from '#hosts/node/attach/attachClient.ts';
import { startAttachServer } from '#hosts/node/attach/attachServer.ts';
import type { AttachServer } from '#hosts/node/attach/attachServer.ts';
import { createFramedSocket } from '#hosts/node/attach/frames.ts';
import { readHolder, writeHolder } from '#hosts/node/attach/holder.ts';
import type { Holder } from '#hosts/node/attach/holder.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import { createScriptedApi, untilCancelled } from '#test/contract/scriptedApi.ts';
import type { ScriptedApi } from '#test/contract/scriptedApi.ts';
import { until } from '#test/contract/transportConformance.ts';

describe('a second process of the same user', () => {
  const clock = systemClock();
  let folder: string;
  let api: ScriptedApi;
  let server: AttachServer;
  let reports: string[];
  const start = (profile: string): Promise<AttachServer> =>
    startAttachServer({ profile, api, clock, report: (error) => reports.push(String(error)) });
  const holder = (attach: Holder['attach'] = server): Holder => ({
    pid: 1,
    host: 'desktop',
    machine: 'here',
    since: 0,
    attach: attach && { address: attach.address, key: attach.key },
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postkorb-attach-'));
    api = createScriptedApi();
    reports = [];
    server = await start(folder);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('speaks to the engine that holds the profile', async () => {
    api.on('settings.get', async () => 'served');
    using client = createRpcClient(await attachTo(holder(), clock));
    expect(await client.call('settings.get', {})).toBe('served');
  });

  it('cancels what it asked for when it goes', async () => {
    api.on('sync.run', untilCancelled);
    const client = createRpcClient(await attachTo(holder(), clock));
    const call = client.call('sync.run', {}).catch(() => undefined);
    client[Symbol.dispose]();
    await call;
    await until(() => api.cancelled.length === 1 || api.listeners === 0);
  });

  it('is not taken in without the key of the profile', async () => {
    const wrong = { address: server.address, key: Buffer.alloc(32).toString('base64url') };
    await expect(attachTo(holder(wrong), clock)).rejects.toMatchObject({ code: 'not-permitted' });
  });

  it('cannot skip the proof: a call sent instead of it is not carried out', async () => {
    let reached = false;
    api.on('settings.get', async () => (reached = true));
    const call = JSON.stringify({ kind: 'call', id: 1, name: 'settings.get', request: {} });
    const socket = connect(server.address);
    const frames = createFramedSocket(socket, { maxFrameBytes: 1000, maxBacklogBytes: 1000 });
    frames.send('hello');
    frames.send(call);
    frames.send(call);
    await once(socket, 'close');
    expect(reached).toBe(false);
    expect(reports).toHaveLength(1);
  });

  it('sends no command to a program that took the address of a dead owner', async () => {
    const received: string[] = [];
    const impostor = createServer((socket) => {
      const frames = createFramedSocket(socket, { maxFrameBytes: 1000, maxBacklogBytes: 1000 });
      frames.onFrame((text) => {
        received.push(text);
        frames.send(`${'A'.repeat(43)} ${'A'.repeat(43)}`);
      });
    });
    const address = join(folder, 'other.sock');
    impostor.listen(address);
    await once(impostor, 'listening');
    await expect(attachTo(holder({ address, key: server.key }), clock)).rejects.toMatchObject({
      code: 'not-permitted',
    });
    expect(received).toHaveLength(1);
    impostor.close();
    await once(impostor, 'close');
  });

  it('is told when nobody answers there', async () => {
    const gone = { address: join(folder, 'gone.sock'), key: server.key };
    await expect(attachTo(holder(gone), clock)).rejects.toMatchObject({ code: 'connection-closed' });
  });

  it('a frame beyond the handshake limit from a stranger ends the connection before it is stored', async () => {
    const socket = connect(server.address);
    const header = Buffer.alloc(4);
    header.writeUInt32BE(0xffff_ffff);
    socket.write(header);
    await once(socket, 'close');
  });

  it('the socket and the words about the holder are readable by their owner alone', () => {
    expect(statSync(server.address).mode & 0o077).toBe(0);
    const file = join(folder, 'holder.json');
    writeHolder(file, holder());
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(readHolder(file)).toEqual(holder());
  });

  it('a profile with a path too long for a socket is reached all the same, and leaves nothing behind', async () => {
    const long = await start(join(folder, 'x'.repeat(120)));
    using client = createRpcClient(await attachTo(holder(long), clock));
    api.on('settings.get', async () => 'served');
    expect(await client.call('settings.get', {})).toBe('served');
    client[Symbol.dispose]();
    await long[Symbol.asyncDispose]();
    expect(existsSync(join(long.address, '..'))).toBe(false);
  });

  it('a socket file left by a crash is taken over', async () => {
    await using again = await start(folder);
    expect(again.address).toBe(server.address);
    await attachTo(holder(again), clock).then((transport) => transport.close());
  });
});
