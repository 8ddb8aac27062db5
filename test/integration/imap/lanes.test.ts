import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDovecot } from '#test/servers/dovecot.ts';
import { look } from '#test/servers/mailbox.ts';
import type { Lanes } from '#engine/imap/lanes.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { JumpingClock, lanesTo, mails, never } from './imapHarness.ts';

let server: Dovecot;
beforeAll(async () => {
  server = await startDovecot({
    // Three at a time for the user "few".
    config: 'mail_max_userip_connections = 3',
  });
  server.fill('anna', 'INBOX', mails(5));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const connectionsOf = async (user: string): Promise<number> => {
  const lines = await server.doveadm('who', user);
  return lines
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .reduce((sum, line) => sum + Number(line.split(/\s+/)[1]), 0);
};

/** All that the server allows this user. */
async function holdThree(lanes: Lanes): Promise<{ holders: Promise<void>[]; release: () => void }> {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const holders: Promise<void>[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { promise: holds, resolve } = Promise.withResolvers<void>();
    holders.push(
      lanes.withConnection('sync', never, () => {
        resolve();
        return held;
      }),
    );
    await holds;
  }
  return { holders, release };
}

describe('lanes', () => {
  test('no connection is opened before somebody needs one, and one that is free is used again', async () => {
    await using lanes = lanesTo(server, 'anna');
    expect(lanes.open).toBe(0);
    await lanes.withMailbox('sync', 'INBOX', {}, never, async (mailbox) => {
      expect(mailbox.exists).toBe(5);
      return Promise.resolve();
    });
    await lanes.withConnection('interactive', never, (connection) => connection.noop(never));
    expect(lanes.open).toBe(1);
  });

  test('a person does not wait behind a bulk run: within the budget he has a connection of his own', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 2 });
    const order: string[] = [];
    const { promise: bulk, resolve: endBulk } = Promise.withResolvers<void>();
    const sync = lanes.withMailbox('sync', 'INBOX', {}, never, async (_, lease) => {
      await bulk;
      order.push(`sync ends, asked for: ${String(lease.wanted.aborted)}`);
    });
    await lanes.withMailbox('interactive', 'INBOX', { readOnly: true }, never, async (mailbox) => {
      order.push(`read ${String((await mailbox.search('ALL', never)).length)}`);
    });
    endBulk();
    await sync;
    expect(order).toEqual(['read 5', 'sync ends, asked for: false']);
  });

  test('on a budget of one the bulk run is asked to let go, and goes on after the person', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 1 });
    const order: string[] = [];
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const sync = (async () => {
      let chunks = 3;
      while (chunks > 0) {
        await lanes.withMailbox('sync', 'INBOX', {}, never, async (mailbox, lease) => {
          while (chunks > 0 && !lease.wanted.aborted) {
            if (chunks === 3) {
              // The person's request comes during the first chunk.
              begin();
              await new Promise<void>((resolve) => {
                lease.wanted.addEventListener('abort', () => {
                  resolve();
                });
              });
            }
            await mailbox.search('ALL', never);
            order.push('chunk');
            chunks -= 1;
          }
        });
      }
    })();
    await begun;
    await lanes.withMailbox('interactive', 'INBOX', {}, never, async () =>
      Promise.resolve(order.push('person')),
    );
    await sync;
    expect(order).toEqual(['chunk', 'person', 'chunk', 'chunk']);
    expect(lanes.open).toBe(1);
  });

  test('waiting for news gives way to whoever has something to do', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 1 });
    const outcomes: string[] = [];
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    const idle = lanes.withMailbox('idle', 'INBOX', {}, never, async (mailbox, lease) => {
      const ended = mailbox.connection.idle(never, { wake: lease.wanted, quietMs: 60_000, maxMs: 60_000 });
      waits();
      outcomes.push(await ended);
    });
    await waiting;
    await lanes.withConnection('sync', never, async (connection) => {
      await connection.noop(never);
      outcomes.push('synchronised');
    });
    await idle;
    expect(outcomes).toEqual(['woken', 'synchronised']);
  });

  test('the more urgent comes first, whenever it asked', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 1 });
    const order: string[] = [];
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holder = lanes.withConnection('interactive', never, () => held);
    const later = (['idle', 'log', 'sync', 'interactive'] as const).map((lane) =>
      lanes.withConnection(lane, never, async () => Promise.resolve(order.push(lane))),
    );
    release();
    await Promise.all([holder, ...later]);
    expect(order).toEqual(['interactive', 'sync', 'log', 'idle']);
  });

  test('"too many connections" lowers the budget, and whoever asked shares what there is', async () => {
    await using lanes = lanesTo(server, 'few', { budget: 5 });
    const { holders, release } = await holdThree(lanes);
    expect(await connectionsOf('few')).toBe(3);
    const fourth = lanes.withConnection('sync', never, (connection) => connection.noop(never));
    // It cannot be served while the others hold all there are; it is not refused either.
    const refused = await Promise.race([
      fourth.then(
        () => 'served',
        () => 'refused',
      ),
      (async () => {
        while (lanes.budget === 5) await new Promise((resolve) => setTimeout(resolve, 5));
        return 'waits';
      })(),
    ]);
    expect(refused).toBe('waits');
    expect(lanes.budget).toBe(3);
    release();
    await Promise.all([...holders, fourth]);
    expect(lanes.open).toBe(3);
  });

  test('a lowered budget is tried again after a while', async () => {
    const clock = new JumpingClock();
    await using lanes = lanesTo(server, 'few', { budget: 5, clock });
    const { holders, release } = await holdThree(lanes);
    const fourth = lanes.withConnection('sync', never, (connection) => connection.noop(never));
    while (lanes.budget === 5) await new Promise((resolve) => setTimeout(resolve, 5));
    clock.jump(31 * 60_000);
    expect(lanes.budget).toBe(5);
    release();
    await Promise.all([...holders, fourth]);
  });

  test('a connection that died while nobody used it is replaced, and the request is served', async () => {
    const clock = new JumpingClock();
    await using lanes = lanesTo(server, 'anna', { budget: 1, clock });
    await lanes.withMailbox('interactive', 'INBOX', {}, never, async () => Promise.resolve());
    clock.jump(20_000);
    await server.doveadm('kick', 'anna');
    const exists = await lanes.withMailbox('interactive', 'INBOX', { reuse: true }, never, async (mailbox) =>
      Promise.resolve(mailbox.exists),
    );
    expect(exists).toBe(5);
  });

  test('a folder that is open already costs no second SELECT where its counters do not matter', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 1 });
    const read = () =>
      lanes.withMailbox('interactive', 'INBOX', { reuse: true, readOnly: true, upTo: 5 }, never, (mailbox) =>
        mailbox.search('ALL', never),
      );
    await read();
    const { commands } = lanes.traffic;
    await read();
    await read();
    // Our own commands are not ImapFlow's to count; a SELECT would be.
    expect(lanes.traffic.commands).toBe(commands);
  });

  test('what came since a folder was opened can be moved and read there: the server is let tell of it first', async () => {
    await using lanes = lanesTo(server, 'lately', { budget: 1 });
    await lanes.withMailbox('interactive', 'INBOX', {}, never, () => Promise.resolve());
    for (const { raw } of mails(2)) await server.deliver('lately', raw);
    const upTo = { reuse: true, upTo: 2 };
    await lanes.withMailbox('interactive', 'INBOX', upTo, never, (mailbox) =>
      mailbox.move('1', 'Archive', never),
    );
    const shown: number[] = [];
    await lanes.withMailbox('interactive', 'INBOX', upTo, never, (mailbox) =>
      mailbox.fetch('2', 'UID', { onRow: () => void shown.push(2) }, never),
    );
    expect(shown).toEqual([2]);
    expect(await look(server, 'lately', 'Archive')).toHaveLength(1);
  });

  test('an aborted request gives its place up, and leaves nothing held', async () => {
    await using lanes = lanesTo(server, 'anna', { budget: 1 });
    const abort = new AbortController();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holder = lanes.withConnection('interactive', never, () => held);
    const waiting = lanes.withConnection('interactive', abort.signal, async () => Promise.resolve('served'));
    abort.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
    release();
    await holder;
    await expect(lanes.withConnection('idle', never, async () => Promise.resolve('free'))).resolves.toBe(
      'free',
    );
  });

  test('disposing ends what runs and what waits, and logs out', async () => {
    const lanes = lanesTo(server, 'gone', { budget: 1 });
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const running = lanes.withMailbox('idle', 'INBOX', {}, never, async (mailbox) => {
      begin();
      return mailbox.connection.idle(never, { wake: never, quietMs: 60_000, maxMs: 60_000 });
    });
    await begun;
    const waiting = lanes.withConnection('sync', never, async () => Promise.resolve());
    const settled = Promise.allSettled([running, waiting]);
    await lanes[Symbol.asyncDispose]();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(lanes.withConnection('sync', never, async () => Promise.resolve())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
