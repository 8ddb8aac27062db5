/** An engine in this process, on a profile of its own, with accounts that are there from the start. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '#engine/createEngine.ts';
import { writeCredentials } from '#engine/secrets/credentials.ts';
import { memorySecrets } from '#engine/secrets/memorySecrets.ts';
import { insertAccount } from '#engine/store/accounts.repo.ts';
import { openStore } from '#engine/store/store.ts';
import { nodeIds } from '#hosts/node/nodeIds.ts';
import { systemClock } from '#hosts/node/systemClock.ts';
import type { CommandName, EventName, PayloadOf, RequestOf, ResponseOf } from '#shared/contract/contract.ts';
import type { SyncResult } from '#shared/contract/app.ts';
import { AccountId } from '#shared/domain/ids.ts';
import { silentLog } from '#test/support/silentLog.ts';

export interface BenchAccount {
  readonly user: string;
  readonly password: string;
  readonly port: number;
}

export class BenchEngine implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #folder: string;

  private constructor(engine: Engine, folder: string) {
    this.#engine = engine;
    this.#folder = folder;
  }

  /** Not passive, it connects its accounts at once; `listen` hears all that happens from then on. */
  static async open(accounts: readonly BenchAccount[], { passive = true } = {}): Promise<BenchEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'postkorb-bench-'));
    const paths = { root: folder, store: join(folder, 'mail.sqlite'), cache: join(folder, 'cache') };
    const clock = systemClock();
    const secrets = memorySecrets();
    const store = openStore({ file: paths.store, clock, log: silentLog() });
    for (const [at, account] of accounts.entries()) {
      const id = AccountId.parse(`00000000-0000-4000-8000-${String(at).padStart(12, '0')}`);
      store.precious((db) => {
        insertAccount(db, {
          id,
          settings: settingsOf(account),
          active: true,
          pollMinutes: null,
          now: clock.now(),
        });
      });
      await writeCredentials(secrets, id, { imapPassword: account.password, smtpPassword: null });
    }
    store.close();
    const engine = await createEngine({
      clock,
      ids: nodeIds(),
      secrets,
      log: silentLog(),
      paths,
      locale: 'en',
      machineId: 'bench',
      version: '0.0.0',
      options: { passive },
    });
    return new BenchEngine(engine, folder);
  }

  call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ResponseOf<N>> {
    return this.#engine.api.dispatch(name, request, new AbortController().signal) as Promise<ResponseOf<N>>;
  }

  on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): Disposable {
    return this.#engine.api.onEvent((told, payload) => {
      if (told === name) listener(payload as PayloadOf<N>);
    });
  }

  /** Resolves with the first of these that is as asked. */
  async next<N extends EventName>(
    name: N,
    wanted: (payload: PayloadOf<N>) => boolean = () => true,
  ): Promise<PayloadOf<N>> {
    const { promise, resolve } = Promise.withResolvers<PayloadOf<N>>();
    using _ = this.on(name, (payload) => {
      if (wanted(payload)) resolve(payload);
    });
    return await promise;
  }

  /** One pass of the only account, with every text if `full`; throws where it fails. */
  async pass({ full = false } = {}): Promise<SyncResult> {
    const { accounts } = await this.call('sync.run', { full });
    const [result] = accounts;
    if (result?.ok !== true) throw new Error(`the pass failed: ${JSON.stringify(result)}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function settingsOf({ user, port }: BenchAccount) {
  return {
    name: user,
    address: `${user}@bench.test`,
    displayName: '',
    imap: { host: '127.0.0.1', port, security: 'none' as const, user },
    smtp: null,
    archiveAddress: null,
    tls: { trust: 'system' as const },
  };
}
