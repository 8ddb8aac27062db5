/** The window's title: of several windows side by side each says whose it is. */
import type { AccountRow } from '#shared/contract/accounts.ts';

/** The person of the default account; a group account is nobody's alone. */
export function windowTitle(
  accounts: readonly Pick<AccountRow, 'displayName' | 'address' | 'group'>[],
): string {
  const own = accounts.find(({ group }) => group === null) ?? accounts[0];
  const who = own?.displayName.trim() || own?.address;
  return who ? `${who} – Postkorb` : 'Postkorb';
}
