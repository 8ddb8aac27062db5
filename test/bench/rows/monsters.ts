/**
 * Mails that are there to break what reads them (H16): how long until each is shown, how long the window is deaf meanwhile, and what it
 * costs in memory. Each comes by a real server, through an engine in a process of its own, into a page in one of its own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import { startBrowser } from '#test/e2e/browser.ts';
import { openCliBench } from '#test/integration/cli/cli.ts';
import { missingServers } from '#test/servers/available.ts';
import { monsters as monstrousHtml } from '#test/support/monsters.ts';
import type { Measure, Row } from '../measure.ts';
import { forgetPeak, memoryOf, startedProcesses } from '../processes.ts';
import { accountFile } from '../wholeSync.ts';
import { traceTasks } from '../windowTasks.ts';

const user = 'monsters';
const harmless = 'Harmless';
const bounds = { shownMs: 5_000, taskMs: 200, memoryMb: 500 };
/**
 * What comes after the mail has been loaded belongs to it as well (its pictures, a list that is read anew), and it must be seen: the frame's own
 * process lays out a text of two million characters for two seconds, after its load event.
 */
const afterwardsMs = 4_000;

/** What one monster did. */
interface Opened {
  readonly shownMs: number;
  readonly taskMs: number;
  readonly taskCpuMs: number;
  /** Above what the page held before. */
  readonly memoryMb: number;
}

interface Read {
  readonly readMs: number;
  /** Above what the engine held before the first of them. */
  readonly memoryMb: number;
}

export const monsters: Row = {
  name: 'monsters',
  async measure(bench) {
    const missing = missingServers('chromium');
    if (missing !== null) return measures(new Map(), new Map(), missing);
    const server = await bench.dovecot();
    bench.say('the monsters');
    await using cli = openCliBench();
    await server.deliver(user, mail(harmless, '<p>Nothing is wrong with it.</p>'));
    await cli.ok('account', 'add', cli.write('account.json', accountFile(server, user)));
    const serving = cli.start('serve', '--json');
    const { url } = await serving.line<{ url: string }>((line) => 'url' in line);
    const enginePid = serving.child.pid ?? 0;
    const report = (error: unknown, why: string): void => bench.say(`${why}: ${String(error)}`);
    await using engine = await connectEngine({ profile: cli.profile, report });
    await engine.client.call('sync.run', { full: true });

    const read = new Map<string, Read>();
    const base = memoryOf(enginePid)?.mb ?? Number.NaN;
    for (const [name, html] of monstrousHtml) {
      bench.say(`fetching ${name}`);
      await server.deliver(user, mail(name, html));
      forgetPeak(enginePid);
      const begun = performance.now();
      const { accounts } = await engine.client.call('sync.run', { full: true });
      if (accounts[0]?.ok !== true) throw new Error(`${name}: ${JSON.stringify(accounts)}`);
      read.set(name, { readMs: performance.now() - begun, memoryMb: peakAbove(enginePid, base) });
    }

    await using browser = await startBrowser(undefined, { shell: false });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const opened = new Map<string, Opened>();
    for (const [name] of monstrousHtml) {
      const page = await openPage(context, url);
      bench.say(`opening ${name}`);
      // Its name has the sender before the subject, and the time behind it.
      const row = page.getByRole('option', { name: `, ${name}, ` });
      forgetPeak(enginePid);
      opened.set(name, await show(page, name, row.first()));
      const inEngine = peakAbove(enginePid, base);
      const known = read.get(name);
      if (known && inEngine > known.memoryMb) read.set(name, { ...known, memoryMb: inEngine });
      const rest = page.getByRole('button', { name: 'Show all of it' });
      if (await rest.isVisible()) opened.set(`all of ${name}`, await show(page, name, rest));
      await page.close();
    }
    return measures(opened, read);
  },
};

function mail(subject: string, html: string): string {
  const lines = Buffer.from(html).toString('base64').replace(/.{76}/g, '$&\r\n');
  const headers = [
    'From: Eve <eve@evil.test>',
    `To: ${user}@bench.test`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(/\W/g, '-')}@evil.test>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${lines}\r\n`;
}

function peakAbove(pid: number, baseMb: number): number {
  const memory = memoryOf(pid);
  if (memory === null) throw new Error(`process ${String(pid)} has ended`);
  return memory.peakMb - baseMb;
}

/** A page of its own, in a process of its own, that shows a mail already. */
async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  // The token in the address serves once; from then on the browser is known by its cookie.
  const known = (await context.cookies()).length > 0;
  await page.goto(known ? new URL('/', url).href : url);
  await page.getByRole('option', { name: harmless }).click();
  await page.getByRole('article', { name: harmless }).locator('iframe').waitFor();
  await page.requestGC();
  return page;
}

/**
 * Clicks what shows the mail and waits until it is there. Meanwhile nothing looks at the page: to be asked for elements it would have to go
 * through all of them, which would be measured too.
 */
async function show(page: Page, subject: string, target: Locator): Promise<Opened> {
  const box = await target.boundingBox();
  if (box === null) throw new Error(`${subject}: nothing to click`);
  const renderers = startedProcesses('--type=renderer');
  const baseMb = renderers.reduce((sum, pid) => sum + (memoryOf(pid)?.mb ?? 0), 0);
  for (const pid of renderers) forgetPeak(pid);
  const tracing = await traceTasks(page);
  const loaded = page.evaluate(frameLoaded, subject);
  await page.mouse.click(box.x + Math.min(box.width / 2, 60), box.y + Math.min(box.height / 2, 12));
  await loaded;
  await delay(afterwardsMs);
  const peakMb = startedProcesses('--type=renderer').reduce(
    (sum, pid) => sum + (memoryOf(pid)?.peakMb ?? 0),
    0,
  );
  const { tasks, paintedMs } = await tracing.end();
  if (tasks.length === 0 || paintedMs.length === 0) throw new Error(`${subject}: it was not seen on screen`);
  return {
    shownMs: Math.max(...paintedMs),
    taskMs: Math.max(...tasks.map(({ ms }) => ms)),
    taskCpuMs: Math.max(...tasks.map(({ cpuMs }) => cpuMs)),
    memoryMb: peakMb - baseMb,
  };
}

/** In the page: resolves when a frame of the article of this name has been loaded. */
function frameLoaded(subject: string): Promise<void> {
  return new Promise((resolve) => {
    document.addEventListener(
      'load',
      function heard({ target }) {
        const article = target instanceof HTMLIFrameElement ? target.closest('article') : null;
        if (article?.getAttribute('aria-label') !== subject) return;
        document.removeEventListener('load', heard, true);
        resolve();
      },
      true,
    );
  });
}

/** The worst of them against its bound, and each by itself. */
function measures(
  opened: ReadonlyMap<string, Opened>,
  read: ReadonlyMap<string, Read>,
  note?: string,
): Measure[] {
  const measure = <T>(
    name: string,
    unit: string,
    atMost: number | null,
    of: ReadonlyMap<string, T>,
    pick: (one: T) => number,
  ): Measure => {
    const figures = Object.fromEntries([...of].map(([monster, one]) => [`${monster}:`, pick(one)]));
    return {
      name,
      value: of.size === 0 ? null : Math.max(...Object.values(figures)),
      unit,
      bound: atMost === null ? null : { atMost },
      figures,
      ...(note === undefined ? {} : { note }),
    };
  };
  return [
    measure('a monstrous mail is shown', 'ms', bounds.shownMs, opened, ({ shownMs }) => shownMs),
    measure("the window's longest task meanwhile", 'ms', bounds.taskMs, opened, ({ taskMs }) => taskMs),
    measure('the longest by processor time', 'ms', null, opened, ({ taskCpuMs }) => taskCpuMs),
    measure("the window's memory above base", 'MB', bounds.memoryMb, opened, ({ memoryMb }) => memoryMb),
    measure('the engine has fetched and read it', 'ms', bounds.shownMs, read, ({ readMs }) => readMs),
    measure("the engine's memory above base", 'MB', bounds.memoryMb, read, ({ memoryMb }) => memoryMb),
  ];
}
