/**
 * What the supervisor needs of an account's background runner (engine/sync makes it). The runner connects, synchronises and stays
 * connected; it reports what happened and leaves it to the supervisor when to try again.
 */
import type { Network } from '#engine/net/network.ts';
import type { AccountAccess } from '#engine/secrets/access.ts';
import type { ServerFacts } from '#shared/contract/accounts.ts';
import type { SyncResult } from '#shared/contract/app.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { AccountId } from '#shared/domain/ids.ts';
import type { MailError } from '#shared/errors/MailError.ts';

/** `failed`: the runner has let go of its connections and does nothing until `start` is called again. */
export type RunnerEvent =
  | { readonly type: 'succeeded' }
  | { readonly type: 'failed'; readonly error: MailError }
  /** After an outage: mails that had arrived in between and are fetched now. Times in ms since 1970. */
  | {
      readonly type: 'gap-closed';
      readonly messages: number;
      readonly from: number;
      readonly until: number;
    };

export interface AccountRunner extends AsyncDisposable {
  /** Connects in the background and stays connected (IDLE, polling) until it fails. Does nothing while it runs. */
  start(): void;
  /** Something was done here that the server should know, or a person wants to see what is new: look now. Never throws. */
  kick(): void;
  /** One pass to the end, also of a runner that was not started. A failed pass is a result with `ok: false`; rejects only when aborted. */
  syncNow(full: boolean, signal: AbortSignal): Promise<SyncResult>;
  /** Tries what waits for the server once, and looks at nothing else. Rejects with what a connection throws. */
  carryNow(signal: AbortSignal): Promise<void>;
}

/** An account as its runner sees it. */
export interface RunnerAccount {
  readonly id: AccountId;
  readonly settings: AccountSettings;
  readonly access: AccountAccess;
  /** A slow account is looked at only every so many minutes and keeps no connection for it; null: as the server allows. */
  readonly pollMinutes: number | null;
  /** Told what is seen of the server. */
  readonly onFacts?: ((facts: Partial<ServerFacts>) => void) | undefined;
  /** Left out: straight out. */
  readonly network?: Network | undefined;
}

export type CreateRunner = (account: RunnerAccount, onEvent: (event: RunnerEvent) => void) => AccountRunner;
