// `npm run bench`: sets up what is missing, the peers that it compares with among it, then measures (test/bench/main.ts, docs/bench.md).
import { spawnSync } from 'node:child_process';
import { installPackages, installPrograms } from './setUp.mjs';

installPackages();
installPrograms('test/servers/packages.json', 'test/bench/packages.json');
for (const args of [['scripts/build.mjs'], ['test/bench/main.ts', ...process.argv.slice(2)]]) {
  const { status } = spawnSync('node', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
