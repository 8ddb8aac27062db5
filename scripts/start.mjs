// `npm start` and `npm run demo` (--demo): sets up what is missing, builds what is stale, and opens the app: in Electron where that is
// there or can be fetched, else in a browser. --browser: at once in a browser. --profile DIR, --lang de|en as on the command line.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const oldestNode = 20;
/** What the store's native binary runs on. */
const oldestEngineNode = 22;
const reachableWithinMs = 5_000;
const electronWithinMs = 180_000;
/** A desktop shell that ends sooner than this, and with an error, did not start. */
const startsWithinMs = 8_000;
/** A browser has read the address by then. */
const openedWithinMs = 20_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const options = process.argv.slice(2);
const demo = options.includes('--demo');
const passedOn = options.filter((option) => option !== '--demo' && option !== '--browser');
const windows = process.platform === 'win32';

const say = (line) => process.stderr.write(`${line}\n`);
const fail = (line) => {
  say(line);
  process.exit(1);
};

const major = Number(process.versions.node.split('.')[0]);
if (major < oldestNode)
  fail(`Postkorb needs Node ${oldestNode} or newer to start, this is ${process.versions.node}.`);
process.chdir(root);

/** Everything that was started here and still runs. */
const children = new Set();
let ending = false;

function start(command, args, settings = {}) {
  const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...settings });
  children.add(child);
  child.on('error', () => children.delete(child));
  child.on('exit', () => children.delete(child));
  return child;
}

/** Resolves to the exit status; 1 for a program that could not be started or was ended by a signal. */
function ended(child) {
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

// Ctrl+C reaches the children as well; another signal is handed on. Either way this process waits until they have put everything away.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    ending = true;
    if (signal !== 'SIGINT' || !process.stdin.isTTY) for (const child of children) child.kill(signal);
    if (children.size === 0) process.exit(0);
  });
}
process.on('exit', () => {
  for (const child of children) child.kill();
});

/** The Node that the packages bring along, which is the one that everything was tested with. */
function pinnedNode() {
  const found = ['node', 'node.exe']
    .map((name) => join(root, 'node_modules/node/bin', name))
    .find(existsSync);
  if (found) return found;
  if (major >= oldestEngineNode) return process.execPath;
  return fail(
    `node_modules lacks its own Node, and this one (${process.versions.node}) is too old: npm rebuild node`,
  );
}

/** The desktop shell's program, or null. */
function electronProgram() {
  try {
    const folder = join(root, 'node_modules/electron');
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** Answers anything at all within a few seconds? Where a closed network swallows the question, minutes would pass otherwise. */
function isReachable(address) {
  return new Promise((resolve) => {
    const asked = request(address, {
      method: 'HEAD',
      timeout: reachableWithinMs,
      signal: AbortSignal.timeout(reachableWithinMs),
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(true);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

/** Electron's own installer, which fetches the program: null where it cannot or takes too long. */
async function fetchElectron(node) {
  const installer = join(root, 'node_modules/electron/install.js');
  if (!existsSync(installer)) return null;
  const behindProxy = Boolean(process.env.ELECTRON_GET_USE_PROXY);
  const mirror =
    process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/';
  if (!behindProxy && mirror.startsWith('https:') && !(await isReachable(mirror))) return null;
  say('Fetching Electron, once ...');
  const child = start(node, [installer], { stdio: 'ignore' });
  const timer = setTimeout(() => child.kill(), electronWithinMs);
  await ended(child);
  clearTimeout(timer);
  return electronProgram();
}

/** Why no desktop window can be opened here, or null. */
function noDesktop() {
  if (options.includes('--browser')) return 'asked for a browser';
  const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return process.platform === 'linux' && !display ? 'there is no display' : null;
}

/** The value of `--name VALUE` or `--name=VALUE`. */
function optionValue(name) {
  const at = options.findIndex((option) => option === name || option.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return options[at].includes('=') ? options[at].slice(name.length + 1) : options[at + 1];
}

/** The app in desktop windows, one for each of `profiles`; resolves to whether it started at all. */
async function openDesktop(program, profiles) {
  const begun = Date.now();
  const statuses = await Promise.all(
    profiles.map(({ profile, data }) => {
      const env = { ...process.env, ...(profile ? { POSTKORB_PROFILE: profile } : {}) };
      return ended(start(program, [root, ...(data ? [`--user-data-dir=${data}`] : [])], { env }));
    }),
  );
  return ending || statuses.some((status) => status === 0) || Date.now() - begun > startsWithinMs;
}

/** Starts a command of the command line that serves until it is ended; resolves to its first line, and passes the others on. */
async function serve(node, command) {
  const cli = join(root, 'dist/cli/main.js');
  const child = start(node, [cli, command, ...passedOn], { stdio: ['ignore', 'pipe', 'inherit'] });
  const status = ended(child);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    new Promise((resolve) => lines.once('line', resolve)),
    status.then(() => null),
  ]);
  if (first === null) process.exit(await status);
  lines.on('line', (line) => console.log(line));
  return { answer: JSON.parse(first), child, status };
}

/**
 * Opens an address that carries a token. The token does not go through the browser's command line, where every user of the machine
 * could read it, but through a page that only its owner can read and that is gone soon after.
 */
function openBrowser(urls) {
  const opener = { darwin: 'open', win32: 'explorer.exe' }[process.platform] ?? 'xdg-open';
  if (process.platform === 'linux' && noDesktop() === 'there is no display') return;
  if (!windows && spawnSync('sh', ['-c', `command -v ${opener}`]).status !== 0) return;
  // A browser that is packed in a box of its own (snap) sees the home folder and no temporary one.
  const folder = mkdtempSync(join(process.platform === 'linux' ? homedir() : tmpdir(), 'postkorb-open-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  setTimeout(remove, openedWithinMs).unref();
  urls.forEach((url, index) => {
    const page = join(folder, `${index + 1}.html`);
    const target = JSON.stringify(url).replaceAll('<', '\\u003c');
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><title>Postkorb</title><script>location.replace(${target})</script>\n`,
      {
        mode: 0o600,
      },
    );
    spawn(opener, [page], { stdio: 'ignore', detached: true })
      .on('error', () => undefined)
      .unref();
  });
}

async function main() {
  if (!existsSync('node_modules')) say('Setting up, once: this takes a minute or two ...');
  const { installPackages } = await import('./setUp.mjs');
  installPackages();
  const node = pinnedNode();

  let reason = noDesktop();
  let electron = reason === null ? electronProgram() : null;
  if (reason === null && electron === null) electron = await fetchElectron(node);
  if (reason === null && electron === null) reason = 'Electron is not there and could not be fetched';

  const parts = ['cli', 'engine', 'renderer', ...(electron ? ['electron'] : [])];
  const built = await ended(start(node, ['scripts/build.mjs', '--only', parts.join(',')]));
  if (ending) return 0;
  if (built !== 0) return built;

  const served = demo ? await serve(node, 'demo') : null;
  if (electron) {
    const profiles = served
      ? served.answer.people.map(({ profile }) => ({ profile, data: join(profile, 'desktop') }))
      : [{ profile: optionValue('--profile') }];
    const opened = await openDesktop(electron, profiles);
    if (opened) {
      served?.child.kill('SIGTERM');
      return served ? served.status : 0;
    }
    reason = 'Electron did not start';
  }
  say(`No desktop window (${reason}): Postkorb runs in your browser instead. Ctrl+C ends it.`);
  const { answer, status } = served ?? (await serve(node, 'serve'));
  if (!demo) say(answer.url);
  openBrowser(demo ? answer.people.map(({ url }) => url) : [answer.url]);
  return status;
}

const status = await main();
process.exit(ending ? 0 : status);
