// Builds what runs: dist/cli/main.js, dist/engine/worker.js, dist/electron/{main,preload}.cjs and, of the window, dist/renderer.
//   node scripts/build.mjs [--force] [--only cli,engine,electron,renderer]
// A part whose sources, package-lock.json and this script are what they were at its last build is skipped (dist/.stamps.json).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampsFile = join(root, 'dist/.stamps.json');

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const define = { POSTKORB_VERSION: JSON.stringify(version) };

/** Options that all bundles share. Packages stay outside, to be loaded from node_modules; `#…` aliases are package.json's "imports". */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // The command line must at least start under an old Node, to say that it is too old; so nothing newer than that is emitted.
  target: 'node20',
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  define,
};

/** In a CommonJS bundle there is no import.meta; what asks for its url gets the bundle's own. */
const metaUrlForCommonJs = {
  define: { ...define, 'import.meta.url': 'bundleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const parts = {
  cli: {
    entry: 'src-main/hosts/cli/main.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/cli',
    // Split, so that what a command does not need is not even loaded.
    options: [{ format: 'esm', splitting: true, outdir: 'dist/cli', chunkNames: 'part-[hash]' }],
  },
  engine: {
    entry: 'src-main/hosts/node/engineWorker.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/engine',
    options: [{ format: 'esm', outfile: 'dist/engine/worker.js' }],
  },
  electron: {
    entry: 'src-main/hosts/electron/main.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/electron',
    options: [
      { format: 'cjs', outfile: 'dist/electron/main.cjs', external: ['electron'], ...metaUrlForCommonJs },
      {
        // A sandboxed preload can load nothing but `electron`: everything else goes into the file.
        entryPoints: ['src-main/hosts/electron/preload.ts'],
        format: 'cjs',
        outfile: 'dist/electron/preload.cjs',
        packages: 'bundle',
        platform: 'browser',
        external: ['electron'],
        target: 'chrome140',
      },
    ],
  },
  renderer: {
    entry: 'src-renderer/index.html',
    sources: ['src-renderer', 'src-shared', 'resources'],
    out: 'dist/renderer',
  },
};

function* filesUnder(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(child);
    else if (entry.isFile()) yield child;
  }
}

/** A digest of everything that a part is built from. */
function digestOf(part) {
  const hash = createHash('sha256');
  const inputs = [...part.sources, 'package.json', 'package-lock.json', 'scripts/build.mjs'];
  for (const input of inputs) {
    for (const file of filesUnder(join(root, input))) {
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampsFile, 'utf8'));
  } catch {
    return {};
  }
}

/** The parts whose build is missing or older than its sources. For scripts that must know without building. */
export function staleParts(names = Object.keys(parts)) {
  const stamps = readStamps();
  return names.filter((name) => {
    const part = parts[name];
    if (!existsSync(join(root, part.entry))) return false;
    return stamps[name] !== digestOf(part) || !existsSync(join(root, part.out));
  });
}

/** Packages that the window's bundle holds, by their place in node_modules: they are shipped inside it and not beside it. */
export const bundledPackagesFile = 'dist/.bundled.json';

function listBundledPackages() {
  return {
    name: 'list-bundled-packages',
    generateBundle(_options, bundle) {
      const ids = Object.values(bundle).flatMap((part) =>
        part.type === 'chunk' ? Object.keys(part.modules) : [],
      );
      // Styles leave no module in a chunk.
      for (const id of this.getModuleIds()) ids.push(id);
      const places = ids.flatMap((id) => {
        const match = /node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*/.exec(id);
        return match ? [match[0]] : [];
      });
      mkdirSync(join(root, 'dist'), { recursive: true });
      writeFileSync(join(root, bundledPackagesFile), JSON.stringify([...new Set(places)].sort()));
    },
  };
}

async function buildPart(name) {
  const part = parts[name];
  if (name === 'renderer') {
    const { build } = await import('vite');
    const configFile = join(root, 'src-renderer/vite.config.ts');
    await build({
      root: join(root, 'src-renderer'),
      configFile: existsSync(configFile) ? configFile : false,
      logLevel: 'warn',
      plugins: [listBundledPackages()],
      build: { outDir: join(root, part.out), emptyOutDir: true },
    });
    return;
  }
  rmSync(join(root, part.out), { recursive: true, force: true });
  const { build } = await import('esbuild');
  for (const options of part.options) {
    await build({ ...common, entryPoints: [part.entry], ...options });
  }
}

/** Builds the named parts as far as they are stale (all with `force`) and returns the names of those built. */
export async function build({ names = Object.keys(parts), force = false } = {}) {
  const stale = force ? names.filter((name) => existsSync(join(root, parts[name].entry))) : staleParts(names);
  for (const name of stale) {
    // Taken before the build: a source changed meanwhile makes the part stale again.
    const digest = digestOf(parts[name]);
    await buildPart(name);
    mkdirSync(dirname(stampsFile), { recursive: true });
    writeFileSync(stampsFile, JSON.stringify({ ...readStamps(), [name]: digest }));
  }
  return stale;
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const only = process.argv.indexOf('--only');
  const names = only === -1 ? Object.keys(parts) : (process.argv[only + 1] ?? '').split(',');
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    process.stderr.write(
      `build: no such part: ${unknown.join(', ')} (there are ${Object.keys(parts).join(', ')})\n`,
    );
    process.exit(2);
  }
  const started = performance.now();
  const built = await build({ names, force: process.argv.includes('--force') });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(
    built.length === 0 ? 'build: nothing to do\n' : `build: ${built.join(', ')} in ${seconds} s\n`,
  );
}
