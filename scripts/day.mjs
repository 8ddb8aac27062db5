// `npm run day`: sets up what is missing, then spends a working day in the window (test/day/main.ts, docs/day.md).
import { spawnSync } from 'node:child_process';
import { installPackages, installPrograms } from './setUp.mjs';

installPackages();
installPrograms('test/servers/packages.json');
for (const args of [['scripts/build.mjs'], ['test/day/main.ts', ...process.argv.slice(2)]]) {
  const { status } = spawnSync('node', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
