/** Set up before every suite: it fails when it leaves a timer, socket, server, worker, watcher or child process behind. */
import { afterAll } from 'vitest';
import { watchLeaks } from './leaks.ts';

const watch = watchLeaks();

// Registered before any of the suite's own, so it runs after them.
afterAll(async () => {
  const left = await watch.leftovers();
  watch[Symbol.dispose]();
  if (left.length > 0) throw new Error(`left behind:\n${left.map((line) => `  ${line}`).join('\n')}`);
});
