/** `sync --full` as a person runs it: the built command line as a process of its own, on an empty profile. */
import { once } from 'node:events';
import * as z from 'zod';
import { openCliBench } from '#test/integration/cli/cli.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { watchMemory } from './processes.ts';

export interface WholeSync extends AsyncDisposable {
  readonly ms: number;
  readonly peakMb: number;
  readonly profile: string;
}

const Printed = z.object({ accounts: z.array(z.object({ ok: z.boolean(), messages: z.number() })) });

/** Throws where not all of the messages are there afterwards. */
export async function syncWhole(server: Dovecot, user: string, messages: number): Promise<WholeSync> {
  const cli = openCliBench();
  try {
    const file = cli.write('account.json', accountFile(server, user));
    await cli.ok('account', 'add', file);
    const started = performance.now();
    const { child } = cli.start('sync', '--full', '--json');
    using memory = watchMemory(child);
    const printed: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
    await once(child, 'close');
    const ms = performance.now() - started;
    const { accounts } = Printed.parse(JSON.parse(Buffer.concat(printed).toString()));
    if (accounts[0]?.ok !== true || accounts[0].messages !== messages)
      throw new Error(`sync --full did not bring everything: ${JSON.stringify(accounts)}`);
    return {
      ms,
      peakMb: memory.peakMb,
      profile: cli.profile,
      [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose](),
    };
  } catch (error) {
    await cli[Symbol.asyncDispose]();
    throw error;
  }
}

/** An account file of the command line. */
export function accountFile(server: Dovecot, user: string): Record<string, unknown> {
  return {
    name: user,
    address: `${user}@bench.test`,
    displayName: user,
    imap: {
      host: '127.0.0.1',
      port: server.ports.imap,
      security: 'none',
      user,
      password: server.password,
    },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' },
  };
}
