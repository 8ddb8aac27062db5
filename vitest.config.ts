import { defineConfig } from 'vitest/config';
import { runes } from './test/support/runes.ts';

/** What these suites start must have been built: the command line, the desktop shell. */
const needBuild = ['test/integration/cli/**/*.test.ts', 'test/integration/electron/**/*.test.ts'];
/** These run the window's state classes, with runes, on the browser's build of Svelte. */
const needRunes = ['test/unit/renderer/**/*.test.ts'];

/**
 * Every suite runs in its own forked process, so that the leak check of one suite cannot see another's handles.
 * No retries: a flaky test is a fault to find.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // How long a test waits for what is to become true, as Playwright's own waiting does: never a measure of time, so that a machine
    // with much else to do fails none. What does not become true fails as well, only later.
    expect: { poll: { timeout: 20_000 } },
    retry: 0,
    setupFiles: ['test/support/leakCheck.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'sources',
          include: ['test/**/*.test.ts'],
          exclude: [...needBuild, ...needRunes, 'test/e2e/**'],
        },
      },
      {
        extends: true,
        plugins: [runes()],
        ssr: { resolve: { conditions: ['browser', 'module', 'node', 'import', 'default'] } },
        test: {
          name: 'window state',
          include: needRunes,
          server: { deps: { inline: ['svelte', 'esm-env', '@lucide/svelte'] } },
        },
      },
      {
        extends: true,
        test: {
          name: 'built',
          include: needBuild,
          globalSetup: ['test/support/build.ts'],
          // Each call is a process of its own, and a test makes several.
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'window',
          include: ['test/e2e/**/*.e2e.ts'],
          globalSetup: ['test/support/build.ts'],
          testTimeout: 240_000,
          expect: { poll: { timeout: 30_000 } },
          // After the others: a browser beside a suite that measures time would disturb it.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
