// Type-checks every layer with its own tsconfig: a layer that must not know Node or the DOM has no types for them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const layers = ['src-shared', 'src-main/engine', 'src-main/mailserver', 'src-main/hosts', 'test'];
let failed = 0;
for (const layer of layers) {
  const { status } = spawnSync('tsc', ['-p', layer], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) failed += 1;
}
if (existsSync('src-renderer/main.ts')) {
  const { status } = spawnSync(
    'svelte-check',
    ['--workspace', 'src-renderer', '--tsconfig', 'tsconfig.json', '--fail-on-warnings'],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
