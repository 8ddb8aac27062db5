// `npm run test:electron`: the built app in real Electron, driven as a person would: first screen, the demo's mail, what a page may not do.
// Where Electron's program is not here it says so in one line and ends well: the stand-in suites have run everywhere.
/* global window, document, location -- what is evaluated in the page */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Asked of the file system: the package itself would try to fetch its program.
const installed = join(root, 'node_modules/electron');
const pathFile = join(installed, 'path.txt');
const path = existsSync(pathFile) ? join(installed, 'dist', readFileSync(pathFile, 'utf8').trim()) : '';
const program = existsSync(path) && path !== '' ? path : null;
if (program === null) {
  process.stdout.write('test:electron: Electron’s program is not installed here; nothing was run\n');
  process.exit(0);
}

const { build } = await import('./build.mjs');
await build();
const { _electron: electron } = await import('playwright-core');

let passed = 0;
let failed = 0;
const check = async (name, work) => {
  try {
    await work();
    passed += 1;
    process.stdout.write(`ok      ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAILED  ${name}\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
};
const assert = (condition, words) => {
  if (!condition) throw new Error(words);
};

const folder = mkdtempSync(join(tmpdir(), 'postkorb-electron-'));
const environment = { ...process.env, POSTKORB_PROFILE: join(folder, 'profile'), POSTKORB_KEYCHAIN: 'off' };
const app = await electron.launch({
  executablePath: program,
  args: [root, `--user-data-dir=${join(folder, 'user-data')}`],
  env: environment,
});
try {
  const page = await app.firstWindow();

  await check('the first screen offers an account and the demo', async () => {
    await page.getByRole('button', { name: 'Add account' }).waitFor();
    await page.getByRole('button', { name: 'Try the demo' }).waitFor();
  });
  await check('the page has no Node and no Electron', async () => {
    const found = await page.evaluate(() => [typeof require, typeof process, typeof module]);
    assert(
      found.every((type) => type === 'undefined'),
      `found ${found.join(', ')}`,
    );
  });
  await check('the bridge holds functions and data only', async () => {
    const keys = await page.evaluate(() => Object.keys(window.postkorb).sort());
    assert(keys.join() === 'can,connect,onEvent,platform,request', keys.join());
  });
  await check('inline scripts and the network are refused by the policy', async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      return window.ran === true;
    });
    assert(!ran, 'an inline script ran');
    const fetched = await page.evaluate(() =>
      fetch('https://example.org').then(
        () => true,
        () => false,
      ),
    );
    assert(!fetched, 'the page reached the network');
  });
  await check('navigation and new windows are denied', async () => {
    await page.evaluate(() => {
      location.href = 'https://example.org/';
    });
    assert(page.url().startsWith('postkorb-app://window/'), page.url());
    assert((await page.evaluate(() => window.open('https://example.org/'))) === null, 'a window opened');
    assert(app.windows().length === 1, 'there are several windows');
  });
  await check('permissions are denied', async () => {
    const state = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        () => 'denied',
      ),
    );
    assert(state === 'denied', state);
  });
  await check('a second start ends and shows the first window', async () => {
    const second = spawn(program, [root, `--user-data-dir=${join(folder, 'user-data')}`], {
      env: environment,
    });
    const code = await new Promise((resolve) => second.on('exit', resolve));
    assert(code === 0, `it ended with ${String(code)}`);
    assert(app.windows().length === 1, 'there are several windows');
  });
} finally {
  await app.evaluate(({ app: electronApp }) => electronApp.quit()).catch(() => undefined);
  await app.close().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
