/** proxy: the way out to the network, shown and set. */
import { readFile } from 'node:fs/promises';
import { parseProxy } from '#engine/net/environmentProxy.ts';
import type { ProxyChoice } from '#shared/domain/proxy.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

function choiceOf(text: string): ProxyChoice {
  if (text === 'none' || text === 'system') return { mode: text };
  const { type, host, port, login } = parseProxy(text);
  return { mode: 'manual', type, host, port, ...(login === null ? {} : { user: login.user }) };
}

const words = (proxy: ProxyChoice): string =>
  proxy.mode === 'manual'
    ? `${proxy.type}://${proxy.user === undefined ? '' : `${proxy.user}@`}${proxy.host}:${String(proxy.port)}`
    : proxy.mode;

async function passwordIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new MailError('file-unreadable', { file }, { cause });
  }
}

export function registerProxyCommand({ program, run }: CommandContext): void {
  program
    .command('proxy [proxy]')
    .description('the way out to the network: none, system, socks5://user@host:port, http://… or https://…')
    .option('--password-file <file>', 'the password at the proxy is what stands in this file')
    .action((text: string | undefined, flags: { passwordFile?: string }) =>
      run(async (options) => {
        const wanted = text === undefined ? null : choiceOf(text);
        const password = flags.passwordFile === undefined ? undefined : await passwordIn(flags.passwordFile);
        return await withEngine(options, async (client) => {
          if (password !== undefined) await client.call('network.setProxyPassword', { password });
          const { proxy } =
            wanted === null
              ? await client.call('settings.get', {})
              : await client.call('settings.set', { proxy: wanted });
          options.output.result(proxy, words);
          return 0;
        });
      }),
    );
}
