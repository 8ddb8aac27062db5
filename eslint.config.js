// What the compiler does not see: promises nobody waits for, `any` across a boundary, libraries outside their folder, clocks of one's own.
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { configs, parser } from 'typescript-eslint';

/** Libraries that one folder alone may import. The arrows between the layers are in .dependency-cruiser.cjs. */
const homes = {
  electron: 'src-main/hosts/electron',
  imapflow: 'src-main/engine/imap',
  nodemailer: 'src-main/engine/send',
  'better-sqlite3': 'src-main/engine/store',
};
const onlyAtHome = (libraries) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    {
      patterns: libraries.map((name) => ({
        group: [name, `${name}/*`],
        message: `Only ${homes[name]} imports ${name}.`,
      })),
    },
  ],
});

/** Time and chance come from the ports (`Clock`, `Ids`), so that tests drive them. */
const globalTime = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
  name,
  message: 'Time comes from the Clock port.',
}));
const globalChance = [
  ['Date', 'now', 'Time comes from the Clock port.'],
  ['performance', 'now', 'Time comes from the Clock port.'],
  ['Math', 'random', 'Chance comes from the Ids port.'],
].map(([object, property, message]) => ({ object, property, message }));

const sql =
  '/\\b(SELECT\\b[\\s\\S]+\\bFROM\\b|INSERT INTO|DELETE FROM|UPDATE \\w+ SET|CREATE (TABLE|INDEX))/';
const noSql = {
  'no-restricted-syntax': [
    'error',
    ...[`Literal[value=${sql}]`, `TemplateElement[value.raw=${sql}]`].map((selector) => ({
      selector,
      message: 'SQL stands in engine/store alone.',
    })),
  ],
};

const typescript = ['**/*.ts', '**/*.svelte'];

export default defineConfig(
  globalIgnores([
    'dist/',
    'out/',
    'bench-results/',
    'day-results/',
    'test-results/',
    'test/fixtures/',
    'types/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.node },
  },
  {
    files: typescript,
    extends: [js.configs.recommended, configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.ts'] },
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // What is caught is unknown, and is passed on as what it nearly always is.
      '@typescript-eslint/no-unnecessary-type-assertion': ['error', { typesToIgnore: ['Error'] }],
      // The house writes `() => dispose()`, and numbers into words.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Interfaces declare their callbacks as methods.
      '@typescript-eslint/unbound-method': 'off',
      // Code points are what is wanted of a string here.
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: [{ from: 'lib', name: 'string' }, 'string'] },
      ],
      // Control characters in expressions stand there on purpose: they are what is looked for in what others sent.
      'no-control-regex': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Blind to what was changed by others during an await.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A method of an interface may have to be async without having anything to wait for.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      ...onlyAtHome(Object.keys(homes)),
    },
  },
  ...Object.entries(homes).map(([name, home]) => ({
    files: [`${home}/**/*.ts`],
    rules: onlyAtHome(Object.keys(homes).filter((other) => other !== name)),
  })),
  {
    files: ['src-shared/**/*.ts', 'src-main/engine/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...globalTime],
      'no-restricted-properties': ['error', ...globalChance],
    },
  },
  { files: ['src-*/**/*.ts'], ignores: ['src-main/engine/store/**'], rules: noSql },
  {
    files: ['src-renderer/**/*.svelte', 'src-renderer/**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser, parserOptions: { parser } },
    // Sets and maps are replaced, not changed, where a view depends on them (`$state.raw`).
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // svelte-check knows the types in components better than the linter does, which takes several times as long and sees `any`.
    files: ['src-renderer/**/*.svelte'],
    extends: [configs.disableTypeChecked],
    rules: { 'svelte/no-unused-svelte-ignore': 'off' },
  },
  {
    // Tests look with the same libraries at what the engine did, and know more than the types.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // What the command line prints is read field by field; one that is not there fails by its value.
    files: ['test/integration/cli/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      ...Object.fromEntries(
        ['assignment', 'call', 'member-access', 'argument', 'return'].map((what) => [
          `@typescript-eslint/no-unsafe-${what}`,
          'off',
        ]),
      ),
    },
  },
  prettier,
);
