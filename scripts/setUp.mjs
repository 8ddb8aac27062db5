// What the tests and the bench need beside the sources: the packages of package-lock.json, and on Debian the programs that they start.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const shell = process.platform === 'win32';
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Runs `npm ci` unless node_modules is what the lockfile says, and puts its programs (Node itself is one) first in PATH. */
export function installPackages() {
  if (!isInstalled()) {
    const { status } = spawnSync('npm', ['ci'], { stdio: 'inherit', shell });
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

/** Installs the programs of such a list (test/servers/packages.json) that are missing, where that can be done; else says how. */
export function installPrograms(...lists) {
  const tools = lists.flatMap((list) => Object.values(json(list)));
  const isThere = ({ files }) => files.every((file) => existsSync(file));
  const packages = tools.filter((tool) => !isThere(tool)).flatMap((tool) => tool.packages);
  if (packages.length === 0) return;
  const install = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const isDebian = existsSync('/usr/bin/apt-get');
  if (isDebian && process.getuid?.() === 0) {
    const apt = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
    apt('update');
    apt(...install.split(' ').slice(1));
    if (tools.every(isThere)) return;
  }
  console.log(`What needs them is skipped. To install what is missing: ${install}`);
}
