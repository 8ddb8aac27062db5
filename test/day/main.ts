/**
 * `npm run day`: a working day in the window against real servers, done as a person does it; then what must be true is held against the
 * servers and the store. Numbers, differences and screenshots go to day-results/ (docs/day.md).
 *   -- --messages 500   fewer mails than 5,000, to see whether it works
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import { startBrowser } from '#test/e2e/browser.ts';
import { openCliBench } from '#test/integration/cli/cli.ts';
import { missingServers } from '#test/servers/available.ts';
import { afternoon, forenoon, lookAround, offline, searches, setUp, until, type Day } from './day.ts';
import { Ledger } from './ledger.ts';
import { Measures, measuresTable } from './measures.ts';
import { openOffice } from './office.ts';
import { Person, type Faults } from './person.ts';

const say = (line: string): void =>
  void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

async function run(): Promise<boolean> {
  const { values } = parseArgs({ options: { messages: { type: 'string', default: '5000' } } });
  const messages = Number(values.messages);
  if (!Number.isInteger(messages) || messages < 300)
    throw new Error('--messages: a whole number from 300 on');
  const missing = missingServers('dovecot', 'postfix', 'nginx', 'chromium');
  if (missing !== null) throw new Error(missing);
  process.env['POSTKORB_KEYCHAIN'] = 'off';
  const stamp = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const folder = join(import.meta.dirname, '../../day-results', stamp);
  mkdirSync(folder, { recursive: true });
  const loadBefore = loadavg();

  await using owned = new AsyncDisposableStack();
  const office = owned.use(await openOffice(messages, say));
  const bench = owned.use(openCliBench({ ca: office.ca }));
  const served = bench.start('serve');
  const { url = '' } = await served.line<{ url?: string }>((line) => line.url !== undefined);
  const engine = owned.use(await connectEngine({ profile: bench.profile }));
  const browser = await startBrowser();
  owned.defer(() => browser.close());
  const measures = new Measures();
  const ledger = new Ledger();
  const faults: Faults = { errors: [], said: [] };
  const anna = owned.use(await Person.sitDown(browser, url, { measures, ledger, faults, pictures: folder }));
  const day: Day = { office, anna, engine: engine.client, pid: served.child.pid ?? 0, messages, say };

  let broken: string | null = null;
  let differences: string[] = [];
  try {
    for (const [name, part] of Object.entries({ setUp, forenoon, searches, offline, afternoon })) {
      say(name);
      await part(day);
    }
    // What was done last is on its way still.
    await until(
      'the servers have everything',
      async () => {
        differences = await ledger.check(office, engine.client);
        return differences.length === 0;
      },
      60,
    ).catch(() => undefined);
    say('lookAround');
    await lookAround(day);
  } catch (error) {
    broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await anna.look('where it broke').catch(() => undefined);
    differences = await ledger.check(office, engine.client).catch(() => differences);
  }
  const result = {
    at: stamp,
    messages,
    load: { before: loadBefore, after: loadavg() },
    arrivals: office.arrivals.length,
    answers: ledger.sent.length,
    measures: measures.all(),
    differences,
    errors: faults.errors.filter((error) => !isWanted(error)),
    said: faults.said,
    broken,
  };
  writeFileSync(join(folder, 'day.json'), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(
    `${String(messages)} mails, ${String(result.arrivals)} arrivals, ${String(result.answers)} sent; load ${result.load.before.map((one) => one.toFixed(1)).join(' ')} before\n\n` +
      `${measuresTable(result.measures)}\n\n` +
      section('Not as it must be', differences) +
      section('Errors', result.errors) +
      (broken === null ? '' : `Broken off: ${broken}\n`) +
      `${folder}\n`,
  );
  return broken === null && differences.length === 0 && result.errors.length === 0;
}

/** A colleague takes the mail that Anna takes offline: she has to hear of it. */
function isWanted(error: string): boolean {
  return error.startsWith('said: Ben Becker was faster');
}

function section(title: string, lines: readonly string[]): string {
  return `${title}: ${lines.length === 0 ? 'nothing' : `\n  ${lines.join('\n  ')}`}\n`;
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 2;
}
