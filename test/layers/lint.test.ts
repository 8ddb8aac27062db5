import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Each line of code breaks the rule in the file; `undefined`: it is allowed there. */
const samples: readonly (readonly [file: string, code: string, rule: string | undefined])[] = [
  [
    'src-main/engine/a1.ts',
    `void import('x'); async function f(): Promise<void> {} f();`,
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'src-main/engine/a2.ts',
    `export const a = (b: any): string => String(b);`,
    '@typescript-eslint/no-explicit-any',
  ],
  ['src-main/engine/a3.ts', `setTimeout(() => 1, 5);`, 'no-restricted-globals'],
  ['src-main/engine/a4.ts', `export const now = Date.now();`, 'no-restricted-properties'],
  ['src-main/engine/a5.ts', `export const chance = Math.random();`, 'no-restricted-properties'],
  ['src-shared/a6.ts', `export const now = performance.now();`, 'no-restricted-properties'],
  ['src-main/engine/sync/a7.ts', `export const q = 'SELECT id FROM messages';`, 'no-restricted-syntax'],
  [
    'src-main/engine/sync/a8.ts',
    'export const q = (x: string) => `DELETE FROM ${x}`;',
    'no-restricted-syntax',
  ],
  ['src-main/engine/store/a9.ts', `export const q = 'SELECT id FROM messages';`, undefined],
  ['src-main/engine/imap/b1.ts', `export const q = 'SELECT INBOX';`, undefined],
  ['src-main/hosts/cli/b2.ts', `import 'electron';`, '@typescript-eslint/no-restricted-imports'],
  ['src-main/hosts/electron/b3.ts', `import 'electron';`, undefined],
  ['src-main/hosts/electron/b4.ts', `import 'imapflow';`, '@typescript-eslint/no-restricted-imports'],
  ['src-main/engine/imap/b5.ts', `import 'imapflow';`, undefined],
  [
    'src-main/engine/imap/b6.ts',
    `import 'nodemailer/lib/smtp-connection';`,
    '@typescript-eslint/no-restricted-imports',
  ],
  ['src-main/engine/send/b7.ts', `import 'nodemailer/lib/smtp-connection';`, undefined],
  ['src-main/engine/api/b8.ts', `import 'better-sqlite3';`, '@typescript-eslint/no-restricted-imports'],
  ['src-main/engine/store/b9.ts', `import 'better-sqlite3';`, undefined],
  ['src-main/hosts/cli/c1.ts', `console.log('out');`, 'no-console'],
];

describe('the lint rules of the house', () => {
  let folder: string;
  const found = new Map<string, (string | null)[]>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postkorb-lint-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const compilerOptions = { strict: true, module: 'NodeNext', target: 'ES2024' };
    write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
    for (const [file, code] of samples) write(file, `${code}\n`);
    const eslint = new ESLint({ cwd: folder, overrideConfigFile: join(root, 'eslint.config.js') });
    for (const { filePath, messages } of await eslint.lintFiles(['src-main', 'src-shared'])) {
      found.set(
        filePath,
        messages.map((message) => message.ruleId ?? message.message),
      );
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(samples)('%s: %s', (file, _code, rule) => {
    const rules = found.get(join(folder, file));
    if (rule === undefined) expect(rules).toEqual([]);
    else expect(rules).toContain(rule);
  });
});
