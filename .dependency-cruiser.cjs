// The arrows of ARCHITECTURE.md: renderer -> shared <- engine <- hosts, and the one folder in which each driver may be imported.
// test/layers/layers.test.ts breaks every rule once: a new rule needs a sample there.

/** A package, wherever it is installed. */
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** What the build puts into the bundles: development dependencies as the tools are, since they do not stand beside the product. */
const bundled =
  'commander csv-parse env-paths fast-xml-parser htmlparser2 imapflow libmime nodemailer oauth4webapi pino pkijs smtp-server socks ws zod'.split(
    ' ',
  );

const forbidden = [
  {
    name: 'shared-knows-only-itself',
    comment: 'src-shared runs anywhere: nothing of the engine, the hosts or the window.',
    from: { path: '^src-shared' },
    to: { path: '^(src-main|src-renderer|scripts|test)/' },
  },
  {
    name: 'shared-runs-anywhere',
    comment: 'src-shared knows neither Node nor a package beside zod.',
    from: { path: '^src-shared' },
    to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: npm('zod') },
  },
  {
    name: 'engine-knows-no-host',
    comment:
      'The engine is given what it needs by ports; it sees no host, no window and not the built-in mail server.',
    from: { path: '^src-main/engine' },
    to: { path: '^(src-main/(hosts|mailserver)|src-renderer|scripts|test)/' },
  },
  {
    name: 'engine-serves-no-http',
    comment: 'Serving is the hosts’ trade.',
    from: { path: '^src-main/engine' },
    to: { path: npm('ws', 'commander', 'pino', 'env-paths', 'electron-updater') },
  },
  {
    name: 'mailserver-stands-alone',
    comment:
      'The built-in mail server is judged against the engine, so it shares nothing with it but the base.',
    from: { path: '^src-main/mailserver' },
    to: { path: '^(src-main/(engine|hosts)|src-renderer|src-shared/(?!base/)|scripts|test)/' },
  },
  {
    name: 'hosts-know-no-window',
    from: { path: '^src-main/hosts' },
    to: { path: '^(src-renderer|scripts|test)/' },
  },
  {
    name: 'hosts-know-not-each-other',
    comment: 'What two hosts need moves to hosts/node.',
    from: { path: '^src-main/hosts/([^/]+)/', pathNot: '^src-main/hosts/cli/' },
    to: { path: '^src-main/hosts/', pathNot: '^src-main/hosts/(node|$1)/' },
  },
  {
    name: 'command-line-starts-only-the-web-host',
    from: { path: '^src-main/hosts/cli/' },
    to: { path: '^src-main/hosts/(?!(cli|node|web)/)' },
  },
  {
    name: 'window-knows-no-main',
    comment: 'The window speaks the contract and nothing else.',
    from: { path: '^src-renderer' },
    to: { path: '^(src-main|scripts|test)/' },
  },
  {
    name: 'window-runs-in-a-browser',
    from: { path: '^src-renderer', pathNot: '^src-renderer/vite[.]config[.]ts$' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'plans-are-pure',
    comment:
      'A plan of a sync is made of facts: it reaches neither a server nor the store, so that tables can test it.',
    from: { path: '^src-main/engine/sync/plan/' },
    to: { path: '^src-main/engine/(?!sync/plan/)', dependencyTypesNot: ['type-only'] },
  },
  ...Object.entries({
    electron: 'src-main/hosts/electron',
    imapflow: 'src-main/engine/imap',
    nodemailer: 'src-main/engine/send',
    'better-sqlite3': 'src-main/engine/store',
  }).map(([library, home]) => ({
    name: `only-${home.split('/').at(-1)}-imports-${library}`,
    from: { path: '^src-', pathNot: `^${home}/` },
    to: { path: npm(library) },
  })),
  {
    name: 'no-cycle',
    comment: 'Two files that need each other are one, or need a third.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'shipped',
    comment:
      'What is there for building and testing is not put into the product; what is put into it is named above.',
    from: { path: '^src-(main|shared)', pathNot: '^src-main/hosts/electron/' },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
      pathNot: npm(...bundled),
    },
  },
];

module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types are part of what a layer knows.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['svelte', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.svelte', '.d.ts', '.mjs', '.cjs', '.json', '.css'],
    },
  },
};
