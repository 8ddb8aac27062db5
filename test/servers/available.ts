/** Which servers this machine has. Where one is missing its suites are skipped, and one line says what to install. */
import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import tools from './packages.json' with { type: 'json' };

export type ServerName = keyof typeof tools;

/** Mail servers change to other users; these do not. */
const forEverybody: ReadonlySet<ServerName> = new Set(['chromium', 'keyring', 'appstream']);

/** What keeps these from being started here, in one line; null: nothing. */
export function missingServers(...names: readonly ServerName[]): string | null {
  const absent = names.filter((name) => !tools[name].files.every((file) => existsSync(file)));
  if (absent.length > 0) {
    const packages = absent.flatMap((name) => tools[name].packages).join(' ');
    return `${absent.join(', ')} missing: apt-get install -y --no-install-recommends ${packages}`;
  }
  const asRoot = names.filter((name) => !forEverybody.has(name));
  if (asRoot.length === 0 || process.getuid?.() === 0) return null;
  return `${asRoot.join(', ')}: started by these tests as root only`;
}

/** `describe` for suites that need these. */
export function describeWith(names: readonly ServerName[], title: string, body: () => void): void {
  const missing = missingServers(...names);
  if (missing === null) {
    describe(title, body);
    return;
  }
  process.stderr.write(`skipped "${title}": ${missing}\n`);
  describe.skip(title, body);
}
