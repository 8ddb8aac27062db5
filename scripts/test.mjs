// `npm test`: sets up what is missing, then runs every check and every suite; closes with "N passed, N failed".
// `npm test -- <filter>...` runs the suites (and checks) whose name has one of the words in it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages, installPrograms } from './setUp.mjs';

const filters = process.argv.slice(2);
const started = performance.now();
let passed = 0;
let failed = 0;

/** Resolves to whether it succeeded. With `quiet` it writes only when it fails. */
function run(command, args, { quiet = false } = {}) {
  return new Promise((resolve) => {
    const output = [];
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
    const child = spawn(command, args, { stdio, shell: process.platform === 'win32' });
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/** Each is one test. Two rows, as there are two cores: the linter alone takes as long as all others. */
const checks = [
  [['lint', 'eslint', ['.']]],
  [
    ['types', 'node', ['scripts/types.mjs']],
    ['format', 'prettier', ['--check', '.']],
    ['layers', 'npm', ['run', '-s', 'lint:layers']],
    ['build', 'node', ['scripts/build.mjs']],
  ],
];

async function runChecks() {
  const isMeant = ([name]) => filters.length === 0 || filters.some((filter) => name.includes(filter));
  const rows = checks.map(async (row) => {
    for (const [name, command, args] of row.filter(isMeant)) {
      const begun = performance.now();
      const ok = await run(command, args, { quiet: true });
      if (ok) passed += 1;
      else failed += 1;
      console.log(`${ok ? 'ok' : 'FAILED'}: ${name} (${seconds(begun)})`);
    }
  });
  await Promise.all(rows);
}

async function runSuites() {
  const folder = mkdtempSync(join(tmpdir(), 'postkorb-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ok = await run('vitest', ['run', '--passWithNoTests', ...reporters, ...filters]);
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed += result.numPassedTests;
    failed += result.numFailedTests;
    // A suite that fails as a whole, in its set-up or by what it left behind, has no failed test of its own.
    failed += result.testResults.filter(
      (suite) =>
        suite.status === 'failed' && suite.assertionResults.every(({ status }) => status !== 'failed'),
    ).length;
  }
  rmSync(folder, { recursive: true, force: true });
  if (!ok && failed === 0) failed += 1;
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(0)} s`;

installPackages();
installPrograms('test/servers/packages.json');
await runChecks();
await runSuites();
// Says in a line where Electron's program is not here.
if (filters.length === 0 && !(await run('node', ['scripts/testElectron.mjs']))) failed += 1;
if (passed + failed === 0) {
  console.log(`nothing matches ${filters.join(' ')}`);
  failed += 1;
}
console.log(`\nin ${seconds(started)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
