// Builds what runs: dist/cli/main.js, dist/engine/worker.js, dist/electron/{main,preload}.cjs and, of the window, dist/renderer.
//   node scripts/build.mjs [--force] [--only cli,engine,electron,renderer]
// A part whose sources, package-lock.json and this script are what they were at its last build is skipped (dist/.stamps.json).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampsFile = join(root, 'dist/.stamps.json');

const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const define = { POSTKORB_VERSION: JSON.stringify(version) };

/** Options that all bundles share; `#…` aliases are package.json's "imports". */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // The command line must at least start under an old Node, to say that it is too old; so nothing newer than that is emitted.
  target: 'node20',
  // Packages are put inside: a process loads one file and not some hundred of them, each looked for in node_modules. Outside stay those that
  // package.json calls dependencies, since they have binaries or load their parts as they need them, and what Electron brings.
  external: [...Object.keys(dependencies), 'electron'],
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  // Node shows the line in which nobody caught an error.
  lineLimit: 160,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  define,
};

/**
 * Node shows `http` and `https` to whoever imports them with all their names looked up, which loads its whole client for `fetch` and
 * WebSockets: a twelfth of what a command takes to start. Asked for as a whole they are loaded alone (from Node 22.3 on).
 */
const builtinsAlone = {
  name: 'builtins-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?https?$/, namespace: 'file' }, ({ path }) => ({
      path: path.startsWith('node:') ? path : `node:${path}`,
      namespace: 'builtin-alone',
    }));
    onLoad({ filter: /./, namespace: 'builtin-alone' }, ({ path }) => {
      const name = JSON.stringify(path);
      return {
        contents: `module.exports = process.getBuiltinModule?.(${name}) ?? require(${name});`,
        loader: 'js',
      };
    });
  },
};

/** An ECMAScript module has no `require`, and packages of the older kind ask for Node's own modules by it. */
const forNodeModule = {
  format: 'esm',
  plugins: [builtinsAlone],
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
};

/** In a CommonJS bundle there is no import.meta; what asks for its url gets the bundle's own. */
const forCommonJs = {
  format: 'cjs',
  plugins: [builtinsAlone],
  define: { ...define, 'import.meta.url': 'bundleUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const parts = {
  cli: {
    entry: 'src-main/hosts/cli/main.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/cli',
    // Split, so that what a command does not need is not even loaded.
    options: [{ splitting: true, outdir: 'dist/cli', chunkNames: 'part-[hash]', ...forNodeModule }],
  },
  engine: {
    entry: 'src-main/hosts/node/engineWorker.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/engine',
    options: [{ outfile: 'dist/engine/worker.js', ...forNodeModule }],
  },
  electron: {
    entry: 'src-main/hosts/electron/main.ts',
    sources: ['src-main', 'src-shared'],
    out: 'dist/electron',
    options: [
      // Its engine has a thread and so a file of its own: the way to one in this thread, which only the command line takes, ends here.
      {
        outfile: 'dist/electron/main.cjs',
        external: [...common.external, './openEngine.ts'],
        ...forCommonJs,
      },
      {
        // A sandboxed preload can load nothing but `electron`: everything else goes into the file.
        entryPoints: ['src-main/hosts/electron/preload.ts'],
        format: 'cjs',
        outfile: 'dist/electron/preload.cjs',
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
    return stamps[name]?.digest !== digestOf(part) || !existsSync(join(root, part.out));
  });
}

/** The packages that each part holds, by their place in node_modules: they are shipped inside it and not beside it. Everything is built. */
export function bundledPackages() {
  const stamps = readStamps();
  return Object.fromEntries(
    Object.keys(parts).map((name) => {
      if (!stamps[name]?.packages) throw new Error(`${name} is not built: what is in it is not known`);
      return [name, stamps[name].packages];
    }),
  );
}

/** The places in node_modules of those of `files` that are a package's. */
function packagesOf(files) {
  const places = [...files].flatMap(
    (file) => /node_modules\/(?:@[^/]+\/)?[^/]+(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)*/.exec(file) ?? [],
  );
  return [...new Set(places)].sort();
}

/** Files of which something is left in what esbuild wrote. */
function* filesIn({ outputs }) {
  for (const { inputs } of Object.values(outputs))
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) yield file;
}

async function buildWindow(part) {
  const { build } = await import('vite');
  const configFile = join(root, 'src-renderer/vite.config.ts');
  const files = new Set();
  const listFiles = {
    name: 'list-files',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle))
        if (output.type === 'chunk') for (const id of Object.keys(output.modules)) files.add(id);
      // Styles leave no module in a chunk.
      for (const id of this.getModuleIds()) files.add(id);
    },
  };
  await build({
    root: join(root, 'src-renderer'),
    configFile: existsSync(configFile) ? configFile : false,
    logLevel: 'warn',
    plugins: [listFiles],
    build: { outDir: join(root, part.out), emptyOutDir: true },
  });
  return files;
}

async function buildProgram(part) {
  rmSync(join(root, part.out), { recursive: true, force: true });
  const { build } = await import('esbuild');
  const files = new Set();
  for (const options of part.options) {
    const { metafile } = await build({ ...common, entryPoints: [part.entry], ...options });
    for (const file of filesIn(metafile)) files.add(file);
  }
  return files;
}

/** Builds the named parts as far as they are stale (all with `force`) and returns the names of those built. */
export async function build({ names = Object.keys(parts), force = false } = {}) {
  const stale = force ? names.filter((name) => existsSync(join(root, parts[name].entry))) : staleParts(names);
  for (const name of stale) {
    const part = parts[name];
    // Taken before the build: a source changed meanwhile makes the part stale again.
    const digest = digestOf(part);
    const packages = packagesOf(await (name === 'renderer' ? buildWindow(part) : buildProgram(part)));
    mkdirSync(dirname(stampsFile), { recursive: true });
    writeFileSync(stampsFile, JSON.stringify({ ...readStamps(), [name]: { digest, packages } }));
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
