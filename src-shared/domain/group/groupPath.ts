/** How a group account is named outside its config, in accounts, events and messages: "<organisation>/<group>". */
import type { GroupAccount, SharedConfig } from './config.ts';

export const groupPath = (config: SharedConfig, account: Pick<GroupAccount, 'id'>): string =>
  `${config.organisation.id}/${account.id}`;

/** null: this config has no such group account. */
export const groupAccountAt = (config: SharedConfig | null, path: string): GroupAccount | null =>
  config?.groupAccounts.find((account) => groupPath(config, account) === path) ?? null;
