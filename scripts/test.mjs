// `npm test`: installs what is missing, then runs every check. Closes with "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const shell = process.platform === 'win32';
const run = (command, args) => spawnSync(command, args, { stdio: 'inherit', shell }).status === 0;

if (!existsSync('node_modules/.package-lock.json') && !run('npm', ['ci'])) process.exit(1);
process.env.PATH = join(process.cwd(), 'node_modules', '.bin') + delimiter + process.env.PATH;

let passed = 0;
let failed = 0;
const report = join(mkdtempSync(join(tmpdir(), 'postkorb-test-')), 'report.json');
const ok = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)]);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
}
if (!ok && failed === 0) failed += 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
