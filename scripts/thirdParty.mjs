// What of others is in the packages: dist/THIRD-PARTY-LICENCES.txt and dist/sbom.cdx.json (CycloneDX 1.6), from package-lock.json, the
// packages as they are installed, and the lists of those that went into the bundles. Two runs give the same bytes.
//   node scripts/thirdParty.mjs
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledPackages, root } from './build.mjs';

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The place in node_modules that `name` means to the package at `from`, as Node looks for it. */
function placeOf(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[place]) return place;
    if (at === '') return null;
  }
}

/** Every package that is shipped, by its place in node_modules: the production dependencies with theirs, and what the bundles hold. */
export function shippedPackages(lock, bundled) {
  const { packages } = lock;
  for (const place of bundled)
    if (!packages[place]) throw new Error(`${place} is in a bundle and not in package-lock.json`);
  const beside = new Set();
  const visit = (from, names) => {
    for (const name of names) {
      const place = placeOf(packages, from, name);
      // Optional for another system: not there, and another package's licence is the same.
      if (place === null || beside.has(place)) continue;
      beside.add(place);
      const { dependencies = {}, optionalDependencies = {} } = packages[place];
      visit(place, [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]);
    }
  };
  visit('', Object.keys(packages[''].dependencies ?? {}));
  return [...new Set([...bundled, ...beside])].sort();
}

function componentOf(lock, place) {
  const { version, integrity } = lock.packages[place];
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const folder = join(root, place);
  const manifest = existsSync(join(folder, 'package.json'))
    ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    : { license: lock.packages[place].license };
  const licence = typeof manifest.license === 'string' ? manifest.license : (manifest.license?.type ?? null);
  const texts = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => licenceFile.test(file))
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim())
    : [];
  return { name, version, integrity, licence, texts };
}

/** One entry a name and version, however often it is installed. */
export function components(lock, bundled) {
  const byKey = new Map();
  for (const place of shippedPackages(lock, bundled)) {
    const component = componentOf(lock, place);
    byKey.set(`${component.name}@${component.version}`, component);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
}

function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

export function sbom(manifest, list) {
  const main = { type: 'application', 'bom-ref': 'postkorb', name: manifest.name, version: manifest.version };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { ...main, licenses: [{ license: { id: manifest.license } }] } },
    components: list.map((component) => ({
      type: 'library',
      'bom-ref': purlOf(component),
      name: component.name,
      version: component.version,
      purl: purlOf(component),
      ...(component.licence === null ? {} : { licenses: [{ expression: component.licence }] }),
      ...(component.integrity
        ? {
            hashes: [
              {
                alg: 'SHA-512',
                content: Buffer.from(component.integrity.replace(/^sha512-/, ''), 'base64').toString('hex'),
              },
            ],
          }
        : {}),
    })),
  };
}

export function licenceList(list) {
  const parts = list.map(({ name, version, licence, texts }) =>
    [`${name} ${version}`, `Licence: ${licence ?? 'see below'}`, ...texts.map((text) => `\n${text}`)].join(
      '\n',
    ),
  );
  return [
    'Postkorb contains the work of others, under these licences. Electron’s and Chromium’s own are in files of their own beside the program.',
    ...parts,
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}

export function writeThirdParty() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const list = components(lock, Object.values(bundledPackages()).flat());
  writeFileSync(join(root, 'dist/THIRD-PARTY-LICENCES.txt'), `${licenceList(list)}\n`);
  writeFileSync(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(sbom(manifest, list), null, 2)}\n`);
  return list;
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const list = writeThirdParty();
  process.stderr.write(`third parties: ${list.length} packages\n`);
}
