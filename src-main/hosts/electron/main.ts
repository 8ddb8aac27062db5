/** The entry of the desktop app: the order of a start, and nothing else. */
import * as electron from 'electron';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drop } from '#shared/base/drop.ts';
import { isMailError, toWire } from '#shared/errors/MailError.ts';
import { errorText } from '#shared/i18n/errorText.ts';
import { resolveLanguage } from '#shared/i18n/translate.ts';
import { connectEngine } from '#hosts/node/connectEngine.ts';
import { declareAppScheme } from './appProtocol.ts';
import { readCommand } from './launchArguments.ts';
import { startShell } from './shell.ts';
import { updateRole } from './updates.ts';

const { app, dialog } = electron;

/** Faults go to standard error by their kind; content never. The engine keeps a log of its own in the profile. */
const report = (error: unknown, why: string): void => {
  const name = isMailError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
  process.stderr.write(`postkorb: ${why}: ${name}\n`);
};

async function start(): Promise<void> {
  app.setName('Postkorb');
  app.setAppUserModelId('eu.postkorb.app');
  // For every page there will ever be, whatever its options say.
  app.enableSandbox();
  declareAppScheme();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // macOS hands over the file or link of a start before the app is ready.
  const opened: string[] = [];
  const early = (event: electron.Event, argument: string): void => {
    event.preventDefault();
    opened.push(argument);
  };
  app.on('open-file', early);
  app.on('open-url', early);
  await app.whenReady();
  const dist = join(dirname(__dirname));
  try {
    const engine = await connectEngine({
      profile: undefined,
      locale: app.getLocale(),
      host: 'desktop',
      passive: false,
      report,
    });
    const role = app.isPackaged ? updateRole(process.platform, process.env) : 'none';
    // Of the whole module: its getter is none of the names that an import of CommonJS finds.
    const updates =
      role === 'none' ? null : { updater: (await import('electron-updater')).default.autoUpdater, role };
    app.off('open-file', early);
    app.off('open-url', early);
    await startShell({
      electron,
      engine,
      platform: process.platform,
      argv: process.argv,
      opened,
      dist,
      resources: app.isPackaged ? process.resourcesPath : join(dirname(dist), 'resources'),
      updates,
      report,
    });
  } catch (error) {
    report(error, 'starting');
    const words = errorText(toWire(error), resolveLanguage('system', app.getLocale()));
    dialog.showErrorBox(words.message, words.hint);
    app.exit(1);
  }
}

/** The installed program is the command line as well: no window, no lock but the profile's, and an exit status. */
async function runCommand(args: readonly string[]): Promise<void> {
  app.dock?.hide();
  const cli = join(dirname(__dirname), 'cli', 'main.js');
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
  // Both have what was written before the process ends under them.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  app.exit(Number(process.exitCode ?? 0));
}

const command = readCommand(process.argv, app.isPackaged);
drop(command === null ? start() : runCommand(command), 'starting', report);
