import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const configFile = join(root, '.dependency-cruiser.cjs');
const rules = (createRequire(import.meta.url)(configFile) as { forbidden: { name: string }[] }).forbidden;

/** Files with their imports that break exactly one rule. A file named as a target alone is empty. */
const samples: Record<string, { readonly file: string; readonly imports: string }> = {
  'shared-knows-only-itself': { file: 'src-shared/a1.ts', imports: '../src-main/engine/empty.ts' },
  'shared-runs-anywhere': { file: 'src-shared/a2.ts', imports: 'node:fs' },
  'engine-knows-no-host': { file: 'src-main/engine/a3.ts', imports: '../hosts/node/empty.ts' },
  'engine-serves-no-http': { file: 'src-main/engine/a4.ts', imports: 'ws' },
  'mailserver-stands-alone': { file: 'src-main/mailserver/a5.ts', imports: '../engine/empty.ts' },
  'hosts-know-no-window': { file: 'src-main/hosts/web/a6.ts', imports: '../../../src-renderer/empty.ts' },
  'hosts-know-not-each-other': { file: 'src-main/hosts/web/a7.ts', imports: '../cli/empty.ts' },
  'command-line-starts-only-the-web-host': {
    file: 'src-main/hosts/cli/a8.ts',
    imports: '../electron/empty.ts',
  },
  'window-knows-no-main': { file: 'src-renderer/a9.ts', imports: '../src-main/engine/empty.ts' },
  'window-runs-in-a-browser': { file: 'src-renderer/a10.ts', imports: 'node:path' },
  'plans-are-pure': { file: 'src-main/engine/sync/plan/a11.ts', imports: '../../store/empty.ts' },
  'only-electron-imports-electron': { file: 'src-main/hosts/web/a12.ts', imports: 'electron' },
  'only-imap-imports-imapflow': { file: 'src-main/engine/sync/a13.ts', imports: 'imapflow' },
  'only-send-imports-nodemailer': { file: 'src-main/engine/imap/a14.ts', imports: 'nodemailer' },
  'only-store-imports-better-sqlite3': { file: 'src-main/engine/api/a15.ts', imports: 'better-sqlite3' },
  'no-cycle': { file: 'src-main/engine/circle/a16.ts', imports: './back.ts' },
  resolvable: { file: 'src-main/engine/a17.ts', imports: './absent.ts' },
  shipped: { file: 'src-main/engine/a18.ts', imports: 'fast-check' },
};
/** Files that break none, with what stands near a rule and is allowed. */
const allowed: Record<string, readonly string[]> = {
  'src-shared/b1.ts': ['zod', './empty.ts'],
  'src-main/engine/b2.ts': ['node:fs', '../../src-shared/empty.ts', 'zod'],
  'src-main/engine/imap/b3.ts': ['imapflow'],
  'src-main/mailserver/b4.ts': ['../../src-shared/base/empty.ts', 'smtp-server'],
  'src-main/hosts/cli/b5.ts': ['../web/empty.ts', '../node/empty.ts', '../../engine/empty.ts'],
  'src-main/hosts/electron/b6.ts': ['electron'],
  'src-main/engine/circle/back.ts': ['./a16.ts'],
};

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

describe('the arrows between the layers', () => {
  let folder: string;
  let violations: Violation[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-layers-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    symlinkSync(join(root, 'package.json'), join(folder, 'package.json'));
    const write = (path: string, imports: readonly string[]): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      const lines = imports.map(
        (name, index) => `import * as i${index} from '${name}';\nexport { i${index} };\n`,
      );
      writeFileSync(join(folder, path), lines.join(''));
    };
    const named = Object.values(samples).map(({ file, imports }) => [file, [imports]] as const);
    for (const [file, imports] of [...named, ...Object.entries(allowed)]) {
      write(file, imports);
      for (const name of imports) if (name.endsWith('empty.ts')) write(join(dirname(file), name), []);
    }
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        ...['--config', configFile, '--output-type', 'json', 'src-shared', 'src-main', 'src-renderer'],
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 << 20 },
    );
    if (run.stdout === '') throw new Error(run.stderr);
    violations = (JSON.parse(run.stdout) as { summary: { violations: Violation[] } }).summary.violations;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('every rule has a sample that breaks it', () => {
    expect(Object.keys(samples).sort()).toEqual(rules.map((rule) => rule.name).sort());
  });

  it.each(Object.entries(samples))('%s: is found when it is broken', (name, { file }) => {
    const found = violations.filter((violation) => violation.from === file).map(({ rule }) => rule.name);
    expect(found).toContain(name);
  });

  it('what is allowed is not complained about', () => {
    const files = new Set(Object.keys(allowed).filter((file) => !file.includes('circle')));
    expect(violations.filter((violation) => files.has(violation.from))).toEqual([]);
  });
});
