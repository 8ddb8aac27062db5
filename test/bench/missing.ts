/** The peers' programs: named in packages.json beside this file, installed by scripts/bench.mjs where that can be done. */
import { existsSync } from 'node:fs';
import tools from './packages.json' with { type: 'json' };

/** null: all are there; else one line that says how they come here. */
export function missingPeers(): string | null {
  const absent = Object.values(tools).filter(({ files }) => !files.every((file) => existsSync(file)));
  if (absent.length === 0) return null;
  const packages = absent.flatMap((tool) => tool.packages).join(' ');
  return `to compare: apt-get install -y --no-install-recommends ${packages}`;
}
