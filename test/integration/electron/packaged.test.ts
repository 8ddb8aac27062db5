/** The app as electron-builder packs it, but for Electron's own program, which a stand-in takes the place of: what is in it, and what is not. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { extractFile, listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith } from '#test/servers/available.ts';
import { fusesOf, writeElectronProgram } from '#test/support/electronProgram.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'postkorb-package-'));
const packed = join(folder, 'out/linux-unpacked');
const archive = join(packed, 'resources/app.asar');
const { bundledPackages } = (await import(pathToFileURL(join(root, 'scripts/build.mjs')).href)) as {
  bundledPackages: () => Record<string, string[]>;
};
let files: string[] = [];
/** What flatpak-builder was given, as a stand-in of it wrote it down: its manifest and the app's own files. */
const flatpak = join(folder, 'flatpak');

const flatpakBuilder = `#!/bin/sh
if [ "$1" = --version ]; then echo 'flatpak-builder 1.4.4'; exit; fi
while [ $# -gt 2 ]; do [ "$1" = --finish-only ] && finish=yes; shift; done
mkdir -p "$1/files"
if [ "$finish" ]; then cp "$2" '${flatpak}/manifest.json' && cp -r "$1/files/share" "$1/files/bin" '${flatpak}'; fi
`;

beforeAll(async () => {
  const program = join(folder, 'electron');
  writeElectronProgram(program);
  const tools = join(folder, 'tools');
  for (const path of [tools, flatpak]) mkdirSync(path);
  writeFileSync(join(tools, 'flatpak-builder'), flatpakBuilder, { mode: 0o755 });
  writeFileSync(join(tools, 'flatpak'), '#!/bin/sh\n', { mode: 0o755 });
  const cli = createRequire(import.meta.url).resolve('electron-builder/cli.js');
  const builder = spawn(
    process.execPath,
    [
      cli,
      ...['--linux', 'dir', 'flatpak', '--publish', 'never'],
      `-c.electronDist=${program}`,
      `-c.directories.output=${join(folder, 'out')}`,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${tools}:${process.env['PATH'] ?? ''}`,
        POSTKORB_UPDATE_URL: 'https://updates.example',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [builder.stdout, builder.stderr]) stream.on('data', (text) => (said += String(text)));
  const [code] = (await once(builder, 'close')) as [number | null];
  if (code !== 0) throw new Error(`electron-builder ended with ${code ?? 'a signal'}:\n${said}`);
  files = listPackage(archive, { isPack: false });
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const manifestOf = (text: string): string => {
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  return `${name} ${version}`;
};

/** Name and version of each package that stands beside the bundles. */
function inArchive(): Set<string> {
  const manifests = files.filter((file) =>
    /^(?:\/node_modules\/(?:@[^/]+\/)?[^/]+)+\/package\.json$/.test(file),
  );
  return new Set(manifests.map((file) => manifestOf(extractFile(archive, file.slice(1)).toString('utf8'))));
}

/** The same of those that the build put into each part. */
function inBundles(): Record<string, Set<string>> {
  return Object.fromEntries(
    Object.entries(bundledPackages()).map(([part, places]) => [
      part,
      new Set(places.map((place) => manifestOf(readFileSync(join(root, place, 'package.json'), 'utf8')))),
    ]),
  );
}

describe('the package', () => {
  test('holds the built program, the window and the command line', () => {
    for (const file of [
      '/package.json',
      '/dist/electron/main.cjs',
      '/dist/electron/preload.cjs',
      '/dist/engine/worker.js',
      '/dist/cli/main.js',
      '/dist/renderer/index.html',
      '/node_modules/better-sqlite3/package.json',
      '/node_modules/electron-updater/package.json',
    ])
      expect(files).toContain(file);
  });

  test('holds no sources, tests, maps or tools', () => {
    const strange = files.filter(
      (file) =>
        /^\/(?!dist|node_modules|package\.json|LICENSE)/.test(file) ||
        /\.(?:ts|mts|cts|svelte|map|md)$/.test(file) ||
        /\/(?:tests?|__tests__|\.github)\//.test(file),
    );
    expect(strange).toEqual([]);
  });

  test('holds of the packages those that run, and none that only build, test or stand in a bundle', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const tools = Object.keys(devDependencies).filter((name) => lock.packages[`node_modules/${name}`]?.dev);
    expect(tools.length).toBeGreaterThan(20);
    const shipped = tools.filter((name) => files.includes(`/node_modules/${name}/package.json`));
    expect(shipped).toEqual([]);
  });

  test('has its native code beside the archive, where it can be loaded', () => {
    const native = files.filter((file) => file.endsWith('.node'));
    expect(native.some((file) => file.includes('better-sqlite3'))).toBe(true);
    for (const file of native)
      expect(existsSync(join(packed, 'resources/app.asar.unpacked', file)), file).toBe(true);
  });

  test('has its fuses set: no Node through the back door, nothing but the archive is loaded', () => {
    expect(fusesOf(join(packed, 'postkorb'))).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test('says of every package in it whose it is and under which licence', () => {
    const licences = readFileSync(join(packed, 'resources/THIRD-PARTY-LICENCES.txt'), 'utf8');
    const sbom = JSON.parse(readFileSync(join(packed, 'resources/sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string; version: string; purl: string }[];
    };
    expect(sbom.bomFormat).toBe('CycloneDX');
    const listed = new Set(sbom.components.map(({ name, version }) => `${name} ${version}`));
    expect([...inArchive()].filter((one) => !listed.has(one))).toEqual([]);
    for (const [part, packages] of Object.entries(inBundles()))
      expect(
        [...packages].filter((one) => !listed.has(one)),
        part,
      ).toEqual([]);
    // Whatever the build notes: these are in a bundle each, and nowhere beside it.
    const known = ['svelte', 'dompurify', 'bits-ui', '@lucide/svelte', 'zod', 'env-paths'];
    for (const name of [
      ...known,
      'imapflow',
      'nodemailer',
      'libmime',
      'pkijs',
      'pino',
      'commander',
      'ws',
      'smtp-server',
    ])
      expect(
        sbom.components.some((component) => component.name === name),
        name,
      ).toBe(true);
    for (const name of ['imapflow', 'zod', 'svelte'])
      expect(licences, name).toMatch(new RegExp(`\n${name} [\\d.]+\nLicence: MIT\n\n[^-]*Copyright`));
    for (const one of listed) expect(licences).toContain(`\n${one}\nLicence: `);
  });

  test('has each package once: in the bundles or beside them', () => {
    const beside = inArchive();
    expect(beside.size).toBeGreaterThan(10);
    for (const [part, packages] of Object.entries(inBundles()))
      expect(
        [...packages].filter((one) => beside.has(one)),
        part,
      ).toEqual([]);
  });

  test('is updated from the address that it was packed with', () => {
    expect(readFileSync(join(packed, 'resources/app-update.yml'), 'utf8')).toContain(
      'url: https://updates.example',
    );
  });

  test('is not larger than its parts explain', () => {
    // 31 MB with all packages beside the bundles, 23 with the engine's, and 15 with those alone that cannot be in one.
    expect(statSync(archive).size).toBeLessThan(16_500_000);
    // Each window compiles it anew: 770 kB when all of zod was in it.
    expect(extractFile(archive, 'dist/electron/preload.cjs').length).toBeLessThan(250_000);
  });
});

describe('the flatpak', () => {
  const desktopFile = join(flatpak, 'share/applications/eu.postkorb.app.desktop');
  const metainfo = join(flatpak, 'share/metainfo/eu.postkorb.app.metainfo.xml');
  const read = (file: string): string => readFileSync(file, 'utf8');

  test('has the rights that a mail program needs, and no file of the person’s', () => {
    const manifest = JSON.parse(read(join(flatpak, 'manifest.json'))) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      id: 'eu.postkorb.app',
      command: 'electron-wrapper',
      runtime: 'org.freedesktop.Platform',
      base: 'org.electronjs.Electron2.BaseApp',
      'finish-args': [
        '--share=network',
        '--socket=wayland',
        '--socket=fallback-x11',
        '--share=ipc',
        '--device=dri',
        '--talk-name=org.freedesktop.secrets',
        '--talk-name=org.freedesktop.Notifications',
        '--talk-name=org.kde.StatusNotifierWatcher',
      ],
    });
  });

  test('opens mails, mail links and invitations, each said once, and is found by its windows', () => {
    const lines = read(desktopFile).split('\n');
    const value = (key: string): string | undefined =>
      lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);
    expect(value('MimeType')?.split(';').sort()).toEqual([
      '',
      'message/rfc822',
      'x-scheme-handler/mailto',
      'x-scheme-handler/postkorb',
    ]);
    expect(value('Exec')).toBe('electron-wrapper %U');
    expect(value('StartupWMClass')).toBe('eu.postkorb.app');
    expect(value('Comment[de]')).toContain('Postfächer');
  });

  test('has icons that a desktop takes', () => {
    expect(readdirSync(join(flatpak, 'share/icons/hicolor')).sort()).toEqual(
      [16, 32, 48, 64, 128, 256, 512].map((size) => `${size}x${size}`).sort(),
    );
  });

  test('its metadata speak of this version and of its desktop file', () => {
    const { version } = JSON.parse(read(join(root, 'package.json'))) as { version: string };
    const [newest] = /<release version="([^"]+)"/.exec(read(metainfo))?.slice(1) ?? [];
    expect(newest).toBe(version);
    expect(read(metainfo)).toContain('<launchable type="desktop-id">eu.postkorb.app.desktop</launchable>');
  });

  describeWith(['appstream'], 'by the rules of freedesktop.org', () => {
    test('metadata and desktop file are valid', () => {
      execFileSync('appstreamcli', ['validate', '--no-net', metainfo], { encoding: 'utf8' });
      execFileSync('desktop-file-validate', [desktopFile], { encoding: 'utf8' });
    });
  });
});
