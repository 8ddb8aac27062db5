// `npm run -s trace < postkorb.log`: says of each place in a bundle (dist/engine/worker.js:88:1520) which line of which source it is. The maps
// do not go into the packages: check out the version that wrote the log and `npm run build` before.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build.mjs';

/** Wherever the program was installed, what is in `dist` is called the same. */
const place = /(?:file:\/\/)?[^\s("']*[\\/]dist[\\/]([\w-]+[\\/][\w-]+\.c?js):(\d+):(\d+)/g;

/** A place in a package is told from node_modules on, wherever that is. */
const nameOf = (file) => /node_modules\/.*/.exec(file)?.[0] ?? relative(root, file);

/** `text` with the places in the bundles of `dist` as places in the sources; one that no map knows stays as it is. */
export function traced(text, dist = join(root, 'dist')) {
  const maps = new Map();
  const mapOf = (bundle) => {
    const file = join(dist, `${bundle}.map`);
    if (!maps.has(bundle))
      maps.set(bundle, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : null);
    return maps.get(bundle);
  };
  return text.replace(place, (found, name, line, column) => {
    const bundle = name.replaceAll('\\', '/');
    // Counted from 0 here, and from 1 in a trace.
    const origin = mapOf(bundle)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!origin?.originalSource) return found;
    const file = resolve(dist, dirname(bundle), origin.originalSource).replaceAll('\\', '/');
    return `${nameOf(file)}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
  });
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url)
  process.stdout.write(traced(readFileSync(0, 'utf8')));
