/** serve and demo: the whole app for browsers on this machine, until it is interrupted. */
import { createTranslate } from '#shared/i18n/translate.ts';
import { isMailError } from '#shared/errors/MailError.ts';
import { invalid, type Output } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { untilInterrupted } from '../untilInterrupted.ts';

const loopback = ['127.0.0.1', 'localhost', '::1'];

export function registerHostCommands({ program, run }: CommandContext): void {
  program
    .command('serve')
    .description(
      'the whole app for a browser on this machine; the first line is {"url"}, with a one-time token in it',
    )
    .option('--host <host>', '127.0.0.1, localhost or ::1', '127.0.0.1')
    .option('--port <number>', '0: a free one', '0')
    .action((asked: { host: string; port: string }) =>
      run(async ({ profile, output }) => {
        const { host, port } = readAddress(asked);
        const ended = untilInterrupted();
        const report = reporter(output);
        const { readWindow, serveApp } = await import('../serveApp.ts');
        const assets = await readWindow();
        await using app = await serveApp({
          profile,
          host,
          port,
          assets,
          locale: output.language,
          note: (line) => output.note(line),
          report,
        }).catch((error: unknown) => {
          throw isMailError(error) && error.params['reason'] === 'port-taken'
            ? invalid('--port', 'taken', `another program listens on port ${port} already`)
            : error;
        });
        output.line({ url: app.url });
        output.note(createTranslate(output.language)('serve.ready'));
        return await untilEnded(ended, app.lost, report);
      }),
    );

  program
    .command('demo')
    .description('the app on a ready-made organisation with its own mail server; nothing to configure')
    .action(() =>
      run(async ({ output, profile }) => {
        const ended = untilInterrupted();
        const report = reporter(output);
        const [{ readWindow }, { runDemo }] = await Promise.all([
          import('../serveApp.ts'),
          import('../runDemo.ts'),
        ]);
        const assets = await readWindow();
        await using demo = await runDemo({ folder: profile, locale: output.language, assets, report });
        const { organisation, people } = demo;
        output.line({ url: people[0]?.url, organisation, people });
        const say = createTranslate(output.language);
        const words = [
          say('demo.ready', { organisation }),
          ...people.map(({ name, url }) => `  ${name.padEnd(16)} ${url}`),
          say('demo.end'),
        ];
        if (output.json) output.note(words.join('\n'));
        else output.text(`${words.join('\n')}\n`);
        return await untilEnded(ended, demo.lost, report);
      }),
    );
}

function readAddress({ host, port }: { host: string; port: string }): { host: string; port: number } {
  if (!loopback.includes(host)) {
    throw invalid(
      '--host',
      'not-loopback',
      `"${host}" is not this machine alone: ${loopback.join(', ')} are, and nobody else shall reach your mail`,
    );
  }
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port) || number > 65_535) {
    throw invalid('--port', 'invalid', `"${port}" is no port: a number up to 65535, or 0 for a free one`);
  }
  return { host, port: number };
}

/** Faults go to standard error by their kind, never with content. */
function reporter(output: Output): (error: unknown, why: string) => void {
  return (error, why) => {
    const kind = isMailError(error) ? error.code : error instanceof Error ? error.message : 'unknown';
    output.note(`${why}: ${kind}`);
  };
}

/** 0 when the person ended it, 1 when the engine did. */
async function untilEnded(
  interrupted: Promise<void>,
  lost: Promise<unknown>,
  report: (error: unknown, why: string) => void,
): Promise<number> {
  return Promise.race([
    interrupted.then(() => 0),
    lost.then((error) => {
      report(error, 'the engine is gone');
      return 1;
    }),
  ]);
}
