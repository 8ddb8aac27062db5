/** A first pass over the mailbox: the headers against what the IMAP library alone does, and the first page. */
import { listFields } from '#engine/mime/headers.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { corpusUser, type Bench } from '../bench.ts';
import { cpuTime } from '#test/support/cpuTime.ts';
import { startCountingProxy } from '../countingProxy.ts';
import { BenchEngine } from '../engine.ts';
import { median, type Measure, type Row } from '../measure.ts';

const rounds = 3;

export const headers: Row = {
  name: 'headers',
  async measure(bench) {
    const server = await bench.dovecotWithCorpus();
    bench.say('headers: a first pass and imapflow, in turn');
    // So that neither meets a cold index, nor code that has not run yet.
    await handOver(server, bench);
    await firstPass(server, server.ports.imap, bench);
    const library: HandedOver[] = [];
    const passes: FirstPass[] = [];
    for (let round = 0; round < rounds; round += 1) {
      library.push(await handOver(server, bench));
      passes.push(await firstPass(server, server.ports.imap, bench));
    }
    const rate = (ms: readonly number[]): number => (bench.messages / median(ms)) * 1000;
    const ours = rate(passes.map(({ headersMs }) => headersMs));
    const theirs = rate(library.map(({ ms }) => ms));
    const measures: Measure[] = [
      {
        name: 'headers into the store : imapflow alone',
        value: ours / theirs,
        unit: '',
        bound: { atLeast: 0.7 },
        figures: {
          'messages/s': ours,
          'CPU ms': median(passes.map(({ headersCpu }) => headersCpu)),
          'imapflow messages/s': theirs,
          'imapflow CPU ms': median(library.map(({ cpu }) => cpu)),
        },
      },
      {
        name: 'first page of the inbox',
        value: await firstPageRoundTrips(server, bench),
        unit: 'round trips',
        bound: { atMost: 10 },
        figures: { ms: median(passes.map(({ firstPageMs }) => firstPageMs)) },
      },
    ];
    return measures;
  },
};

interface HandedOver {
  readonly ms: number;
  readonly cpu: number;
}

/** imapflow fetching the same items of each message and throwing them away, from connecting to the last. */
async function handOver(server: Dovecot, { messages }: Bench): Promise<HandedOver> {
  const started = performance.now();
  const cpuBefore = cpuTime();
  await using client = await server.client(corpusUser);
  await client.mailboxOpen('INBOX', { readOnly: true });
  const items = {
    uid: true,
    flags: true,
    internalDate: true,
    size: true,
    bodyStructure: true,
    headers: [...listFields],
  };
  let handed = 0;
  for await (const message of client.fetch('1:*', items)) if (message.headers) handed += 1;
  const over = { ms: performance.now() - started, cpu: cpuTime() - cpuBefore };
  if (handed !== messages) throw new Error(`imapflow brought ${String(handed)} messages`);
  return over;
}

interface FirstPass {
  /** From the start of the pass to the last header in the store; texts and the search index come after it. */
  readonly headersMs: number;
  /** Processor time of the process meanwhile. */
  readonly headersCpu: number;
  readonly firstPageMs: number;
  /** `performance.now()` when it began. */
  readonly started: number;
}

async function firstPass(server: Dovecot, port: number, { messages }: Bench): Promise<FirstPass> {
  await using engine = await BenchEngine.open([{ user: corpusUser, password: server.password, port }]);
  let started: { at: number; cpu: number } | undefined;
  let ended: { at: number; cpu: number } | undefined;
  let phase: string | undefined;
  const now = (): { at: number; cpu: number } => ({ at: performance.now(), cpu: cpuTime() });
  using _ = engine.on('sync.progress', (progress) => {
    if (progress.phase === 'folders') started ??= now();
    if (phase === 'headers' && progress.phase !== 'headers') ended ??= now();
    phase = progress.phase;
  });
  const result = await engine.pass();
  if (started === undefined || ended === undefined || result.firstPageMs === null)
    throw new Error('the pass did not tell of its phases');
  if (result.messages !== messages) throw new Error(`the pass stored ${String(result.messages)} messages`);
  return {
    headersMs: ended.at - started.at,
    headersCpu: ended.cpu - started.cpu,
    firstPageMs: result.firstPageMs,
    started: started.at,
  };
}

/** How often the engine waited for the server before the first page was there. */
async function firstPageRoundTrips(server: Dovecot, bench: Bench): Promise<number> {
  await using proxy = await startCountingProxy(server.ports.imap);
  const { started, firstPageMs } = await firstPass(server, proxy.port, bench);
  return proxy.roundTrips.filter((at) => at <= started + firstPageMs).length;
}
