import { defineConfig } from 'vitest/config';
import { runes } from './test/support/runes.ts';

/**
 * Every suite runs in its own forked process, so that the leak check of one suite cannot see another's handles.
 * No retries: a flaky test is a fault to find.
 */
export default defineConfig({
  plugins: [runes()],
  // Svelte's own modules come in a browser's and in a server's build; state lives in the browser's.
  ssr: { resolve: { conditions: ['browser', 'module', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    retry: 0,
    setupFiles: ['test/support/leakCheck.ts'],
    server: { deps: { inline: ['svelte', 'esm-env'] } },
  },
});
