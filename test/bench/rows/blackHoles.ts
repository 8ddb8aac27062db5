/** New mail of a good account, alone and beside twenty whose servers are reached by nobody. */
import { mail } from '#test/integration/sync/syncFixture.ts';
import { startBlackHole } from '#test/servers/blackHole.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { startRawServer } from '#test/servers/rawServer.ts';
import { BenchEngine, type BenchAccount } from '../engine.ts';
import { median, type Row } from '../measure.ts';

const badAccounts = 20;
const deliveries = 10;
/** Alone and beside them, in turn. Each starts anew, so that the bad ones are just being tried. */
const rounds = 2;

export const blackHoles: Row = {
  name: 'blackholes',
  async measure(bench) {
    const server = await bench.dovecot();
    bench.say('new mail beside black holes');
    // A port that takes connections and says nothing, one that drops them at once, one that lets nobody in.
    await using silent = await startRawServer(() => undefined);
    await using dropping = await startRawServer((socket) => socket.destroy());
    await using deaf = await startBlackHole();
    const ports = [silent.port, dropping.port, deaf.port];
    const bad = Array.from({ length: badAccounts }, (_, at) => ({
      user: `bad${String(at)}`,
      password: 'none',
      port: ports[at % ports.length]!,
    }));
    const alone: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(...(await latencies(server, `alone${String(round)}`, [])));
      beside.push(...(await latencies(server, `beside${String(round)}`, bad)));
    }
    return [
      {
        name: 'new mail beside 20 black holes : alone',
        value: median(beside) / median(alone),
        unit: '',
        bound: { atMost: 1.1 },
        figures: { ms: median(beside), 'alone ms': median(alone), 'slowest ms': Math.max(...beside) },
      },
    ];
  },
};

/** From the moment a server has taken a mail until the engine tells of it, in ms. */
async function latencies(server: Dovecot, user: string, bad: readonly BenchAccount[]): Promise<number[]> {
  const good = { user, password: server.password, port: server.ports.imap };
  // The oldest come first: the good one stands in nobody's way.
  await using engine = await BenchEngine.open([...bad, good], { passive: false });
  const { accounts } = await engine.call('accounts.list', {});
  const id = accounts.find(({ name }) => name === user)?.id;
  const healthy = engine.next('accounts.health', (told) => told.id === id && told.health.state === 'healthy');
  if (accounts.find((account) => account.id === id)?.health.state !== 'healthy') await healthy;
  const measured: number[] = [];
  // The first one waits for the connection that listens to be made.
  for (let at = 0; at <= deliveries; at += 1) {
    const subject = `Mail ${String(at)} of ${user}`;
    const told = engine.next('mail.new', (news) => news.subject === subject).then(() => performance.now());
    await server.deliver(user, mail(subject));
    const delivered = performance.now();
    const ms = Math.max(0, (await told) - delivered);
    if (at > 0) measured.push(ms);
  }
  return measured;
}
