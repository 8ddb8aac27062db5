// What the tests and the bench need beside the sources: the packages of package-lock.json, and on Debian the programs that they start.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const shell = process.platform === 'win32';
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Runs `npm ci` unless node_modules is what the lockfile says, and puts its programs (Node itself is one) first in PATH. Whoever set
 * NODE_ENV=production gets what the product is built from as well. */
export function installPackages() {
  if (!isInstalled()) {
    const { status } = spawnSync('npm', ['ci', '--include=dev'], { stdio: 'inherit', shell });
    if (status !== 0) process.exit(1);
  }
  process.env.PATH = join(process.cwd(), 'node_modules', '.bin') + delimiter + process.env.PATH;
}

function isInstalled() {
  const installed = 'node_modules/.package-lock.json';
  if (!existsSync(installed)) return false;
  const there = json(installed).packages;
  return Object.entries(json('package-lock.json').packages).every(
    ([path, wanted]) => path === '' || wanted.optional || there[path]?.version === wanted.version,
  );
}

/**
 * Installs the programs of such a list (test/servers/packages.json) that are missing, where that can be done; else says how. One that is
 * used `instead` of another, where it is there, is missed by nobody.
 */
export function installPrograms(...lists) {
  const tools = lists.flatMap((list) => Object.values(json(list)));
  const isMissing = ({ files }) => !files.every((file) => existsSync(file));
  const packagesOf = (some) => some.flatMap(({ packages }) => packages);
  const install = (packages) => ['install', '-y', '--no-install-recommends', ...packages];
  const missing = tools.filter(isMissing);
  if (missing.length === 0) return;
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status;
    apt(['update']);
    // A package that this system does not know keeps the others from being installed with it.
    if (apt(install(packagesOf(missing))) !== 0) for (const { packages } of missing) apt(install(packages));
  }
  const needed = packagesOf(missing.filter((tool) => isMissing(tool) && tool.instead === undefined));
  if (needed.length === 0) return;
  console.log(`What needs them is skipped. To install what is missing: apt-get ${install(needed).join(' ')}`);
}
