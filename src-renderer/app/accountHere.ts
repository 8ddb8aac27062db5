/** Which account a command means that is given from anywhere. */
import type { AccountId } from '#shared/domain/ids.ts';
import type { AppContext } from './context.ts';

/** The account of the place that is open, else the default account; null: there is none. */
export function accountHere({ accounts, folders, navigation }: AppContext): AccountId | null {
  const { place } = navigation;
  if (place.kind === 'account') return place.accountId;
  const folder = place.kind === 'folder' ? folders.byId(place.folderId) : undefined;
  return folder?.accountId ?? accounts.rows[0]?.id ?? null;
}
