/**
 * A stand-in for Electron's unpacked program, as far as electron-builder touches it: files that it copies and renames, and the fuse wire that
 * it writes (https://github.com/electron/fuses: a sentinel, the wire's version, its length, one byte a fuse).
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In the wire's order. */
const fuses = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

/** Writes the program's folder. */
export function writeElectronProgram(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  for (const file of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(folder, file), '');
  const wire = Buffer.concat([
    Buffer.from(sentinel),
    Buffer.from([1, fuses.length]),
    Buffer.from('0'.repeat(fuses.length)),
  ]);
  const program = join(folder, 'electron');
  writeFileSync(program, Buffer.concat([Buffer.from('a program '), wire, Buffer.from(' goes on')]));
  chmodSync(program, 0o755);
}

/** Which fuses are set in a program. */
export function fusesOf(program: string): Record<string, boolean> {
  const bytes = readFileSync(program);
  const start = bytes.indexOf(sentinel) + sentinel.length + 2;
  return Object.fromEntries(fuses.map((name, at) => [name, bytes[start + at] === '1'.charCodeAt(0)]));
}
