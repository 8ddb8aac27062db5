#!/usr/bin/env node
/**
 * The gate before the command line. The store's native binary crashes on a Node that is too old for it, so the version is looked at
 * before anything that loads it: the program itself is a chunk of its own, imported only afterwards.
 */
const needed = 22;
const major = Number(process.versions.node.split('.')[0]);
if (major < needed) {
  process.stderr.write(
    `postkorb needs Node ${needed} or newer, this is ${process.versions.node}. Start it as "npm run -s cli -- ..." or "npm start": they bring the right Node along.\n`,
  );
  process.exitCode = 2;
} else {
  await keepCompiledCode();
  const { runCli } = await import('./program.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}

/**
 * A command is over in a second, and a quarter of that went into compiling the same code again. Where the folder cannot be written
 * nothing is kept. By the variable the engine's thread does the same.
 */
async function keepCompiledCode(): Promise<void> {
  const [node, { join }, { default: envPaths }] = await Promise.all([
    import('node:module'),
    import('node:path'),
    import('env-paths'),
  ]);
  // From 22.1 on.
  if (!('enableCompileCache' in node)) return;
  process.env['NODE_COMPILE_CACHE'] ??= join(envPaths('Postkorb', { suffix: '' }).cache, 'code');
  node.enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}
