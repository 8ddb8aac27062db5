/** The command line's frame: global options, the commands, and one way out for every failure. */
import { Command, CommanderError } from 'commander';
import { MailError } from '#shared/errors/MailError.ts';
import { registerAccountCommands } from './commands/account.ts';
import { registerActCommands } from './commands/act.ts';
import { registerDiscoverCommand } from './commands/discover.ts';
import { registerGroupCommands } from './commands/group.ts';
import { registerHostCommands } from './commands/host.ts';
import { registerListCommands } from './commands/list.ts';
import { registerMailFileCommands } from './commands/mailFiles.ts';
import { registerParseCommand } from './commands/parse.ts';
import { registerPolicyCommands } from './commands/policy.ts';
import { registerProxyCommand } from './commands/proxy.ts';
import { registerSendCommands } from './commands/send.ts';
import { registerShowCommands } from './commands/show.ts';
import { registerSyncCommand } from './commands/sync.ts';
import { registerWatchCommand } from './commands/watch.ts';
import { exitStatus, Output, type Language } from './output.ts';
import type { GlobalOptions } from './session.ts';

/** Given to every command file; `run` turns what a command does into an exit status. */
export interface CommandContext {
  readonly program: Command;
  /** Runs the action with the global options; its number is the exit status (none: 0). */
  readonly run: (action: (options: GlobalOptions) => Promise<number | void>) => Promise<void>;
}

function localeLanguage(): Language {
  const locale =
    process.env['LC_ALL'] ||
    process.env['LC_MESSAGES'] ||
    process.env['LANG'] ||
    Intl.DateTimeFormat().resolvedOptions().locale;
  return locale.toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** All commands with their options. */
export function describeProgram(
  run: CommandContext['run'],
  writes: { writeOut(text: string): void; writeErr(text: string): void },
): Command {
  const program = new Command('postkorb')
    .description('Mail for people who share mailboxes: the same engine as the window, on the command line.')
    .option('--profile <dir>', 'the profile folder (default: the usual place, or POSTKORB_PROFILE)')
    .option('--json', 'print one JSON value on stdout')
    .option('--lang <de|en>', 'language of messages (default: the locale)')
    .configureOutput(writes)
    .exitOverride()
    .showHelpAfterError('(postkorb --help lists the commands)');
  program.configureHelp({ showGlobalOptions: true });
  const context: CommandContext = { program, run };
  registerAccountCommands(context);
  registerSyncCommand(context);
  registerDiscoverCommand(context);
  registerListCommands(context);
  registerShowCommands(context);
  registerParseCommand(context);
  registerActCommands(context);
  registerMailFileCommands(context);
  registerSendCommands(context);
  registerGroupCommands(context);
  registerPolicyCommands(context);
  registerProxyCommand(context);
  registerWatchCommand(context);
  registerHostCommands(context);
  shareGlobalOptions(program);
  return program;
}

/** Arguments in, exit status out. Never throws; never calls process.exit, so that what was written gets out. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const streams = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
  };
  // A reader that closes the pipe early ("| head") is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const json = argv.includes('--json');
  const langAt = argv.indexOf('--lang');
  const asked = langAt >= 0 ? argv[langAt + 1] : undefined;
  const output = new Output({
    json,
    language: asked === 'de' || asked === 'en' ? asked : localeLanguage(),
    streams,
  });

  let status = 0;
  const program = describeProgram(
    async (action) => {
      const profile = program.opts<{ profile?: string }>().profile;
      try {
        status = (await action({ profile, output })) ?? 0;
      } catch (error) {
        status = exitStatus(error);
        output.failure(error);
        if (!(error instanceof MailError))
          output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
    },
    { writeOut: streams.out, writeErr: json ? () => undefined : streams.err },
  );

  if (asked !== undefined && asked !== 'de' && asked !== 'en') {
    output.failure(
      new MailError(
        'invalid-input',
        {},
        { faults: [{ path: '--lang', code: 'invalid', message: 'de or en' }] },
      ),
    );
    return 2;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (json) {
      const message = error.message.replace(/^error: /, '');
      output.failure(
        new MailError('invalid-input', {}, { faults: [{ path: 'command line', code: error.code, message }] }),
      );
    }
    return 2;
  }
  return status;
}

/** --profile, --json and --lang may stand anywhere, also behind a command. */
function shareGlobalOptions(program: Command): void {
  const visit = (command: Command): void => {
    for (const sub of command.commands) {
      sub.option('--json', 'print one JSON value on stdout').option('--lang <de|en>', 'language of messages');
      sub.option('--profile <dir>', 'the profile folder');
      sub.on('option:profile', (dir: string) => program.setOptionValue('profile', dir));
      visit(sub);
    }
  };
  visit(program);
}
