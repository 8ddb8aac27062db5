import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);

interface Builder {
  getConfig(
    projectDir: string,
    configPath: string,
    inline: null,
  ): Promise<{ electronFuses?: Record<string, boolean>; files?: unknown; [key: string]: unknown }>;
  validateConfiguration(config: unknown, debugLogger: unknown): Promise<void>;
}

test('the description of the packages passes electron-builder’s own schema, and its fuses are set', async () => {
  process.env['POSTKORB_UPDATE_URL'] = 'https://updates.example';
  const builder = require('app-builder-lib/out/util/config/config.js') as Builder;
  const { DebugLogger } = require('builder-util') as { DebugLogger: new (enabled: boolean) => unknown };
  const config = await builder.getConfig(root, join(root, 'electron-builder.yml'), null);
  await builder.validateConfiguration(config, new DebugLogger(false));
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
  await expect(
    builder.validateConfiguration({ ...config, nosuchkey: true }, new DebugLogger(false)),
  ).rejects.toThrow(/nosuchkey/);
  delete process.env['POSTKORB_UPDATE_URL'];
});

test('what the package names exists', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
  expect(manifest.main).toBe('dist/electron/main.cjs');
  const icon = readFileSync(join(root, 'resources/icons/icon.png'));
  // PNG: width and height stand at 16 and 20.
  expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([1024, 1024]);
});

interface ThirdParty {
  components(lock: { packages: Record<string, unknown> }, bundled: readonly string[]): unknown[];
  sbom(manifest: unknown, list: readonly unknown[]): unknown;
  licenceList(list: readonly unknown[]): string;
}

interface Build {
  bundledPackages(): Record<string, string[]>;
}

test('the bill of materials and the licences are the same bytes whenever they are written, in whatever order npm listed the packages', async () => {
  const thirdParty = (await import(pathToFileURL(join(root, 'scripts/thirdParty.mjs')).href)) as ThirdParty;
  const json = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const lock = json('package-lock.json') as { packages: Record<string, unknown> };
  const turned = { ...lock, packages: Object.fromEntries(Object.entries(lock.packages).reverse()) };
  const { bundledPackages } = (await import(pathToFileURL(join(root, 'scripts/build.mjs')).href)) as Build;
  const bundled = Object.values(bundledPackages()).flat();
  const written = [
    thirdParty.components(lock, bundled),
    thirdParty.components(turned, [...bundled].reverse()),
  ].map((list) =>
    JSON.stringify([thirdParty.sbom(json('package.json'), list), thirdParty.licenceList(list)]),
  );
  expect(written[0]).toBe(written[1]);
  for (const name of ['svelte', 'imapflow', 'better-sqlite3'])
    expect(written[0]).toContain(`pkg:npm/${name}@`);
  // Nothing of when, where or by whom.
  expect(written[0]).not.toMatch(/timestamp|serialNumber/);
  expect(written[0]).not.toContain(root);
  // What the lockfile does not know has no version that could be named.
  expect(() => thirdParty.components(lock, ['node_modules/nobody-knows'])).toThrow('nobody-knows');
});
