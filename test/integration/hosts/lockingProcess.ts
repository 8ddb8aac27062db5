/** Takes the lock named by its argument, says whether it has it, and holds it until its standard input ends. */
import { tryProfileLock } from '#engine/store/profileLock.ts';

const lock = tryProfileLock(process.argv[2] ?? '');
process.stdout.write(lock ? 'locked\n' : 'busy\n');
if (lock) {
  process.stdin.on('end', () => lock[Symbol.dispose]());
  process.stdin.resume();
}
