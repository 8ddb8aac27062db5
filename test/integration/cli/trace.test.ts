import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const run = (args: readonly string[], input?: string): { stdout: string; stderr: string } =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', input });

test('a fault in a bundle is traced back to the lines of the sources, wherever the program was installed', () => {
  // On a thread that is not its own the engine's file ends at once.
  const { stderr } = run(['dist/engine/worker.js']);
  expect(stderr).toMatch(/at assert \(file:.*\/dist\/engine\/worker\.js:\d+:\d+\)/);
  expect(stderr.split('\n').every((line) => line.length < 1000)).toBe(true);
  const elsewhere = stderr.replaceAll(
    /file:.*\/dist\//g,
    'C:\\Programs\\Postkorb\\resources\\app.asar\\dist\\',
  );
  const { stdout } = run(['scripts/trace.mjs'], stderr + elsewhere);
  expect(stdout.match(/at assert \(src-shared\/base\/assert\.ts:\d+:\d+\)/g)).toHaveLength(2);
  expect(stdout.match(/at src-main\/hosts\/node\/engineWorker\.ts:\d+:\d+\n/g)).toHaveLength(2);
});
