/**
 * `npm run bench`: measures ratios in one run against real servers, prints them as a table and writes them to bench-results/ as JSON.
 *   -- --messages 1000   a smaller mailbox than 10,000
 *   -- --only headers    one row, or several with commas between them
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingServers } from '#test/servers/available.ts';
import { Bench } from './bench.ts';
import { isReached, type Measure, type Row } from './measure.ts';
import { manyAccounts } from './rows/accounts.ts';
import { blackHoles } from './rows/blackHoles.ts';
import { everything } from './rows/everything.ts';
import { groups } from './rows/groups.ts';
import { headers } from './rows/headers.ts';
import { longestTask } from './rows/longestTask.ts';
import { monsters } from './rows/monsters.ts';
import { search } from './rows/search.ts';
import { unchanged } from './rows/unchanged.ts';
import { table } from './table.ts';

const rows: readonly Row[] = [
  headers,
  everything,
  search,
  unchanged,
  blackHoles,
  longestTask,
  monsters,
  groups,
  manyAccounts,
];
const results = join(import.meta.dirname, '../../bench-results');

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const load = (): string =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');

function readArguments(): { messages: number; chosen: readonly Row[] } {
  const { values } = parseArgs({
    options: { messages: { type: 'string', default: '10000' }, only: { type: 'string' } },
  });
  const messages = Number(values.messages);
  // Fewer do not fill a page of hits.
  if (!Number.isInteger(messages) || messages < 1000)
    throw new Error('--messages: a whole number from 1000 on');
  const names = values.only?.split(',') ?? rows.map(({ name }) => name);
  const unknown = names.filter((name) => rows.every((row) => row.name !== name));
  if (unknown.length > 0)
    throw new Error(
      `--only: no row "${unknown.join(', ')}"; there are ${rows.map(({ name }) => name).join(', ')}`,
    );
  return { messages, chosen: rows.filter(({ name }) => names.includes(name)) };
}

/** A row that breaks says so in its line, and the others are measured all the same. */
async function measure(row: Row, bench: Bench): Promise<readonly Measure[]> {
  try {
    return await row.measure(bench);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
    const note = `failed: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
    return [{ name: row.name, value: null, unit: '', bound: null, figures: {}, note }];
  }
}

async function run(): Promise<void> {
  const { messages, chosen } = readArguments();
  const missing = missingServers('dovecot');
  if (missing !== null) throw new Error(missing);
  // A profile of the bench keeps its secrets in itself.
  process.env['POSTKORB_KEYCHAIN'] = 'off';
  const loadBefore = load();
  const measures: Measure[] = [];
  {
    await using bench = new Bench(messages, say);
    for (const row of chosen) measures.push(...(await measure(row, bench)));
  }
  const loadAfter = load();
  const machine = { cpus: cpus().length, model: cpus()[0]?.model.trim() ?? '', node: process.version };
  const at = new Date().toISOString();
  process.stdout.write(
    `\n${String(messages)} messages, ${String(machine.cpus)} cores, Node ${machine.node}; load ${loadBefore} before, ${loadAfter} after\n\n${table(measures)}\n`,
  );
  mkdirSync(results, { recursive: true });
  const file = join(results, `${at.replaceAll(':', '-').slice(0, 19)}.json`);
  const judged = measures.map((one) => ({ ...one, reached: isReached(one) }));
  writeFileSync(
    file,
    `${JSON.stringify({ at, messages, machine, loadBefore, loadAfter, measures: judged }, null, 2)}\n`,
  );
  say(`\n${file}`);
}

try {
  await run();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
