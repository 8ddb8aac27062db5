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
  const { runCli } = await import('./program.ts');
  process.exitCode = await runCli(process.argv.slice(2));
}
export {};
