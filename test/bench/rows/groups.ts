/** Work in a group: how soon a claim is seen by another member, and what it takes to know everything that ever happened. */
import type { EventId } from '#shared/domain/group/events.ts';
import { GroupClient, mailKey, TestGroup } from '#test/integration/groups/groupHarness.ts';
import { cpuTime } from '#test/support/cpuTime.ts';
import { contextOf, foldAll, TestLog, type Written } from '#test/support/teamLog.ts';
import type { Bench } from '../bench.ts';
import { median, type Measure, type Row } from '../measure.ts';

const claims = 20;
const events = 100_000;
const people = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fritz', 'gerda', 'hanna'];
/** Each mail of a group has so many events, about. */
const eventsPerMail = 5;
const folds = 3;

export const groups: Row = {
  name: 'groups',
  measure: async (bench) => [await claimSeen(bench), fold(bench)],
};

async function claimSeen(bench: Bench): Promise<Measure> {
  const server = await bench.dovecot();
  bench.say('claims in a group');
  const group = new TestGroup('bench', ['anna', 'ben']);
  await using anna = await new GroupClient(server, group, 'anna').ready();
  await using ben = await new GroupClient(server, group, 'ben').ready();
  anna.runner.start();
  ben.runner.start();
  const seen: number[] = [];
  // The first one waits for the connection that listens to be made.
  for (let at = 0; at <= claims; at += 1) {
    const key = mailKey(`claim${String(at)}`);
    const started = performance.now();
    const visible = ben.until(() => ben.handlerOf(key) === 'anna').then(() => performance.now() - started);
    const outcome = await anna.claim(key);
    if (outcome?.result !== 'accepted')
      throw new Error(`a claim was not accepted: ${JSON.stringify(outcome)}`);
    const ms = await visible;
    if (at > 0) seen.push(ms);
  }
  return {
    name: 'a claim seen by another member',
    value: median(seen),
    unit: 'ms',
    bound: { atMost: 250 },
    figures: { slowest: Math.max(...seen) },
  };
}

function fold(bench: Bench): Measure {
  bench.say(`folding ${String(events)} events`);
  const log = new TestLog(contextOf(people.map((name) => ({ name }))));
  const write = (written: Written): EventId => {
    const { result, event } = log.write(written);
    if (result !== 'accepted')
      throw new Error(`an event of the bench does not count: ${JSON.stringify(event)}`);
    return event.id;
  };
  // The last event that set the handler or the status of the mail: what the next one expects.
  let handling: string | null = null;
  for (let at = 0; log.entries.length < events; at += 1) {
    const about = mailKey(`mail${String(Math.floor(at / eventsPerMail))}`);
    const by = people[at % people.length]!;
    const step = at % eventsPerMail;
    if (step === 0) write({ type: 'intake', by, about, info: people, handler: null });
    else if (step === 1) handling = write({ type: 'assign', by, about, to: by, expect: null });
    else if (step === 2) write({ type: 'note', by, about, text: 'I know this customer', mentions: [] });
    else if (step === 3) write({ type: 'assign', by, about, to: by, expect: handling });
    else write({ type: 'status', by, about, status: 'done', expect: null, until: null });
  }
  const times = Array.from({ length: folds }, () => {
    const [started, cpuBefore] = [performance.now(), cpuTime()];
    const { messages } = foldAll(log.entries, log.context);
    if (messages.size < events / eventsPerMail - 1) throw new Error('the events were not folded');
    return { ms: performance.now() - started, cpu: cpuTime() - cpuBefore };
  });
  return {
    name: 'folding 100,000 events',
    // It waits for nothing: what the processor was busy with is what it takes.
    value: median(times.map(({ cpu }) => cpu)),
    unit: 'ms of CPU',
    bound: { atMost: 1000 },
    figures: { ms: median(times.map(({ ms }) => ms)) },
  };
}
