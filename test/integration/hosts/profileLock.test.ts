import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryProfileLock } from '#engine/store/profileLock.ts';

const lockingProcess = fileURLToPath(new URL('./lockingProcess.ts', import.meta.url));

describe('the profile lock (R13)', () => {
  let folder: string;
  let file: string;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postkorb-lock-'));
    file = join(folder, 'lock.sqlite');
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    child = undefined;
    await rm(folder, { recursive: true });
  });
  const lockElsewhere = async (): Promise<string> => {
    child = spawn(process.execPath, [lockingProcess, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return line.toString().trim();
  };

  it('has one owner among the engines of a process', () => {
    const first = tryProfileLock(file);
    expect(first).not.toBeNull();
    expect(tryProfileLock(file)).toBeNull();
    first?.[Symbol.dispose]();
    const second = tryProfileLock(file);
    expect(second).not.toBeNull();
    second?.[Symbol.dispose]();
  });

  it('has one owner among processes, and a refused attempt does not let go of it', async () => {
    const own = tryProfileLock(file);
    expect(await lockElsewhere()).toBe('busy');
    expect(tryProfileLock(file)).toBeNull();
    own?.[Symbol.dispose]();
  });

  it('is free again at once when its owner is killed', async () => {
    expect(await lockElsewhere()).toBe('locked');
    expect(tryProfileLock(file)).toBeNull();
    child?.kill('SIGKILL');
    await once(child!, 'exit');
    const lock = tryProfileLock(file);
    expect(lock).not.toBeNull();
    lock?.[Symbol.dispose]();
  });

  it('a lock file that cannot be opened or is something else is an error, not "in use"', async () => {
    expect(() => tryProfileLock(join(folder, 'no', 'such', 'folder'))).toThrow(/file-unreadable/);
    await writeFile(file, 'this is no database, but longer than the header of one'.repeat(40));
    expect(() => tryProfileLock(file)).toThrow(/file-unreadable/);
  });
});
