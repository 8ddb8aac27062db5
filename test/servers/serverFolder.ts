/** A folder for one server: readable by the users that servers switch to, gone with its owner, also when that dies. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerFolder extends Disposable {
  readonly path: string;
}

/** The path stays short: Unix sockets in it have 108 bytes. */
export function makeServerFolder(name: string): ServerFolder {
  const path = mkdtempSync(join(tmpdir(), `pk-${name}-`));
  // mkdtemp makes 0700: LOGIN would succeed and SELECT fail.
  chmodSync(path, 0o755);
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]() {
      process.off('exit', remove);
      remove();
    },
  };
}
