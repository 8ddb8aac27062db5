/** A Dovecot and a Postfix whose authority the command line trusts, and account files for their users. */
import { createAuthority } from '#test/servers/certificates.ts';
import { startDovecot } from '#test/servers/dovecot.ts';
import type { Dovecot } from '#test/servers/dovecot.ts';
import { startPostfix } from '#test/servers/postfix.ts';
import type { Postfix } from '#test/servers/postfix.ts';
import { openCliBench } from './cli.ts';
import type { CliBench } from './cli.ts';

export interface MailServers extends AsyncDisposable {
  readonly dovecot: Dovecot;
  readonly postfix: Postfix;
  readonly ca: string;
  /** The account file (CLI.md) of a user of xyz.test; `more` goes over it. */
  accountFile(user: string, more?: Readonly<Record<string, unknown>>): AccountFileJson;
  /** A bench with one account added; returns its id. */
  bench(
    user: string,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<CliBench & { readonly account: string }>;
}

export interface AccountFileJson {
  readonly name: string;
  readonly address: string;
  readonly imap: ServerJson;
  readonly smtp: ServerJson | null;
  readonly [key: string]: unknown;
}

export interface ServerJson {
  readonly host: string;
  readonly port: number;
  readonly security: string;
  readonly user: string;
  readonly password?: string;
}

export async function startMailServers(): Promise<MailServers> {
  const authority = createAuthority();
  const dovecot = await startDovecot({ authority });
  const postfix = await startPostfix(dovecot);
  const accountFile = (user: string, more: Readonly<Record<string, unknown>> = {}): AccountFileJson => {
    const address = `${user}@xyz.test`;
    const server = (port: number): ServerJson => ({
      host: 'localhost',
      port,
      security: 'tls',
      user: address,
      password: dovecot.password,
    });
    return {
      name: user,
      address,
      displayName: `${user} of XYZ`,
      imap: server(dovecot.ports.imaps),
      smtp: server(postfix.ports.smtps),
      archiveAddress: null,
      tls: { trust: 'system' },
      ...more,
    };
  };
  return {
    dovecot,
    postfix,
    ca: authority.cert,
    accountFile,
    async bench(user, more) {
      const bench = openCliBench({ ca: authority.cert });
      try {
        const file = bench.write('account.json', accountFile(user, more));
        const { id } = await bench.ok<{ id: string }>('account', 'add', file);
        return { ...bench, account: id };
      } catch (error) {
        await bench[Symbol.asyncDispose]();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await postfix[Symbol.asyncDispose]();
      await dovecot[Symbol.asyncDispose]();
    },
  };
}
